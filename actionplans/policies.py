"""Who may see and do what with plans and testing actions; the querysets say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actionplans.enums import SHARED, TestingState
from partners.enums import Role

if TYPE_CHECKING:
    from actionplans.models import ActionPlan, TestingAction, TestingIdea
    from partners.actors import Actor


def can_view_overview(actor: Actor) -> bool:
    """Say whether the overview is for this actor: everyone in the network, ad-hoc experts excepted."""
    return actor.is_system or (bool(actor.roles) and actor.roles != frozenset({Role.ADHOC_EXPERT}))


def can_view_plan(actor: Actor, plan: ActionPlan | TestingIdea) -> bool:
    """Foci and ideas are shared between the cities of one network."""
    return actor.network_id == plan.partner.network_id and can_view_overview(actor)


def can_write_ideas(actor: Actor, partner_id: int) -> bool:
    """Everybody of a city collects ideas."""
    return partner_id in actor.partner_ids


def can_view_testing(actor: Actor, action: TestingAction) -> bool:
    """The rule of ``TestingQuerySet.visible_to`` for one testing action."""
    if actor.network_id != action.network_id or not can_view_overview(actor):
        return False
    if actor.is_system or action.state in SHARED or action.partner_id in actor.partner_ids:
        return True
    return actor.leads and action.state == TestingState.CHANGES


def can_begin_testing(actor: Actor, partner_id: int) -> bool:
    """A city's coordinators fill in the form."""
    return partner_id in actor.coordinated_partner_ids


def can_write_testing(actor: Actor, action: TestingAction) -> bool:
    """A city's coordinators write it, hand it in, and say how it goes."""
    return actor.network_id == action.network_id and can_begin_testing(actor, action.partner_id)


def can_check_testing(actor: Actor, action: TestingAction) -> bool:
    """Lead Expert and Lead Partner check it."""
    return actor.network_id == action.network_id and actor.leads


def can_edit_form(actor: Actor) -> bool:
    """The Lead Expert makes the form; the Lead Partner may help."""
    return actor.leads
