"""What every test gets: folders of its own, fast passwords, mail in memory, tasks run at once."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

# Before Django reads its settings: nothing of a running portal is touched.
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="portal-tests-"))

import pytest
from celery import current_app

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper


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
