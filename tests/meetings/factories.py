"""Local meetings, reports and what belongs to them, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import factory

from aoce.common.enums import State
from meetings.models import Attendee, MeetingKind, TransnationalMeeting, UlgMeeting, UlgReport
from partners.actors import Actor
from partners.enums import Role
from partners.models import Network, Partner, StakeholderKind, User
from roadmap.enums import TrackGroup
from roadmap.models import Obligation, Period, Task, Track
from roadmap.services import publish_period
from tests.partners.factories import NetworkFactory, PartnerFactory, StakeholderKindFactory, actor_of, person


def kind_of(network: Network, code: str = "cnm") -> MeetingKind:
    """Return a kind of meeting of the network."""
    return MeetingKind.objects.get_or_create(network=network, code=code, defaults={"name": code.upper()})[0]


class TransnationalMeetingFactory(factory.django.DjangoModelFactory):
    """A meeting of the whole network."""

    class Meta:
        model = TransnationalMeeting

    network = factory.SubFactory(NetworkFactory)
    slug = factory.Sequence(lambda n: f"cnm{n}")
    kind = factory.LazyAttribute(lambda o: kind_of(o.network))
    title = factory.Sequence(lambda n: f"Core Network Meeting {n}")
    place = "Genk"
    start = date(2024, 3, 4)
    end = date(2024, 3, 8)


class UlgMeetingFactory(factory.django.DjangoModelFactory):
    """A local meeting that has taken place."""

    class Meta:
        model = UlgMeeting

    partner = factory.SubFactory(PartnerFactory)
    number = factory.Sequence(lambda n: n + 1)
    date = date(2024, 4, 16)
    place = "City hall"


class UlgReportFactory(factory.django.DjangoModelFactory):
    """A report on a local meeting."""

    class Meta:
        model = UlgReport

    meeting = factory.SubFactory(UlgMeetingFactory)
    topics = "What we brought home"
    state = State.DRAFT


class AttendeeFactory(factory.django.DjangoModelFactory):
    """Somebody who was there."""

    class Meta:
        model = Attendee

    report = factory.SubFactory(UlgReportFactory)
    name = factory.Sequence(lambda n: f"Person {n}")
    organisation = "City hall"


@dataclass
class Place:
    """A network with two cities, everyone in it, and two reports that each city owes."""

    network: Network
    city: Partner
    other: Partner
    people: dict[str, User]
    kinds: list[StakeholderKind]

    def actor(self, name: str) -> Actor:
        """Return somebody as actor."""
        return actor_of(self.people[name], self.network)

    def obligations(self, city: Partner | None = None) -> list[Obligation]:
        """Return what a city owes, the next due first."""
        rows = Obligation.objects.filter(partner=city or self.city).select_related("task")
        return list(rows.order_by("task__due"))


def make_place() -> Place:
    """Make it; the reports are due in ten and in forty days."""
    network = NetworkFactory()
    city, other = PartnerFactory(network=network, name="Budaörs"), PartnerFactory(network=network, name="Breda")
    PartnerFactory(network=network, name="Genk", is_lead=True)
    people = {
        "coordinator": person(network, Role.COORDINATOR, city, name="Eszter"),
        "colleague": person(network, Role.COORDINATOR, city, name="Dóra"),
        "neighbour": person(network, Role.COORDINATOR, other),
        "member": person(network, Role.MEMBER, city),
        "lead": person(network, Role.LEAD_PARTNER, name="Lies"),
        "expert": person(network, Role.LEAD_EXPERT),
        "adhoc": person(network, Role.ADHOC_EXPERT),
        "observer": person(network, Role.OBSERVER),
    }
    kinds = [
        StakeholderKindFactory(network=network, code=code, name=name, position=n)
        for n, (code, name) in enumerate(
            [("civil_servants", "Civil servants"), ("change_maker_ngos", "Change-maker NGOs")]
        )
    ]
    today = network.today()
    period = Period.objects.create(
        network=network, slug="now", title="Now", start=today - timedelta(60), end=today + timedelta(120)
    )
    track = Track.objects.create(period=period, code="ulg", name="ULG meetings", group=TrackGroup.PARTNERS)
    for code, days in (("first", 10), ("second", 40)):
        Task.objects.create(
            track=track,
            code=code,
            title=f"{code.title()} ULG meeting",
            start=period.start,
            due=today + timedelta(days),
            deliverable="ulg_report",
        )
    publish_period(actor=Actor.system(network.pk), period=period)
    return Place(network, city, other, people, kinds)
