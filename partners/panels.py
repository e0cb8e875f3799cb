"""What upper floors add to the page of a city or a meeting: each registers a panel in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from partners.actors import Actor

Page = Literal["city", "meeting"]


@dataclass(frozen=True)
class Panel:
    """A part of a page: a template and what it shows.

    ``context(actor, subject)`` returns the template's context for a city (a meeting), or None where there is nothing
    for this actor.
    """

    template: str
    context: Callable[[Actor, Any], dict[str, Any] | None]
    order: int = 50
    page: Page = "city"


PANELS: list[Panel] = []


def register(panel: Panel) -> None:
    """Add a panel."""
    PANELS.append(panel)
    PANELS.sort(key=lambda p: p.order)


def panels_for(actor: Actor, subject: Any, *, page: Page = "city") -> list[tuple[str, dict[str, Any]]]:
    """Return template and context of every panel this actor sees of the city (of the meeting)."""
    found = []
    for panel in PANELS:
        context = panel.context(actor, subject) if panel.page == page else None
        if context is not None:
            found.append((panel.template, context))
    return found
