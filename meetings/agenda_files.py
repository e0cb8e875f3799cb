"""A meeting's agenda on paper and in calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from aoce.common.files import store_bytes
from aoce.common.models import StoredFile
from aoce.common.pdf import render_pdf
from meetings.agenda import agenda_of, thawed
from meetings.deliverables import date_words
from meetings.models import TransnationalMeeting
from meetings.zones import zone_of
from partners.actors import Actor

HOST = settings.SITE_URL.split("//")[-1].split(":")[0]
#: How long a session lasts for calendars when only its beginning is known.
USUAL = timedelta(hours=1)


def calendar_of(meeting: TransnationalMeeting) -> bytes:
    """Return the sessions that have a time, as iCalendar (RFC 5545); times in UTC, so that no zone has to travel."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{HOST}//{meeting.network.slug}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    zone = zone_of(meeting)
    url = settings.SITE_URL + reverse("meetings:detail", kwargs={"network": meeting.network.slug, "slug": meeting.slug})
    edition = meeting.editions.first()
    rows = [*edition.sessions.values(), *edition.dropped] if edition else []
    here = {row["uid"] for row in edition.sessions.values()} if edition else set()
    for row in rows:
        if not (row["day"] and row["start"]):
            continue
        day, start = date.fromisoformat(row["day"]), time.fromisoformat(row["start"])
        begin = datetime.combine(day, start, zone)
        end = datetime.combine(day, time.fromisoformat(row["end"]), zone) if row["end"] else begin + USUAL
        event = Event()
        event.add("uid", f"{row['uid']}@{HOST}")
        event.add("dtstamp", datetime.fromisoformat(row["stamp"]).astimezone(UTC))
        event.add("sequence", row["sequence"])
        event.add("status", "CONFIRMED" if row["uid"] in here else "CANCELLED")
        event.add("dtstart", begin.astimezone(UTC))
        event.add("dtend", end.astimezone(UTC))
        event.add("summary", f"{row['title']} ({meeting.title})")
        event.add("url", url)
        if where := row["place"] or meeting.place or meeting.link:
            event.add("location", where)
        if row["about"]:
            event.add("description", row["about"])
        calendar.add_component(event)
    return calendar.to_ical()


def programme_pdf(*, meeting: TransnationalMeeting, short: bool, language: str) -> StoredFile:
    """Make the programme, on one page or in detail, and keep it with the meeting."""
    network = meeting.network
    edition = meeting.editions.first()
    sessions = thawed(edition) if edition else []
    with translation.override(language):
        found = agenda_of(meeting, sessions, None, network.today())
        when = date_words(meeting.start, meeting.end, meeting.date_precision, meeting.date_text)
        title = _("Programme: %(meeting)s") % {"meeting": meeting}
    hosts = list(meeting.hosts.all())
    context = {"network": network, "meeting": meeting, "agenda": found, "when": when, "hosts": hosts, "short": short}
    context |= {"today": network.today(), "zone": zone_of(meeting).key}
    content = render_pdf(template="pdf/programme.html", context=context, language=language, title=title)
    return store_bytes(
        actor=Actor.system(network.pk),
        network_id=network.pk,
        owner_kind="meeting",
        owner_id=meeting.pk,
        name=f"{network.slug}-{meeting.slug}-{'programme' if short else 'detailed-programme'}.pdf",
        content=content,
        content_type="application/pdf",
        purpose="programme",
    )
