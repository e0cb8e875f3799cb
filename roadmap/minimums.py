"""What every city promised to reach: upper floors tell how far each is.

The minimums themselves are the network's (``Network.minimums``: code → number). The floor that keeps the counted things
registers who counts them in ``AppConfig.ready``; a minimum nobody counts yet stands at none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network


@dataclass(frozen=True)
class Count:
    """How many of the counted things are done, and how many are begun."""

    done: int = 0
    drafts: int = 0


#: ``provider(actor, partner_ids)`` counts, for each code it registered, each of these cities. One query.
Provider = Callable[["Actor", Collection[int]], dict[str, dict[int, Count]]]

#: What the network's usual minimums are called, also before anybody counts them. Others of the network's (reports,
#: articles) are not a city's.
LABELS: dict[str, Any] = {
    "ulg_meetings": _("ULG meetings"),
    "learning_needs": _("Learning needs"),
    "grids_meeting": _("Learning grids, meetings"),
    "grids_horizontal": _("Learning grids, horizontal themes"),
}
PROVIDERS: dict[str, Provider] = {}


def register(labels: Mapping[str, Any], provider: Provider) -> None:
    """Tell what minimums are called, by their code, and who counts them."""
    LABELS.update(labels)
    PROVIDERS.update(dict.fromkeys(labels, provider))


@dataclass(frozen=True)
class Minimum:
    """One minimum of one city; ``pips`` has one word (full, half, to-go) for each unit asked for."""

    code: str
    label: Any
    needed: int
    count: Count

    @property
    def pips(self) -> list[str]:
        """Return the boxes to draw: full for done, half for begun."""
        full = min(self.count.done, self.needed)
        half = min(self.count.drafts, self.needed - full)
        return ["full"] * full + ["half"] * half + ["to-go"] * (self.needed - full - half)


def minimums_of(actor: Actor, network: Network, partner_id: int) -> list[Minimum]:
    """Return how far a city is with each minimum that a city has to reach."""
    asked = [code for code in LABELS if code in network.minimums]
    counted: dict[str, dict[int, Count]] = {}
    for provider in dict.fromkeys(PROVIDERS[code] for code in asked if code in PROVIDERS):
        counted |= provider(actor, [partner_id])
    return [
        Minimum(code, LABELS[code], network.minimums[code], counted.get(code, {}).get(partner_id, Count()))
        for code in asked
    ]
