"""The calendar address: its page, and the feed itself."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partners.middleware import LANGUAGE_CODES, actor_from
from partners.models import Membership
from roadmap.models import CalendarFeed
from roadmap.services.feeds import renew_feed, revoke_feed

REMEMBERED = 60 * 60 * 24 * 30


@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """GET: the person's calendar address. POST with ``do``: ``renew`` or ``revoke`` it."""
    if request.method == "POST":
        do = request.POST.get("do")
        if do == "renew":
            renew_feed(actor=request.actor)
            messages.success(request, _("Here is your new address. An earlier one does not work any more."))
        elif do == "revoke":
            revoke_feed(actor=request.actor)
            messages.success(request, _("Your calendar address does not work any more."))
        else:
            return HttpResponseBadRequest()
        return redirect("roadmap:calendar", network=request.network.slug)
    feed = CalendarFeed.objects.filter(user=request.user, network=request.network).first()
    url = settings.SITE_URL + reverse("calendar:feed", args=[feed.secret]) if feed else ""
    return render(
        request,
        "roadmap/calendar.html",
        {"feed": feed, "url": url, "webcal": url.replace("https://", "webcal://").replace("http://", "webcal://")},
    )


def _changed(feed: CalendarFeed, etag: str) -> datetime:
    """Return since when the feed has had this content, as far as is remembered."""
    key = f"calendar-feed-{feed.pk}"
    known = cache.get(key)
    if known and known[0] == etag:
        return known[1]
    now = timezone.now().replace(microsecond=0)
    cache.set(key, (etag, now), REMEMBERED)
    return now


@require_http_methods(["GET", "HEAD"])
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Serve the calendar to whoever knows the secret, while its owner is in the network."""
    found = get_object_or_404(CalendarFeed.objects.select_related("user", "network"), secret=secret)
    memberships = list(Membership.objects.of_user_in(found.user_id, found.network.slug))
    if not memberships:
        raise Http404
    from roadmap.calendar import feed_of  # icalendar is loaded only when asked for

    actor = actor_from(memberships)
    language = found.user.language if found.user.language in LANGUAGE_CODES else settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(found.network.tz):
        body = feed_of(actor, found.network, several_cities=len(actor.coordinated_partner_ids) > 1)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    changed = _changed(found, etag)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{found.network.slug}.ics"'
    response["ETag"] = etag
    response["Last-Modified"] = http_date(changed.timestamp())
    response["Cache-Control"] = "private, max-age=900"
    response["X-Robots-Tag"] = "noindex"
    stamp = int(changed.astimezone(UTC).timestamp())
    return get_conditional_response(request, etag=etag, last_modified=stamp, response=response)
