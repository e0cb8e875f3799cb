"""Inviting people, and what becomes of an invitation."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aoce.common import mail
from partners import policies
from partners.actors import Actor
from partners.enums import CITY_ROLES
from partners.models import Invitation, Membership, Network, Partner, User
from partners.models.people import invitation_expiry


class Outcome(StrEnum):
    """What became of one address that was to be invited."""

    INVITED = "invited"
    MEMBER = "member"
    PENDING = "pending"
    INVALID = "invalid"


class InvitationState(StrEnum):
    """Where an invitation stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class InvitationClosedError(Exception):
    """The invitation leads nowhere any more; ``state`` says why."""

    def __init__(self, state: InvitationState) -> None:
        """Keep the reason."""
        super().__init__(state)
        self.state = state


class WrongAccountError(Exception):
    """The person signed in is not the one who was invited."""


@dataclass(frozen=True)
class Invited:
    """One address and what became of it."""

    email: str
    outcome: Outcome


def state_of(invitation: Invitation) -> InvitationState:
    """Return where an invitation stands now."""
    if invitation.accepted_at:
        return InvitationState.ACCEPTED
    if invitation.revoked_at:
        return InvitationState.REVOKED
    return InvitationState.OPEN if invitation.expires_at > timezone.now() else InvitationState.EXPIRED


def _guard(actor: Actor, network_id: int) -> None:
    if actor.network_id != network_id or not policies.can_manage_people(actor):
        raise PermissionDenied


def _city(role: str, partner: Partner | None, network_id: int) -> Partner | None:
    """Return the city a role is for; ValidationError when a city role has none of this network."""
    if role not in CITY_ROLES:
        return None
    if partner is None or partner.network_id != network_id:
        raise ValidationError({"partner": _("A role in a city needs a city of this network.")})
    return partner


def _mail(invitation: Invitation) -> None:
    """Put the invitation's mail into the outbox."""
    path = reverse("account_pages:invitation", kwargs={"token": invitation.token})
    mail.queue(
        to=invitation.email,
        network=invitation.network,
        purpose="invitation",
        template="invitation",
        language=invitation.language,
        context={
            "invitation": invitation,
            "network": invitation.network,
            "inviter": invitation.invited_by,
            "url": f"{settings.SITE_URL}{path}",
        },
    )


def invite(
    *,
    actor: Actor,
    network: Network,
    emails: list[str],
    role: str,
    partner: Partner | None = None,
    language: str = "en",
    expires_membership: dt.date | None = None,
) -> list[Invited]:
    """Invite each address and mail it a link; returns what became of each, in their order.

    Nobody gets a second invitation for the same role while one is open, and nobody who has the role already gets one.
    """
    _guard(actor, network.pk)
    city = _city(role, partner, network.pk)
    done: list[Invited] = []
    with transaction.atomic():
        for written in dict.fromkeys(e.strip().lower() for e in emails if e.strip()):
            try:
                validate_email(written)
            except ValidationError:
                done.append(Invited(written, Outcome.INVALID))
                continue
            same = {"network": network, "role": role, "partner": city}
            if Membership.objects.live().filter(user__email__iexact=written, **same).exists():
                done.append(Invited(written, Outcome.MEMBER))
                continue
            if Invitation.objects.open().filter(email__iexact=written, **same).exists():
                done.append(Invited(written, Outcome.PENDING))
                continue
            known = User.objects.filter(email__iexact=written).first()
            invitation = Invitation.objects.create(
                email=written,
                language=known.language if known else language,
                expires_membership=expires_membership,
                invited_by_id=actor.user_id,
                **same,
            )
            _mail(invitation)
            done.append(Invited(written, Outcome.INVITED))
    return done


def resend(*, actor: Actor, invitation: Invitation) -> None:
    """Mail the link again and let it run for the full time from now; an expired one opens again."""
    _guard(actor, invitation.network_id)
    with transaction.atomic():
        locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if state_of(locked) in {InvitationState.ACCEPTED, InvitationState.REVOKED}:
            raise InvitationClosedError(state_of(locked))
        locked.expires_at = invitation_expiry()
        locked.save(update_fields=["expires_at"])
        _mail(locked)


def revoke(*, actor: Actor, invitation: Invitation) -> None:
    """Make the link lead nowhere."""
    _guard(actor, invitation.network_id)
    with transaction.atomic():
        locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if state_of(locked) is InvitationState.ACCEPTED:
            raise InvitationClosedError(InvitationState.ACCEPTED)
        if locked.revoked_at is None:
            locked.revoked_at = timezone.now()
            locked.save(update_fields=["revoked_at"])


def accept_as_new(*, invitation: Invitation, name: str, language: str, password: str) -> User:
    """Make the account the invitation is for and let it in; the mailbox is proven by the link.

    Raises InvitationClosedError; WrongAccountError when the address has an account already.
    """
    with transaction.atomic():
        locked = _open(invitation)
        if User.objects.filter(email__iexact=locked.email).exists():
            raise WrongAccountError
        zone = locked.partner.time_zone if locked.partner else locked.network.time_zone
        user = User.objects.create_user(locked.email, password, name=name, language=language, time_zone=zone)
        EmailAddress.objects.create(user=user, email=locked.email, verified=True, primary=True)
        _join(locked, user)
    return user


def accept_as(*, invitation: Invitation, user: User) -> Membership:
    """Let an existing account in. Raises InvitationClosedError; WrongAccountError if it is somebody else's."""
    with transaction.atomic():
        locked = _open(invitation)
        if user.email.lower() != locked.email.lower():
            raise WrongAccountError
        return _join(locked, user)


def _open(invitation: Invitation) -> Invitation:
    """Return the invitation under a lock; InvitationClosedError if it is not open."""
    locked = (
        Invitation.objects.select_for_update(of=("self",)).select_related("network", "partner").get(pk=invitation.pk)
    )
    state = state_of(locked)
    if state is not InvitationState.OPEN:
        raise InvitationClosedError(state)
    return locked


def _join(invitation: Invitation, user: User) -> Membership:
    """Give the role and close the invitation."""
    membership, _made = Membership.objects.update_or_create(
        user=user,
        network=invitation.network,
        role=invitation.role,
        partner=invitation.partner,
        defaults={"is_active": True, "expires": invitation.expires_membership},
    )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    return membership
