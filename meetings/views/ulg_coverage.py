"""The rule “before and after each transnational event”: for all cities, and one city on one line of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from meetings import policies
from meetings.coverage import WORDS, coverage_for, state_of
from meetings.deliverables import date_words
from meetings.models import TransnationalMeeting, UlgMeeting
from partners.models import Partner


@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """Show every city's meetings around each event: held, planned, missing."""
    actor = request.actor
    if not policies.can_view_coverage(actor):
        raise PermissionDenied
    cities = list(Partner.objects.visible_to(actor).filter(is_active=True))
    rows = coverage_for(actor, request.network, cities)
    context = {
        "rows": rows,
        "events": [slot.event for slot in rows[0].slots if slot.relation == "before"] if rows else [],
        "needed": request.network.minimums.get("ulg_meetings", 0),
        "legend": WORDS.values(),
        "held": sum(row.held for row in rows),
        "asked": sum(row.needed for row in rows),
    }
    return render(request, "meetings/ulg_coverage.html", context)


@dataclass(frozen=True)
class Moment:
    """Something on a city's line of time: an event of the network, or a local meeting."""

    day: date | None
    order: int
    title: str
    words: str
    url: str
    place: str = ""
    shape: str = ""
    word: Any = ""

    @property
    def is_event(self) -> bool:
        """Whether it is the network's."""
        return not self.shape


def _moments(request: HttpRequest, meetings: list[UlgMeeting], today: date) -> list[Moment]:
    slug = request.network.slug
    found = [
        Moment(
            day=event.start,
            order=0,
            title=event.title,
            words=date_words(event.start, event.end, event.date_precision, event.date_text),
            url=reverse("meetings:detail", kwargs={"network": slug, "slug": event.slug}),
            place=event.place,
        )
        for event in TransnationalMeeting.objects.visible_to(request.actor)
    ]
    for meeting in meetings:
        shape, word = WORDS[state_of(meeting, today)]
        words = date_words(meeting.date, meeting.date, "day") if meeting.date else ""
        found.append(
            Moment(
                day=meeting.date,
                order=1,
                title=str(meeting),
                words=words,
                url=reverse("meetings:ulg_meeting", kwargs={"network": slug, "pk": meeting.pk}),
                place=meeting.place,
                shape=shape,
                word=word,
            )
        )
    return sorted(found, key=lambda m: (m.day is None, m.day or today, m.order, m.title))


@require_safe
def city(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one city's local meetings on one line of time with the network's, and what is missing."""
    actor = request.actor
    found = get_object_or_404(Partner.objects.visible_to(actor), slug=slug)
    if not policies.can_view_city_coverage(actor, found):
        raise PermissionDenied
    row = coverage_for(actor, request.network, [found])[0]
    today = request.network.today()
    moments = _moments(request, row.meetings, today)
    context = {
        "city": found,
        "row": row,
        "behind": [m for m in moments if m.day is not None and m.day <= today],
        "ahead": [m for m in moments if m.day is not None and m.day > today],
        "undated": [m for m in moments if m.day is None],
        "today": today,
        "plans": policies.can_plan_meeting(actor, found.pk),
    }
    return render(request, "meetings/ulg_city.html", context)
