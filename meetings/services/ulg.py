"""Local reports: begun, saved, handed in, checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from aoce.common import files, review
from aoce.common.enums import State
from aoce.common.models import DraftConflict, ReviewPoint, StatusChange
from aoce.common.workflow import CommentMissingError, WrongStateError
from meetings import policies
from meetings.figures import attendance_of
from meetings.models import Attendee, UlgMeeting, UlgReport
from meetings.services import attendance, drafting, planning
from meetings.services.drafting import KIND
from meetings.services.telling import checkers, owners, tell
from meetings.workflow import ULG_REPORT
from partners.models import Partner, StakeholderKind
from roadmap.models import Obligation
from roadmap.services import open_obligations, record_submission
from roadmap.services.obligations import set_due

if TYPE_CHECKING:
    from partners.actors import Actor

LABELS = {**{name: str(label) for name, label in review.as_labels(dict(drafting.LABELS)).items()}}
LABELS |= {"people": gettext_noop("Who was there"), "files": gettext_noop("Files")}


class Problem(NamedTuple):
    """What is to be corrected before a report can be submitted: the field, its part of the form, the sentence."""

    field: str
    part: str
    words: str


class NotReadyError(Exception):
    """The report cannot be submitted yet; ``problems`` say why."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems."""
        super().__init__("not ready")
        self.problems = problems


class NewerVersionError(Exception):
    """The report was changed after the checker opened it."""


# --- Begin and write --------------------------------------------------------------------------------------------------


def free_obligations(partner: Partner) -> QuerySet[Obligation]:
    """Return the city's open obligations for a report that nothing was begun for, the next due first."""
    return open_obligations(partner=partner, deliverable=KIND).filter(deliverable_id=None)


def obligations_of(report: UlgReport) -> QuerySet[Obligation]:
    """Return what a report serves, the next due first."""
    return Obligation.objects.filter(deliverable=KIND, deliverable_id=report.pk).with_due().select_related("task")


def start(
    *, actor: Actor, partner: Partner, obligation: Obligation | None = None, meeting: UlgMeeting | None = None
) -> UlgReport:
    """Begin a report on ``meeting`` or the city's next local one, for ``obligation`` or the oldest one still free.

    The obligation is a draft from then on. When the meeting or the obligation has a report already, that one is
    returned. Raises WrongStateError for a meeting that was called off.
    """
    if not policies.can_start_report(actor, partner.pk):
        raise PermissionDenied
    if obligation is not None and obligation.partner_id != partner.pk:
        raise PermissionDenied
    if meeting is not None and meeting.partner_id != partner.pk:
        raise PermissionDenied
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        if meeting is not None:
            known = UlgReport.objects.select_related("meeting__partner").filter(meeting=meeting).first()
            if known is not None:
                return known
        if obligation is None:
            obligation = free_obligations(partner).first()
        else:
            obligation.refresh_from_db()
        if obligation is not None and obligation.deliverable == KIND and obligation.deliverable_id:
            return UlgReport.objects.select_related("meeting__partner").get(pk=obligation.deliverable_id)
        if meeting is None:
            meeting = UlgMeeting.objects.create(partner=partner, number=planning.next_number(partner))
        else:
            planning.must_be_ahead(UlgMeeting.objects.select_for_update().get(pk=meeting.pk))
        report = UlgReport.objects.create(meeting=meeting, updated_by_id=actor.user_id)
        if obligation is not None:
            _record(actor, report, obligation)
    return report


def _record(actor: Actor, report: UlgReport, obligation: Obligation) -> None:
    record_submission(
        actor=actor, obligation=obligation, deliverable=KIND, deliverable_id=report.pk, state=report.state
    )


def save(*, actor: Actor, report: UlgReport, fields: Mapping[str, str], read_version: int, base: str = "") -> bool:
    """Save what this person changed; return whether anything did. Call it outside of transactions.

    Raises EditConflictError as ``drafting.save``. A report that is submitted gets a new version, see ``amend``.
    """
    attendance.must_be_writable(actor, report)
    return drafting.save(actor=actor, report=report, fields=fields, read_version=read_version, base=base)


def settle(*, actor: Actor, report: UlgReport, conflict: DraftConflict, chosen: Mapping[str, str]) -> None:
    """Choose the texts after two people changed them; closes the conflict."""
    attendance.must_be_writable(actor, report)
    if (conflict.kind, conflict.object_id) != (KIND, report.pk):
        raise PermissionDenied
    drafting.settle(actor=actor, report=report, conflict=conflict, chosen=chosen)


def discard(*, actor: Actor, report: UlgReport) -> None:
    """Throw a draft away that was never submitted; its obligations are open again."""
    attendance.must_be_writable(actor, report, amend=False)
    if report.state != State.DRAFT:
        raise WrongStateError(_("A report that was submitted once is not thrown away. Change it instead."))
    with transaction.atomic():
        for obligation in obligations_of(report):
            record_submission(actor=actor, obligation=obligation, deliverable="", deliverable_id=0, state="none")
        # One that is not needed any more keeps its state, but must not point at what is gone.
        obligations_of(report).update(deliverable="", deliverable_id=None)
        for kind in attendance.OWN_FILES:
            for file in files.files_of(kind, report.pk):
                files.remove(file=file)
        if report.meeting.planned_at is None:
            report.meeting.delete()
        else:  # it was planned, and stays so
            report.delete()


def answer_point(*, actor: Actor, report: UlgReport, point: ReviewPoint, answer: str, addressed: bool) -> None:
    """Say that a point the checker raised is addressed, and how."""
    attendance.must_be_writable(actor, report)
    if (point.kind, point.object_id) != (KIND, report.pk):
        raise PermissionDenied
    review.address_point(actor=actor, point=point, answer=answer, addressed=addressed)


# --- Hand in ----------------------------------------------------------------------------------------------------------


def problems_of(report: UlgReport, today: date) -> list[Problem]:
    """Return what is to be corrected before the report can be submitted, in the order of the form."""
    meeting = report.meeting
    found = []
    if meeting.date is None:
        found.append(Problem("date", "facts", _("Enter the day the meeting took place.")))
    elif meeting.date > today:
        words = _("%(day)s is after today, %(today)s. Enter the day the meeting took place.")
        day, now = date_format(meeting.date, "j F Y"), date_format(today, "j F Y")
        found.append(Problem("date", "facts", words % {"day": day, "today": now}))
    if not meeting.place.strip():
        found.append(Problem("place", "facts", _("Enter where the meeting took place; “online” is a place too.")))
    has_file = files.files_of(attendance.REPORT_FILE, report.pk).exists()
    if not report.topics.strip() and not has_file:
        found.append(Problem("topics", "talk", _("Write the main topics, or attach the report as a file.")))
    if report.grid_shared and report.state in policies.OPEN:
        found += _grid_problems(report, today)
    sheets = list(report.sheets.select_related("file"))
    if not sheets:
        found.append(
            Problem("sheets", "attendance", _("Attach the attendance sheet: a scan or photo, or a list (XLSX, CSV)."))
        )
    found += [
        Problem(
            f"list-{sheet.pk}",
            "attendance",
            _("Take over the people from “%(name)s”, or remove the file.") % {"name": sheet.file.name},
        )
        for sheet in attendance.pending_lists(sheets)
    ]
    counted = report.attendees.exists() or report.counts.filter(people__gt=0).exists()
    if sheets and not counted and not attendance.pending_lists(sheets):
        found.append(Problem("counts", "attendance", _("Enter how many people the sheet shows, by group.")))
    if _open_conflicts(report):
        found.append(Problem("conflict", "facts", _("Two people changed this report. Choose what is to stand first.")))
    return found


def _grid_problems(report: UlgReport, today: date) -> list[Problem]:
    """A shared learning grid has a day and a proof."""
    found = []
    if report.grid_shared_on is None or report.grid_shared_on > today:
        words = _("Enter the day the learning grid was shared with the group; it is not after today.")
        found.append(Problem("grid_shared_on", "talk", words))
    if report.grid_proof_id is None:
        words = _("Attach what shows that the learning grid was shared: a photo, a mail or a page of the minutes.")
        found.append(Problem("grid_proof", "talk", words))
    return found


def _open_conflicts(report: UlgReport) -> bool:
    return DraftConflict.objects.filter(kind=KIND, object_id=report.pk, resolved_at=None).exists()


def version_data(report: UlgReport) -> dict[str, str]:
    """Return what is frozen when a report is handed in: field → text; the date as ISO."""
    network_id = report.meeting.partner.network_id
    kinds = StakeholderKind.objects.filter(network=network_id)
    numbers = attendance_of(kinds, Attendee.objects.filter(report=report), report.counts.all())
    lines = [f"{f.kind.name if f.kind else 'Not known yet'}: {f.people}" for f in numbers.figures if f.people]
    kept = [f for kind in attendance.OWN_FILES for f in files.files_of(kind, report.pk)]
    fields = {name: text for name, text in drafting.read(report).items() if name in drafting.LABELS}
    meeting = report.meeting
    with translation.override("en"):  # whoever hands it in, the same words
        fields["link"] = f"{meeting.get_relation_display()} {meeting.transnational}" if meeting.transnational else ""
    fields["grid_shared"] = "Yes" if report.grid_shared else "No"
    if not fields["grid_shared_on"]:  # versions frozen before this was asked have no such field
        del fields["grid_shared_on"]
    return {
        **fields,
        "people": "\n".join([*lines, f"All: {numbers.total}"]),
        "files": "\n".join(file.name for file in kept),
    }


def _record_version(actor: Actor, report: UlgReport, data: dict[str, str]) -> None:
    network_id = report.meeting.partner.network_id
    review.record_version(actor=actor, network_id=network_id, kind=KIND, object_id=report.pk, data=data, labels=LABELS)


def submit(*, actor: Actor, report: UlgReport, today: date) -> StatusChange:
    """Hand it in: freezes a version, moves its obligations, tells the Lead Partner by mail.

    A report that serves no obligation yet takes the oldest one still free. Raises NotReadyError with what is to be
    corrected, WrongStateError or NotAllowedError.
    """
    with transaction.atomic():
        row = drafting.locked(report)
        ULG_REPORT.check(actor, row, "submit")
        problems = problems_of(row, today)
        if problems:
            raise NotReadyError(problems)
        change = ULG_REPORT.apply(actor=actor, obj=row, name="submit")
        _record_version(actor, row, version_data(row))
        served = list(obligations_of(row))
        if not served and (free := free_obligations(row.meeting.partner).first()):
            served = [free]
        for obligation in served:
            _record(actor, row, obligation)
        tell(report=row, people=checkers(row), template="submitted", actor=actor)
    report.refresh_from_db()
    return change


def amend(*, actor: Actor, report: UlgReport, today: date) -> bool:
    """Freeze a new version of a submitted report if what was handed in has changed; return whether it has.

    Raises NotReadyError when something needed is missing now; the version before stays the newest.
    """
    with transaction.atomic():
        row = drafting.locked(report)
        ULG_REPORT.check(actor, row, "amend")
        data = version_data(row)
        newest, _before = review.latest_versions(KIND, row.pk)
        if newest and newest.data == data:
            return False
        problems = problems_of(row, today)
        if problems:
            raise NotReadyError(problems)
        ULG_REPORT.apply(actor=actor, obj=row, name="amend")
        _record_version(actor, row, data)
    report.refresh_from_db()
    return True


# --- Check ------------------------------------------------------------------------------------------------------------


def _must_be_newest(report: UlgReport, version: int | None) -> None:
    newest, _before = review.latest_versions(KIND, report.pk)
    if version is not None and newest is not None and newest.number != version:
        raise NewerVersionError


def ask_changes(
    *,
    actor: Actor,
    report: UlgReport,
    points: list[tuple[str, str]],
    comment: str = "",
    due: date | None = None,
    version: int | None = None,
) -> StatusChange:
    """Return it with points to address, ``(where, text)`` each, and a new day for the answer if ``due`` is given.

    Tells the city's coordinators by mail. ``version`` is the one the checker read. Raises CommentMissingError when
    there is neither a point nor a comment, NewerVersionError when there is a newer version.
    """
    asked = [(where.strip()[:100], text.strip()) for where, text in points if text.strip()]
    with transaction.atomic():
        row = drafting.locked(report)
        ULG_REPORT.check(actor, row, "ask_changes", comment)
        _must_be_newest(row, version)
        if not asked and not comment.strip():
            raise CommentMissingError(_("Write at least one point, or a comment, so that the city knows what to mend."))
        change = ULG_REPORT.apply(actor=actor, obj=row, name="ask_changes", comment=comment)
        review.ask_for_changes(change=change, points=asked)
        for obligation in obligations_of(row):
            _record(actor, row, obligation)
            if due is not None:
                set_due(actor=actor, obligation=obligation, due=due, reason=_("Time to address the points"))
        told = [{"where": where, "text": text} for where, text in asked]
        tell(report=row, people=owners(row), template="returned", actor=actor, comment=comment, points=told)
    report.refresh_from_db()
    return change


def approve(*, actor: Actor, report: UlgReport, comment: str = "", version: int | None = None) -> StatusChange:
    """Accept it; tells the city's coordinators by mail. Raises NewerVersionError when there is a newer version."""
    with transaction.atomic():
        row = drafting.locked(report)
        ULG_REPORT.check(actor, row, "approve", comment)
        _must_be_newest(row, version)
        change = ULG_REPORT.apply(actor=actor, obj=row, name="approve", comment=comment)
        for obligation in obligations_of(row):
            _record(actor, row, obligation)
        tell(report=row, people=owners(row), template="accepted", actor=actor, comment=comment)
    report.refresh_from_db()
    return change


def reopen(*, actor: Actor, report: UlgReport, comment: str) -> StatusChange:
    """Open an approved report again, with the reason; tells the city's coordinators by mail."""
    with transaction.atomic():
        row = drafting.locked(report)
        change = ULG_REPORT.apply(actor=actor, obj=row, name="reopen", comment=comment)
        for obligation in obligations_of(row):
            _record(actor, row, obligation)
        tell(report=row, people=owners(row), template="returned", actor=actor, comment=comment)
    report.refresh_from_db()
    return change


def further_obligations(report: UlgReport) -> QuerySet[Obligation]:
    """Return what else of the city's this report could serve."""
    return free_obligations(report.meeting.partner)


def serve_also(*, actor: Actor, report: UlgReport, obligation: Obligation) -> None:
    """Let a handed-in report serve one more obligation of its city: only the Lead Partner may say so."""
    if not policies.can_check_report(actor, report):
        raise PermissionDenied
    with transaction.atomic():
        row = drafting.locked(report)
        if row.state not in policies.SHARED:
            raise WrongStateError(_("Only a report that is handed in can serve a further task."))
        if not further_obligations(row).filter(pk=obligation.pk).exists():
            raise WrongStateError(_("This task is served already, or belongs to another city."))
        _record(actor, row, obligation)
