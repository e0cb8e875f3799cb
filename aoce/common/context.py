"""What every template gets: the network, who is looking, and the main menu."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from aoce.common.navigation import ENTRIES


def portal(request: HttpRequest) -> dict[str, Any]:
    """Return ``network``, ``actor``, ``membership`` and ``menu`` (what this actor sees); empty outside a network."""
    actor = getattr(request, "actor", None)
    menu = []
    if actor is not None:
        match = request.resolver_match
        section = match.namespace if match else ""
        view_name = match.view_name if match else ""
        address = match.route.removeprefix("n/<slug:network>/") if match else ""
        menu = [
            {
                "label": e.label,
                "url_name": e.url_name,
                "current": e.url_name == view_name
                or section == e.section
                or (e.section.endswith("/") and address.startswith(e.section)),
            }
            for e in ENTRIES
            if e.shown(actor)
        ]
    return {
        "network": getattr(request, "network", None),
        "actor": actor,
        "membership": getattr(request, "membership", None),
        "menu": menu,
        "languages": settings.LANGUAGES,
        "debug": settings.DEBUG,
    }
