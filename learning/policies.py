"""Who may see practices and needs; the querysets say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from partners.enums import Role

if TYPE_CHECKING:
    from learning.models import GoodPractice, KnowledgeNeed, WorkingGroup
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
