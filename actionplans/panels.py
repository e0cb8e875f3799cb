"""What a city's page shows of its plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from actionplans import policies
from actionplans.models import ActionPlan, TestingIdea

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Partner


def city_panel(actor: Actor, partner: Partner) -> dict[str, Any] | None:
    """Return a city's plan focus and testing action ideas. Two queries."""
    if not policies.can_view_overview(actor):
        return None
    ideas = TestingIdea.objects.visible_to(actor).filter(partner=partner, is_dropped=False).exclude(title="")
    return {"plan": ActionPlan.objects.visible_to(actor).filter(partner=partner).first(), "ideas": list(ideas)}
