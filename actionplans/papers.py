"""On paper: testing actions, one or all that are final; plans, as PDF and DOCX; the plans of all cities as XLSX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans.content import (
    Part,
    cost_chart,
    costs_by_source,
    reading_of,
    risk_map,
    spans_of,
    with_addresses,
)
from actionplans.enums import CHECKED, PlanState
from actionplans.models import ActionPlan, TestingAction
from actionplans.services.plans import pictures_of
from actionplans.services.testing import form_of
from actionplans.testing import bars_of, money_chart, money_of
from aoce.common.charts import chart_image
from aoce.common.documents import write_docx
from aoce.common.models import SubmittedVersion
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


# --- Plans ------------------------------------------------------------------------------------------------------------

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _plan(actor: Actor, network: Network, asked: Mapping[str, str]) -> Sheet:
    """Read a plan (``city``: its slug) as this person reads it, or one of its chapters (``chapter``)."""
    plans = ActionPlan.objects.visible_to(actor).select_related("partner__network")
    plan = plans.filter(partner__network=network, partner__slug=asked.get("city", "")).first()
    reading = reading_of(actor, plan) if plan else None
    parts = reading.parts if reading else []
    if code := asked.get("chapter", ""):
        parts = [part for part in parts if part.code == code]
    if plan is None or reading is None or not parts:
        raise LookupError
    return plan_sheet(
        plan,
        parts,
        [] if code else reading.actions,
        version=reading.version,
        is_draft=reading.is_draft or plan.state != PlanState.APPROVED,
    )


def plan_sheet(
    plan: ActionPlan,
    parts: Sequence[Part],
    actions: Sequence[dict[str, Any]],
    *,
    version: SubmittedVersion | None,
    is_draft: bool,
    edition: int = 0,
) -> Sheet:
    """Return what a plan's paper shows."""
    names = {str(file.pk): file.file.name for file in pictures_of(plan)}
    costs = costs_by_source(actions)
    stored = {pk: f"stored/{name}" for pk, name in names.items()}
    context = {
        "plan": plan,
        "parts": [(part, with_addresses(part.html, stored)) for part in parts],
        "html": "".join(format_html("<h2>{}</h2>{}", part.title, part.html) for part in parts),
        "version": version,
        "is_draft": is_draft,
        "edition": edition,
        "spans": spans_of(actions),
        "costs": costs,
        "picture": chart_image(cost_chart(actions)) if costs else "",
        "risks": risk_map(actions),
    }
    return Sheet(context, str(plan), list(names.values()))


def _plan_docx(sheet: Sheet, language: str) -> bytes:
    plan = sheet.context["plan"]
    kept = {}
    for file in pictures_of(plan):
        address = reverse("common:file", kwargs={"network": plan.network.slug, "uuid": file.pk})
        with file.file.open("rb") as opened:
            kept[address] = (file.content_type, opened.read())
    return write_docx(html=sheet.context["html"], title=sheet.title, language=language, pictures=kept)


PLAN = Paper(gettext_lazy("Integrated Action Plan"), "pdf/plan.html", _plan, "actionplans:plan_list")
PLAN_DOCX = Paper(
    gettext_lazy("Integrated Action Plan"),
    "",
    _plan,
    "actionplans:plan_list",
    write=_plan_docx,
    content_type=DOCX,
    ending="docx",
)
PAPER = Paper(gettext_lazy("Testing actions"), "pdf/testing.html", _build, "actionplans:testing_list")
