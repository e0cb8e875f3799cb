"""What learning does by itself."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from aoce.common.enums import JobState
from aoce.common.jobs import finish, running
from learning.services.surveys import empty_old_surveys


@shared_task(name="learning.empty_surveys", time_limit=600, soft_time_limit=570)
def empty_surveys() -> None:
    """Delete the raw answers of surveys that were closed long enough ago."""
    empty_old_surveys(closed_before=timezone.now() - timedelta(days=settings.SURVEY_KEEP_DAYS))


@shared_task(name="learning.render_matrix", time_limit=300, soft_time_limit=270)
def render_matrix(*, job_id: str, network_pk: int, paper: str, language: str) -> None:
    """Make the PDF of the matrix for a job."""
    from learning.services.matrix_pdf import render_for  # the rendering library is the worker's alone

    with running(job_id) as progress:
        if progress is None:
            return
        user_id = progress.job.requested_by_id
        file = render_for(user_id=user_id, network_id=network_pk, paper=paper, language=language)
        finish(progress.job, state=JobState.DONE, result=file)


@shared_task(name="learning.render_paper", time_limit=600, soft_time_limit=570)
def render_paper(*, job_id: str, network_pk: int, code: str, asked: dict[str, str], language: str) -> None:
    """Make one of learning's papers for a job."""
    from learning import papers  # the rendering library is the worker's alone

    with running(job_id) as progress:
        if progress is None:
            return
        user_id = progress.job.requested_by_id
        file = papers.render_paper(user_id=user_id, network_id=network_pk, code=code, asked=asked, language=language)
        finish(progress.job, state=JobState.DONE, result=file)
