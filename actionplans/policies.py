"""Who may see and do what with plans and testing actions; the querysets say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actionplans.enums import PLAN_WRITABLE, SHARED, PlanState, RoundState, TestingState
from partners.enums import Role

if TYPE_CHECKING:
    from actionplans.models import ActionPlan, PeerReview, Remark, ReviewRound, TestingAction, TestingIdea
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


# --- Action plans -----------------------------------------------------------------------------------------------------


def can_read_draft(actor: Actor, plan: ActionPlan) -> bool:
    """Say who reads a plan as it is being written: its city; who checks it, once it was handed in.

    Everybody else reads the versions that were handed in.
    """
    if not can_view_plan(actor, plan):
        return False
    if actor.is_system or plan.partner_id in actor.partner_ids:
        return True
    return actor.leads and plan.state != PlanState.DRAFT


def can_write_plan(actor: Actor, plan: ActionPlan) -> bool:
    """A city's coordinators write its plan."""
    return actor.network_id == plan.partner.network_id and plan.partner_id in actor.coordinated_partner_ids


def can_write_plan_now(actor: Actor, plan: ActionPlan) -> bool:
    """The same, while it is not with its checkers and not approved."""
    return can_write_plan(actor, plan) and plan.state in PLAN_WRITABLE


def can_check_plan(actor: Actor, plan: ActionPlan) -> bool:
    """Lead Expert and Lead Partner check it."""
    return actor.network_id == plan.partner.network_id and actor.leads


def can_publish_plan(actor: Actor, plan: ActionPlan) -> bool:
    """Lead Expert and Lead Partner publish an approved plan."""
    return can_check_plan(actor, plan)


def can_reopen_plan(actor: Actor, plan: ActionPlan) -> bool:
    """Who checks it, or its city, begins a later edition."""
    return can_check_plan(actor, plan) or can_write_plan(actor, plan)


def can_remark(actor: Actor, subject: ActionPlan | TestingAction) -> bool:
    """Say who writes remarks beside a text and replies to them: its city's coordinators, and who checks it."""
    if actor.network_id != subject.partner.network_id:
        return False
    return actor.leads or subject.partner_id in actor.coordinated_partner_ids


def can_view_remark(actor: Actor, remark: Remark) -> bool:
    """The rule of ``RemarkQuerySet.visible_to`` for one remark."""
    return actor.network_id == remark.network_id and (actor.leads or not remark.is_internal)


# --- Peer review ------------------------------------------------------------------------------------------------------


def can_lead_round(actor: Actor, round_: ReviewRound) -> bool:
    """Lead Expert and Lead Partner make rounds, open and show them."""
    return actor.network_id == round_.network_id and actor.leads


def can_view_round(actor: Actor, round_: ReviewRound) -> bool:
    """The rule of ``RoundQuerySet.visible_to`` for one round."""
    if actor.network_id != round_.network_id or not can_view_overview(actor):
        return False
    return actor.is_system or actor.leads or round_.state != RoundState.PLANNED


def can_write_review(actor: Actor, review: PeerReview) -> bool:
    """Everybody of the reviewing city writes its review."""
    return actor.network_id == review.round.network_id and review.reviewer_id in actor.partner_ids


def can_read_review(actor: Actor, review: PeerReview) -> bool:
    """The reviewing city and who leads read a review at any time, everybody else once the round is shown."""
    if not can_view_round(actor, review.round):
        return False
    return actor.leads or can_write_review(actor, review) or review.round.state == RoundState.SHOWN


def can_answer_review(actor: Actor, review: PeerReview) -> bool:
    """The reviewed city's coordinators thank, answer, and agree on changes."""
    return actor.network_id == review.round.network_id and review.reviewed_id in actor.coordinated_partner_ids
