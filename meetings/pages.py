"""What the form of a local report shows besides its fields: parts, files, people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aoce.common.models import StoredFile
from meetings.enums import SignedHow
from meetings.figures import Attendance, attendance_of
from meetings.lists import BLOCKING, problem_words
from meetings.models import AttendanceSheet, Attendee, UlgReport
from meetings.services.attendance import GRID_FILE, LISTS, OWN_FILES, REPORT_FILE

if TYPE_CHECKING:
    from partners.models import StakeholderKind

#: Rows shown at most, of each sort: with something to complete, and without.
SHOWN_ROWS = 100
HOW_WORDS = dict(SignedHow.choices)


@dataclass(frozen=True)
class FileLine:
    """A file of the report as its form and its page show it."""

    file: StoredFile
    icon: str
    note: str
    sheet: AttendanceSheet | None = None


@dataclass(frozen=True)
class PersonLine:
    """Somebody on a list or among the people; ``key`` begins the names of the row's controls."""

    key: str
    name: str
    organisation: str
    kind_id: int | None
    kind: str
    how: str
    notes: list[str]
    open: list[str]
    leave: bool = False
    blocking: bool = False


@dataclass(frozen=True)
class Preview:
    """A list whose people wait to be taken over."""

    sheet: AttendanceSheet
    lines: list[PersonLine]
    people: int
    to_complete: int
    left_out: int
    blocking: int
    hidden: int


@dataclass
class Sides:
    """Everything beside the text fields."""

    report_files: list[FileLine] = field(default_factory=list)
    sheet_files: list[FileLine] = field(default_factory=list)
    grid_files: list[FileLine] = field(default_factory=list)
    previews: list[Preview] = field(default_factory=list)
    people: list[PersonLine] = field(default_factory=list)
    to_complete: int = 0
    hidden: int = 0
    attendance: Attendance = field(default_factory=Attendance)


def note_of(file: StoredFile, sheet: AttendanceSheet | None) -> str:
    """Return what is said of a file in one line."""
    from django.template.defaultfilters import filesizeformat

    size = filesizeformat(file.size)
    pages = ngettext("%(n)s page", "%(n)s pages", file.pages) % {"n": file.pages} if file.pages else ""
    if sheet is not None and sheet.is_list:
        read = ngettext("%(n)s person read", "%(n)s people read", len(sheet.rows)) % {"n": len(sheet.rows)}
        if sheet.sheet_name:
            read = _("%(read)s from the sheet “%(sheet)s”") % {"read": read, "sheet": sheet.sheet_name}
        return f"{read}, {size}"
    if sheet is not None:
        parts = ", ".join(part for part in (pages, size) if part)
        return _("Scan, %(parts)s. Kept as proof, not read.") % {"parts": parts}
    return ", ".join(part for part in (pages, size) if part)


def icon_of(file: StoredFile) -> str:
    """Return the icon of a file's type."""
    if file.content_type.startswith("image/"):
        return "file-earmark-image"
    if file.content_type == "application/pdf":
        return "file-earmark-pdf"
    if any(file.name.lower().endswith(f".{kind}") for kind in LISTS):
        return "file-earmark-spreadsheet"
    return "file-earmark-text"


def files_of(report: UlgReport, *, sheets: bool = True) -> list[FileLine]:
    """Return the report's files and, for whoever sees names, its sheets. One query."""
    kinds = OWN_FILES if sheets else (REPORT_FILE,)
    rows = StoredFile.objects.filter(owner_kind__in=kinds, owner_id=report.pk, removed_at=None).select_related("sheet")
    found = []
    for file in rows:
        sheet = getattr(file, "sheet", None)
        found.append(FileLine(file, icon_of(file), note_of(file, sheet), sheet))
    return found


def _shortened(lines: list[PersonLine]) -> tuple[list[PersonLine], int]:
    """Return at most SHOWN_ROWS with something to complete (what blocks first) and as many without, in their order."""
    flagged = sorted((line for line in lines if line.open or line.leave), key=lambda line: not line.blocking)
    plain = [line for line in lines if not (line.open or line.leave)]
    kept = {line.key for line in (*flagged[:SHOWN_ROWS], *plain[:SHOWN_ROWS])}
    return [line for line in lines if line.key in kept], len(lines) - len(kept)


def preview_of(sheet: AttendanceSheet, kinds: dict[int, str]) -> Preview:
    """Return a list's rows with what is wrong with each."""
    lines = [
        PersonLine(
            key=f"s{sheet.pk}-{row['row']}",
            name=row["name"],
            organisation=row["organisation"],
            kind_id=row["kind"],
            kind=kinds.get(row["kind"] or 0, ""),
            how=str(HOW_WORDS.get(row["how"], "")),
            notes=[problem_words(code, row["row"], row["kind_text"]) for code in row["problems"]],
            open=row["problems"],
            leave=row["leave"],
            blocking=bool(BLOCKING & set(row["problems"])) and not row["leave"],
        )
        for row in sheet.rows
    ]
    shown, hidden = _shortened(lines)
    taken = [line for line in lines if not line.leave]
    return Preview(
        sheet=sheet,
        lines=shown,
        people=len(taken),
        to_complete=sum(bool(line.open) for line in taken),
        left_out=len(lines) - len(taken),
        blocking=sum(line.blocking for line in lines),
        hidden=hidden,
    )


def people_lines(people: Iterable[Attendee], kinds: dict[int, str], *, edit_all: bool = False) -> list[PersonLine]:
    """Return the people of a report; open ones have controls, with ``edit_all`` every one."""
    lines = []
    for number, person in enumerate(people, start=1):
        missing = []
        if not person.organisation:
            missing.append("no_organisation")
        if person.kind_id is None:
            missing.append("no_kind")
        lines.append(
            PersonLine(
                key=f"p-{person.pk}",
                name=person.name,
                organisation=person.organisation,
                kind_id=person.kind_id,
                kind=kinds.get(person.kind_id or 0, ""),
                how=person.how if edit_all else str(HOW_WORDS[SignedHow(person.how)]),
                notes=[problem_words(code, number) for code in missing],
                open=missing,
            )
        )
    return lines


def sides_of(report: UlgReport, kinds: list[StakeholderKind], counts: Iterable[Any], *, edit_all: bool) -> Sides:
    """Return files, lists, people and numbers. Two queries."""
    names = {kind.pk: kind.name for kind in kinds}
    lines = files_of(report)
    attendees = list(Attendee.objects.filter(report=report))
    people = people_lines(attendees, names, edit_all=edit_all)
    shown, hidden = (people, 0) if edit_all else _shortened(people)
    return Sides(
        report_files=[line for line in lines if line.sheet is None and line.file.owner_kind != GRID_FILE],
        grid_files=[line for line in lines if line.file.owner_kind == GRID_FILE],
        sheet_files=[line for line in lines if line.sheet is not None],
        previews=[
            preview_of(line.sheet, names)
            for line in lines
            if line.sheet and line.sheet.is_list and not line.sheet.taken_over
        ],
        people=shown,
        to_complete=sum(bool(line.open) for line in people),
        hidden=hidden,
        attendance=attendance_of(kinds, attendees, counts),
    )


@dataclass(frozen=True)
class Part:
    """One part of the form in the list of parts: where it stands, in shape and word."""

    code: str
    label: str
    shape: str
    word: str


def parts_of(report: UlgReport, sides: Sides, errors: dict[str, int], today: date) -> list[Part]:
    """Return the three parts with how far each is; ``errors`` by part, after somebody tried to submit."""
    meeting = report.meeting
    done = {
        "facts": bool(meeting.date and meeting.date <= today and meeting.place.strip()),
        "talk": bool(report.topics.strip() or sides.report_files),
        "attendance": bool(sides.sheet_files and sides.attendance.total and not sides.previews),
    }
    begun = {
        "facts": bool(meeting.date or meeting.place or meeting.title),
        "talk": bool(report.decisions or report.lessons),
        "attendance": bool(sides.sheet_files or sides.attendance.total),
    }
    labels = {"facts": _("1. The facts"), "talk": _("2. What you talked about"), "attendance": _("3. Who was there")}
    found = []
    for code, label in labels.items():
        if errors.get(code):
            word = ngettext("%(n)s error", "%(n)s errors", errors[code]) % {"n": errors[code]}
            found.append(Part(code, label, "overdue", word))
        elif code == "attendance" and sides.previews:
            found.append(Part(code, label, "changes", _("To take over")))
        elif code == "attendance" and sides.to_complete and done[code]:
            found.append(Part(code, label, "changes", _("%(n)s open") % {"n": sides.to_complete}))
        elif done[code]:
            found.append(Part(code, label, "approved", _("Done")))
        elif begun[code]:
            found.append(Part(code, label, "draft", _("Begun")))
        else:
            found.append(Part(code, label, "none", _("Empty")))
    return found
