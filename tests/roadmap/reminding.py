"""A small network in which one city owes something, and a portal that reminds it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import time_machine
from django.core import mail as django_mail

from partners.actors import Actor
from partners.enums import Role
from partners.models import User
from roadmap.models import Obligation, ReminderRule
from roadmap.services import planning, reminders
from tests.partners.factories import NetworkFactory, PartnerFactory, actor_of, person
from tests.roadmap.factories import ObligationFactory, PeriodFactory, TaskFactory, TrackFactory

DUE = date(2024, 4, 26)
BEGIN = datetime(2024, 3, 1, 9, tzinfo=UTC)


def noon(day: date) -> datetime:
    """Return midday of a day, so that no time zone makes it another one."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


class Small:
    """A network with a rule set, a city, its coordinator, a Lead Partner, and one thing the city owes."""

    def __init__(self, *offsets: int, repeat: int | None = None, due: date = DUE) -> None:
        """Make it on ``BEGIN``; the last of the offsets repeats."""
        with time_machine.travel(BEGIN, tick=False):
            self.network = NetworkFactory(time_zone="Europe/Brussels", name="Our network")
            self.city = PartnerFactory(network=self.network, name="Iași")
            self.coordinator = person(self.network, Role.COORDINATOR, self.city, name="Ștefan Brânză")
            self.lead = person(self.network, Role.LEAD_PARTNER, name="Lea Peeters")
            self.rules = [
                ReminderRule.objects.create(
                    network=self.network, offset_days=offset, repeat_days=repeat if offset == offsets[-1] else None
                )
                for offset in offsets
            ]
            self.period = PeriodFactory(network=self.network)
            self.track = TrackFactory(period=self.period)
            self.obligation = self.owe(due)

    def owe(self, due: date, **fields: Any) -> Obligation:
        """Make another thing the city owes."""
        task = TaskFactory(track=self.track, due=due, start=date(2024, 1, 1))
        return ObligationFactory(task=task, network=self.network, **{"partner": self.city, **fields})

    def actor(self) -> Actor:
        """Return the Lead Partner's actor."""
        return actor_of(self.lead, self.network)


def run(day: date) -> list[Any]:
    """Let the portal plan and send as it does every minute, on that day; return the mails that went out."""
    before = len(django_mail.outbox)
    with time_machine.travel(noon(day), tick=False):
        planning.plan_all()
        reminders.send_all()
    return django_mail.outbox[before:]


def to(mails: list[Any], user: User) -> list[Any]:
    """Return the reminders among these that went to somebody."""
    return [m for m in mails if m.to == [user.email]]
