"""What upper floors add to a city's page: each registers a panel in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Partner


@dataclass(frozen=True)
class Panel:
    """A part of a city's page: a template and what it shows.

    ``context(actor, partner)`` returns the template's context, or None where there is nothing for this actor.
    """

    template: str
    context: Callable[[Actor, Partner], dict[str, Any] | None]
    order: int = 50


PANELS: list[Panel] = []


def register(panel: Panel) -> None:
    """Add a panel."""
    PANELS.append(panel)
    PANELS.sort(key=lambda p: p.order)


def panels_for(actor: Actor, partner: Partner) -> list[tuple[str, dict[str, Any]]]:
    """Return template and context of every panel this actor sees of the city."""
    found = []
    for panel in PANELS:
        context = panel.context(actor, partner)
        if context is not None:
            found.append((panel.template, context))
    return found
