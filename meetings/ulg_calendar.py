"""A local meeting as the calendar file that goes with its invitation (RFC 5545)."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from icalendar import Calendar, Event

if TYPE_CHECKING:
    from meetings.models import UlgMeeting

HOST = settings.SITE_URL.split("//")[-1].split(":")[0]
#: How long a meeting lasts for calendars when only its beginning is known.
USUAL = timedelta(hours=2)


def calendar_file(meeting: UlgMeeting, *, title: str, url: str, now: datetime) -> str:
    """Return the file; the same UID for every version, so that a later one takes the place of an earlier.

    Times are the city's. It is published, not requested: answers come on the portal's page, not by mail.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{HOST}//ulg//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if meeting.cancelled_at else "PUBLISH")
    event = Event()
    event.add("uid", f"ulg-meeting-{meeting.pk}@{HOST}")
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("sequence", meeting.sequence)
    event.add("summary", title)
    event.add("status", "CANCELLED" if meeting.cancelled_at else "CONFIRMED")
    if meeting.date and meeting.start_time:
        zone = zoneinfo.ZoneInfo(meeting.partner.time_zone)
        start = datetime.combine(meeting.date, meeting.start_time, zone)
        end = datetime.combine(meeting.date, meeting.end_time, zone) if meeting.end_time else start + USUAL
        # In UTC, so that no definition of the time zone has to travel along.
        event.add("dtstart", start.astimezone(zoneinfo.ZoneInfo("UTC")))
        event.add("dtend", end.astimezone(zoneinfo.ZoneInfo("UTC")))
    elif meeting.date:
        event.add("dtstart", meeting.date)
        event.add("dtend", meeting.date + timedelta(days=1))
    if meeting.place:
        event.add("location", meeting.place)
    if meeting.agenda:
        event.add("description", meeting.agenda)
    if url:
        event.add("url", url)
    calendar.add_component(event)
    return calendar.to_ical().decode()
