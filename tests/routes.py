"""Every address of the URLconf by its name: what the tests that look at everything walk over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class FoundRoute:
    """An address pattern: its full name and the names of its arguments."""

    name: str
    arguments: tuple[str, ...]


def walk(resolver: URLResolver, namespace: str = "", arguments: tuple[str, ...] = ()) -> Iterator[FoundRoute]:
    """Yield every pattern below ``resolver``."""
    for entry in resolver.url_patterns:
        found = (*arguments, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLPattern):
            yield FoundRoute(f"{namespace}{entry.name}", found)
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from walk(entry, inner, found)


def all_routes() -> list[FoundRoute]:
    """Return every route of the portal, the admin's and allauth's included."""
    return list(walk(get_resolver()))
