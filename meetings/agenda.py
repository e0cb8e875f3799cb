"""An agenda as it is shown: days, sessions side by side, overlaps and gaps, and what changed since it was published."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, F, QuerySet, Value
from django.utils.formats import time_format
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from meetings.models import AgendaEdition, Session, TransnationalMeeting

#: A break of this length between two sessions of a day is worth a word.
LONG_GAP = timedelta(hours=2, minutes=30)
#: What of a session is frozen when an agenda is published, and compared afterwards.
FIELDS = ("title", "kind", "day", "start", "end", "place", "about", "speakers", "cities", "themes", "conclusion")
#: What of it a calendar shows: when it changes, the session counts one further in calendars.
IN_CALENDARS = ("title", "day", "start", "end", "place", "about")


def hours(start: time | None, end: time | None) -> str:
    """Return a session's times in words: ``09:30–11:00``, ``09:30``, or nothing."""
    words = [time_format(moment, "H:i") for moment in (start, end) if moment]
    return "–".join(words)


def _named(meeting: TransnationalMeeting) -> dict[int, dict[str, list[str]]]:
    """Return who and what is linked to each session, as text, by session and relation. One query."""
    from meetings.models import Session

    def rows(name: str, one: str, *texts: str, order: str) -> QuerySet:
        columns = [Value(name, CharField()), *(F(f"{one}__{text}") for text in texts)]
        padding = [Value("", CharField())] * (2 - len(texts))
        links = getattr(Session, name).through.objects.filter(session__meeting=meeting).order_by()
        return links.values_list("session_id", *columns, *padding, F(f"{one}__{order}"))

    cities = rows("cities", "partner", "name", order="position")
    others = (
        rows("themes", "theme", "code", "name", order="position"),
        rows("horizontal_themes", "horizontaltheme", "name", order="position"),
        rows("members", "membership", "user__name", "partner__name", order="pk"),
        rows("guests", "outsideguest", "name", "organisation", order="pk"),
    )
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for session, name, first, second, _order in sorted(cities.union(*others, all=True), key=lambda row: row[4]):
        between = " " if name == "themes" else ", "
        found[session][name].append(between.join(filter(None, (first, second))))
    return found


def frozen(session: Session, named: Mapping[str, list[str]]) -> dict[str, str]:
    """Return what of a session is published, as text; ``named`` is what is linked to it."""
    speakers = [*named["members"], *named["guests"], *filter(None, [session.speakers.strip()])]
    return {
        "uid": str(session.uid),
        "cities": ", ".join(named["cities"]),
        "themes": ", ".join([*named["themes"], *named["horizontal_themes"]]),
        "conclusion": session.conclusion,
        "title": session.title,
        "kind": session.kind.name,
        "day": session.day.isoformat() if session.day else "",
        "start": session.start.strftime("%H:%M") if session.start else "",
        "end": session.end.strftime("%H:%M") if session.end else "",
        "place": session.place,
        "about": session.about,
        "speakers": "\n".join(speakers),
        "look": session.kind.look,
    }


def thawed(edition: AgendaEdition) -> list[Session]:
    """Return a published agenda's sessions, not to be saved, in their order."""
    from meetings.models import Session, SessionKind

    found = []
    for pk, row in edition.sessions.items():
        texts = {name: row[name] for name in ("title", "place", "about", "conclusion")}
        session = Session(
            pk=int(pk),
            kind=SessionKind(name=row["kind"], look=row["look"]),
            day=date.fromisoformat(row["day"]) if row["day"] else None,
            start=time.fromisoformat(row["start"]) if row["start"] else None,
            end=time.fromisoformat(row["end"]) if row["end"] else None,
            **texts,
        )
        found.append(_with(session, row))
    return sorted(found, key=lambda s: (s.day or date.max, s.start or time.max, s.pk))


def _with(session: Session, row: dict[str, Any]) -> Session:
    """Let a session carry what of it is published (or would be), for comparing, and who presents, for showing."""
    session.row, session.presenting, session.about_themes = row, row["cities"], row["themes"]
    session.speaking = row["speakers"]
    return session


def read_along(meeting: TransnationalMeeting) -> list[Session]:
    """Return a meeting's sessions as they are now, each with what of it would be published. Two queries."""
    named = _named(meeting)
    return [_with(session, frozen(session, named[session.pk])) for session in meeting.sessions.select_related("kind")]


@dataclass
class Line:
    """One session in its day. ``lanes`` stand side by side; ``change`` says what is new since publishing."""

    session: Session
    hours: str
    lanes: int = 1
    change: str = ""
    clash: str = ""
    gap: str = ""


@dataclass
class Day:
    """One day of the meeting."""

    day: date
    lines: list[Line] = field(default_factory=list)
    is_today: bool = False

    @property
    def blocks(self) -> list[list[Line]]:
        """The sessions in order; those that overlap are one block, to stand side by side."""
        found: list[list[Line]] = []
        until: time | None = None
        for line in self.lines:
            start, end = line.session.start, line.session.end or line.session.start
            if found and start and until and start < until:
                found[-1].append(line)
            else:
                found.append([line])
                until = None
            until = max(until, end) if until and end else end or until
        return found

    @property
    def places(self) -> str:
        """Where the day takes place, in order, each once."""
        return ", ".join(dict.fromkeys(line.session.place for line in self.lines if line.session.place))


@dataclass
class Agenda:
    """The whole agenda."""

    days: list[Day]
    unplaced: list[Line]
    gone: list[str]
    changes: int

    @property
    def is_empty(self) -> bool:
        """Whether there is no session at all."""
        return not self.unplaced and not any(day.lines for day in self.days)


def _at(moment: time) -> datetime:
    return datetime.combine(date.min, moment)


def _cities(session: Session) -> list[str]:
    return [name for name in session.presenting.split(", ") if name]


def _side_by_side(lines: list[Line]) -> None:
    """Find sessions at the same time; say when a city or a place would have to be in two at once."""
    timed = [line for line in lines if line.session.start]
    for one in timed:
        mine = one.session
        end = mine.end or mine.start
        together = []
        for other in timed:
            theirs = other.session
            if other is one or not (mine.start and theirs.start and end):
                continue
            if theirs.start < end and mine.start < (theirs.end or theirs.start):
                together.append(theirs)
        one.lanes = 1 + len(together)
        place = next((s for s in together if s.place and s.place == mine.place), None)
        if place:
            one.clash = _("At the same time and place as “%(other)s”") % {"other": place}
        for other_session in together if not place else []:
            cities = set(_cities(mine)) & set(_cities(other_session))
            if cities:
                words = {"cities": ", ".join(sorted(cities)), "other": other_session}
                one.clash = _("%(cities)s: at the same time in “%(other)s”") % words


def _gaps(lines: list[Line]) -> None:
    """Say where a day has a long hole."""
    until: time | None = None
    for line in lines:
        start, end = line.session.start, line.session.end
        if until and start and _at(start) - _at(until) >= LONG_GAP:
            line.gap = _("Nothing from %(start)s to %(end)s") % {"start": hours(until, None), "end": hours(start, None)}
        if end and (until is None or end > until):
            until = end


def change_of(session: Session, before: dict[str, Any] | None) -> str:
    """Say how a session differs from how it was published; nothing when it does not."""
    if before is None:
        return _("New")
    now = session.row
    moved = [name for name in ("day", "start", "end") if now[name] != before.get(name, "")]
    if moved:
        old = before.get("day", "")
        words = [date.fromisoformat(old).strftime("%d.%m.")] if old and "day" in moved else []
        words += ["–".join(before[name] for name in ("start", "end") if before.get(name))]
        words = [word for word in words if word]
        return _("Was %(when)s") % {"when": " ".join(words)} if words else _("New time")
    return _("Changed") if any(now[name] != before.get(name, "") for name in FIELDS) else ""


def agenda_of(
    meeting: TransnationalMeeting, sessions: Sequence[Session], edition: AgendaEdition | None, today: date
) -> Agenda:
    """Lay out sessions from ``thawed`` or ``read_along``, in order; ``edition`` was published last. No query."""
    before: dict[str, Any] = edition.sessions if edition else {}
    lines: dict[date | None, list[Line]] = defaultdict(list)
    for session in sessions:
        change = change_of(session, before.get(str(session.pk))) if edition else ""
        lines[session.day].append(Line(session, hours(session.start, session.end), change=change))
    count = (meeting.end - meeting.start).days + 1
    wanted = {meeting.start + timedelta(days=n) for n in range(count)} if meeting.date_precision == "day" else set()
    days = [Day(day, lines[day], day == today) for day in sorted(wanted | {day for day in lines if day})]
    for day in days:
        _side_by_side(day.lines)
        _gaps(day.lines)
    here = {str(session.pk) for session in sessions}
    gone = [row["title"] for pk, row in before.items() if pk not in here]
    changes = len(gone) + sum(bool(line.change) for rows in lines.values() for line in rows)
    return Agenda(days, lines[None], gone, changes)
