"""The code to sign in with, shown large: of a meeting of the network, and of a local one."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meetings.models import Attendee, Participation, Presence
from meetings.passes import ROTATE_SECONDS, wall_code
from meetings.services.participation import today_at
from meetings.services.presence import expected_at
from meetings.views.participation import days_of, hosted
from meetings.views.ulg_planning import planned


def _wall(
    request: HttpRequest, meeting: object, code: str, *, today: date, is_day: bool, **more: object
) -> HttpResponse:
    import segno  # loaded only where a code is shown

    url = request.build_absolute_uri(reverse("sign:page", kwargs={"code": code}))
    context = {
        "meeting": meeting,
        "today": today,
        "is_day": is_day,
        "url": url,
        "qr": segno.make(url, error="m").svg_inline(border=2, svgclass="qr", lineclass="", omitsize=True),
        "seconds": ROTATE_SECONDS,
    }
    return render(request, "meetings/sign_wall.html", context | more)


@require_safe
@never_cache
def network_wall(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the code of today's meeting of the network; it changes every few minutes."""
    meeting = hosted(request, slug)
    today = today_at(meeting)
    names = {"network": request.network.slug, "slug": slug}
    crumbs = [
        (str(meeting), reverse("meetings:detail", kwargs=names)),
        (_("Participants"), reverse("meetings:participants", kwargs=names)),
    ]
    return _wall(
        request,
        meeting,
        wall_code(meeting.pk, today),
        today=today,
        is_day=today in days_of(meeting),
        signed=Presence.objects.filter(participation__meeting=meeting, day=today).count(),
        expected=Participation.objects.filter(meeting=meeting).count(),
        crumbs=crumbs,
    )


@require_safe
@never_cache
def local_wall(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the code of today's local meeting; it changes every few minutes."""
    meeting = planned(request, pk)
    today = request.network.today()
    address = reverse("meetings:ulg_meeting", kwargs={"network": request.network.slug, "pk": pk})
    crumbs = [
        (_("ULG meetings"), reverse("meetings:ulg_list", kwargs={"network": request.network.slug})),
        (str(meeting), address),
    ]
    return _wall(
        request,
        meeting,
        wall_code(meeting.pk, today, local=True),
        today=today,
        is_day=meeting.date == today and meeting.cancelled_at is None,
        signed=Attendee.objects.filter(report__meeting=meeting).count(),
        expected=len(expected_at(meeting, today)),
        crumbs=crumbs,
    )
