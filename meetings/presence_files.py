"""The attendance list of a meeting's day: to be signed on paper, or as it was signed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date

import segno
from django.utils import translation
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _

from aoce.common.files import files_of, remove, store_bytes
from aoce.common.models import StoredFile
from aoce.common.pdf import render_pdf
from meetings.models import Participation, Presence, TransnationalMeeting, UlgReport
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


def local_sheet_pdf(*, report: UlgReport, language: str) -> StoredFile:
    """Make the attendance list of a local meeting, with what was signed on a screen."""
    meeting, network = report.meeting, report.meeting.partner.network
    rows = [
        ({"name": a.name, "organisation": a.organisation, "get_part_display": a.kind.name if a.kind else ""}, a)
        for a in report.attendees.select_related("kind")
    ]
    with translation.override(language):
        when = date_format(meeting.date, "l j F Y") if meeting.date else ""
        title = _("Attendance list, %(meeting)s, %(day)s") % {"meeting": f"{meeting}, {meeting.partner}", "day": when}
    context = {"network": network, "meeting": meeting, "rows": rows, "spare": ()}
    content = render_pdf(template="pdf/presence.html", context=context, language=language, title=title)
    return store_bytes(
        actor=Actor.system(network.pk),
        network_id=network.pk,
        owner_kind="ulg_sheet",
        owner_id=report.pk,
        name=f"{network.slug}-{meeting.partner.slug}-{meeting.number}-attendance.pdf",
        content=content,
        content_type="application/pdf",
        purpose="attendance_list",
    )


# --- Certificates -----------------------------------------------------------------------------------------------------

#: Owner of one person's certificate: seen by who may register them.
CERTIFICATE_FILE = "meeting_certificate"


def _certificate(row: Participation, language: str) -> bytes:
    """Return somebody's certificate as PDF; they were there on at least one day."""
    meeting = row.meeting
    with translation.override(language):
        title = _("Certificate of attendance")
    days = sorted(presence.day for presence in row.presences.all())
    context = {"network": meeting.network, "meeting": meeting, "row": row, "days": days}
    context |= {"hosts": list(meeting.hosts.all()), "today": meeting.network.today()}
    return render_pdf(template="pdf/certificate.html", context=context, language=language, title=title)


def attended(meeting: TransnationalMeeting) -> list[Participation]:
    """Return everybody who was there on at least one day."""
    rows = Participation.objects.filter(meeting=meeting, presences__isnull=False).distinct()
    return list(rows.select_related("partner", "meeting__network").prefetch_related("presences", "meeting__hosts"))


def certificate_pdf(*, row: Participation, language: str) -> StoredFile:
    """Make one person's certificate and keep it, in place of the one before."""
    for old in files_of(CERTIFICATE_FILE, row.pk):
        remove(file=old)
    return store_bytes(
        actor=Actor.system(row.meeting.network_id),
        network_id=row.meeting.network_id,
        owner_kind=CERTIFICATE_FILE,
        owner_id=row.pk,
        name=f"{row.meeting.slug}-certificate-{slugify(row.name) or row.pk}.pdf",
        content=_certificate(row, language),
        content_type="application/pdf",
    )


def certificates_zip(*, meeting: TransnationalMeeting, language: str, said: Callable[[int, int], None]) -> StoredFile:
    """Make everybody's certificate, in one zip; ``said(done, total)`` is told after each."""
    rows = attended(meeting)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for n, row in enumerate(rows, start=1):
            archive.writestr(f"{n:03} {slugify(row.name) or row.pk}.pdf", _certificate(row, language))
            said(n, len(rows))
    return store_bytes(
        actor=Actor.system(meeting.network_id),
        network_id=meeting.network_id,
        owner_kind=PRESENCE_FILE,
        owner_id=meeting.pk,
        name=f"{meeting.network.slug}-{meeting.slug}-certificates.zip",
        content=out.getvalue(),
        content_type="application/zip",
        purpose="certificates",
    )
