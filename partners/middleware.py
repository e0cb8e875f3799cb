"""Language of the person, and the network of the address."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation

from partners.actors import Actor
from partners.enums import Role
from partners.models import Membership

LANGUAGE_CODES = {code for code, _name in settings.LANGUAGES}


class LanguageMiddleware:
    """Speak the person's language, or the one they chose for this visit, or what the browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate language and time zone for the request."""
        user = request.user
        if user.is_authenticated:
            language = user.language if user.language in LANGUAGE_CODES else settings.LANGUAGE_CODE
            zone = user.time_zone
        else:
            language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
            if language not in LANGUAGE_CODES:
                language = translation.get_language_from_request(request)
            zone = settings.TIME_ZONE
        request.LANGUAGE_CODE = language
        with translation.override(language), timezone.override(zoneinfo.ZoneInfo(zone)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def actor_from(memberships: list[Any]) -> Actor:
    """Return the actor that these memberships (one user, one network, from ``of_user_in``) make."""
    first = memberships[0]
    roles = frozenset(m.role for m in memberships)
    coordinated = frozenset(m.partner_id for m in memberships if m.role == Role.COORDINATOR)
    partners = {m.partner_id for m in memberships if m.partner_id}
    if Role.LEAD_PARTNER in roles and first.lead_partner_id:
        partners.add(first.lead_partner_id)
    return Actor(
        user_id=first.user_id,
        network_id=first.network_id,
        roles=roles,
        partner_ids=frozenset(partners),
        coordinated_partner_ids=coordinated,
        membership_ids=frozenset(m.pk for m in memberships),
    )


class NetworkMiddleware:
    """For addresses below ``/n/<network>/``: find the network through the user's memberships, else 404.

    Sets ``request.network``, ``request.actor``, ``request.membership`` (the first) and ``request.memberships``; views
    do not get the slug as an argument. One query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponse], _args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Resolve the network; anonymous visitors are asked to sign in first."""
        slug = kwargs.pop("network", None)
        if slug is None:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        memberships = list(Membership.objects.of_user_in(request.user.pk, slug))
        if not memberships:
            raise Http404
        request.memberships = memberships
        request.membership = memberships[0]
        request.network = memberships[0].network
        request.actor = actor_from(memberships)
        request.user_networks = memberships[0].network_count
        return None
