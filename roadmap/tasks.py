"""Tasks of the roadmap; each calls one service and survives being run twice."""

from celery import shared_task

from roadmap.services import reminders


@shared_task(name="roadmap.plan_reminders", time_limit=600, soft_time_limit=570)
def plan_reminders() -> None:
    """Plan the coming reminders of every network."""
    reminders.plan_all()


@shared_task(name="roadmap.send_reminders", time_limit=600, soft_time_limit=570)
def send_reminders() -> None:
    """Send what is due today."""
    reminders.send_all()
