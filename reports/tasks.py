"""Rendering quarterly reports in the worker."""

from celery import shared_task

from aoce.common.enums import JobState
from aoce.common.jobs import finish, running
from aoce.common.workflow import WrongStateError
from partners.actors import Actor
from partners.middleware import actor_from
from partners.models import Membership
from reports import services
from reports.models import QuarterlyReport

STEPS = 3


def actor_of(report: QuarterlyReport, user_id: int | None) -> Actor:
    """Return who asked for the work, with the roles they have now."""
    memberships = list(Membership.objects.of_user_in(user_id or 0, report.network.slug))
    return actor_from(memberships) if memberships else Actor(user_id, report.network_id)


@shared_task(name="reports.render_draft", time_limit=600, soft_time_limit=570)
def render_draft(*, job_id: str, report_id: int, language: str) -> None:
    """Render a draft PDF for a job."""
    with running(job_id) as progress:
        if progress is None:
            return
        report = QuarterlyReport.objects.select_related("network").get(pk=report_id)
        progress.step(1, STEPS, "")
        file = services.render(actor=actor_of(report, progress.job.requested_by_id), report=report, language=language)
        finish(progress.job, state=JobState.DONE, result=file)


@shared_task(name="reports.publish", time_limit=600, soft_time_limit=570)
def publish_report(*, job_id: str, report_id: int, language: str) -> None:
    """Render the final PDF and publish, for a job. Run a second time it finds the report published, and is done."""
    with running(job_id) as progress:
        if progress is None:
            return
        report = QuarterlyReport.objects.select_related("network", "file").get(pk=report_id)
        actor = actor_of(report, progress.job.requested_by_id)
        progress.step(1, STEPS, "")
        try:
            file = services.publish(actor=actor, report=report, language=language)
        except WrongStateError as error:
            report.refresh_from_db()
            if report.file is None:
                finish(progress.job, state=JobState.FAILED, message=str(error))
                return
            file = report.file
        finish(progress.job, state=JobState.DONE, result=file)
