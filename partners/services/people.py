"""Changing and ending memberships, and one's own profile."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from partners import policies
from partners.actors import Actor
from partners.enums import CITY_ROLES, Role
from partners.models import Membership, Partner, User


class LastLeadPartnerError(Exception):
    """A network keeps at least one person who leads it."""


def _locked(actor: Actor, membership: Membership) -> Membership:
    if not policies.can_edit_membership(actor, membership):
        raise PermissionDenied
    # All of the network's Lead Partner rows, so that two people cannot end each other's at once.
    list(
        Membership.objects.select_for_update()
        .filter(network_id=membership.network_id, role=Role.LEAD_PARTNER)
        .values_list("pk")
    )
    return Membership.objects.select_for_update().get(pk=membership.pk)


def _keep_a_lead(membership: Membership) -> None:
    others = Membership.objects.live().filter(network_id=membership.network_id, role=Role.LEAD_PARTNER, expires=None)
    if membership.role == Role.LEAD_PARTNER and not others.exclude(pk=membership.pk).exists():
        raise LastLeadPartnerError


def change_membership(
    *, actor: Actor, membership: Membership, role: str, partner: Partner | None = None, expires: dt.date | None = None
) -> Membership:
    """Give a membership another role, city or end.

    Raises PermissionDenied; LastLeadPartnerError; ValidationError when the city is missing, not of this network, or
    the person has that role already.
    """
    with transaction.atomic():
        locked = _locked(actor, membership)
        if role != Role.LEAD_PARTNER or expires is not None:
            _keep_a_lead(locked)
        city = partner if role in CITY_ROLES else None
        if role in CITY_ROLES and (city is None or city.network_id != locked.network_id):
            raise ValidationError({"partner": _("Choose the city this person belongs to.")})
        same = Membership.objects.filter(user_id=locked.user_id, network_id=locked.network_id, role=role, partner=city)
        if same.exclude(pk=locked.pk).exists():
            raise ValidationError({"role": _("This person has this role already.")})
        locked.role, locked.partner, locked.expires = role, city, expires
        locked.save(update_fields=["role", "partner", "expires"])
    return locked


def end_membership(*, actor: Actor, membership: Membership) -> None:
    """End a membership now; what the person wrote stays. Raises PermissionDenied, LastLeadPartnerError."""
    with transaction.atomic():
        locked = _locked(actor, membership)
        _keep_a_lead(locked)
        locked.is_active = False
        locked.save(update_fields=["is_active"])


def resume_membership(*, actor: Actor, membership: Membership) -> None:
    """Bring back a membership that was ended, without an end date."""
    with transaction.atomic():
        locked = _locked(actor, membership)
        locked.is_active, locked.expires = True, None
        locked.save(update_fields=["is_active", "expires"])


def update_profile(*, user: User, name: str, organisation: str, language: str, time_zone: str) -> None:
    """Change one's own name, organisation, language and time zone."""
    user.name, user.organisation, user.language, user.time_zone = name, organisation, language, time_zone
    user.full_clean(exclude=["password"], validate_constraints=False)
    user.save(update_fields=["name", "organisation", "language", "time_zone"])
