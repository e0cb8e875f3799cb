"""Tasks of the ground floor; each calls one service and survives being run twice."""

from celery import shared_task
from django.core.mail import get_connection

from aoce.common import jobs, mail


@shared_task(name="common.send_mail", time_limit=120, soft_time_limit=100)
def send_mail(mail_id: int) -> None:
    """Send one mail."""
    connection = get_connection()
    try:
        mail.deliver(mail_id, connection)
    finally:
        connection.close()


@shared_task(name="common.sweep_mail", time_limit=600, soft_time_limit=570)
def sweep_mail() -> None:
    """Send what waits and is due."""
    mail.sweep()


@shared_task(name="common.sweep_jobs", time_limit=120, soft_time_limit=100)
def sweep_jobs() -> None:
    """Hand out again the long work that was lost."""
    jobs.sweep()
