"""What people sign in to: a meeting of the network, or a local one; the page to sign is the same."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from meetings.models import Participation, TransnationalMeeting, UlgMeeting
from meetings.services import participation, presence
from partners.actors import Actor
from partners.models import Network, Partner
from partners.services.persons import Named

if TYPE_CHECKING:
    from datetime import date

    from meetings.passes import Pass


class Door(ABC):
    """One meeting on one day, as the page to sign needs it. ``Door.open`` finds it."""

    network: Network
    title: str
    place: str

    def __init__(self, day: date) -> None:
        """Hold the day the code was made for."""
        self.day = day

    @staticmethod
    def open(found: Pass) -> Door | None:
        """Return what a code opens; None when the meeting is gone."""
        if found.local:
            rows = UlgMeeting.objects.standing().select_related("partner__network")
            local = rows.filter(pk=found.meeting_id).first()
            return LocalDoor(local, found.day) if local else None
        meetings = TransnationalMeeting.objects.select_related("network").prefetch_related("hosts")
        meeting = meetings.filter(pk=found.meeting_id).first()
        return NetworkDoor(meeting, found.day) if meeting else None

    @property
    @abstractmethod
    def is_today(self) -> bool:
        """Whether the code's day is today at the meeting's place."""

    @property
    @abstractmethod
    def people(self) -> list[tuple[int, str]]:
        """Who is expected and has not signed: id and name."""

    @property
    @abstractmethod
    def cities(self) -> list[Partner]:
        """Which cities somebody who is not on the list may be from; none to choose from at a local meeting."""

    @abstractmethod
    def sign(self, *, number: int, name: str, organisation: str, city: int, signature: str) -> str:
        """Keep a signature, once for each person; returns their name. Raises NotTodayError, WrongStateError."""


class NetworkDoor(Door):
    """A meeting of the whole network."""

    def __init__(self, meeting: TransnationalMeeting, day: date) -> None:
        """Hold the meeting."""
        super().__init__(day)
        self.meeting, self.network = meeting, meeting.network
        self.title, self.place = meeting.title, meeting.place

    @property
    def is_today(self) -> bool:
        """Whether the code's day is today at the first host's."""
        return self.day == participation.today_at(self.meeting)

    @property
    def people(self) -> list[tuple[int, str]]:
        """Those registered."""
        rows = Participation.objects.filter(meeting=self.meeting).exclude(presences__day=self.day)
        return [
            (row.pk, f"{row.name}, {row.partner}" if row.partner else row.name)
            for row in rows.select_related("partner")
        ]

    @property
    def cities(self) -> list[Partner]:
        """The network's."""
        return list(Partner.objects.filter(network=self.network, is_active=True))

    def sign(self, *, number: int, name: str, organisation: str, city: int, signature: str) -> str:
        """Keep it as presence."""
        cities = Partner.objects.filter(network=self.network, is_active=True)
        found = participation.sign(
            meeting=self.meeting,
            day=self.day,
            participation_id=number,
            partner=cities.filter(pk=city).first() if city else None,
            name=name,
            organisation=organisation,
            signature=signature,
        )
        return str(found.participation)


class LocalDoor(Door):
    """A city's local meeting."""

    def __init__(self, meeting: UlgMeeting, day: date) -> None:
        """Hold the meeting."""
        super().__init__(day)
        self.meeting, self.network = meeting, meeting.partner.network
        self.title, self.place = f"{meeting}, {meeting.partner}", meeting.place

    @property
    def is_today(self) -> bool:
        """Whether it is today in the network, as for everything local."""
        return self.day == self.network.today()

    @property
    def people(self) -> list[tuple[int, str]]:
        """Those invited, and the city's group."""
        return [(e.person.pk, e.person.name) for e in presence.expected_at(self.meeting, self.day) if not e.present]

    @property
    def cities(self) -> list[Partner]:
        """None: everybody comes for this city."""
        return []

    def sign(self, *, number: int, name: str, organisation: str, city: int, signature: str) -> str:  # noqa: ARG002 - as every door
        """Put them on the list of the meeting's report."""
        if not self.is_today:
            raise participation.NotTodayError
        actor = Actor.system(self.network.pk)
        named = Named(name=name, organisation=organisation)
        found = presence.sign(
            actor=actor, meeting=self.meeting, named=named, today=self.day, person_id=number, signature=signature
        )
        return str(found)
