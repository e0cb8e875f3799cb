"""The main menu: each app adds its entries in ``AppConfig.ready``; the base template draws them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One entry of the main menu, shown where ``shown(actor)`` is true."""

    label: Any
    url_name: str
    order: int
    shown: Callable[[Any], bool] = lambda _actor: True
    #: Where the entry is the current one: an app's namespace, or with a slash the beginning of the addresses below the
    #: network's.
    section: str = ""


ENTRIES: list[Entry] = []


def register(entry: Entry) -> None:
    """Add an entry; call it from ``AppConfig.ready``."""
    ENTRIES.append(entry)
    ENTRIES.sort(key=lambda e: e.order)
