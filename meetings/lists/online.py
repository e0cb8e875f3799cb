"""The participant list of an online platform (Teams, Zoom), read, and its names matched with known people."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from aoce.common.folding import fold
from meetings.lists.opening import ListUnreadableError

if TYPE_CHECKING:
    from partners.models import Person

MAX_PEOPLE = 2000
#: A platform writes one row for each time somebody joins; more rows than this are not one meeting.
MAX_ROWS = 5000
#: From this likeness on a known person is offered for a name.
LIKE = 82
OFFERED = 3

NAME = frozenset({"name", "full name", "name (original name)", "participant", "user name"})
EMAIL = frozenset({"email", "user email", "email address", "e-mail"})
#: At least one of these stands beside the name in every list of the two platforms.
TIMES = frozenset({"first join", "join time", "joined", "timestamp", "user action", "duration", "last leave"})
ZOOM = frozenset({"name (original name)", "user email", "recording consent", "guest"})
SECTION = re.compile(r"^\d+\. ")
#: What people and platforms write behind a name: “(Guest)”, “(original name)”, “[Genk]”, “| City of Genk”, “- Genk”.
BEHIND = re.compile(r"\s*(\([^)]*\)|\[[^\]]*\]|[|/].*| [-–—] .*)\s*$")


@dataclass
class Joined:
    """Somebody as the platform names them, once however often they joined; ``rows`` says where they stand."""

    name: str
    email: str = ""
    rows: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class OnlineList:
    """Who joined, in the order of the file, and whose file it is: ``zoom`` or ``teams``."""

    platform: str
    people: list[Joined]


@dataclass(frozen=True)
class Match:
    """``person`` is who it surely is; without one, ``offered`` holds who it could be, likeliest first."""

    joined: Joined
    person: Person | None
    offered: tuple[Person, ...] = ()


def decoded(raw: bytes) -> str:
    """Return the text of a platform's file: UTF-8 or UTF-16, with or without its mark. Raises ListUnreadableError."""
    if raw.startswith(b"PK\x03\x04"):
        raise ListUnreadableError(_("This is a spreadsheet. Download the participant list from the platform as CSV."))
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\x00" in raw[:200]:
        encoding = "utf-16-le" if raw[1:2] == b"\x00" else "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise ListUnreadableError(
            _(
                "The letters of this list cannot be read: it was saved in another encoding. "
                "Download it from the platform again and upload it unopened, or save it as “CSV UTF-8”."
            )
        ) from error


def _cells(text: str) -> list[list[str]]:
    mark = max("\t,;", key=text[:20000].count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark):
            rows.append([" ".join(cell.replace("\x00", "").split()) for cell in row])
            if len(rows) > MAX_ROWS:
                raise ListUnreadableError(
                    _("The list has more than %(limit)s rows. Upload the list of this one meeting only.")
                    % {"limit": MAX_ROWS}
                )
    except csv.Error as error:
        raise ListUnreadableError(
            _("The list could not be read as CSV. Download it from the platform again.")
        ) from error
    return rows


def _heading(cell: str) -> str:
    words = fold(cell)
    return "duration" if "duration" in words else words


def read_platform_list(raw: bytes) -> OnlineList:
    """Return who joined, each once: the same e-mail is one person, and without one the same name.

    Raises ListUnreadableError with a sentence for the reader.
    """
    rows = _cells(decoded(raw))
    headings = ([_heading(cell) for cell in row] for row in rows)
    head, titles = next(
        ((n, found) for n, found in enumerate(headings) if NAME & set(found) and TIMES & set(found)), (-1, [])
    )
    if head < 0:
        raise ListUnreadableError(
            _("This is not a participant list of Teams or Zoom: it has no columns “Name” and “Join time”.")
        )
    at_name = next(n for n, title in enumerate(titles) if title in NAME)
    at_email = next((n for n, title in enumerate(titles) if title in EMAIL), -1)
    known: dict[str, Joined] = {}
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        if row and SECTION.match(row[0]):
            break  # Teams: the next part of the file
        name = row[at_name][:150] if at_name < len(row) else ""
        if not name:
            continue
        email = row[at_email][:254].casefold() if 0 <= at_email < len(row) and "@" in row[at_email] else ""
        one = known.setdefault(email or fold(name), Joined(name, email))
        one.rows.append(number)
    if not known:
        raise ListUnreadableError(_("Nobody is on this list. Is it the right file?"))
    if len(known) > MAX_PEOPLE:
        raise ListUnreadableError(
            _("The list has more than %(limit)s people. Upload the list of this one meeting only.")
            % {"limit": MAX_PEOPLE}
        )
    return OnlineList("zoom" if ZOOM & set(titles) else "teams", list(known.values()))


def sorted_words(name: str) -> str:
    """Return a name's words in one order, so that “Kovács, Anna (Guest)” and “Anna Kovacs” are the same."""
    while (shorter := BEHIND.sub("", name)) and shorter != name:
        name = shorter
    return " ".join(sorted(re.findall(r"[\w'’-]+", fold(name))))


def match_people(joined: Iterable[Joined], people: Sequence[Person]) -> list[Match]:
    """Match who joined with known people: sure by e-mail or by the whole name of one person only, else a choice."""
    emails: dict[str, list[Person]] = {}
    names: dict[str, list[Person]] = {}
    for person in people:
        if person.email:
            emails.setdefault(person.email.casefold(), []).append(person)
        names.setdefault(sorted_words(person.name), []).append(person)
    found = []
    for one in joined:
        words = sorted_words(one.name)
        same = emails.get(one.email, []) if one.email else []
        same = same or names.get(words, [])
        if len({person.counted_id for person in same}) == 1:
            contradicts = one.email and same[0].email and same[0].email.casefold() != one.email
            found.append(Match(one, None, (same[0],)) if contradicts else Match(one, same[0]))
            continue
        near = process.extract(words, names.keys(), scorer=fuzz.ratio, score_cutoff=LIKE, limit=OFFERED)
        offered = same or [person for name, _score, _place in near for person in names[name]]
        found.append(Match(one, None, tuple(offered[:OFFERED])))
    return found
