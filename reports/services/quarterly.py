"""Writing, checking, rendering and publishing a quarterly report."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from aoce.common import drafts, mail, review
from aoce.common.drafts import EditConflictError
from aoce.common.models import DraftConflict, ReviewPoint, StatusChange
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
WRITABLE = (ReportState.DRAFT, ReportState.CHANGES)


def figures_of(report: QuarterlyReport, *, lessons: bool = True) -> dict[str, Any]:
    """Return the report's figures: the frozen ones once it is published, else as they are now (``quarter_figures``)."""
    if report.state == ReportState.PUBLISHED:
        return report.figures
    return quarter_figures(report.network, report.start, report.end, lessons=lessons)


def create_report(*, actor: Actor, network: Network, year: int, quarter: int) -> QuarterlyReport:
    """Begin the report of a quarter; the one that is there already if there is one."""
    if not policies.can_create_report(actor, network.pk):
        raise PermissionDenied
    with transaction.atomic():
        Network.objects.select_for_update().get(pk=network.pk)
        report, _created = QuarterlyReport.objects.get_or_create(
            network=network, year=year, quarter=quarter, defaults={"number": _number(network, year, quarter)}
        )
    return report


def _number(network: Network, year: int, quarter: int) -> int:
    """Return the number of a new report: they count on from the first quarter that has one."""
    rows = QuarterlyReport.objects.filter(network=network)
    first = rows.first()
    since = year * 4 + quarter - first.year * 4 - first.quarter if first else 0
    return first.number + since if first and since > 0 else rows.count() + 1


def _lock_writable(actor: Actor, report: QuarterlyReport) -> None:
    """Hold the report until the transaction ends, so that nobody submits or publishes it under a text being saved."""
    locked = QuarterlyReport.objects.select_for_update().get(pk=report.pk)
    report.state = locked.state
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
    conflict = None
    with transaction.atomic():
        _lock_writable(actor, report)
        section = section_of(report, code)
        try:
            drafts.save_draft(
                actor=actor,
                obj=section,
                kind=SECTION_KIND,
                network_id=report.network_id,
                read_version=read_version,
                changes={"body": clean_html(body)},
            )
        except EditConflictError as error:
            conflict = error  # Raised once both texts are kept.
        else:
            if report.state == ReportState.DRAFT:
                _follow(report, "draft")
    if conflict:
        raise conflict
    return section


def resolve_section(
    *, actor: Actor, report: QuarterlyReport, section: ReportSection, conflict: DraftConflict, body: str
) -> None:
    """Choose the text after two people changed a section."""
    with transaction.atomic():
        _lock_writable(actor, report)
        drafts.resolve(actor=actor, conflict=conflict, obj=section, chosen={"body": clean_html(body)})


def answer_point(*, actor: Actor, report: QuarterlyReport, point: ReviewPoint, answer: str, addressed: bool) -> None:
    """Write down what became of a point the Lead Partner asked for."""
    with transaction.atomic():
        _lock_writable(actor, report)
        if (point.kind, point.object_id) != (KIND, report.pk):
            raise PermissionDenied
        review.address_point(actor=actor, point=point, answer=answer, addressed=addressed)


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
    """Return the report with a comment, points, or both; mails the Lead Expert. CommentMissingError for neither."""
    asked = [(where, text) for where, text in points if text.strip()]
    comment = comment.strip() or (_("See the points below.") if asked else "")
    with transaction.atomic():
        change = QUARTERLY.apply(actor=actor, obj=report, name="ask_changes", comment=comment)
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
