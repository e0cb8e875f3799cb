"""What a city's page shows of its learning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from learning import policies
from learning.models import GoodPractice, KnowledgeNeed

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Partner


def city_panel(actor: Actor, partner: Partner) -> dict[str, Any] | None:
    """Return a city's practices and needs. Two queries."""
    if not policies.can_view_matrix(actor):
        return None
    practices = GoodPractice.objects.visible_to(actor).filter(owner=partner)
    needs = KnowledgeNeed.objects.visible_to(actor).filter(partner=partner).select_related("sub_theme__theme")
    return {
        "practices": list(practices),
        "needs": [n.sub_theme for n in needs.order_by("sub_theme__theme__position", "sub_theme__position")],
    }
