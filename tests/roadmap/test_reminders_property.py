"""For any rules, due days, people and outages: each reminder is mailed once, on the first day that it can be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aoce.common import mail as outbox
from aoce.common.models import OutgoingMail
from aoce.common.smtp import OutcomeUnknownError, RefusedError, UnreachableError
from partners.enums import Role
from partners.models import Network
from roadmap.enums import MailMode, ObligationState
from roadmap.models import Obligation, Reminder, ReminderPreference, ReminderRule
from roadmap.services import planning, reminders
from tests.partners.factories import NetworkFactory, PartnerFactory, person
from tests.roadmap.factories import ObligationFactory, PeriodFactory, TaskFactory, TrackFactory

pytestmark = pytest.mark.django_db

START = date(2024, 3, 1)
DAYS = 40


@dataclass
class Thing:
    """Something owed: due and handed in so many days after the start (None: never)."""

    due: int
    closed: int | None


@dataclass
class Story:
    """Rules as (offset, repeat), things, the days the portal runs, the mail server's answers, a pause, single mails."""

    rules: dict[int, int | None]
    things: list[Thing]
    up: set[int]
    answers: list[str]
    pause: int | None
    single: bool


things = st.builds(Thing, due=st.integers(0, DAYS), closed=st.none() | st.integers(0, DAYS))
stories = st.builds(
    Story,
    rules=st.dictionaries(st.integers(-14, 10), st.none() | st.integers(1, 9), min_size=1, max_size=4),
    things=st.lists(things, min_size=1, max_size=4),
    up=st.sets(st.integers(0, DAYS), min_size=1),
    answers=st.lists(st.sampled_from(["sent", "unreachable", "unknown", "refused"]), max_size=12),
    pause=st.none() | st.integers(0, DAYS),
    single=st.booleans(),
)


class Server:
    """A mail server with given answers; ``arrived`` are (day, things) of each mail it has or may have."""

    def __init__(self, answers: list[str]) -> None:
        """Answer with these, then take everything."""
        self.answers = list(answers)
        self.arrived: list[tuple[int, frozenset[int]]] = []
        self.day = 0

    def send_one(self, message: object) -> None:
        """Take it or raise."""
        answer = self.answers.pop(0) if self.answers else "sent"
        if answer == "unreachable":
            raise UnreachableError(answer)
        mail = OutgoingMail.objects.get(message_id=message.extra_headers["Message-ID"])  # type: ignore[attr-defined]
        self.arrived.append((self.day, frozenset(mail.reminders.values_list("obligation", flat=True))))
        if answer == "refused":
            raise RefusedError(answer)
        if answer == "unknown":
            raise OutcomeUnknownError(answer)

    def close(self) -> None:
        """Nothing to close."""


def noon(day: int) -> datetime:
    """Return midday of a day of the story."""
    return datetime.combine(START + timedelta(days=day), time(12), UTC)


def days_of(rule: tuple[int, int | None], due: int) -> list[int]:
    """Return the days a rule names, the plain way: nothing about windows or what was missed."""
    offset, repeat = rule
    return list(range(due + offset, DAYS + 1, repeat)) if repeat else [due + offset]


def expected(story: Story, keys: list[int], served: set[int]) -> set[tuple[int, int]]:
    """Return (day, thing) of every line that must arrive, on days the server is ``served`` by the portal."""
    found = set()
    for key, thing in zip(keys, story.things, strict=True):
        named = {day for rule in story.rules.items() for day in days_of(rule, thing.due) if 0 <= day <= DAYS}
        for day in named:
            possible = [
                d
                for d in sorted(served)
                if d >= day and (story.pause is None or d > story.pause) and (thing.closed is None or d < thing.closed)
            ]
            found |= {(possible[0], key)} if possible else set()
    return found


def build(story: Story) -> tuple[Network, list[int]]:
    """Make the story's rows."""
    with time_machine.travel(noon(0), tick=False):
        network = NetworkFactory()
        city = PartnerFactory(network=network)
        coordinator = person(network, Role.COORDINATOR, city)
        for offset, repeat in story.rules.items():
            ReminderRule.objects.create(network=network, offset_days=offset, repeat_days=repeat)
        track = TrackFactory(period=PeriodFactory(network=network))
        keys = [
            ObligationFactory(
                task=TaskFactory(track=track, start=date(2024, 1, 1), due=START + timedelta(days=thing.due)),
                network=network,
                partner=city,
            ).pk
            for thing in story.things
        ]
        ReminderPreference.objects.create(
            user=coordinator,
            mode=MailMode.SINGLE if story.single else MailMode.DIGEST,
            paused_until=START + timedelta(days=story.pause) if story.pause is not None else None,
        )
    return network, keys


def play(story: Story, server: Server, keys: list[int]) -> set[int]:
    """Let the days pass, with the portal at work every quarter of an hour of noon on days that it runs.

    Returns the days on which it got through to the mail server.
    """
    served = set()
    for day in range(DAYS + 1):
        server.day = day
        with time_machine.travel(noon(day), tick=False) as clock:
            for key, thing in zip(keys, story.things, strict=True):
                if thing.closed == day:
                    Obligation.objects.filter(pk=key).update(state=ObligationState.SUBMITTED)
                    planning.replan([key])
            if day in story.up:
                planning.plan_all()
                # Each try waits longer; a day has room for all of them.
                for _ in range(len(story.answers) + 2):
                    reminders.send_all()
                    OutgoingMail.objects.filter(state="pending").update(not_before=noon(day))
                    clock.shift(timedelta(minutes=1))
                served.add(day)
    return served


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories)
def test_every_reminder_is_mailed_once_and_none_is_lost(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(story.answers)
    monkeypatch.setattr(outbox, "get_connection", lambda: server)
    with transaction.atomic():
        _network, keys = build(story)
        served = play(story, server, keys)
        lines = [(day, key) for day, mailed in server.arrived for key in mailed]
        assert len(lines) == len(set(lines)), "a thing was mailed twice on one day"
        assert set(lines) == expected(story, keys, served)
        if not story.single:
            days = [day for day, _mailed in server.arrived]
            assert len(days) == len(set(days)), "somebody got two mails on one day"
        assert not Reminder.objects.filter(state="claimed").exists()
        transaction.set_rollback(True)
