"""From a list's cells to people, each with what is missing or doubtful."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import IO, Any, NamedTuple

from django.utils.translation import gettext as _

from meetings.enums import SignedHow
from meetings.lists.columns import ABSENT, FAMILY_FIRST, ONLINE, TOTALS, KindMatcher, find_header, fold
from meetings.lists.opening import MAX_ROWS, ListUnreadableError, Table, open_csv, open_xlsx

#: With these nobody can be taken over; the others may stay open.
BLOCKING = frozenset({"no_name"})
#: Rows with these are left out unless somebody says otherwise.
LEFT_OUT = frozenset({"twice", "absent"})


class Known(NamedTuple):
    """What the city's local group already knows of somebody."""

    organisation: str
    kind: int | None


@dataclass
class ListRow:
    """One row of a list. ``kind`` is the stakeholder kind's id; ``problems`` are codes of ``problem_words``."""

    row: int
    name: str
    organisation: str = ""
    kind: int | None = None
    kind_text: str = ""
    how: str = SignedHow.LISTED
    problems: list[str] = field(default_factory=list)
    leave: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the row as ``AttendanceSheet.rows`` keeps it."""
        return asdict(self)


class People(NamedTuple):
    """Who is on a list, and the title of the sheet they stand on ("" for separated text)."""

    rows: list[ListRow]
    sheet: str


def problem_words(code: str, row: int, text: str = "") -> str:
    """Say what is wrong with a row, in the reader's language. ``text`` is what the list says of the group."""
    words = {
        "no_name": _("No name in row %(row)s"),
        "no_organisation": _("No organisation in row %(row)s"),
        "no_kind": _("No group in row %(row)s"),
        "unknown_kind": _("“%(text)s” in row %(row)s is none of the network's groups"),
        "twice": _("Row %(row)s names somebody who stands above already"),
        "absent": _("Row %(row)s says “%(text)s”"),
    }
    return words[code] % {"row": row, "text": text}


def problems_of(name: str, organisation: str, kind: int | None, kind_text: str = "") -> list[str]:
    """Return the codes of what is missing."""
    found = []
    if not name:
        found.append("no_name")
    if not organisation:
        found.append("no_organisation")
    if kind is None:
        found.append("unknown_kind" if kind_text else "no_kind")
    return found


def _name(row: list[str], columns: dict[str, int], *, family_first: bool) -> str:
    if "name" in columns:
        return _cell(row, columns, "name")
    order = ("last", "first") if family_first else ("first", "last")
    return " ".join(part for key in order if (part := _cell(row, columns, key)))


def _cell(row: list[str], columns: dict[str, int], key: str) -> str:
    position = columns.get(key, -1)
    return row[position] if 0 <= position < len(row) else ""


def _how(text: str) -> str:
    if ONLINE.search(fold(text)):
        return SignedHow.ONLINE
    return SignedHow.SIGNED if text else SignedHow.LISTED


def people_of(table: Table, matcher: KindMatcher, known: Mapping[str, Known] | None = None) -> list[ListRow]:
    """Return the rows below the headings.

    ``known`` maps folded names to what the local group knows: it fills what the list leaves out. Raises
    ListUnreadableError when there is no heading with names, nobody below it, or more than MAX_ROWS people.
    """
    header, columns = find_header(table.rows)
    if header < 0:
        raise ListUnreadableError(
            _("No column with names was found. Write “Name”, “Organisation” and “Group” above the columns.")
        )
    heads = [fold(cell) for cell in table.rows[header]]
    family_first = "last" in columns and heads[columns["last"]] in FAMILY_FIRST
    people: list[ListRow] = []
    seen: set[str] = set()
    for number, row in enumerate(table.rows[header + 1 :], start=header + 2):
        name = _name(row, columns, family_first=family_first)[:150]
        organisation, kind_text = _cell(row, columns, "organisation")[:200], _cell(row, columns, "kind")[:100]
        how = _cell(row, columns, "how")[:40]
        if [fold(cell) for cell in row] == heads or TOTALS.match(fold(name)):
            continue
        if not name and not (organisation and (how or kind_text)):
            # An empty line with a number, or a remark below the list.
            continue
        about = (known or {}).get(fold(name), Known("", None))
        organisation = organisation or about.organisation
        kind = matcher.match(kind_text) or (about.kind if not kind_text else None)
        found = ListRow(number, name, organisation, kind, kind_text, _how(how))
        found.problems = problems_of(name, organisation, kind, kind_text)
        key = f"{fold(name)}|{fold(organisation)}"
        if name and key in seen:
            found.problems.append("twice")
        if ABSENT.match(fold(how)):
            found.problems.append("absent")
            found.kind_text = found.kind_text or how
        found.leave = bool(LEFT_OUT & set(found.problems))
        seen.add(key)
        people.append(found)
        if len(people) > MAX_ROWS:
            raise ListUnreadableError(
                _("The list has more than %(limit)s people. Upload only those of this meeting.") % {"limit": MAX_ROWS}
            )
    if not people:
        raise ListUnreadableError(_("There is nobody below the headings of this list. Is it the right file?"))
    return people


def read_list(
    file: IO[bytes],
    kind: str,
    matcher: KindMatcher,
    *,
    language: str = "",
    known: Mapping[str, Known] | None = None,
) -> People:
    """Return the people of a list; ``kind`` is ``xlsx`` or ``csv``, ``language`` the city's.

    Raises ListUnreadableError, as :func:`people_of`.
    """
    file.seek(0)
    table = open_xlsx(file) if kind == "xlsx" else open_csv(file, language)
    return People(people_of(table, matcher, known), table.sheet)
