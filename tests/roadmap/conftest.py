"""Fixtures of the roadmap's tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.roadmap.world import TODAY, Place, make_place


@pytest.fixture
def place(db: None) -> Place:  # noqa: ARG001 - asks for the database
    """A network with its people."""
    return make_place()


@pytest.fixture
def now() -> Any:
    """Thursday 18 April 2024, noon."""
    with time_machine.travel(f"{TODAY.isoformat()}T12:00:00+02:00", tick=False):
        yield


@pytest.fixture
def as_(place: Place) -> Callable[[str], Client]:
    """A browser signed in as somebody."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(place.people[name])
        return client

    return sign_in
