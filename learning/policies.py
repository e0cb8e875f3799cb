"""Who may see practices and needs; the querysets say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aoce.common.enums import State
from learning.enums import LogState, NeedState, SurveyState
from partners.enums import Role

if TYPE_CHECKING:
    from learning.models import (
        GoodPractice,
        KnowledgeNeed,
        LearningGrid,
        LearningNeed,
        LogAction,
        PracticeContact,
        PracticeRemark,
        Survey,
        WorkingGroup,
    )
    from partners.actors import Actor
    from partners.models import Partner


def can_view_matrix(actor: Actor) -> bool:
    """Say whether the matrix is for this actor: everyone in the network, ad-hoc experts excepted."""
    return actor.is_system or (bool(actor.roles) and actor.roles != frozenset({Role.ADHOC_EXPERT}))


def can_view_practice(actor: Actor, practice: GoodPractice) -> bool:
    """Practices are shared between the cities of one network."""
    return actor.network_id == practice.network_id and can_view_matrix(actor)


def can_read_working_text(actor: Actor, practice: GoodPractice) -> bool:
    """What is not approved yet is read by the city it belongs to, and by who leads; others read what was approved."""
    if not can_view_practice(actor, practice):
        return False
    return actor.is_system or actor.leads or practice.owner_id in actor.partner_ids


def can_add_practice(actor: Actor) -> bool:
    """A coordinator adds a practice of the own city, the Lead Expert one from outside the network."""
    return actor.is_lead_expert or bool(actor.coordinated_partner_ids)


def can_write_practice(actor: Actor, practice: GoodPractice) -> bool:
    """Describe it and hand it in: the city's coordinators; the Lead Expert for a place outside the network."""
    if actor.network_id != practice.network_id:
        return False
    return actor.is_lead_expert if practice.owner_id is None else practice.owner_id in actor.coordinated_partner_ids


def can_check_practice(actor: Actor, practice: GoodPractice) -> bool:
    """Approve it, ask for changes, take it back out of the public: the Lead Expert."""
    return actor.network_id == practice.network_id and actor.is_lead_expert


def can_remark(actor: Actor, practice: GoodPractice) -> bool:
    """Say something about a practice: people of the cities, and who leads."""
    return can_view_practice(actor, practice) and (actor.leads or bool(actor.partner_ids))


def can_remove_remark(actor: Actor, remark: PracticeRemark) -> bool:
    """Take a remark away: who wrote it, and who leads."""
    return can_remark(actor, remark.practice) and (actor.leads or remark.author_id == actor.user_id)


def can_view_need(actor: Actor, need: KnowledgeNeed) -> bool:
    """Needs are shared between the cities of one network."""
    return actor.network_id == need.network_id and can_view_matrix(actor)


def can_run_surveys(actor: Actor) -> bool:
    """Say whether this actor prepares surveys, opens and closes them, hides answers and takes them out: who leads."""
    return actor.is_system or actor.leads


def can_view_survey(actor: Actor, survey: Survey) -> bool:
    """Results are shared between the cities; a survey in preparation is for those who lead."""
    if actor.network_id != survey.network_id or not can_view_matrix(actor):
        return False
    return can_run_surveys(actor) or survey.state != SurveyState.DRAFT


def can_write_needs(actor: Actor, partner_id: int) -> bool:
    """Say whether this actor writes down what a city needs to learn: its coordinator, or who leads."""
    return actor.is_system or actor.leads or partner_id in actor.coordinated_partner_ids


def can_view_contacts(actor: Actor) -> bool:
    """Contacts between cities are for the cities, and for who leads."""
    return actor.leads or bool(actor.partner_ids)


def can_view_contact(actor: Actor, contact: PracticeContact) -> bool:
    """One contact is seen by both cities, and by who leads."""
    if actor.network_id != contact.network_id:
        return False
    both = {contact.partner_id, contact.practice.owner_id}
    return actor.is_system or actor.leads or bool(both & actor.partner_ids)


def can_ask(actor: Actor, practice: GoodPractice, partner_id: int) -> bool:
    """A city's coordinators ask those who have a practice; nobody asks the own city."""
    if not can_view_practice(actor, practice) or practice.owner_id == partner_id:
        return False
    return partner_id in actor.coordinated_partner_ids


def can_move_contact(actor: Actor, contact: PracticeContact) -> bool:
    """Say whether it was tried, adopted, what it changed: the city that asked."""
    return actor.network_id == contact.network_id and contact.partner_id in actor.coordinated_partner_ids


def can_answer_contact(actor: Actor, contact: PracticeContact) -> bool:
    """Say that the two have met, or that nothing came of it: either city; the Lead Expert for a place outside."""
    if actor.network_id != contact.network_id:
        return False
    owner = contact.practice.owner_id
    asked = actor.is_lead_expert if owner is None else owner in actor.coordinated_partner_ids
    return asked or can_move_contact(actor, contact)


def can_keep_row(actor: Actor, partner_id: int) -> bool:
    """A city keeps its own row of the matrix: its coordinators add needs and end them."""
    return partner_id in actor.coordinated_partner_ids


def can_end_need(actor: Actor, need: KnowledgeNeed) -> bool:
    """The city says that a need was met, or is none any more."""
    return actor.network_id == need.network_id and can_keep_row(actor, need.partner_id) and need.ended_on is None


def can_confirm_need(actor: Actor, need: LearningNeed) -> bool:
    """A need is the city's own word: its coordinator confirms it, and says afterwards whether it was answered."""
    return actor.network_id == need.network_id and need.partner_id in actor.coordinated_partner_ids


def can_change_need(actor: Actor, need: LearningNeed) -> bool:
    """A proposed need is changed by who leads and by the city; a confirmed one by the city alone."""
    if actor.network_id != need.network_id:
        return False
    return can_confirm_need(actor, need) or (actor.leads and need.state == NeedState.PROPOSED)


def can_view_group(actor: Actor, group: WorkingGroup) -> bool:
    """Working groups are seen with the matrix they come from."""
    return actor.network_id == group.network_id and can_view_matrix(actor)


def can_adjust_groups(actor: Actor) -> bool:
    """The Lead Expert and the Lead Partner take the proposal and adjust it."""
    return actor.leads


def can_join_group(actor: Actor, group: WorkingGroup, city: Partner) -> bool:
    """A city's coordinators say where it works along; those who lead may do it for any city."""
    if not (group.network_id == city.network_id == actor.network_id):
        return False
    return actor.leads or city.pk in actor.coordinated_partner_ids


def can_view_grid(actor: Actor, grid: LearningGrid) -> bool:
    """The rule of ``GridQuerySet.visible_to`` for one grid."""
    if actor.network_id != grid.network_id or not can_view_matrix(actor):
        return False
    if actor.is_system or actor.leads or grid.state in (State.SUBMITTED, State.APPROVED):
        return True
    if grid.partner_id in actor.partner_ids:
        return True
    return grid.meeting is not None and grid.meeting.hosts.filter(pk__in=actor.partner_ids).exists()


def can_write_grid(actor: Actor, grid: LearningGrid) -> bool:
    """Everybody who comes for a city writes in its grids: several at once, on their phones."""
    return actor.network_id == grid.network_id and grid.partner_id in actor.partner_ids


def can_hand_in_grid(actor: Actor, grid: LearningGrid) -> bool:
    """The city's coordinators hand it in."""
    return actor.network_id == grid.network_id and grid.partner_id in actor.coordinated_partner_ids


def can_check_grid(actor: Actor, grid: LearningGrid) -> bool:
    """The Lead Expert reads it and says so, or asks for more."""
    return actor.network_id == grid.network_id and actor.is_lead_expert


def can_review_actions(actor: Actor, partner_id: int) -> bool:
    """A city says itself what came of its actions."""
    return partner_id in actor.partner_ids


def can_view_action(actor: Actor, action: LogAction) -> bool:
    """The rule of ``LogQuerySet.visible_to`` for one action."""
    if actor.network_id != action.network_id or not can_view_matrix(actor):
        return False
    return action.state == LogState.SELECTED or not actor.is_observer_only


def can_write_log(actor: Actor, partner_id: int) -> bool:
    """Everybody of a city writes in its action table; observers and other cities do not."""
    return partner_id in actor.partner_ids


def can_decide_action(actor: Actor, action: LogAction) -> bool:
    """Select, merge, drop, take up again: the city's coordinators."""
    return actor.network_id == action.network_id and action.partner_id in actor.coordinated_partner_ids


def can_edit_columns(actor: Actor) -> bool:
    """The Lead Expert makes the template of the action tables; the Lead Partner may help."""
    return actor.leads


def can_view_skills(actor: Actor) -> bool:
    """People of the cities and who leads: the rule of ``SkillRoundQuerySet.visible_to``."""
    return can_view_matrix(actor) and not actor.is_observer_only


def can_run_skills(actor: Actor) -> bool:
    """Who leads opens and closes rounds."""
    return actor.leads
