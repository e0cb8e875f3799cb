"""Who may do what with cities and people. Pure functions of an actor and an object; querysets say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from partners.enums import Role

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Invitation, LocalGroupMember, Membership, Partner, PartnerFact, Person


def _inside(actor: Actor, network_id: int) -> bool:
    return actor.network_id == network_id and (bool(actor.roles) or actor.is_system)


def can_view_partner(actor: Actor, partner: Partner) -> bool:
    """Everyone in the network sees its cities."""
    return _inside(actor, partner.network_id)


def can_view_fact(actor: Actor, fact: PartnerFact) -> bool:
    """Facts are seen with their city."""
    return can_view_partner(actor, fact.partner)


def can_edit_partner(actor: Actor, partner: Partner) -> bool:
    """The Lead Partner edits every city, a coordinator their own."""
    return _inside(actor, partner.network_id) and (actor.is_lead_partner or partner.pk in actor.coordinated_partner_ids)


def can_view_membership(actor: Actor, membership: Membership) -> bool:
    """Everybody sees who is who; ULG members their own city's people, the coordinators and the network's."""
    if not _inside(actor, membership.network_id):
        return False
    if actor.roles != frozenset({Role.MEMBER}):
        return True
    return (
        membership.partner_id is None
        or membership.partner_id in actor.partner_ids
        or membership.role == Role.COORDINATOR
    )


def can_manage_people(actor: Actor) -> bool:
    """The Lead Partner invites, changes and ends memberships."""
    return actor.is_lead_partner


def can_edit_membership(actor: Actor, membership: Membership) -> bool:
    """Only in the own network."""
    return _inside(actor, membership.network_id) and can_manage_people(actor)


def can_view_invitation(actor: Actor, invitation: Invitation) -> bool:
    """Whoever invites sees the invitations."""
    return _inside(actor, invitation.network_id) and can_manage_people(actor)


def can_view_group_member(actor: Actor, member: LocalGroupMember) -> bool:
    """Names of a local group stay with the city and those who lead the network."""
    if not _inside(actor, member.partner.network_id):
        return False
    return actor.leads or actor.is_system or member.partner_id in actor.partner_ids


def can_view_person(actor: Actor, person: Person) -> bool:
    """Say what ``PersonQuerySet.visible_to`` says for one person."""
    if not _inside(actor, person.network_id):
        return False
    return actor.leads or actor.is_system or person.partner_id in actor.partner_ids


def can_merge_person(actor: Actor, person: Person) -> bool:
    """The Lead Partner, and a coordinator for people of the own city."""
    if not _inside(actor, person.network_id):
        return False
    return actor.is_lead_partner or person.partner_id in actor.coordinated_partner_ids


def can_merge_people(actor: Actor) -> bool:
    """Say whether the page with who may be one person is for this actor."""
    return actor.is_lead_partner or bool(actor.coordinated_partner_ids)


def can_view_group(actor: Actor, partner: Partner) -> bool:
    """Say whether the page with the group's names is for this actor."""
    return _inside(actor, partner.network_id) and (actor.leads or actor.is_system or partner.pk in actor.partner_ids)


def can_edit_group(actor: Actor, partner: Partner) -> bool:
    """As the city itself."""
    return can_edit_partner(actor, partner)
