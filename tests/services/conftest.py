"""Real servers for the tests of this folder, each with a port and a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.services import processes
from tests.services.smtp import SmtpServer, smtp_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collected static files, as a start of the portal leaves them; compressing takes a while."""
    folder = tmp_path_factory.mktemp("static")
    env = {**os.environ, "STATIC_ROOT": str(folder)}
    subprocess.run([sys.executable, "scripts/prepare.py", "--static"], cwd=processes.ROOT, env=env, check=True)
    return folder
