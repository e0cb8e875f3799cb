"""Editing a city's profile, facts and local group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from partners import policies
from partners.actors import Actor
from partners.enums import FactKind
from partners.models import LocalGroupMember, LocalSubGroup, Partner, PartnerFact, StakeholderKind
from partners.services.persons import Named, person_for

EDITABLE = ("name", "organisation", "region", "profile_participation", "profile_practice", "profile_forward")
FACT_FIELDS = ("printed", "value", "unit", "year", "summary", "source", "source_date", "is_doubtful", "note")


def update_partner(*, actor: Actor, partner: Partner, changes: dict[str, Any]) -> list[str]:
    """Write changed fields of ``EDITABLE``; returns their names. Raises PermissionDenied."""
    if not policies.can_edit_partner(actor, partner):
        raise PermissionDenied
    with transaction.atomic():
        locked = Partner.objects.select_for_update().get(pk=partner.pk)
        changed = [name for name in EDITABLE if name in changes and getattr(locked, name) != changes[name]]
        for name in changed:
            setattr(locked, name, changes[name])
        if changed:
            locked.save(update_fields=changed)
    partner.refresh_from_db()
    return changed


def save_fact(*, actor: Actor, partner: Partner, kind: str, changes: dict[str, Any]) -> list[str]:
    """Write changed fields of ``FACT_FIELDS`` of one fact, made if the city has none of this kind; returns their names.

    Raises PermissionDenied.
    """
    if not policies.can_edit_partner(actor, partner):
        raise PermissionDenied
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        fact = PartnerFact.objects.filter(partner=partner, kind=kind).first()
        if fact is None:
            fact = PartnerFact(partner=partner, kind=kind, position=FactKind.values.index(kind))
        changed = [name for name in FACT_FIELDS if name in changes and getattr(fact, name) != changes[name]]
        for name in changed:
            setattr(fact, name, changes[name])
        if changed:
            fact.save()
    return changed


def save_group_member(
    *,
    actor: Actor,
    partner: Partner,
    name: str,
    organisation: str = "",
    kind: StakeholderKind | None = None,
    email: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
    member: LocalGroupMember | None = None,
) -> LocalGroupMember:
    """Add somebody to a city's local group, or change who they are. Raises PermissionDenied."""
    if not policies.can_edit_group(actor, partner) or (member is not None and member.partner_id != partner.pk):
        raise PermissionDenied
    if kind is not None and kind.network_id != partner.network_id:
        raise PermissionDenied
    member = member or LocalGroupMember(partner=partner)
    member.name, member.organisation, member.kind, member.email = name, organisation, kind, email
    member.since, member.until = since, until
    member.full_clean(exclude=["partner", "kind", "person"])
    with transaction.atomic():
        if member.person is None:
            named = Named(name, organisation, kind.pk if kind else None, email)
            member.person = person_for(network_id=partner.network_id, partner_id=partner.pk, named=named)
        else:  # a corrected name is the same human's
            person = member.person
            person.name, person.organisation, person.kind, person.email = name, organisation, kind, email
            person.save()
        member.save()
    return member


def end_group_member(*, actor: Actor, member: LocalGroupMember, day: dt.date) -> None:
    """Say that somebody leaves the group after this day; they stay in the list of former members."""
    if not policies.can_edit_group(actor, member.partner):
        raise PermissionDenied
    member.until = max(day, member.since) if member.since else day
    member.save(update_fields=["until"])


def save_sub_group(
    *,
    actor: Actor,
    partner: Partner,
    name: str,
    purpose: str = "",
    members: Iterable[LocalGroupMember] = (),
    sub_group: LocalSubGroup | None = None,
) -> LocalSubGroup:
    """Make a sub-group of a city's local group, or change it and who is in it. Raises PermissionDenied."""
    if not policies.can_edit_group(actor, partner) or (sub_group is not None and sub_group.partner_id != partner.pk):
        raise PermissionDenied
    chosen = list(members)
    if any(member.partner_id != partner.pk for member in chosen):
        raise PermissionDenied
    with transaction.atomic():
        row = sub_group or LocalSubGroup(partner=partner)
        row.name, row.purpose = name, purpose
        row.full_clean(exclude=["partner"])
        row.save()
        row.members.set(chosen)
    return row


def remove_sub_group(*, actor: Actor, sub_group: LocalSubGroup) -> None:
    """Take a sub-group away; its members stay in the group, its meetings stay the city's. Raises PermissionDenied."""
    if not policies.can_edit_group(actor, sub_group.partner):
        raise PermissionDenied
    sub_group.delete()
