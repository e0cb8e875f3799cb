"""Joint events with other networks, and guests from outside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from meetings import policies
from meetings.models import OutsideGuest, PartnerNetwork, TransnationalMeeting

if TYPE_CHECKING:
    from partners.actors import Actor


def _check(actor: Actor, meeting: TransnationalMeeting) -> None:
    if not policies.can_edit_meeting(actor, meeting):
        raise PermissionDenied


def add_guest(
    *,
    actor: Actor,
    meeting: TransnationalMeeting,
    name: str,
    organisation: str = "",
    part: str = "",
    partner_network: PartnerNetwork | None = None,
) -> OutsideGuest:
    """Write down a guest of a meeting. Raises PermissionDenied."""
    _check(actor, meeting)
    if partner_network is not None and partner_network.network_id != meeting.network_id:
        raise PermissionDenied
    return OutsideGuest.objects.create(
        meeting=meeting, name=name, organisation=organisation, part=part, partner_network=partner_network
    )


def remove_guest(*, actor: Actor, guest: OutsideGuest) -> None:
    """Take a guest out. Raises PermissionDenied."""
    _check(actor, guest.meeting)
    guest.delete()


def set_networks(*, actor: Actor, meeting: TransnationalMeeting, networks: Iterable[PartnerNetwork]) -> None:
    """Say with which other networks a meeting is held. Raises PermissionDenied."""
    _check(actor, meeting)
    chosen = list(networks)
    if any(one.network_id != meeting.network_id for one in chosen):
        raise PermissionDenied
    with transaction.atomic():
        TransnationalMeeting.objects.select_for_update().get(pk=meeting.pk)
        for one in PartnerNetwork.objects.filter(network=meeting.network_id):
            if one in chosen:
                one.meetings.add(meeting)
            else:
                one.meetings.remove(meeting)
