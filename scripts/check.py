"""Run every check and test there is; what CI runs. Ends with pytest's own summary line.

The stages before the last pytest run print a line each. A stage that fails does not stop the others, but the exit code
is 1 and the failed ones are named before the last stage begins.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
BIN = ROOT / ".venv" / "bin"
os.environ["PATH"] = f"{BIN}:{os.environ['PATH']}"
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="portal-check-")
os.environ["DJANGO_SETTINGS_MODULE"] = "aoce.settings"

from tests.services.processes import postgres_server

PRODUCTION = {
    "MODE": "production",
    "SECRET_KEY": "k" * 25 + "-check-only-0123456789-abcdefghijklmnop",
    "ALLOWED_HOSTS": "portal.example",
    "SITE_URL": "https://portal.example",
    "DATABASE_URL": "postgres://portal@localhost/portal",
    "REDIS_URL": "redis://localhost/0",
    "DEFAULT_FROM_EMAIL": "portal@portal.example",
    "EMAIL_URL": "smtp+tls://user:secret@mail.portal.example:587",
}
failed: list[str] = []


def stage(name: str, *words: str, env: dict[str, str] | None = None) -> int:
    """Run one stage with its output shown, and say how long it took."""
    sys.stdout.write(f"\n== {name}\n")
    sys.stdout.flush()
    start = time.monotonic()
    code = subprocess.run(words, cwd=ROOT, env={**os.environ, **(env or {})}, check=False).returncode
    sys.stdout.write(f"== {name}: {'ok' if code == 0 else 'FAILED'}, {time.monotonic() - start:.0f} s\n")
    sys.stdout.flush()
    if code:
        failed.append(name)
    return code


def typed_modules() -> list[str]:
    """Return the modules mypy checks: policies, workflows, services."""
    found = [*ROOT.glob("*/policies.py"), *ROOT.glob("*/workflow.py"), *ROOT.glob("*/services/*.py")]
    found += [*ROOT.glob("aoce/common/workflow.py"), *ROOT.glob("*/services.py")]
    return sorted(str(path.relative_to(ROOT)) for path in found if ".venv" not in path.parts)


def main() -> int:
    """Run all stages; return the exit code."""
    manage = (sys.executable, "manage.py")
    stage("lint", "ruff", "check", ".")
    stage("format", "ruff", "format", "--check", ".")
    stage("templates", "djlint", "templates", "--lint", "--quiet")
    stage("types", "mypy", *typed_modules())
    stage("floors", "lint-imports")
    stage("migrations", *manage, "makemigrations", "--check", "--dry-run")
    stage("workflows page", *manage, "workflows", "--check")
    stage("deployment settings", *manage, "check", "--deploy", "--fail-level", "WARNING", env=PRODUCTION)
    stage("unit tests on SQLite", "pytest", "-q", "-n", "2", "-m", "not services and not browser")
    stage("real services", "pytest", "-q", "-m", "services")
    stage("browser", "pytest", "-q", "-m", "browser")
    if failed:
        sys.stdout.write(f"\nFailed before the last stage: {', '.join(failed)}\n")
    with postgres_server() as url:
        stage(
            "unit tests on PostgreSQL",
            *("pytest", "-q", "-n", "2", "-m", "not services and not browser"),
            env={"DATABASE_URL": url},
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
