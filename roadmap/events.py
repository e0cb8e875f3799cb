"""Events with a day: upper floors tell the roadmap theirs, for calendar feeds and the home pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from partners.actors import Actor


@dataclass(frozen=True)
class Event:
    """A meeting or other event. ``end`` is its last day; ``precision``: ``DatePrecision``; ``path`` in the site."""

    uid: str
    title: str
    start: date
    end: date
    precision: str
    path: str
    place: str = ""
    note: str = ""
    conflict: str = ""


Provider = Callable[["Actor", str], Iterable[Event]]
PROVIDERS: list[Provider] = []


def register(provider: Provider) -> None:
    """Add a provider: ``provider(actor, network_slug)`` gives the events this actor may see."""
    PROVIDERS.append(provider)


def events_for(actor: Actor, network_slug: str) -> list[Any]:
    """Return all events the actor may see, in order of their day."""
    return sorted((e for p in PROVIDERS for e in p(actor, network_slug)), key=lambda e: (e.start, e.title))
