"""A person's deadlines and meetings as an iCalendar file (RFC 5545)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from partners.enums import DatePrecision
from roadmap.agenda import own_obligations
from roadmap.board import party_words
from roadmap.enums import OPEN_STATES, ObligationState
from roadmap.events import events_for
from roadmap.paths import path_of

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network

HOST = settings.SITE_URL.split("//")[-1].split(":")[0]


def all_day(
    *, uid: str, summary: str, start: date, end: date, url: str, text: str, stamp: datetime, place: str = ""
) -> Event:
    """Return an event of whole days; ``end`` is its last day (the file names the day after)."""
    event = Event()
    event.add("uid", f"{uid}@{HOST}")
    event.add("dtstamp", stamp)
    event.add("dtstart", start)
    event.add("dtend", end + timedelta(days=1))
    event.add("summary", summary)
    event.add("transp", "TRANSPARENT")
    event.add("url", url)
    if text:
        event.add("description", text)
    if place:
        event.add("location", place)
    return event


def feed_of(actor: Actor, network: Network, *, several_cities: bool = False) -> bytes:
    """Return the file: what the actor has to hand in, and every meeting they may see.

    The same content gives the same bytes, so that programs that come back need not load it again.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{HOST}//{network.slug}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", network.short_name or network.name)
    calendar.add("x-wr-timezone", network.time_zone)
    calendar.add("refresh-interval;value=duration", "PT6H")
    calendar.add("x-published-ttl", "PT6H")
    for obligation in own_obligations(actor):
        if obligation.state not in (*OPEN_STATES, ObligationState.SUBMITTED):
            continue
        title = obligation.task.title
        if several_cities and obligation.partner_id:
            title = f"{title} ({party_words(obligation)})"
        summary = _("Due: %(title)s") % {"title": title}
        if obligation.task.due_precision != DatePrecision.DAY and not obligation.due_override:
            summary = _("%(summary)s (day not fixed)") % {"summary": summary}
        if obligation.state == ObligationState.SUBMITTED:
            summary = _("%(summary)s (handed in)") % {"summary": summary}
        path = path_of("roadmap:obligation", network.slug, obligation.pk)
        calendar.add_component(
            all_day(
                uid=f"obligation-{obligation.pk}",
                summary=summary,
                start=obligation.due,
                end=obligation.due,
                url=settings.SITE_URL + path,
                text=obligation.due_reason or obligation.task.description,
                stamp=obligation.changed_at.replace(microsecond=0),
            )
        )
    stamp = timezone.make_aware(datetime.combine(network.start, datetime.min.time()), network.tz)
    for found in events_for(actor, network.slug):
        open_day = found.precision != DatePrecision.DAY
        summary = _("%(summary)s (day not fixed)") % {"summary": found.title} if open_day else found.title
        calendar.add_component(
            all_day(
                uid=found.uid,
                summary=summary,
                start=found.start,
                end=found.end,
                url=settings.SITE_URL + found.path,
                text=" ".join(part for part in (found.note, found.conflict) if part),
                stamp=stamp.astimezone(timezone.get_default_timezone()),
                place=found.place,
            )
        )
    return calendar.to_ical()
