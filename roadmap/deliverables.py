"""What can be handed in, and where: each app registers the kinds it can fulfil in ``AppConfig.ready``.

The roadmap knows no upper floor; it finds addresses and labels here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from roadmap.models import Obligation


@dataclass(frozen=True)
class DeliverableKind:
    """A kind of thing that fulfils an obligation.

    ``start_url(network_slug, obligation)`` opens the form for whoever owes it;
    ``detail_url(network_slug, deliverable_id)`` shows what was handed in, and lets a checker check it.
    """

    code: str
    label: Any
    start_url: Callable[[str, Obligation], str]
    detail_url: Callable[[str, int], str]
    #: Whose check it is: roles as in ``partners.enums.Role``.
    checked_by: tuple[str, ...] = ("lead_partner",)


KINDS: dict[str, DeliverableKind] = {}


def register(kind: DeliverableKind) -> None:
    """Make a kind known."""
    KINDS[kind.code] = kind


def choices() -> list[tuple[str, Any]]:
    """Return the kinds as form choices."""
    return [(kind.code, kind.label) for kind in KINDS.values()]


def url_for(network_slug: str, obligation: Obligation) -> str:
    """Return where an obligation leads: to what was handed in, else to the form that starts it, else ""."""
    if obligation.deliverable_id is not None:
        return KINDS[obligation.deliverable].detail_url(network_slug, obligation.deliverable_id)
    kind = KINDS.get(obligation.task.deliverable)
    return kind.start_url(network_slug, obligation) if kind else ""
