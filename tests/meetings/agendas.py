"""Meetings with sessions, for tests."""

from __future__ import annotations

from datetime import date, time

from django.urls import reverse

from meetings.agenda import agenda_of, read_along
from meetings.models import Session, SessionKind, TransnationalMeeting
from partners.models import Network
from tests.meetings.factories import TransnationalMeetingFactory
from tests.partners.factories import NetworkFactory, PartnerFactory

FIRST, LAST = date(2024, 3, 4), date(2024, 3, 8)


def make_meeting() -> TransnationalMeeting:
    """A meeting of five days in two cities."""
    network = NetworkFactory()
    hosts = [
        PartnerFactory(network=network, name=name, time_zone="Europe/Budapest")
        for name in ("Budaörs", "Banská Bystrica")
    ]
    made = TransnationalMeetingFactory(network=network, slug="cnm2", title="CNM 2", start=FIRST, end=LAST)
    made.hosts.set(hosts)
    return made


def kind_of(network: Network, look: str = "workshop") -> SessionKind:
    """Return the network's kind that is drawn like that."""
    return SessionKind.objects.get_or_create(network=network, code=look, defaults={"name": look, "look": look})[0]


def session(
    meeting: TransnationalMeeting, title: str, day: int = 0, start: str = "", end: str = "", **more: str
) -> Session:
    """Add a session; ``start`` and ``end`` as 09:30, none for one without a time."""
    return Session.objects.create(
        meeting=meeting,
        kind=kind_of(meeting.network),
        title=title,
        day=date(2024, 3, day) if day else None,
        start=time.fromisoformat(start) if start else None,
        end=time.fromisoformat(end) if end else None,
        **more,
    )


def laid_out(meeting: TransnationalMeeting) -> list[tuple[int, list[str]]]:
    """Return the agenda as days of the month and titles."""
    sessions = read_along(meeting)
    found = agenda_of(meeting, sessions, meeting.editions.first(), date(2024, 3, 5))
    return [(day.day.day, [line.session.title for line in day.lines]) for day in found.days]


def url_of(meeting: TransnationalMeeting, name: str, **kwargs: object) -> str:
    """Return an address of the meeting."""
    return reverse(f"meetings:{name}", kwargs={"network": meeting.network.slug, "slug": meeting.slug, **kwargs})
