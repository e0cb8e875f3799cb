"""Files of a report, and who was there: sheets attached, lists read, corrected and taken over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from aoce.common import files
from aoce.common.enums import State
from aoce.common.files import UploadRefusedError
from aoce.common.models import StoredFile
from aoce.common.workflow import WrongStateError
from meetings import policies
from meetings.enums import SignedHow
from meetings.lists import BLOCKING, KindMatcher, Known, ListUnreadableError, fold, problems_of, read_list
from meetings.models import AttendanceSheet, Attendee, UlgReport
from meetings.services.drafting import KIND
from partners.models import LocalGroupMember, StakeholderKind
from partners.services.persons import Named, person_for, persons_for

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Person

#: Owners of files: the report itself, seen with it; its sheets, seen by who sees names.
REPORT_FILE = KIND
SHEET_FILE = "ulg_sheet"
#: Proof that the learning grid was shared: a photo or a mail shows people, so it is seen by who sees names.
GRID_FILE = "ulg_grid"
OWN_FILES = (REPORT_FILE, SHEET_FILE, GRID_FILE)
LISTS = ("xlsx", "csv")


class NotCompleteError(Exception):
    """A list has rows nobody can be made of; they are to be corrected or left out first."""


@dataclass(frozen=True)
class PersonEdit:
    """What the form says of somebody: None where it says nothing."""

    name: str | None = None
    organisation: str | None = None
    kind: int | None = None
    how: str | None = None
    leave: bool = False


def must_be_writable(actor: Actor, report: UlgReport, *, amend: bool = True) -> None:
    """Raise PermissionDenied or WrongStateError unless the actor may write the report now."""
    if not policies.can_write_report(actor, report):
        raise PermissionDenied
    allowed = (*policies.OPEN, State.SUBMITTED) if amend else policies.OPEN
    if report.state not in allowed:
        raise WrongStateError(
            _("This is not possible any more: it is now “%(state)s”. Reload the page to see what changed.")
            % {"state": State(report.state).label}
        )


def matcher_for(network_id: int) -> KindMatcher:
    """Return what finds the network's stakeholder kinds in lists."""
    rows = StakeholderKind.objects.filter(network=network_id)
    return KindMatcher([(kind.pk, kind.code, kind.name) for kind in rows])


def known_people(partner_id: int) -> dict[str, Known]:
    """Return what the city's local group knows of its people, by folded name."""
    rows = LocalGroupMember.objects.filter(partner=partner_id)
    return {fold(row.name): Known(row.organisation, row.kind_id) for row in rows}


def sheet_types() -> list[str]:
    """Return the kinds of file that attendance sheets may be."""
    return list(dict.fromkeys([*settings.UPLOAD_SCAN_TYPES, *settings.UPLOAD_LIST_TYPES]))


def attach_report(*, actor: Actor, report: UlgReport, upload: UploadedFile) -> StoredFile:
    """Keep a report file. Raises UploadRefusedError for one that cannot be taken."""
    must_be_writable(actor, report)
    return files.store_upload(
        actor=actor,
        network_id=report.meeting.partner.network_id,
        owner_kind=REPORT_FILE,
        owner_id=report.pk,
        upload=upload,
        allowed=settings.UPLOAD_REPORT_TYPES,
        purpose="report",
    )


def attach_grid_proof(*, actor: Actor, report: UlgReport, upload: UploadedFile) -> StoredFile:
    """Keep the proof that the learning grid was shared, in place of an earlier one. Raises UploadRefusedError."""
    must_be_writable(actor, report)
    with transaction.atomic():
        stored = files.store_upload(
            actor=actor,
            network_id=report.meeting.partner.network_id,
            owner_kind=GRID_FILE,
            owner_id=report.pk,
            upload=upload,
            allowed=sheet_types(),
            purpose="proof",
        )
        for old in files.files_of(GRID_FILE, report.pk).exclude(pk=stored.pk):
            files.remove(file=old)
        UlgReport.objects.filter(pk=report.pk).update(grid_proof=stored)
        report.grid_proof = stored
    return stored


def attach_sheet(*, actor: Actor, report: UlgReport, upload: UploadedFile) -> AttendanceSheet:
    """Keep an attendance sheet; a list is read, its people wait to be taken over.

    Raises UploadRefusedError for a file that cannot be taken, or a list that cannot be read.
    """
    must_be_writable(actor, report)
    partner = report.meeting.partner
    inspected = files.inspect_upload(upload, sheet_types())
    rows: list[dict[str, Any]] = []
    title = ""
    if inspected.kind in LISTS:
        try:
            people = read_list(
                upload,
                inspected.kind,
                matcher_for(partner.network_id),
                language=partner.language,
                known=known_people(partner.pk),
            )
        except ListUnreadableError as error:
            raise UploadRefusedError(
                _("“%(name)s” was not taken: %(why)s") % {"name": upload.name, "why": str(error)}
            ) from error
        rows, title = [row.as_json() for row in people.rows], people.sheet
    with transaction.atomic():
        stored = files.store_upload(
            actor=actor,
            network_id=partner.network_id,
            owner_kind=SHEET_FILE,
            owner_id=report.pk,
            upload=upload,
            allowed=sheet_types(),
            purpose="sheet",
        )
        return AttendanceSheet.objects.create(
            report=report, file=stored, is_list=bool(rows), rows=rows, sheet_name=title[:100]
        )


def detach(*, actor: Actor, report: UlgReport, file: StoredFile) -> int:
    """Take a file out before the report is submitted; the people taken over from it go too. Returns how many."""
    must_be_writable(actor, report, amend=False)
    if file.owner_kind not in OWN_FILES or file.owner_id != report.pk:
        raise PermissionDenied
    with transaction.atomic():
        people = Attendee.objects.filter(sheet__file=file).count()
        AttendanceSheet.objects.filter(file=file).delete()
        UlgReport.objects.filter(pk=report.pk, grid_proof=file).update(grid_proof=None)
        files.remove(file=file)
    return people


def _corrected(row: dict[str, Any], edit: PersonEdit, kinds: set[int]) -> dict[str, Any]:
    new = dict(row)
    if edit.name is not None:
        new["name"] = edit.name.strip()[:150]
    if edit.organisation is not None:
        new["organisation"] = edit.organisation.strip()[:200]
    if edit.kind is not None:
        new["kind"] = edit.kind if edit.kind in kinds else None
    kept = [p for p in row["problems"] if p in ("twice", "absent")]
    new["problems"] = problems_of(new["name"], new["organisation"], new["kind"], new["kind_text"]) + kept
    new["leave"] = edit.leave
    return new


def correct_rows(*, actor: Actor, sheet: AttendanceSheet, edits: Mapping[int, PersonEdit]) -> None:
    """Write corrections into a list that is not taken over yet; ``edits`` by the row's number."""
    must_be_writable(actor, sheet.report)
    kinds = set(StakeholderKind.objects.filter(network=sheet.file.network_id).values_list("pk", flat=True))
    with transaction.atomic():
        row = AttendanceSheet.objects.select_for_update().get(pk=sheet.pk)
        if row.taken_over:
            return
        rows = [_corrected(r, edits[r["row"]], kinds) if r["row"] in edits else r for r in row.rows]
        if rows != row.rows:
            row.rows = rows
            row.save(update_fields=["rows"])
    sheet.rows = rows


def take_over(*, actor: Actor, sheet: AttendanceSheet) -> int:
    """Make a list's rows people of the report; returns how many. Rows left out stay with the list.

    What is missing besides the name may stay open. Raises NotCompleteError for rows without a name.
    """
    must_be_writable(actor, sheet.report)
    with transaction.atomic():
        row = AttendanceSheet.objects.select_for_update().get(pk=sheet.pk)
        if row.taken_over:
            return 0
        wanted = [r for r in row.rows if not r["leave"]]
        if any(BLOCKING & set(r["problems"]) for r in wanted):
            raise NotCompleteError
        partner = sheet.report.meeting.partner
        named = [Named(r["name"], r["organisation"], r["kind"]) for r in wanted]
        people = persons_for(network_id=partner.network_id, partner_id=partner.pk, people=named)
        Attendee.objects.bulk_create(
            Attendee(
                report_id=row.report_id,
                sheet=row,
                person=person,
                name=r["name"],
                organisation=r["organisation"],
                kind_id=r["kind"],
                how=r["how"],
                position=r["row"],
            )
            for r, person in zip(wanted, people, strict=True)
        )
        row.taken_over = True
        row.save(update_fields=["taken_over"])
    sheet.taken_over = True
    return len(wanted)


def correct_people(*, actor: Actor, report: UlgReport, edits: Mapping[int, PersonEdit]) -> int:
    """Write corrections to people; ``edits`` by the attendee's id. Returns how many were changed or taken out.

    An empty organisation or group never takes the place of one that somebody filled in meanwhile.
    """
    must_be_writable(actor, report)
    kinds = set(StakeholderKind.objects.filter(network=report.meeting.partner.network_id).values_list("pk", flat=True))
    changed = 0
    with transaction.atomic():
        for person in Attendee.objects.select_for_update().filter(report=report, pk__in=edits):
            edit = edits[person.pk]
            before = (person.name, person.organisation, person.kind_id, person.how)
            if edit.leave:
                person.delete()
                changed += 1
                continue
            person.name = (edit.name or "").strip()[:150] or person.name
            person.organisation = (edit.organisation or "").strip()[:200] or person.organisation
            person.kind_id = edit.kind if edit.kind in kinds else person.kind_id
            person.how = edit.how if edit.how in SignedHow.values else person.how
            if (person.name, person.organisation, person.kind_id, person.how) != before:
                if person.name != before[0] or person.person_id is None:
                    person.person = _person_of(report, person)
                person.save()
                changed += 1
    return changed


def add_person(*, actor: Actor, report: UlgReport, person: PersonEdit) -> Attendee:
    """Add somebody who is on no list; the name must be there."""
    must_be_writable(actor, report)
    kinds = StakeholderKind.objects.filter(network=report.meeting.partner.network_id, pk=person.kind or 0)
    attendee = Attendee(
        report=report,
        name=(person.name or "").strip()[:150],
        organisation=(person.organisation or "").strip()[:200],
        kind=kinds.first(),
        how=person.how if person.how in SignedHow.values else SignedHow.SIGNED,
        position=100_000,
    )
    with transaction.atomic():
        attendee.person = _person_of(report, attendee)
        attendee.save()
    return attendee


def _person_of(report: UlgReport, attendee: Attendee) -> Person:
    """Return the network's row of somebody who was there."""
    partner = report.meeting.partner
    named = Named(attendee.name, attendee.organisation, attendee.kind_id)
    return person_for(network_id=partner.network_id, partner_id=partner.pk, named=named)


def pending_lists(sheets: Iterable[AttendanceSheet]) -> list[AttendanceSheet]:
    """Return the lists whose people wait to be taken over."""
    return [sheet for sheet in sheets if sheet.is_list and not sheet.taken_over]
