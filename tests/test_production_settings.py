"""Production starts with everything it needs, and says which one is missing otherwise."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "MODE": "production",
    "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "portal.example",
    "SITE_URL": "https://portal.example",
    "DATABASE_URL": "postgres://portal@localhost/portal",
    "REDIS_URL": "redis://localhost/0",
    "DEFAULT_FROM_EMAIL": "Portal <portal@portal.example>",
    "EMAIL_URL": "smtp+tls://user:secret@mail.portal.example:587",
}
# What of the settings is looked at, written by a process of its own: settings are read once a process.
SHOW = """
import json
from aoce import settings as s
print(json.dumps({n: getattr(s, n, None) for n in json.loads(input())}, default=str))
"""


def read_settings(
    folder: Path, env: dict[str, str], names: tuple[str, ...] = ("MODE",)
) -> subprocess.CompletedProcess[str]:
    """Read the settings in a new process with only these variables."""
    return subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(folder), **env},
        input=json.dumps(names),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"MODE"}))
@pytest.mark.parametrize("how", ["unset", "empty"])
def test_production_does_not_start_without(name: str, how: str, tmp_path: Path) -> None:
    env = {**PRODUCTION, name: ""}
    if how == "unset":
        del env[name]
    done = read_settings(tmp_path, env)
    assert done.returncode == 1
    assert f"ImproperlyConfigured: {name} is not set." in done.stderr.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_production_starts_with_all_of_them_and_is_locked_down(tmp_path: Path) -> None:
    done = read_settings(
        tmp_path,
        PRODUCTION,
        ("DEBUG", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "ALLOWED_HOSTS", "SECRET_KEY"),
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "DEBUG": False,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "ALLOWED_HOSTS": ["portal.example"],
        "SECRET_KEY": PRODUCTION["SECRET_KEY"],
    }


def test_unknown_mode_is_refused(tmp_path: Path) -> None:
    done = read_settings(tmp_path, {"MODE": "prod"})
    assert done.returncode == 1
    assert "MODE is 'prod'. Set it to 'embedded' or 'production'." in done.stderr


def test_embedded_needs_nothing_and_makes_its_own_secret(tmp_path: Path) -> None:
    first, second = (json.loads(read_settings(tmp_path, {}, ("SECRET_KEY", "DATABASES")).stdout) for _ in range(2))
    assert first == second
    assert len(first["SECRET_KEY"]) == 50
    assert first["DATABASES"]["default"]["NAME"] == str(tmp_path / "portal.sqlite3")
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_embedded_data_folder_may_have_spaces(tmp_path: Path) -> None:
    folder = tmp_path / "my data"
    shown = json.loads(read_settings(folder, {}, ("DATABASES",)).stdout)
    assert shown["DATABASES"]["default"]["NAME"] == str(folder / "portal.sqlite3")


def test_deployment_check_is_clean(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **PRODUCTION},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_variable_is_documented() -> None:
    read = set(re.findall(r'(?:env\.\w+|required)\(\s*"([A-Z0-9_]+)"', (ROOT / "aoce" / "settings.py").read_text()))
    documented = set(re.findall(r"`([A-Z0-9_]+)`", (ROOT / "docs" / "operations.md").read_text()))
    assert read - documented == set()
