"""Who may see practices and needs; the querysets say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from learning.enums import NeedState, SurveyState
from partners.enums import Role

if TYPE_CHECKING:
    from learning.models import (
        GoodPractice,
        KnowledgeNeed,
        LearningNeed,
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
