"""Tasks of the roadmap; each calls one service and survives being run twice."""

from celery import shared_task

from aoce.common.enums import JobState
from aoce.common.jobs import finish, running
from roadmap.services import planning, reminders


@shared_task(name="roadmap.plan_reminders", time_limit=600, soft_time_limit=570)
def plan_reminders() -> None:
    """Plan the coming reminders of every network."""
    planning.plan_all()


@shared_task(name="roadmap.send_reminders", time_limit=600, soft_time_limit=570)
def send_reminders() -> None:
    """Send what is due today."""
    reminders.send_all()


@shared_task(name="roadmap.render_plan", time_limit=300, soft_time_limit=270)
def render_plan(*, job_id: str, period_id: int, paper: str, language: str) -> None:
    """Make the PDF of a half-year for a job."""
    from roadmap.services.plan_pdf import render_for  # the rendering library is the worker's alone

    with running(job_id) as progress:
        if progress is None:
            return
        user_id = progress.job.requested_by_id
        file = render_for(user_id=user_id, period_id=period_id, paper=paper, language=language)
        finish(progress.job, state=JobState.DONE, result=file)
