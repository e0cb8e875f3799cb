"""Fixtures of the reports' tests: two cities, a leading one, somebody in each role, a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from reports.models import QuarterlyReport
from tests.reports.factories import QuarterlyReportFactory
from tests.roadmap.world import Place, make_place


@pytest.fixture
def place(db: None) -> Place:  # noqa: ARG001 - asks for the database
    """A network with its people."""
    return make_place()


@pytest.fixture
def report(place: Place) -> QuarterlyReport:
    """The draft of the first quarter."""
    return QuarterlyReportFactory(network=place.network)


@pytest.fixture
def now() -> Iterator[None]:
    """Friday 5 April 2024, noon."""
    with time_machine.travel("2024-04-05T12:00:00+02:00", tick=False):
        yield


@pytest.fixture
def as_(place: Place) -> Callable[[str], Client]:
    """A browser signed in as somebody."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(place.people[name])
        return client

    return sign_in
