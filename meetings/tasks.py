"""Tasks of meetings; each calls one service and survives being run twice."""

from datetime import date

from celery import shared_task
from django.utils import timezone

from aoce.common.enums import JobState
from aoce.common.jobs import finish, running


@shared_task(name="meetings.export_stream", time_limit=300, soft_time_limit=270)
def export_stream(
    *, job_id: str, network_pk: int, form: str, language: str, city: str, state: str, first: str, last: str
) -> None:
    """Make a period's local reports as one PDF or XLSX for a job."""
    from meetings.services.stream_files import make_export, wanted_from  # the rendering library is the worker's alone

    with running(job_id) as progress:
        if progress is None:
            return
        user_id, wanted = progress.job.requested_by_id, wanted_from(city, state, first, last)
        file = make_export(user_id=user_id, network_id=network_pk, wanted=wanted, form=form, language=language)
        finish(progress.job, state=JobState.DONE, result=file)


@shared_task(name="meetings.render_programme", time_limit=300, soft_time_limit=270)
def render_programme(*, job_id: str, meeting_id: int, short: bool, language: str) -> None:
    """Make a meeting's programme as PDF for a job."""
    from meetings.agenda_files import programme_pdf  # the rendering library is the worker's alone
    from meetings.models import TransnationalMeeting

    with running(job_id) as progress:
        if progress is None:
            return
        meeting = TransnationalMeeting.objects.select_related("network").get(pk=meeting_id)
        file = programme_pdf(meeting=meeting, short=short, language=language)
        finish(progress.job, state=JobState.DONE, result=file)


@shared_task(name="meetings.render_record", time_limit=300, soft_time_limit=270)
def render_record(*, job_id: str, meeting_id: int, language: str) -> None:
    """Make a meeting's record as PDF for a job."""
    from meetings.models import TransnationalMeeting
    from meetings.record import record_pdf  # the rendering library is the worker's alone

    with running(job_id) as progress:
        if progress is None:
            return
        meeting = TransnationalMeeting.objects.select_related("network").get(pk=meeting_id)
        file = record_pdf(meeting=meeting, language=language)
        finish(progress.job, state=JobState.DONE, result=file)


@shared_task(name="meetings.render_sheet", time_limit=300, soft_time_limit=270)
def render_sheet(*, job_id: str, meeting_id: int, day: str, language: str) -> None:
    """Make a day's attendance list as PDF for a job."""
    from meetings.models import TransnationalMeeting
    from meetings.presence_files import sheet_pdf  # the rendering library is the worker's alone

    with running(job_id) as progress:
        if progress is None:
            return
        meeting = TransnationalMeeting.objects.select_related("network").get(pk=meeting_id)
        file = sheet_pdf(meeting=meeting, day=date.fromisoformat(day), language=language)
        finish(progress.job, state=JobState.DONE, result=file)


@shared_task(name="meetings.forget_needs", time_limit=300, soft_time_limit=270)
def forget_needs() -> None:
    """Delete diet and access needs of meetings that are over."""
    from meetings.services.participation import forget_needs as forget

    forget(today=timezone.localdate())
