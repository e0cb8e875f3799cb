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
def render_record(*, job_id: str, meeting_id: int, language: str, writes: bool) -> None:
    """Make a meeting's record as PDF for a job."""
    from meetings.models import TransnationalMeeting
    from meetings.record import record_pdf  # the rendering library is the worker's alone

    with running(job_id) as progress:
        if progress is None:
            return
        meeting = TransnationalMeeting.objects.select_related("network").get(pk=meeting_id)
        file = record_pdf(meeting=meeting, language=language, writes=writes)
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


@shared_task(name="meetings.render_local_sheet", time_limit=300, soft_time_limit=270)
def render_local_sheet(*, job_id: str, report_id: int, language: str) -> None:
    """Make a local meeting's attendance list as PDF for a job."""
    from meetings.models import UlgReport
    from meetings.presence_files import local_sheet_pdf  # the rendering library is the worker's alone

    with running(job_id) as progress:
        if progress is None:
            return
        report = UlgReport.objects.select_related("meeting__partner__network").get(pk=report_id)
        finish(progress.job, state=JobState.DONE, result=local_sheet_pdf(report=report, language=language))


@shared_task(name="meetings.render_certificates", time_limit=1800, soft_time_limit=1750)
def render_certificates(*, job_id: str, meeting_id: int, participation_id: int | None, language: str) -> None:
    """Make one person's certificate as PDF, or everybody's as a zip, for a job."""
    from meetings.models import TransnationalMeeting
    from meetings.presence_files import attended, certificate_pdf, certificates_zip  # the worker's alone

    with running(job_id) as progress:
        if progress is None:
            return
        meeting = TransnationalMeeting.objects.select_related("network").get(pk=meeting_id)
        if participation_id is None:
            file = certificates_zip(meeting=meeting, language=language, said=progress.step)
        else:
            row = next(row for row in attended(meeting) if row.pk == participation_id)
            file = certificate_pdf(row=row, language=language)
        finish(progress.job, state=JobState.DONE, result=file)


@shared_task(name="meetings.forget_needs", time_limit=300, soft_time_limit=270)
def forget_needs() -> None:
    """Delete diet and access needs of meetings that are over."""
    from meetings.services.participation import forget_needs as forget

    forget(today=timezone.localdate())
