"""Who may see practices and needs; the querysets say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from learning.enums import NeedState, SurveyState
from partners.enums import Role

if TYPE_CHECKING:
    from learning.models import GoodPractice, KnowledgeNeed, LearningNeed, Survey, WorkingGroup
    from partners.actors import Actor
    from partners.models import Partner


def can_view_matrix(actor: Actor) -> bool:
    """Say whether the matrix is for this actor: everyone in the network, ad-hoc experts excepted."""
    return actor.is_system or (bool(actor.roles) and actor.roles != frozenset({Role.ADHOC_EXPERT}))


def can_view_practice(actor: Actor, practice: GoodPractice) -> bool:
    """Practices are shared between the cities of one network."""
    return actor.network_id == practice.network_id and can_view_matrix(actor)


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
