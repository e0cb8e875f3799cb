"""Loading the quarterly reports a network will bring out."""

from __future__ import annotations

import re

from partners.datafile import Row, once
from partners.loading import Loaded
from reports.models import QuarterlyReport

QUARTER = re.compile(r"(\d{4})Q([1-4])")


def load_reports(top: Row, loaded: Loaded) -> None:
    """Write one report a quarter; quarters move to the quarter that holds their moved middle month."""
    seen: dict[str, int] = {}
    for row in top.rows("reports", required=False):
        text = row.text("quarter")
        once(row, seen, text, "quarter")
        found = QUARTER.fullmatch(text)
        if not found:
            raise row.error(f"“quarter” should be a quarter such as 2024Q1, not “{text}”.", "quarter")
        year, quarter = loaded.shift.quarter(int(found[1]), int(found[2]))
        # The day the draft is due and what the sources say of it stand in the roadmap's task.
        row.day("draft_due", None)
        row.text("note", "")
        row.text("conflict", "")
        loaded.loader.upsert(
            row,
            QuarterlyReport,
            {"network": loaded.network, "year": year, "quarter": quarter},
            {"number": row.integer("number")},
        )
