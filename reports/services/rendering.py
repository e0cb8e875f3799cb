"""Rendering a quarterly report in the worker, and publishing it: from then on nothing of it changes."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from celery import Task
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from aoce.common.enums import JobState
from aoce.common.files import files_of, remove, store_bytes
from aoce.common.jobs import start_job
from aoce.common.models import Job, StatusChange, StoredFile
from aoce.common.pdf import Attachment, render_pdf
from aoce.common.workflow import WrongStateError
from partners.actors import Actor
from partners.models import Network
from reports import policies
from reports.enums import ReportState
from reports.models import QuarterlyReport
from reports.sections import SECTIONS
from reports.services.quarterly import KIND, figures_of
from reports.workflow import QUARTERLY

DRAFT_FILES = "quarterly_draft"


def report_languages(network: Network) -> list[tuple[str, Any]]:
    """Return the languages a report can be made in: the network's, as far as the portal speaks them; at least one."""
    found = [(code, name) for code, name in settings.LANGUAGES if code in network.languages]
    return found or [(code, name) for code, name in settings.LANGUAGES if code == settings.LANGUAGE_CODE]


def page_context(report: QuarterlyReport, figures: dict[str, Any], *, is_draft: bool) -> dict[str, Any]:
    """Return what ``pdf/quarterly.html`` shows; the same for the preview in the browser and the PDF."""
    bodies = dict(report.sections.values_list("code", "body"))
    return {
        "report": report,
        "network": report.network,
        "cities": list(report.network.partners.filter(is_active=True)),
        "figures": figures,
        "is_draft": is_draft,
        "site": settings.SITE_URL,
        "data_files": [(file.name, file.description) for file in data_files(report, figures)],
        "chapters": [
            {"number": n, "section": section, "body": bodies.get(section.code, "")}
            for n, section in enumerate((s for s in SECTIONS if not s.figures or s.figures in figures), 1)
        ],
    }


def _sheet(header: list[str], rows: list[list[Any]]) -> bytes:
    """Return a CSV file that spreadsheets open in the right encoding and never take for formulas."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    for row in rows:
        writer.writerow([f"'{v}" if isinstance(v, str) and v[:1] in "=+-@\t\r" and v else v for v in row])
    return out.getvalue().encode("utf-8-sig")


def data_files(report: QuarterlyReport, figures: dict[str, Any]) -> list[Attachment]:
    """Return the data behind the tables, as JSON and CSV, to lie inside the PDF."""
    stem = f"quarterly-report-{report.year}-{report.quarter}"
    people = [
        [r["city"], *r["numbers"], r["unknown"], r["total"], r["waiting"], r.get("named", ""), r.get("persons", "")]
        for r in figures["attendance"]
    ]
    held = [[r["city"], r["date"], r["title"], r["place"], r["state"], r["people"]] for r in figures["reports"]]
    keys = ["city", "asked", "met", "met_late", "waiting", "late", "open", "waived"]
    return [
        Attachment(
            f"{stem}-attendance.csv",
            _sheet(
                ["city", *figures["kinds"], "not known", "total", "not yet accepted", "by name", "different people"],
                people,
            ),
            _("People at local meetings, by city and group"),
        ),
        Attachment(
            f"{stem}-local-meetings.csv",
            _sheet(["city", "date", "title", "place", "state", "people"], held),
            _("Local meetings reported in the quarter"),
        ),
        Attachment(
            f"{stem}-obligations.csv",
            _sheet(keys, [[row[key] for key in keys] for row in figures["obligations"]]),
            _("What was due in the quarter, by city"),
        ),
        *_lesson_file(stem, figures),
        Attachment(
            f"{stem}.json",
            json.dumps(figures, ensure_ascii=False, indent=1, sort_keys=True).encode(),
            _("All figures of this report"),
        ),
    ]


def _lesson_file(stem: str, figures: dict[str, Any]) -> list[Attachment]:
    """Return the data on lessons and actions; nothing for a report published before they were counted."""
    if "lessons" not in figures:
        return []
    keys = ["city", "lessons", "embedded", "to_review", "unreviewed", "actions", "without_lesson"]
    rows = [[row[key] for key in keys] for row in figures["lessons"]["cities"]]
    return [Attachment(f"{stem}-lessons.csv", _sheet(keys, rows), _("Lessons and actions, by city"))]


def title_of(report: QuarterlyReport) -> str:
    """Return the report's title in the language of the moment."""
    return _("Quarterly Network Report %(number)s") % {"number": report.number}


def pdf_bytes(report: QuarterlyReport, figures: dict[str, Any], *, language: str, is_draft: bool) -> bytes:
    """Render the report; needs the worker's time."""
    with translation.override(language):
        return render_pdf(
            template="pdf/quarterly.html",
            context=page_context(report, figures, is_draft=is_draft),
            language=language,
            title=title_of(report),
            attachments=data_files(report, figures),
        )


def file_name(report: QuarterlyReport) -> str:
    """Return what the PDF is called when somebody saves it."""
    return f"{report.network.short_name} quarterly report {report.year} Q{report.quarter}.pdf"


# --- Jobs -------------------------------------------------------------------------------------------------------------


def work_on(report: QuarterlyReport) -> tuple[Job | None, StoredFile | None]:
    """Return the work on this report that waits or is under way, and the newest draft PDF."""
    under_way, drafted = None, None
    for job in Job.objects.filter(kind=KIND, object_id=report.pk).select_related("result")[:10]:
        if job.state in (JobState.QUEUED, JobState.RUNNING):
            under_way = under_way or job
        elif drafted is None and job.result and job.result.removed_at is None:
            drafted = job.result
    return under_way, drafted


def start_render(*, actor: Actor, report: QuarterlyReport, language: str) -> Job:
    """Ask the worker for a draft PDF. Raises WrongStateError for a published report: its file is final."""
    from reports.tasks import render_draft

    if not policies.can_write_report(actor, report):
        raise PermissionDenied
    _must_not_be_published(report)
    return _start(actor, report, render_draft, _("Draft PDF of %(report)s") % {"report": report}, language)


def start_publishing(*, actor: Actor, report: QuarterlyReport, language: str) -> Job:
    """Ask the worker to render the final PDF and publish; the work that is under way already, if it is."""
    from reports.tasks import publish_report

    QUARTERLY.check(actor, report, "publish")
    return _start(actor, report, publish_report, _("Publishing %(report)s") % {"report": report}, language)


def _must_not_be_published(report: QuarterlyReport) -> None:
    if report.state == ReportState.PUBLISHED:
        raise WrongStateError(_("This report is published. It does not change any more."))


def _start(actor: Actor, report: QuarterlyReport, task: Task, title: str, language: str) -> Job:
    back = reverse(
        "reports:detail",
        kwargs={"network": report.network.slug, "year": report.year, "quarter": report.quarter},
    )
    with transaction.atomic():
        QuarterlyReport.objects.select_for_update().get(pk=report.pk)
        same, _drafted = work_on(report)
        if same and same.title == title:  # pressed twice
            return same
        return start_job(
            actor=actor,
            network_id=report.network_id,
            kind=KIND,
            object_id=report.pk,
            title=title,
            task=task,
            back_url=back,
            report_id=report.pk,
            language=language,
        )


def render(*, actor: Actor, report: QuarterlyReport, language: str) -> StoredFile:
    """Render a draft PDF and keep it for the leads, in place of the draft before it."""
    if not policies.can_write_report(actor, report):
        raise PermissionDenied
    _must_not_be_published(report)
    with translation.override(language):
        figures = figures_of(report)
    content = pdf_bytes(report, figures, language=language, is_draft=True)
    with transaction.atomic():
        for old in files_of(DRAFT_FILES, report.pk):
            remove(file=old)
        return store_bytes(
            actor=actor,
            network_id=report.network_id,
            owner_kind=DRAFT_FILES,
            owner_id=report.pk,
            name=f"Draft {file_name(report)}",
            content=content,
            content_type="application/pdf",
        )


def publish(*, actor: Actor, report: QuarterlyReport, language: str) -> StoredFile:
    """Freeze the figures, render the final PDF, publish both; from then on nothing of it changes.

    Raises WrongStateError if it is not approved (any more), also when it was returned, changed and approved again while
    the PDF was being made: then nothing is kept.
    """
    QUARTERLY.check(actor, report, "publish")
    seen = _last_change(report)
    with translation.override(language):
        figures = figures_of(report)
    content = pdf_bytes(report, figures, language=language, is_draft=False)
    with transaction.atomic():
        QuarterlyReport.objects.select_for_update().get(pk=report.pk)
        if _last_change(report) != seen:
            raise WrongStateError(_("The report was changed while it was being published. Publish it again."))
        file = store_bytes(
            actor=actor,
            network_id=report.network_id,
            owner_kind=KIND,
            owner_id=report.pk,
            name=file_name(report),
            content=content,
            content_type="application/pdf",
        )
        QUARTERLY.apply(
            actor=actor,
            obj=report,
            name="publish",
            fields={"figures": figures, "file": file, "published_at": timezone.now()},
        )
        for old in files_of(DRAFT_FILES, report.pk):
            remove(file=old)
    return file


def _last_change(report: QuarterlyReport) -> int | None:
    rows = StatusChange.objects.filter(kind=KIND, object_id=report.pk)
    return rows.order_by("-pk").values_list("pk", flat=True).first()
