"""Run every check and test there is; what CI runs. Ends with pytest's own summary line.

A stage that fails does not stop the others; the failed ones are named before the last stage begins, and the exit code
is 1. Unit tests run twice, on SQLite and on PostgreSQL. The last stage is one pytest process with everything: the unit
tests on PostgreSQL, and the tests with real services and the browser.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.services.processes import postgres_server

PRODUCTION = {
    "MODE": "production",
    "SECRET_KEY": "only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "portal.example",
    "SITE_URL": "https://portal.example",
    "DATABASE_URL": "postgres://portal@localhost/portal",
    "REDIS_URL": "redis://localhost/0",
    "DEFAULT_FROM_EMAIL": "portal@portal.example",
    "EMAIL_URL": "smtp+tls://user:secret@mail.portal.example:587",
}
MANAGE = (sys.executable, "manage.py")
PYTEST = (sys.executable, "-m", "pytest", "--dist", "loadgroup", "--numprocesses")
failed: list[str] = []


def stage(name: str, *words: str, env: dict[str, str] | None = None) -> None:
    """Run one stage with its output shown, and say how long it took; the last one is pytest, which says so itself."""
    sys.stdout.write(f"\n== {name}\n")
    sys.stdout.flush()
    start = time.monotonic()
    code = subprocess.run(words, cwd=ROOT, env={**os.environ, **(env or {})}, check=False).returncode
    if code:
        failed.append(name)
    if name != "everything":
        sys.stdout.write(f"== {name}: {'FAILED' if code else 'ok'}, {time.monotonic() - start:.1f} s\n")
        sys.stdout.flush()


def typed_modules() -> list[str]:
    """Return the modules mypy checks: policies, workflows, services."""
    found = [*ROOT.glob("*/policies.py"), *ROOT.glob("*/workflow.py"), *ROOT.glob("*/services/*.py")]
    found += [ROOT / "aoce/common/workflow.py", *ROOT.glob("*/services.py")]
    return sorted(str(path.relative_to(ROOT)) for path in found if not path.is_relative_to(ROOT / "tests"))


def has_compose() -> bool:
    """Whether this machine's docker client can read a compose file (no engine is needed for it)."""
    words = ["docker", "compose", "version"]
    return bool(shutil.which("docker")) and not subprocess.run(words, check=False, capture_output=True).returncode


def static_checks(folder: Path) -> None:
    """Run what needs no test."""
    stage("lint", "ruff", "check")
    stage("format", "ruff", "format", "--check")
    stage("templates", "djlint", "templates", "--lint", "--quiet")
    stage("types", "mypy", *typed_modules())
    stage("floors", "lint-imports", "--no-cache")
    stage("pending migrations", *MANAGE, "makemigrations", "--check", "--dry-run")
    stage("page of workflows", *MANAGE, "workflows", "--check")
    stage("deployment settings", *MANAGE, "check", "--deploy", "--fail-level", "WARNING", env=PRODUCTION)
    if has_compose():
        empty = folder / "empty.env"
        empty.touch()
        words = ("docker", "compose", "--env-file", str(empty), "config", "--quiet")
        values = PRODUCTION | {"POSTGRES_PASSWORD": "secret", "TLS_DIR": str(folder)}
        stage("compose file", *words, env=values)


def main() -> int:
    """Run all stages; return the exit code."""
    for name in (*PRODUCTION, "PORT", "DEBUG"):
        os.environ.pop(name, None)
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "aoce.settings"
    with tempfile.TemporaryDirectory(prefix="portal-check-") as folder:
        os.environ["DATA_DIR"] = folder
        static_checks(Path(folder))
        # The tests choose a data folder of their own, and name the settings after it.
        del os.environ["DATA_DIR"], os.environ["DJANGO_SETTINGS_MODULE"]
        stage("unit tests on SQLite", *PYTEST, "2", "--quiet", "-m", "not services and not browser")
        if failed:
            sys.stdout.write(f"\nFailed so far: {', '.join(failed)}\n")
        with postgres_server() as url:
            stage("everything", *PYTEST, "3", env={"DATABASE_URL": url})
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
