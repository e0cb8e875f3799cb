"""The charts of a quarterly report, each from the figures of the table it stands beside."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from aoce.common.charts import STATE_FILLS, Bars, Flow, bars_from
from learning.threads import flow_of


def attendance(figures: dict[str, Any]) -> Bars:
    """People at local meetings by city and stakeholder kind; cities without any are left out."""
    unknown = any(row["unknown"] for row in figures["attendance"])
    groups = [*figures["kinds"], *([_("Not known")] if unknown else [])]
    rows = [
        (row["city"], [*row["numbers"], *([row["unknown"]] if unknown else [])])
        for row in figures["attendance"]
        if row["total"]
    ]
    return bars_from(rows, groups, _("People"))


def obligations(figures: dict[str, Any]) -> Bars:
    """What was due by city: accepted, being checked, late, and what has no day yet gone by."""
    keys = {"met": "approved", "waiting": "submitted", "late": "overdue", "open": "open"}
    groups = [_("Approved"), _("Being checked"), _("Late"), _("Not due yet")]
    rows = [(row["city"], [row[key] for key in keys]) for row in figures["obligations"] if row["asked"]]
    return bars_from(rows, groups, _("Things due"), [STATE_FILLS[state] for state in keys.values()])


def lessons(figures: dict[str, Any]) -> Flow:
    """Where lessons came from and what they became."""
    return flow_of(figures["lessons"]["flow"])


CHARTS = {"lessons": lessons, "attendance": attendance, "obligations": obligations}
