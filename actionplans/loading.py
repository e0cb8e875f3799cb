"""Loading what a network's data file says of plans: each city's focus and idea, and what is asked for."""

from __future__ import annotations

from typing import Any

from actionplans.enums import Subject
from actionplans.models import (
    ActionPlan,
    Criterion,
    FormQuestion,
    IntegrationAspect,
    PeerQuestion,
    TemplateChapter,
    TestingIdea,
)
from actionplans.models.templates import TemplateRow
from partners.datafile import Row, once
from partners.loading import Loaded

OPEN = "Not yet identified"


def load_plans(loaded: Loaded) -> None:
    """Write the foci and ideas; one that is still open keeps the words the source has for that."""
    for slug, row in loaded.partner_rows.items():
        partner = loaded.partners[slug]
        focus, idea = row.text("iap_focus", ""), row.text("testing_action_idea", "")
        note = row.text("iap_focus_note", "" if focus else OPEN)
        loaded.loader.upsert(row, ActionPlan, {"partner": partner}, {"focus": focus, "note": note})
        note = row.text("testing_action_idea_note", "" if idea else OPEN)
        # What the city has written since stays: the first idea is the one of the source.
        known = TestingIdea.objects.filter(partner=partner).first()
        if known is None:
            loaded.loader.upsert(row, TestingIdea, {"partner": partner}, {"title": idea, "note": note})
        row.source()


#: Each list of the data file: what its rows are, and what they have in common.
LISTS: dict[str, tuple[type[TemplateRow], dict[str, str]]] = {
    "testing_questions": (FormQuestion, {}),
    "plan_chapters": (TemplateChapter, {}),
    "integration_aspects": (IntegrationAspect, {}),
    "testing_criteria": (Criterion, {"subject": Subject.TESTING}),
    "plan_criteria": (Criterion, {"subject": Subject.PLAN}),
    "testing_peer_questions": (PeerQuestion, {"subject": Subject.TESTING}),
    "plan_peer_questions": (PeerQuestion, {"subject": Subject.PLAN}),
}


def load_templates(top: Row, loaded: Loaded) -> None:
    """Write what the network asks for. What the Lead Expert has changed since stays."""
    for name, (model, fixed) in LISTS.items():
        seen: dict[str, int] = {}
        for position, row in enumerate(top.rows(name, required=False)):
            code = row.text("code")
            once(row, seen, code, name)
            # Criteria of both kinds stand in one table: their codes are told apart by their list.
            key = {"network": loaded.network, "code": f"{name.partition('_')[0]}-{code}" if fixed else code}
            values: dict[str, Any] = {
                "label": row.text("label"),
                "help": row.text("help", ""),
                "is_required": row.flag("required", default=True),
                "position": position,
                **fixed,
            }
            if model is TemplateChapter:
                values |= _chapter(row, loaded)
            if not model._default_manager.filter(**key).exists():
                loaded.loader.upsert(row, model, key, values)


def _chapter(row: Row, loaded: Loaded) -> dict[str, Any]:
    due = row.day("due", None)
    return {
        "guidance": row.text("guidance", ""),
        "questions": "\n".join(row.texts("questions")),
        "least": row.integer("least", None),
        "most": row.integer("most", None),
        "due": loaded.shift.day(due) if due else None,
    }
