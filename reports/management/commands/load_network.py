"""Load a network from its data file; with demo people if wanted. Repeatable: a second run changes nothing."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from actionplans.loading import load_plans, load_templates
from learning.loading import load_log_columns, load_matrix, load_skills, load_survey_templates
from meetings.loading import load_meetings
from partners.actors import Actor
from partners.datafile import DataFileError, Loader, Row, read
from partners.loading import Loaded, load_lists, load_local_groups, load_network, load_partners, load_people
from partners.models import Network
from partners.shifting import DateShift, months_between
from reports import demo
from reports.loading import load_reports
from roadmap.loading import load_periods, load_rules
from roadmap.models import Period
from roadmap.services import publish_period

#: Every demo person's password; it stands in the README and is good for nothing else.
DEMO_PASSWORD = "agents-of-coexistence"  # noqa: S105 - meant to be known


class Command(BaseCommand):
    """``manage.py load_network <file> [--demo-people FILE] [--shift-to today|DATE] [--real-dates]``."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, the people, and what becomes of the dates."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--demo-people", type=Path, help="a file with invented people and local groups")
        dates = parser.add_mutually_exclusive_group()
        dates.add_argument(
            "--shift-to",
            metavar="today|YYYY-MM-DD",
            help="move all dates by whole months, so that this day falls in the second month of the first half-year",
        )
        dates.add_argument(
            "--real-dates", action="store_true", help="keep the dates of the file (the default for a new network)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load everything in one transaction, or nothing."""
        loader = Loader()
        try:
            top = read(options["file"])
            people = read(options["demo_people"]) if options["demo_people"] else None
            shift = self.shift(top, options)
            with transaction.atomic():
                loaded = self.load(top, shift, loader)
                if people is not None:
                    self.load_demo(people, loaded)
        except DataFileError as error:
            raise CommandError(str(error)) from error
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        if options["verbosity"]:
            moved = f", dates moved by {shift.months} months" if shift.months else ""
            self.stdout.write(f"{loaded.network.name}{moved}")
            for line in loader.summary():
                self.stdout.write(f"  {line}")

    def shift(self, top: Row, options: dict[str, Any]) -> DateShift:
        """Return by how much the dates move; a loaded network keeps the move it had from its first time."""
        network, wanted = top.row("network"), options["shift_to"]
        known = Network.objects.filter(slug=network.text("slug")).first()
        if wanted in (None, "today") and not options["real_dates"] and known is not None:
            return DateShift(known.date_shift)
        found = DateShift()
        if wanted:
            starts = [row.day("start") for row in quiet(top, "periods")]
            first = min(starts, default=network.day("start"))
            found = DateShift(months_between(first, self.day(wanted)) - 1)
        if known is not None and found.months != known.date_shift:
            message = (
                f"The dates of “{known.slug}” were moved by {known.date_shift} months when it was first loaded, and "
                "stay so. Leave --shift-to and --real-dates out, or load it into an empty installation."
            )
            raise CommandError(message)
        return found

    def day(self, wanted: str) -> dt.date:
        """Return the day that dates are to move to."""
        try:
            return dt.datetime.now(tz=dt.UTC).date() if wanted == "today" else dt.date.fromisoformat(wanted)
        except ValueError as error:
            raise CommandError(f"--shift-to {wanted}: write “today” or a date such as 2026-02-14.") from error

    def load(self, top: Row, shift: DateShift, loader: Loader) -> Loaded:
        """Load the network, floor by floor; publish the half-years last."""
        loaded = load_network(top, shift, loader)
        load_lists(top, loaded)
        load_partners(top, loaded)
        load_rules(top, loaded)
        periods = load_periods(top, loaded)
        load_meetings(top, loaded)
        load_matrix(top, loaded)
        load_survey_templates(top, loaded)
        load_log_columns(top, loaded)
        load_skills(top, loaded)
        load_templates(top, loaded)
        load_plans(loaded)
        load_reports(top, loaded)
        top.finish()
        actor = Actor.system(loaded.network.pk)
        for period in periods:
            publish_period(actor=actor, period=Period.objects.get(pk=period.pk))
        return loaded

    def load_demo(self, people: Row, loaded: Loaded) -> None:
        """Load the demo's people and local groups."""
        if people.text("network") != loaded.network.slug:
            raise people.error(f"These people belong to “{people.text('network')}”.", "network")
        load_people(people, loaded, DEMO_PASSWORD)
        load_local_groups(people, loaded)
        people.finish()
        demo.play(loaded.network)


def quiet(top: Row, key: str) -> list[Row]:
    """Return a list's groups without complaining of keys that nobody asked for yet."""
    found = top.data.get(key) or []
    return [Row(top.path, entry, top.line_of(key), key) for entry in found] if isinstance(found, list) else []
