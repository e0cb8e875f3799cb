"""Real servers for the tests of this folder, each with a port and a folder of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.services import processes
from tests.services.smtp import SmtpServer, smtp_server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    """An SMTP server that takes every mail; set its ``behaviour`` for less."""
    with smtp_server() as server:
        yield server


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a Redis."""
    with processes.redis_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    with processes.postgres_server() as url:
        yield url
