"""Migrations: none missing, and every one can be taken back."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

OWN = ("common", "partners", "roadmap", "meetings", "learning", "actionplans", "reports")


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    out = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out)
    assert out.getvalue().strip() == "No changes detected"


def test_every_own_migration_can_be_taken_back() -> None:
    loader = MigrationLoader(None)
    labels = {config.label for config in apps.get_app_configs()}
    assert set(OWN) <= labels
    stuck = [
        f"{label}.{name}: {operation}"
        for (label, name), migration in loader.disk_migrations.items()
        if label in OWN
        for operation in migration.operations
        if not operation.reversible
    ]
    assert stuck == []
