"""Testing actions on paper: one, or all that are final."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans.enums import CHECKED
from actionplans.models import TestingAction
from actionplans.services.testing import form_of
from actionplans.testing import bars_of, money_chart, money_of
from aoce.common.charts import chart_image
from learning.papers import Paper, Sheet

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network


def _one(action: TestingAction, network: Network) -> dict[str, Any]:
    budget, notes = list(action.budget.all()), list(action.notes.all())
    spent = sum((note.spent or Decimal(0) for note in notes), Decimal(0))
    return {
        "action": action,
        "texts": [(label, action.answers[code]) for code, label in form_of(action) if action.answers.get(code)],
        "bars": bars_of(action, list(action.steps.all()), network.today()),
        "steps": list(action.steps.all()),
        "budget": budget,
        "money": money_of(action, budget, spent),
        "picture": chart_image(money_chart(budget)) if any(line.amount for line in budget) else "",
        "measures": list(action.measures.all()),
        "notes": notes,
    }


def _build(actor: Actor, network: Network, asked: Mapping[str, str]) -> Sheet:
    """Read one testing action (``testing``: its number), or all that are final."""
    rows = TestingAction.objects.visible_to(actor).select_related("partner", "meeting", "network")
    rows = rows.prefetch_related("steps", "budget", "measures", "notes__photo")
    number = asked.get("testing", "")
    found = list(rows.filter(pk=int(number)) if number.isdecimal() else rows.filter(state__in=CHECKED))
    if not found:
        raise LookupError
    title = found[0].title if number else _("Testing actions")
    photos = [note.photo.file.name for row in found for note in row.notes.all() if note.photo]
    return Sheet({"actions": [_one(row, network) for row in found]}, title, photos)


PAPER = Paper(gettext_lazy("Testing actions"), "pdf/testing.html", _build, "actionplans:testing_list")
