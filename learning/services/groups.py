"""Working groups: taken from the proposal, adjusted by whoever leads, joined and left by cities."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from learning import policies
from learning.groups import MOST_GROUPS, Proposed, Topic, propose, topics_of
from learning.models import GoodPractice, KnowledgeNeed, WorkingGroup, WorkingGroupCity
from partners.models import Network, Partner, SubTheme

if TYPE_CHECKING:
    from partners.actors import Actor


def topics_for(network: Network) -> list[Topic]:
    """Return the network's matrix as topics, in its order. Three queries."""
    keys = SubTheme.objects.filter(theme__network=network).values_list("pk", flat=True)
    needs = KnowledgeNeed.objects.open().filter(network=network).values_list("sub_theme", "partner")
    rows = GoodPractice.objects.filter(network=network, owner__isnull=False, sub_themes__isnull=False)
    return topics_of(keys, needs, rows.order_by().values_list("sub_themes", "owner"))


def proposal_for(network: Network, cities: Collection[Partner], size: int) -> list[Proposed]:
    """Return the groups the matrix speaks for."""
    return propose(topics_for(network), [city.pk for city in cities], size)


def take(*, actor: Actor, network: Network, size: int) -> int:
    """Make the proposed groups; groups there are already go. Returns how many. Raises PermissionDenied."""
    if not policies.can_adjust_groups(actor) or network.pk != actor.network_id:
        raise PermissionDenied
    with transaction.atomic():
        Network.objects.select_for_update().get(pk=network.pk)
        cities = list(Partner.objects.filter(network=network, is_active=True))
        proposed = proposal_for(network, cities, size)
        WorkingGroup.objects.filter(network=network).delete()
        for one in proposed:
            group = WorkingGroup.objects.create(network=network, sub_theme_id=one.topic.key)
            WorkingGroupCity.objects.bulk_create(
                WorkingGroupCity(group=group, partner=city, by_id=actor.user_id)
                for city in cities
                if city.pk in one.members
            )
    return len(proposed)


def _room_for(city: Partner, but: WorkingGroup | None = None) -> bool:
    rows = WorkingGroupCity.objects.filter(partner=city, group__network=city.network_id)
    if but is not None:
        rows = rows.exclude(group=but)
    return rows.count() < MOST_GROUPS


def _full(city: Partner) -> ValidationError:
    words = _("%(city)s is in %(most)s groups already. It leaves one first.")
    return ValidationError(words % {"city": city, "most": MOST_GROUPS})


def save_group(
    *,
    actor: Actor,
    network: Network,
    sub_theme: SubTheme,
    name: str,
    purpose: str,
    cities: Iterable[Partner],
    group: WorkingGroup | None = None,
) -> WorkingGroup:
    """Make a group or change it and its cities. Raises PermissionDenied; ValidationError for a city in too many."""
    chosen = list(cities)
    if not policies.can_adjust_groups(actor) or network.pk != actor.network_id:
        raise PermissionDenied
    if sub_theme.theme.network_id != network.pk or any(city.network_id != network.pk for city in chosen):
        raise PermissionDenied
    with transaction.atomic():
        Network.objects.select_for_update().get(pk=network.pk)
        row = group or WorkingGroup(network=network)
        full = [city for city in chosen if not _room_for(city, row if row.pk else None)]
        if full:
            raise _full(full[0])
        row.sub_theme, row.name, row.purpose = sub_theme, name.strip(), purpose.strip()
        row.save()
        WorkingGroupCity.objects.filter(group=row).exclude(partner__in=chosen).delete()
        known = set(row.cities.values_list("partner", flat=True))
        WorkingGroupCity.objects.bulk_create(
            WorkingGroupCity(group=row, partner=city, by_id=actor.user_id) for city in chosen if city.pk not in known
        )
    return row


def remove(*, actor: Actor, group: WorkingGroup) -> None:
    """Take a group away. Raises PermissionDenied."""
    if not policies.can_adjust_groups(actor) or group.network_id != actor.network_id:
        raise PermissionDenied
    group.delete()


def join(*, actor: Actor, group: WorkingGroup, city: Partner) -> None:
    """Let a city join. Raises PermissionDenied; ValidationError when it is in as many groups as a city may be."""
    if not policies.can_join_group(actor, group, city):
        raise PermissionDenied
    with transaction.atomic():
        Network.objects.select_for_update().get(pk=group.network_id)
        if WorkingGroupCity.objects.filter(group=group, partner=city).exists():
            return
        if not _room_for(city):
            raise _full(city)
        WorkingGroupCity.objects.create(group=group, partner=city, by_id=actor.user_id)


def leave(*, actor: Actor, group: WorkingGroup, city: Partner) -> None:
    """Let a city leave. Raises PermissionDenied."""
    if not policies.can_join_group(actor, group, city):
        raise PermissionDenied
    WorkingGroupCity.objects.filter(group=group, partner=city).delete()
