"""Loading each city's plan focus and testing action idea from a network's data file."""

from __future__ import annotations

from actionplans.models import ActionPlan, TestingAction
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
        loaded.loader.upsert(row, TestingAction, {"partner": partner}, {"idea": idea, "note": note})
        row.source()
