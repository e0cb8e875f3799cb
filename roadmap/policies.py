"""Who may do what with the roadmap: pure functions of an actor and a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aoce.common.enums import State
from partners.enums import Role
from roadmap.deliverables import KINDS
from roadmap.enums import ObligationState, Party, PeriodState

if TYPE_CHECKING:
    from partners.actors import Actor
    from roadmap.models import HandIn, Obligation, Period

# --- Obligations ------------------------------------------------------------------------------------------------------

#: Who checks what a lead owes: never the same role.
CHECKS_LEADS = {Party.LEAD_EXPERT: (Role.LEAD_PARTNER,), Party.LEAD_PARTNER: (Role.LEAD_EXPERT,)}


def can_see_board(actor: Actor) -> bool:
    """Lead Partner and Lead Expert see who owes what."""
    return actor.leads


def can_view_obligation(actor: Actor, obligation: Obligation) -> bool:
    """The rule of ``ObligationQuerySet.visible_to`` for one obligation."""
    if obligation.network_id != actor.network_id:
        return False
    if actor.is_system or actor.leads:
        return True
    if not actor.roles or actor.roles == frozenset({Role.ADHOC_EXPERT}):
        return False
    if actor.partner_ids and (obligation.partner_id is None or obligation.partner_id in actor.partner_ids):
        return True
    shared = (ObligationState.SUBMITTED, ObligationState.APPROVED)
    return actor.has(Role.OBSERVER) and obligation.state in shared


def can_hand_in(actor: Actor, obligation: Obligation) -> bool:
    """Whoever owes it hands it in: the city's coordinator, the Lead Expert, the Lead Partner."""
    if obligation.network_id != actor.network_id:
        return False
    if obligation.party == Party.PARTNER:
        return obligation.partner_id in actor.coordinated_partner_ids
    return actor.is_lead_expert if obligation.party == Party.LEAD_EXPERT else actor.is_lead_partner


def checking_roles(obligation: Obligation) -> tuple[str, ...]:
    """Return the roles that check what fulfils this obligation; any of them may."""
    if obligation.party != Party.PARTNER:
        return CHECKS_LEADS[Party(obligation.party)]
    kind = KINDS.get(obligation.deliverable or obligation.task.deliverable)
    return kind.checked_by if kind else (Role.LEAD_PARTNER,)


def can_check(actor: Actor, obligation: Obligation) -> bool:
    """Accept or return what was handed in."""
    same = obligation.network_id == actor.network_id
    return same and (actor.is_system or actor.has(*checking_roles(obligation)))


def can_record(actor: Actor, obligation: Obligation) -> bool:
    """Let an obligation follow the thing handed in for it: who owes it, or who lets one thing serve several."""
    same = obligation.network_id == actor.network_id
    return same and (actor.is_system or can_hand_in(actor, obligation) or can_check(actor, obligation))


def can_manage_obligation(actor: Actor, obligation: Obligation) -> bool:
    """Move its day, say that it is not needed, remind: the Lead Partner."""
    return obligation.network_id == actor.network_id and (actor.is_system or actor.is_lead_partner)


def can_complete(actor: Actor, obligation: Obligation) -> bool:
    """Mark a lead's task as done without handing in: whoever owes it, or the Lead Partner."""
    if obligation.party == Party.PARTNER:
        return False
    return can_manage_obligation(actor, obligation) or can_hand_in(actor, obligation)


def can_sync_obligations(actor: Actor, network_id: int) -> bool:
    """Make the obligations of a published half-year: who edits the plan, or the system."""
    return actor.network_id == network_id and (actor.is_system or actor.leads)


# --- Plain hand-ins ---------------------------------------------------------------------------------------------------


def can_view_hand_in(actor: Actor, hand_in: HandIn) -> bool:
    """The rule of ``HandInQuerySet.visible_to`` for one hand-in."""
    obligation = hand_in.obligation
    if obligation.network_id != actor.network_id:
        return False
    if actor.is_system:
        return True
    partner = obligation.partner_id
    shared = hand_in.state in (State.SUBMITTED, State.APPROVED)
    own = partner is not None and partner in actor.coordinated_partner_ids
    led = actor.leads and (hand_in.state != State.DRAFT or partner is None or partner in actor.partner_ids)
    of_lead = bool(actor.coordinated_partner_ids) and partner is None and hand_in.state == State.APPROVED
    of_city = actor.has(Role.MEMBER) and partner in actor.partner_ids and shared
    return own or led or of_lead or of_city or (actor.has(Role.OBSERVER) and shared)


def can_write_hand_in(actor: Actor, hand_in: HandIn) -> bool:
    """Write, attach files, submit: whoever owes it."""
    return can_hand_in(actor, hand_in.obligation)


def can_check_hand_in(actor: Actor, hand_in: HandIn) -> bool:
    """Accept or return it."""
    return can_check(actor, hand_in.obligation)


# --- The plan ---------------------------------------------------------------------------------------------------------


def can_view_period(actor: Actor, period: Period) -> bool:
    """The rule of ``PeriodQuerySet.visible_to`` for one half-year; its tasks follow it."""
    if period.network_id != actor.network_id or not (actor.roles or actor.is_system):
        return False
    return period.state == PeriodState.PUBLISHED or actor.leads or actor.is_system


def can_edit_plan(actor: Actor, network_id: int) -> bool:
    """Lead Partner and Lead Expert write the plan together."""
    return actor.network_id == network_id and (actor.leads or actor.is_system)


def can_publish_period(actor: Actor, period: Period) -> bool:
    """Who writes the plan publishes it."""
    return can_edit_plan(actor, period.network_id)


# --- Reminders --------------------------------------------------------------------------------------------------------


def can_edit_rules(actor: Actor, network_id: int) -> bool:
    """The Lead Partner says when the network reminds, and sees who gets what."""
    return actor.network_id == network_id and actor.is_lead_partner
