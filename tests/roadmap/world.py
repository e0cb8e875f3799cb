"""Two cities, a leading one and somebody in each role: what most of these tests look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from partners.actors import Actor
from partners.enums import Role
from partners.models import Network, Partner, User
from roadmap.enums import OwedBy, Party
from roadmap.models import Obligation, Period
from tests.partners.factories import NetworkFactory, PartnerFactory, actor_of, person
from tests.roadmap.factories import ObligationFactory, PeriodFactory, TaskFactory, TrackFactory

TODAY = date(2024, 4, 18)
PEOPLE = ("lead_partner", "lead_expert", "adhoc_expert", "coordinator", "other_coordinator", "member", "observer")


@dataclass
class Place:
    """A network with its half-year; ``own`` is the coordinator's and the member's city."""

    network: Network
    period: Period
    own: Partner
    other: Partner
    lead: Partner
    people: dict[str, User] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """Return who acts."""
        return Actor.system(self.network.pk) if name == "system" else actor_of(self.people[name], self.network)

    def task(self, **fields: Any) -> Any:
        """Make a task of the half-year."""
        track = self.period.tracks.first() or TrackFactory(period=self.period)
        return TaskFactory(track=track, **fields)

    def owes(self, who: str = "own", **fields: Any) -> Obligation:
        """Make what a city (``own``, ``other``, ``lead``) or a lead (a party's code) owes."""
        task = {k.removeprefix("task__"): fields.pop(k) for k in list(fields) if k.startswith("task__")}
        if who in Party.values:
            task = self.task(owed_by=OwedBy(who), **task)
            return ObligationFactory(task=task, party=who, partner=None, **fields)
        return ObligationFactory(task=self.task(**task), partner=getattr(self, who), **fields)

    def url(self, path: str = "") -> str:
        """Return an address of the network."""
        return f"/n/{self.network.slug}/{path}"


def make_place() -> Place:
    """Make it."""
    network = NetworkFactory(short_name="AoCE")
    own, other = PartnerFactory(network=network, name="Budaörs"), PartnerFactory(network=network, name="Iași")
    lead = PartnerFactory(network=network, name="Genk", is_lead=True)
    place = Place(network, PeriodFactory(network=network), own, other, lead)
    cities = {"coordinator": own, "member": own, "other_coordinator": other}
    roles = {"other_coordinator": Role.COORDINATOR}
    for name in PEOPLE:
        place.people[name] = person(network, roles.get(name, name), cities.get(name), name=name.replace("_", " "))
    return place
