"""What the worker does for action plans: letters become PDFs, approved plans become editions."""

from __future__ import annotations

from celery import shared_task

from aoce.common.enums import JobState
from aoce.common.jobs import finish, running


@shared_task(name="actionplans.print_letter", time_limit=120, soft_time_limit=100)
def print_letter(*, check_pk: int) -> None:
    """Keep the letter of a check as PDF; once, however often it runs."""
    from actionplans.letters import keep_letter  # the rendering library is the worker's alone

    keep_letter(check_pk)


@shared_task(name="actionplans.publish_plan", time_limit=600, soft_time_limit=570)
def publish_plan(*, job_id: str, plan_pk: int, language: str) -> None:
    """Render an approved plan and publish it as an edition, for a job; run a second time it finds the edition."""
    from actionplans.editions import publish  # the rendering library is the worker's alone

    with running(job_id) as progress:
        if progress is None:
            return
        edition = publish(user_id=progress.job.requested_by_id, plan_pk=plan_pk, language=language)
        finish(progress.job, state=JobState.DONE, result=edition.file)
