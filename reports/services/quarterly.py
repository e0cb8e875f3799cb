"""Writing, checking, rendering and publishing a quarterly report."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from aoce.common import drafts, mail, review
from aoce.common.files import store_bytes
from aoce.common.jobs import start_job
from aoce.common.models import DraftConflict, Job, StatusChange, StoredFile
from aoce.common.pdf import Attachment, render_pdf
from aoce.common.richtext import clean_html, plain_text
from aoce.common.workflow import WrongStateError
from partners.actors import Actor
from partners.enums import Role
from partners.models import Membership, Network
from reports import policies
from reports.enums import ReportState
from reports.figures import quarter_figures
from reports.models import QuarterlyReport, ReportSection
from reports.sections import BY_CODE, SECTIONS
from reports.workflow import QUARTERLY
from roadmap.models import Obligation
from roadmap.services import record_submission

KIND = QUARTERLY.kind
SECTION_KIND = "report_section"
DRAFT_FILES = "quarterly_draft"
WRITABLE = (ReportState.DRAFT, ReportState.CHANGES)


def figures_of(report: QuarterlyReport) -> dict[str, Any]:
    """Return the report's figures: the frozen ones once it is published, else as they are now."""
    if report.state == ReportState.PUBLISHED:
        return report.figures
    prefix = f"/n/{report.network.slug}/"
    return quarter_figures(report.network, report.start, report.end, prefix)


def create_report(*, actor: Actor, network: Network, year: int, quarter: int) -> QuarterlyReport:
    """Begin the report of a quarter; the one that is there already if there is one."""
    if not policies.can_create_report(actor, network.pk):
        raise PermissionDenied
    with transaction.atomic():
        Network.objects.select_for_update().get(pk=network.pk)
        number = QuarterlyReport.objects.filter(network=network).count() + 1
        report, _created = QuarterlyReport.objects.get_or_create(
            network=network, year=year, quarter=quarter, defaults={"number": number}
        )
    return report


def _must_be_writable(actor: Actor, report: QuarterlyReport) -> None:
    if not policies.can_write_report(actor, report):
        raise PermissionDenied
    if report.state not in WRITABLE:
        raise WrongStateError(
            _("This report cannot be written any more: it is now “%(state)s”.")
            % {"state": ReportState(report.state).label}
        )


def section_of(report: QuarterlyReport, code: str) -> ReportSection:
    """Return a section of the report, made if it was never written; KeyError for an unknown code."""
    with translation.override("en"):
        title = str(BY_CODE[code].title)
    position = [section.code for section in SECTIONS].index(code)
    section, _created = ReportSection.objects.get_or_create(
        report=report, code=code, defaults={"title": title, "position": position}
    )
    return section


def save_section(*, actor: Actor, report: QuarterlyReport, code: str, body: str, read_version: int) -> ReportSection:
    """Save a section's text, cleaned. Raises EditConflictError when somebody else saved it meanwhile; both stay.

    Call it outside a transaction. The report's obligation begins with the first text.
    """
    _must_be_writable(actor, report)
    section = section_of(report, code)
    drafts.save_draft(
        actor=actor,
        obj=section,
        kind=SECTION_KIND,
        network_id=report.network_id,
        read_version=read_version,
        changes={"body": clean_html(body)},
    )
    if report.state == ReportState.DRAFT:
        _follow(report, "draft")
    return section


def resolve_section(
    *, actor: Actor, report: QuarterlyReport, section: ReportSection, conflict: DraftConflict, body: str
) -> None:
    """Choose the text after two people changed a section."""
    _must_be_writable(actor, report)
    drafts.resolve(actor=actor, conflict=conflict, obj=section, chosen={"body": clean_html(body)})


def obligations_of(report: QuarterlyReport) -> list[Obligation]:
    """Return what this report fulfils: what it serves already, else the quarterly report due next after it."""
    rows = Obligation.objects.filter(network=report.network, task__deliverable=KIND)
    served = list(rows.filter(deliverable=KIND, deliverable_id=report.pk))
    if served:
        return served
    free = rows.with_due().filter(deliverable_id=None, due_on__gt=report.end, state__in=("none", "draft"))
    return list(free.order_by("due_on")[:1])


def _follow(report: QuarterlyReport, state: str) -> None:
    """Let the roadmap's obligation follow, as the system: it may be the Lead Expert's or the Lead Partner's."""
    system = Actor.system(report.network_id)
    for obligation in obligations_of(report):
        if obligation.state != state:
            record_submission(
                actor=system, obligation=obligation, deliverable=KIND, deliverable_id=report.pk, state=state
            )


def _tell(actor: Actor, report: QuarterlyReport, role: str, template: str, **context: Any) -> None:
    path = reverse(
        "reports:detail",
        kwargs={"network": report.network.slug, "year": report.year, "quarter": report.quarter},
    )
    people = Membership.objects.live().filter(network_id=report.network_id, role=role).exclude(user_id=actor.user_id)
    for membership in people.select_related("user"):
        with translation.override(membership.user.language):
            title, party = str(report), str(Role.LEAD_EXPERT.label)
        mail.queue(
            to_user=membership.user,
            network=report.network,
            purpose=template,
            template=template,
            context={"title": title, "party": party, "url": settings.SITE_URL + path, "points": [], **context},
        )


def submit(*, actor: Actor, report: QuarterlyReport) -> StatusChange:
    """Hand the report to the Lead Partner; freezes a version, mails the Lead Partner."""
    with transaction.atomic():
        change = QUARTERLY.apply(actor=actor, obj=report, name="submit")
        bodies = dict(report.sections.values_list("code", "body"))
        with translation.override("en"):
            labels = {section.code: str(section.title) for section in SECTIONS}
        review.record_version(
            actor=actor,
            network_id=report.network_id,
            kind=KIND,
            object_id=report.pk,
            data={section.code: plain_text(bodies.get(section.code, "")) for section in SECTIONS},
            labels=labels,
        )
        _follow(report, "submitted")
        _tell(actor, report, Role.LEAD_PARTNER, "submitted", comment="", person="")
    return change


def ask_changes(*, actor: Actor, report: QuarterlyReport, comment: str, points: list[tuple[str, str]]) -> StatusChange:
    """Return the report with points; mails the Lead Expert."""
    asked = [(where, text) for where, text in points if text.strip()]
    with transaction.atomic():
        change = QUARTERLY.apply(
            actor=actor, obj=report, name="ask_changes", comment=comment or _("See the points below.")
        )
        review.ask_for_changes(change=change, points=asked)
        _follow(report, "changes")
        told = [{"where": where, "text": text} for where, text in asked]
        _tell(actor, report, Role.LEAD_EXPERT, "returned", comment=comment, points=told, person="")
    return change


def approve(*, actor: Actor, report: QuarterlyReport, comment: str = "") -> StatusChange:
    """Accept the report; it can be published from then on. Mails the Lead Expert."""
    with transaction.atomic():
        change = QUARTERLY.apply(actor=actor, obj=report, name="approve", comment=comment)
        _follow(report, "approved")
        _tell(actor, report, Role.LEAD_EXPERT, "accepted", comment=comment, person="")
    return change


# --- Rendering --------------------------------------------------------------------------------------------------------


def page_context(report: QuarterlyReport, figures: dict[str, Any], *, is_draft: bool) -> dict[str, Any]:
    """Return what ``pdf/quarterly.html`` shows; the same for the preview in the browser and the PDF."""
    bodies = dict(report.sections.values_list("code", "body"))
    cities = list(report.network.partners.filter(is_active=True))
    return {
        "report": report,
        "network": report.network,
        "cities": cities,
        "figures": figures,
        "is_draft": is_draft,
        "chapters": [
            {"number": n, "section": section, "body": bodies.get(section.code, "")}
            for n, section in enumerate(SECTIONS, 1)
        ],
    }


def data_files(report: QuarterlyReport, figures: dict[str, Any]) -> list[Attachment]:
    """Return the data behind the tables, as JSON and CSV, to lie inside the PDF."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["city", *figures["kinds"], "not known", "total"])
    for row in figures["attendance"]:
        writer.writerow([row["city"], *row["numbers"], row["unknown"], row["total"]])
    stem = f"quarterly-report-{report.year}-{report.quarter}"
    return [
        Attachment(
            f"{stem}.json",
            json.dumps(figures, ensure_ascii=False, indent=1, sort_keys=True).encode(),
            "All figures of this report",
        ),
        Attachment(f"{stem}-attendance.csv", out.getvalue().encode("utf-8-sig"), "Attendance by city and group"),
    ]


def pdf_bytes(report: QuarterlyReport, figures: dict[str, Any], *, language: str, is_draft: bool) -> bytes:
    """Render the report; needs the worker's time."""
    with translation.override(language):
        title = _("Quarterly Network Report %(number)s") % {"number": report.number}
    return render_pdf(
        template="pdf/quarterly.html",
        context=page_context(report, figures, is_draft=is_draft),
        language=language,
        title=title,
        attachments=data_files(report, figures),
    )


def file_name(report: QuarterlyReport) -> str:
    """Return what the PDF is called when somebody saves it."""
    return f"{report.network.short_name} quarterly report {report.year} Q{report.quarter}.pdf"


def start_render(*, actor: Actor, report: QuarterlyReport, language: str) -> Job:
    """Ask the worker for a draft PDF."""
    from reports.tasks import render_draft

    if not policies.can_write_report(actor, report):
        raise PermissionDenied
    return _start(actor, report, render_draft, _("Draft PDF of %(report)s") % {"report": report}, language)


def start_publishing(*, actor: Actor, report: QuarterlyReport, language: str) -> Job:
    """Ask the worker to render the final PDF and publish."""
    from reports.tasks import publish_report

    QUARTERLY.check(actor, report, "publish")
    return _start(actor, report, publish_report, _("Publishing %(report)s") % {"report": report}, language)


def _start(actor: Actor, report: QuarterlyReport, task: Any, title: str, language: str) -> Job:
    back = reverse(
        "reports:detail",
        kwargs={"network": report.network.slug, "year": report.year, "quarter": report.quarter},
    )
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
    """Render a draft PDF and keep it for the leads."""
    content = pdf_bytes(report, figures_of(report), language=language, is_draft=report.state != ReportState.PUBLISHED)
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

    Raises WrongStateError if it is not approved (any more): then nothing is kept.
    """
    QUARTERLY.check(actor, report, "publish")
    figures = figures_of(report)
    content = pdf_bytes(report, figures, language=language, is_draft=False)
    with transaction.atomic():
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
    return file
