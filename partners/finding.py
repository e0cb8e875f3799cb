"""What of cities and people the search finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aoce.common.search import Hit, Source, matching, register

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network


def cities(actor: Actor, network: Network, words: Sequence[str], most: int) -> Iterator[Hit]:
    """Find cities by name, organisation, region and profile. One query."""
    from partners.models import Partner

    texts = ("name", "organisation", "region", "profile_participation", "profile_practice", "profile_forward")
    for city in matching(Partner.objects.visible_to(actor), words, *texts)[:most]:
        url = reverse("partners:detail", kwargs={"network": network.slug, "slug": city.slug})
        yield Hit(city.name, url, city.organisation)


def people(actor: Actor, network: Network, words: Sequence[str], most: int) -> Iterator[Hit]:
    """Find who is who, then people on lists whose names the actor may see. Two queries."""
    from partners.models import Membership, Person

    rows = matching(Membership.objects.visible_to(actor).live(), words, "user__name", "user__organisation")
    left = most
    place = reverse("partners:people", kwargs={"network": network.slug})
    for row in rows.select_related("user", "partner").order_by("user__name", "pk")[:most]:
        left -= 1
        where = f", {row.partner}" if row.partner else ""
        yield Hit(str(row.user), place, f"{row.get_role_display()}{where}")
    if left <= 0:
        return
    found = matching(Person.objects.visible_to(actor).standing(), words, "name", "organisation")
    for person in found.select_related("partner", "kind")[:left]:
        url = place
        if person.partner:
            url = reverse("partners:group", kwargs={"network": network.slug, "slug": person.partner.slug})
        known = (person.organisation, str(person.kind or ""), str(person.partner or ""))
        yield Hit(person.name, url, ", ".join(part for part in known if part))


def ready() -> None:
    """Tell the search."""
    register(Source("cities", _("Cities"), cities, 30))
    register(Source("people", _("People"), people, 40))
