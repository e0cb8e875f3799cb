"""Addresses of things by the hundred: the route is looked up once, not once a cell."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse

#: No row has this number, and no slug is made of it alone.
PLACEHOLDER = 987654321


@lru_cache(maxsize=1024)
def around(name: str, slug: str) -> tuple[str, str]:
    """Return what stands before and after the number in a route's address."""
    before, _number, after = reverse(name, kwargs={"network": slug, "pk": PLACEHOLDER}).rpartition(str(PLACEHOLDER))
    return before, after


def path_of(name: str, slug: str, pk: int) -> str:
    """Return the address of a route that takes the network and one number."""
    before, after = around(name, slug)
    return f"{before}{pk}{after}"
