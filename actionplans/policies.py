"""Who may see plans and testing actions; the querysets say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from partners.enums import Role

if TYPE_CHECKING:
    from actionplans.models import ActionPlan, TestingAction
    from partners.actors import Actor


def can_view_overview(actor: Actor) -> bool:
    """Say whether the overview is for this actor: everyone in the network, ad-hoc experts excepted."""
    return actor.is_system or (bool(actor.roles) and actor.roles != frozenset({Role.ADHOC_EXPERT}))


def can_view_plan(actor: Actor, plan: ActionPlan | TestingAction) -> bool:
    """Foci and ideas are shared between the cities of one network."""
    return actor.network_id == plan.partner.network_id and can_view_overview(actor)
