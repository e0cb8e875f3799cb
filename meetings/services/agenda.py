"""The agenda of a transnational meeting: sessions placed and moved, published, told once."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from aoce.common import mail
from meetings import policies
from meetings.agenda import IN_CALENDARS, read_along
from meetings.models import AgendaEdition, AgendaTemplate, Session, SessionKind, TransnationalMeeting
from partners.enums import Role
from partners.models import Membership

if TYPE_CHECKING:
    from collections.abc import Collection

    from partners.actors import Actor

#: Who is told of a published agenda.
TOLD = (Role.LEAD_PARTNER, Role.LEAD_EXPERT, Role.COORDINATOR)
#: How long a session lasts of which only the beginning is known.
USUAL_MINUTES = 60


class SessionChangedError(Exception):
    """Somebody else saved this session since it was read."""


class SessionGoneError(Exception):
    """Somebody else took this session out since it was read."""


class NothingNewError(Exception):
    """The agenda is published as it stands, and everybody who was to be told was told."""


class OutsideMeetingError(Exception):
    """The day is none of the meeting's."""


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _must_write(actor: Actor, meeting: TransnationalMeeting) -> None:
    if not policies.can_write_agenda(actor, meeting):
        raise PermissionDenied


def save_session(
    *,
    actor: Actor,
    meeting: TransnationalMeeting,
    session: Session | None,
    read_version: int | None,
    kind: SessionKind,
    title: str,
    day: date | None,
    start: time | None,
    end: time | None,
    place: str,
    about: str,
    speakers: str,
    conclusion: str,
    members: Collection[int],
    guests: Collection[int],
    cities: Collection[int],
    themes: Collection[int],
    horizontal_themes: Collection[int],
) -> Session:
    """Add a session, or change one that was read at ``read_version``; what is linked to it is given by ids.

    Raises OutsideMeetingError for a day that is none of the meeting's (when its days are fixed), SessionChangedError
    when somebody else saved it meanwhile.
    """
    _must_write(actor, meeting)
    if day and meeting.date_precision == "day" and not meeting.start <= day <= meeting.end:
        raise OutsideMeetingError
    with transaction.atomic():
        row = Session(meeting=meeting)
        if session is not None:
            found = Session.objects.select_for_update().filter(pk=session.pk).first()
            if found is None:
                raise SessionGoneError
            row = found
            if row.version != read_version:
                raise SessionChangedError
            row.version += 1
        row.kind, row.title, row.day, row.start, row.end, row.place = kind, title, day, start, end, place
        row.about, row.speakers, row.conclusion = about, speakers, conclusion
        row.updated_by_id = actor.user_id
        row.save()
        row.members.set(members)
        row.guests.set(guests)
        row.cities.set(cities)
        row.themes.set(themes)
        row.horizontal_themes.set(horizontal_themes)
    return row


def move_session(*, actor: Actor, session: Session, minutes: int = 0, longer: int = 0, days: int = 0) -> Session:
    """Move a session by minutes or days, or make it longer or shorter, within its day and the meeting."""
    meeting = session.meeting
    _must_write(actor, meeting)
    with transaction.atomic():
        row = Session.objects.select_for_update().get(pk=session.pk)
        if row.day and days:
            day = row.day + timedelta(days=days)
            if meeting.start <= day <= meeting.end:
                row.day = day
        if row.start and (minutes or longer):
            first = _minutes(row.start) + minutes
            last = (_minutes(row.end) + minutes if row.end else first + USUAL_MINUTES) + longer
            if 0 <= first < last < 24 * 60:
                row.start, row.end = time(*divmod(first, 60)), time(*divmod(last, 60))
        row.version += 1
        row.updated_by_id = actor.user_id
        row.save()
    return row


def place_session(
    *, actor: Actor, session: Session, read_version: int, day: date, start: time, minutes: int = 0
) -> Session:
    """Put a session on a day at a time, where it was dropped; ``minutes`` is how long it lasts, 0 as long as before.

    Raises OutsideMeetingError for a day that is none of the meeting's or when it would not end that day,
    SessionChangedError when somebody else saved it since it was read.
    """
    meeting = session.meeting
    _must_write(actor, meeting)
    if not meeting.start <= day <= meeting.end:
        raise OutsideMeetingError
    with transaction.atomic():
        row = Session.objects.select_for_update().get(pk=session.pk)
        if row.version != read_version:
            raise SessionChangedError
        before = _minutes(row.end) - _minutes(row.start) if row.start and row.end else USUAL_MINUTES
        last = _minutes(start) + (minutes or before)
        if last >= 24 * 60 or last <= _minutes(start):
            raise OutsideMeetingError
        row.day, row.start, row.end = day, start, time(*divmod(last, 60))
        row.version += 1
        row.updated_by_id = actor.user_id
        row.save()
    return row


def remove_session(*, actor: Actor, session: Session) -> None:
    """Take a session out of the agenda."""
    _must_write(actor, session.meeting)
    session.delete()


def copy_agenda(*, actor: Actor, meeting: TransnationalMeeting, source: TransnationalMeeting) -> int:
    """Add another meeting's sessions, on the same days of the meeting; returns how many. Days beyond it stay open."""
    _must_write(actor, meeting)
    if source.network_id != meeting.network_id:
        raise PermissionDenied
    copied = 0
    with transaction.atomic():
        for session in source.sessions.prefetch_related("themes", "horizontal_themes"):
            day = meeting.start + (session.day - source.start) if session.day else None
            fits = day is not None and meeting.start <= day <= meeting.end
            made = Session.objects.create(
                meeting=meeting,
                kind=session.kind,
                title=session.title,
                day=day if fits else None,
                start=session.start if fits else None,
                end=session.end if fits else None,
                about=session.about,
                updated_by_id=actor.user_id,
            )
            made.themes.set(session.themes.all())
            made.horizontal_themes.set(session.horizontal_themes.all())
            copied += 1
    return copied


def begin_from_template(*, actor: Actor, meeting: TransnationalMeeting, template: AgendaTemplate) -> int:
    """Add the sessions of a template; returns how many. Days beyond the meeting, or of another kind, stay open."""
    _must_write(actor, meeting)
    if template.network_id != meeting.network_id:
        raise PermissionDenied
    kinds = {kind.code: kind for kind in SessionKind.objects.filter(network=meeting.network_id)}
    rows = [row for row in template.sessions if row["kind"] in kinds]
    with transaction.atomic():
        for row in rows:
            day = meeting.start + timedelta(days=row["day"] - 1) if row["day"] else None
            fits = day is not None and meeting.date_precision == "day" and day <= meeting.end
            Session.objects.create(
                meeting=meeting,
                kind=kinds[row["kind"]],
                title=row["title"],
                about=row["about"],
                day=day if fits else None,
                start=time.fromisoformat(row["start"]) if fits and row["start"] else None,
                end=time.fromisoformat(row["end"]) if fits and row["end"] else None,
                updated_by_id=actor.user_id,
            )
    return len(rows)


def keep_as_template(*, actor: Actor, meeting: TransnationalMeeting, name: str) -> AgendaTemplate:
    """Keep a meeting's sessions as an agenda to begin with; one of that name is replaced. Only who leads may."""
    if not policies.can_edit_meeting(actor, meeting):
        raise PermissionDenied
    sessions = [
        {
            "kind": session.kind.code,
            "title": session.title,
            "about": session.about,
            "day": (session.day - meeting.start).days + 1 if session.day else 0,
            "start": session.start.strftime("%H:%M") if session.start else "",
            "end": session.end.strftime("%H:%M") if session.end else "",
        }
        for session in meeting.sessions.select_related("kind")
    ]
    code = slugify(name)[:60] or "agenda"
    return AgendaTemplate.objects.update_or_create(
        network=meeting.network, code=code, defaults={"name": name, "sessions": sessions}
    )[0]


def _calendar_marks(row: dict[str, Any], before: dict[str, Any] | None, now: str) -> dict[str, Any]:
    """Return number and moment of a session's last change that calendars show."""
    if before is None:
        return {"sequence": 0, "stamp": now}
    if any(row[name] != before[name] for name in IN_CALENDARS):
        return {"sequence": before["sequence"] + 1, "stamp": now}
    return {"sequence": before["sequence"], "stamp": before["stamp"]}


def snapshot(meeting: TransnationalMeeting, last: AgendaEdition | None) -> AgendaEdition:
    """Return the next edition, not saved: what is on the agenda now, and what calendars must take out."""
    now = timezone.now().replace(microsecond=0).isoformat()
    old: dict[str, Any] = last.sessions if last else {}
    sessions = {}
    for session in read_along(meeting):
        row = session.row
        sessions[str(session.pk)] = row | _calendar_marks(row, old.get(str(session.pk)), now)
    gone = [row for pk, row in old.items() if pk not in sessions]
    dropped = [
        *(last.dropped if last else []),
        *({**row, "sequence": row["sequence"] + 1, "stamp": now} for row in gone),
    ]
    number = last.number + 1 if last else 1
    return AgendaEdition(meeting=meeting, number=number, sessions=sessions, dropped=dropped)


def publish(*, actor: Actor, meeting: TransnationalMeeting, tell: bool) -> AgendaEdition:
    """Publish the agenda as it stands; with ``tell``, one mail to each person who comes for a city or leads.

    Telling is this one action: edits in between send nothing. An agenda that is published as it stands gets no further
    edition; its people may be told later, once. Raises NothingNewError when neither is left to do.
    """
    _must_write(actor, meeting)
    with transaction.atomic():
        TransnationalMeeting.objects.select_for_update().get(pk=meeting.pk)
        last = meeting.editions.first()
        edition = snapshot(meeting, last)
        edition.published_by_id = actor.user_id
        if last is not None and edition.sessions == last.sessions:
            if not tell or last.told:
                raise NothingNewError
            edition = last
        edition.save()
        if tell:
            edition.told = _tell(meeting, is_first=edition.number == 1)
            edition.save(update_fields=["told"])
    return edition


def _tell(meeting: TransnationalMeeting, *, is_first: bool) -> int:
    rows = Membership.objects.live().filter(network=meeting.network_id, role__in=TOLD).select_related("user")
    people = {m.user_id: m.user for m in rows}
    path = reverse("meetings:detail", kwargs={"network": meeting.network.slug, "slug": meeting.slug})
    for user in people.values():
        context: dict[str, Any] = {"meeting": meeting, "is_first": is_first, "path": path}
        mail.queue(to_user=user, network=meeting.network, purpose="agenda", template="agenda", context=context)
    return len(people)
