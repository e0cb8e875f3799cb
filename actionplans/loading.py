"""Loading each city's plan focus and testing action idea from a network's data file."""

from __future__ import annotations

from actionplans.models import ActionPlan, FormQuestion, TestingIdea
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


def load_questions(top: Row, loaded: Loaded) -> None:
    """Write the questions of the form for testing actions. What the Lead Expert has changed since stays."""
    seen: dict[str, int] = {}
    for position, row in enumerate(top.rows("testing_questions", required=False)):
        code = row.text("code")
        once(row, seen, code, "question")
        key = {"network": loaded.network, "code": code}
        values = {
            "label": row.text("label"),
            "help": row.text("help", ""),
            "is_required": row.flag("required", default=True),
            "position": position,
        }
        if not FormQuestion.objects.filter(**key).exists():
            loaded.loader.upsert(row, FormQuestion, key, values)
