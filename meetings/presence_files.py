"""The attendance list of a meeting's day: to be signed on paper, or as it was signed."""

from __future__ import annotations

from datetime import date

import segno
from django.utils import translation
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from aoce.common.files import store_bytes
from aoce.common.models import StoredFile
from aoce.common.pdf import render_pdf
from meetings.models import Participation, Presence, TransnationalMeeting
from meetings.sheets import sheet_code
from partners.actors import Actor

#: Owner of the files: seen by who leads and who hosts, for names stand on them.
PRESENCE_FILE = "meeting_presence"
#: Empty lines for people nobody expected.
SPARE = 5


def sheet_pdf(*, meeting: TransnationalMeeting, day: date, language: str) -> StoredFile:
    """Make the list of a day: everybody registered, with their signature where there is one."""
    network = meeting.network
    signed = {p.participation_id: p for p in Presence.objects.filter(participation__meeting=meeting, day=day)}
    rows = [
        (row, signed.get(row.pk)) for row in Participation.objects.filter(meeting=meeting).select_related("partner")
    ]
    with translation.override(language):
        when = date_format(day, "l j F Y")
        title = _("Attendance list, %(meeting)s, %(day)s") % {"meeting": meeting, "day": when}
    context = {"network": network, "meeting": meeting, "day": day, "rows": rows, "spare": range(SPARE)}
    drawn = segno.make(sheet_code(meeting.pk, day), error="q").svg_inline(scale=2, border=1)
    context["code"] = mark_safe(drawn)  # noqa: S308 - drawn here
    content = render_pdf(template="pdf/presence.html", context=context, language=language, title=title)
    return store_bytes(
        actor=Actor.system(network.pk),
        network_id=network.pk,
        owner_kind=PRESENCE_FILE,
        owner_id=meeting.pk,
        name=f"{network.slug}-{meeting.slug}-{day.isoformat()}-attendance.pdf",
        content=content,
        content_type="application/pdf",
        purpose="attendance_list",
    )
