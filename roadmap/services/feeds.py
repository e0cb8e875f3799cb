"""A person's calendar address: made, renewed, revoked by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from roadmap.models import CalendarFeed
from roadmap.models.reminders import feed_secret

if TYPE_CHECKING:
    from partners.actors import Actor


def renew_feed(*, actor: Actor) -> CalendarFeed:
    """Give the person a new secret address in this network; one they had before stops working."""
    if not actor.roles:
        raise PermissionDenied
    feed, _created = CalendarFeed.objects.update_or_create(
        user_id=actor.user_id, network_id=actor.network_id, defaults={"secret": feed_secret()}
    )
    return feed


def revoke_feed(*, actor: Actor) -> None:
    """Take the person's address away."""
    CalendarFeed.objects.filter(user_id=actor.user_id, network_id=actor.network_id).delete()
