"""A meeting's record, as page and as PDF: compiled from what is there, and what is written of it."""

from __future__ import annotations

import base64
from collections import defaultdict
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from aoce.common.files import store_bytes
from aoce.common.models import StoredFile
from meetings.agenda import agenda_of, read_along, thawed
from meetings.deliverables import date_words
from meetings.models import Material, Participation, TransnationalMeeting
from meetings.services.materials import RECORD
from meetings.services.record import record_of
from partners.actors import Actor

#: Owner of a record that may hold what is not published: seen by who writes the meeting.
RECORD_FILE = "meeting_presence"


def _people(meeting: TransnationalMeeting) -> list[dict[str, Any]]:
    """Return for each city, and for those from outside, how many were there and how many came as what. One query."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = Participation.objects.filter(meeting=meeting, presences__isnull=False).distinct()
    for row in rows.select_related("partner"):
        found[row.partner.name if row.partner else ""][row.get_part_display()] += 1
    return [
        {"city": city, "people": sum(parts.values()), "parts": ", ".join(f"{n} {part}" for part, n in parts.items())}
        for city, parts in found.items()
    ]


def record_page(meeting: TransnationalMeeting, *, writes: bool) -> dict[str, Any]:
    """Return what the record shows; the same for the page and the PDF. Nobody's name is in it.

    Until the meeting is over, only who writes its agenda sees more of it than was published.
    """
    today = meeting.network.today()
    if writes or meeting.end < today:
        sessions = read_along(meeting)
    else:
        edition = meeting.editions.first()
        sessions = thawed(edition) if edition else []
    agenda = agenda_of(meeting, sessions, None, today)
    materials = list(Material.objects.filter(meeting=meeting).shown().select_related("file"))
    of_session: dict[int | None, list[Material]] = defaultdict(list)
    for row in materials:
        of_session[row.session_id].append(row)
    lines = [line for day in agenda.days for line in day.lines] + agenda.unplaced
    people = _people(meeting)
    return {
        "meeting": meeting,
        "network": meeting.network,
        "record": record_of(meeting),
        "when": date_words(meeting.start, meeting.end, meeting.date_precision, meeting.date_text),
        "hosts": list(meeting.hosts.all()),
        "people": people,
        "total": sum(row["people"] for row in people),
        "sessions": [(line, of_session[line.session.pk]) for line in lines],
        "open": [line.session for line in lines if not line.session.conclusion],
        "loose": of_session[None],
    }


def _picture(material: Material) -> str:
    """Return a photo as data, so that rendering fetches nothing."""
    with material.file.file.open("rb") as opened:
        return f"data:image/jpeg;base64,{base64.b64encode(opened.read()).decode('ascii')}"


def record_pdf(*, meeting: TransnationalMeeting, language: str, writes: bool) -> StoredFile:
    """Make the record as PDF and keep it with the meeting, as the person sees it who asked for it."""
    with translation.override(language):
        context = record_page(meeting, writes=writes)
        title = _("Record: %(meeting)s") % {"meeting": meeting}
    shown = [row for _line, rows in context["sessions"] for row in rows] + context["loose"]
    for row in shown:
        if row.is_photo:
            row.data = _picture(row)
    from aoce.common.pdf import render_pdf  # the page shows the record without it

    context["today"] = meeting.network.today()
    content = render_pdf(template="pdf/record.html", context=context, language=language, title=title)
    return store_bytes(
        actor=Actor.system(meeting.network_id),
        network_id=meeting.network_id,
        owner_kind=RECORD_FILE if writes else "meeting",
        owner_id=meeting.pk,
        name=f"{meeting.network.slug}-{meeting.slug}-record.pdf",
        content=content,
        content_type="application/pdf",
        purpose=RECORD,
    )
