"""Half-years, tasks, obligations and hand-ins for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime

import factory

from aoce.common.enums import State
from roadmap.enums import OwedBy, Party, PeriodState, TrackGroup
from roadmap.models import HandIn, Obligation, Period, Task, Track
from tests.partners.factories import NetworkFactory, PartnerFactory


class PeriodFactory(factory.django.DjangoModelFactory):
    """Makes a published half-year."""

    class Meta:
        model = Period

    network = factory.SubFactory(NetworkFactory)
    slug = factory.Sequence(lambda n: f"half-year-{n}")
    title = "January to July 2024"
    start = date(2024, 1, 1)
    end = date(2024, 7, 31)
    state = PeriodState.PUBLISHED
    published_at = datetime(2024, 1, 2, tzinfo=UTC)


class TrackFactory(factory.django.DjangoModelFactory):
    """Makes a row of the roadmap."""

    class Meta:
        model = Track

    period = factory.SubFactory(PeriodFactory)
    code = factory.Sequence(lambda n: f"track-{n}")
    name = "ULG meetings"
    group = TrackGroup.PARTNERS


class TaskFactory(factory.django.DjangoModelFactory):
    """Makes a task that each city hands in as a document."""

    class Meta:
        model = Task
        skip_postgeneration_save = True

    track = factory.SubFactory(TrackFactory)
    code = factory.Sequence(lambda n: f"task-{n}")
    title = factory.Sequence(lambda n: f"Task {n}")
    start = date(2024, 1, 1)
    due = date(2024, 4, 26)
    deliverable = "document"
    owed_by = OwedBy.EACH_PARTNER


class ObligationFactory(factory.django.DjangoModelFactory):
    """Makes what a city owes."""

    class Meta:
        model = Obligation

    task = factory.SubFactory(TaskFactory)
    network = factory.SelfAttribute("task.track.period.network")
    party = Party.PARTNER
    partner = factory.SubFactory(PartnerFactory, network=factory.SelfAttribute("..network"))


class HandInFactory(factory.django.DjangoModelFactory):
    """Makes a plain hand-in."""

    class Meta:
        model = HandIn

    obligation = factory.SubFactory(ObligationFactory)
    text = "Our text"
    state = State.DRAFT
