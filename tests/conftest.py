"""What every test gets: folders of its own, fast passwords, mail in memory, tasks run at once."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent

# Before Django reads its settings: of a running portal and of the caller's environment nothing is used but the database
# to test on. That is why the settings are named here and not in pyproject.toml, where they would be read before this
# file. The workers of a parallel run find all of it done.
if "PYTEST_XDIST_WORKER" not in os.environ:
    settings_py = (ROOT / "aoce" / "settings.py").read_text(encoding="utf-8")
    for name in set(re.findall(r'(?:env\.\w+|required)\(\s*"([A-Z0-9_]+)"', settings_py)) - {"DATABASE_URL"}:
        os.environ.pop(name, None)
    os.environ |= {"DATA_DIR": tempfile.mkdtemp(prefix="portal-tests-"), "DJANGO_SETTINGS_MODULE": "aoce.settings"}
    os.environ["REMINDER_HOUR"] = "0"  # the tests run at night as well
    (Path(os.environ["DATA_DIR"]) / "static").mkdir()  # WhiteNoise looks for it
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

import django
import pytest
from celery import current_app

django.setup()

from django.db import transaction
from django.test import override_settings

from tests.world import World, make_world

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest_django import DjangoDbBlocker
    from pytest_django.fixtures import SettingsWrapper


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs real servers or a browser by its folder; in a parallel run each folder keeps to one worker.

    First, because the parallel run's own hook looks for the groups; it begins with the large ones.
    """
    for item in items:
        for folder in ("services", "browser"):
            if item.path.is_relative_to(ROOT / "tests" / folder):
                item.add_marker(folder)
                item.add_marker(pytest.mark.xdist_group(folder))


@pytest.fixture(autouse=True)
def _own_settings(settings: SettingsWrapper, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


@pytest.fixture(autouse=True)
def _tasks_at_once() -> None:
    """Run a task where it is called; tests marked ``services`` start real workers instead."""
    current_app.conf.task_always_eager = True
    current_app.conf.task_eager_propagates = True


@pytest.fixture(scope="module")
def made_world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Generator[tuple[World, str]]:
    """Make the world once for all tests of a module: each undoes what it did, the module undoes the world."""
    del django_db_setup
    files = str(tmp_path_factory.mktemp("world"))
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=files), transaction.atomic():
        yield make_world(), files
        transaction.set_rollback(True)


@pytest.fixture
def world(made_world: tuple[World, str], settings: SettingsWrapper) -> World:
    found, settings.MEDIA_ROOT = made_world
    return found
