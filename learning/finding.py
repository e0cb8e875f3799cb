"""What of the matrix the search finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aoce.common.search import Hit, Source, matching, register

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network


def practices(actor: Actor, network: Network, words: Sequence[str], most: int) -> Iterator[Hit]:
    """Find good practices by name, place, what it is, and what was approved of it. One query."""
    from learning.models import GoodPractice

    rows = matching(
        GoodPractice.objects.visible_to(actor), words, "name", "place", "owner__name", "summary", "published_text"
    )
    for row in rows.select_related("owner")[:most]:
        url = reverse("learning:practice", kwargs={"network": network.slug, "slug": row.slug})
        yield Hit(row.name, url, str(row.owner or row.place))


def ready() -> None:
    """Tell the search."""
    register(Source("practices", _("Good practices"), practices, 50))
