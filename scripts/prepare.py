"""Make the data folder ready: migrate, load AoCE with its demo people into an empty database, collect static files.

Only what is missing is done. Prints one login per role as JSON; what it does, and what went wrong, goes to stderr.
With ``--static`` it collects the static files and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
NETWORK = ROOT / "data" / "networks" / "aoce.yaml"
PEOPLE = ROOT / "data" / "networks" / "demo_people.yaml"
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aoce.settings")

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import Error, connection

if TYPE_CHECKING:
    from collections.abc import Iterator


def say(what: str) -> None:
    """Say on stderr what takes time."""
    sys.stderr.write(f"{what} …\n")


def migrate() -> None:
    """Bring the database up to date."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Creating the database" if not executor.loader.applied_migrations else "Migrating the database")
        call_command("migrate", verbosity=0, interactive=False)


def load() -> None:
    """Load AoCE with demo people, if there is no network yet."""
    from partners.models import Network

    if not Network.objects.exists():
        say("Loading the AoCE network with its demo people")
        call_command("load_network", str(NETWORK), demo_people=PEOPLE, shift_to="today", verbosity=0)


def static_files() -> Iterator[str]:
    """Yield each static file's name, size and time."""
    from django.contrib.staticfiles.finders import get_finders

    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            yield f"{name} {stat.st_size} {stat.st_mtime_ns}"


def collect() -> None:
    """Collect the static files, if one of them changed or the collected ones are gone."""
    from django.conf import settings

    wanted = hashlib.sha256("\n".join(sorted(static_files())).encode()).hexdigest()
    stamp = Path(settings.STATIC_ROOT) / "collected.sha256"
    if not stamp.exists() or stamp.read_text() != wanted:
        say("Collecting static files")
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(wanted)


def logins() -> dict[str, object]:
    """Return one demo login per role (role, name, e-mail), as far as they are in the database, and their password."""
    from partners.enums import Role
    from partners.models import Membership
    from reports.management.commands.load_network import DEMO_PASSWORD

    rows = Membership.objects.filter(user__email__endswith=".example").order_by("pk")
    first: dict[str, tuple[str, str]] = {}
    for role, name, email in rows.values_list("role", "user__name", "user__email"):
        first.setdefault(role, (name, email))
    people = [(str(role.label), *first[role]) for role in Role if role in first]
    return {"people": people, "password": DEMO_PASSWORD}


def main() -> int:
    """Do it; return the exit code."""
    try:
        django.setup()
        # It warns that a folder has no host name.
        logging.getLogger("kombu.connection").setLevel(logging.ERROR)
        if "--static" not in sys.argv:
            migrate()
            load()
        collect()
        if "--static" not in sys.argv:
            sys.stdout.write(json.dumps(logins()))
    except (CommandError, ImproperlyConfigured, Error, OSError) as error:
        sys.stderr.write(f"portal: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
