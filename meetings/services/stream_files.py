"""A period's local reports as one PDF and one XLSX, made by the worker for whoever leads the network."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from aoce.common.files import store_bytes
from aoce.common.jobs import start_job
from meetings import policies
from meetings.models import Attendee
from meetings.stream import Entry, Wanted, entries_of, reports_for
from partners.middleware import actor_from
from partners.models import Membership, Network, StakeholderKind
from roadmap.sheets import safe

if TYPE_CHECKING:
    from aoce.common.models import Job, StoredFile
    from partners.actors import Actor

#: Owner of the files: seen by those who lead the network.
EXPORT_FILE = "ulg_stream"
TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def start_export(*, actor: Actor, network: Network, wanted: Wanted, form: str, language: str) -> Job:
    """Ask the worker for the file (``form``: pdf or xlsx). Raises PermissionDenied."""
    from meetings.tasks import export_stream

    if not policies.can_read_stream(actor) or form not in TYPES:
        raise PermissionDenied
    return start_job(
        actor=actor,
        network_id=network.pk,
        kind="ulg_stream",
        title=_("Local reports as %(form)s") % {"form": form.upper()},
        task=export_stream,
        back_url=reverse("meetings:stream", kwargs={"network": network.slug}),
        network_pk=network.pk,
        form=form,
        language=language,
        city=wanted.city,
        state=wanted.state,
        first=wanted.first.isoformat() if wanted.first else "",
        last=wanted.last.isoformat() if wanted.last else "",
    )


def period_words(wanted: Wanted) -> str:
    """Return the days a file is about, in words."""
    if wanted.first and wanted.last:
        words = _("%(first)s to %(last)s")
    elif wanted.first:
        words = _("from %(first)s")
    elif wanted.last:
        words = _("until %(last)s")
    else:
        return _("all reports")
    days = {"first": wanted.first, "last": wanted.last}
    return words % {key: date_format(day, "j F Y") for key, day in days.items() if day}


def _heading(sheet: Any, words: list[str]) -> list[WriteOnlyCell]:
    cells = []
    for word in words:
        cell = WriteOnlyCell(sheet, value=safe(str(word)))
        cell.font = Font(bold=True)
        cells.append(cell)
    return cells


def as_xlsx(network: Network, entries: list[Entry]) -> bytes:
    """Return the workbook: reports, numbers by group, attendances, and people counted once."""
    kinds = list(StakeholderKind.objects.filter(network=network))
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Reports"))
    sheet.freeze_panes = "A2"
    facts = [_("City"), _("Number"), _("Date"), _("Title"), _("Place"), _("Prepares or follows"), _("State")]
    texts = [_("Main topics"), _("Decisions"), _("Lessons"), _("Learning grid shared")]
    sheet.append(_heading(sheet, [*facts, _("People"), *(kind.name for kind in kinds), _("Not known yet"), *texts]))
    for entry in entries:
        report, meeting = entry.report, entry.report.meeting
        numbers = {figure.kind.pk if figure.kind else None: figure.people for figure in entry.attendance.figures}
        link = f"{meeting.get_relation_display()} {meeting.transnational}" if meeting.transnational else ""
        sheet.append(
            [
                safe(meeting.partner.name),
                meeting.number,
                meeting.date,
                safe(str(meeting)),
                safe(meeting.place),
                safe(link),
                str(report.get_state_display()),
                entry.attendance.total,
                *(numbers.get(kind.pk, 0) for kind in kinds),
                numbers.get(None, 0),
                safe(report.topics),
                safe(report.decisions),
                safe(report.lessons),
                report.grid_shared_on or (_("Yes") if report.grid_shared else _("No")),
            ]
        )
    _people_sheets(book, entries)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _people_sheets(book: Workbook, entries: list[Entry]) -> None:
    """Write every attendance, and every person once with how often they came."""
    meetings = {entry.report.pk: entry.report.meeting for entry in entries}
    rows = Attendee.objects.filter(report__in=meetings).select_related("kind", "person__merged_into__kind")
    listing = book.create_sheet(_("Attendances"))
    listing.freeze_panes = "A2"
    listing.append(
        _heading(listing, [_("City"), _("Number"), _("Date"), _("Name"), _("Organisation"), _("Group"), _("How")])
    )
    once: dict[Any, list[Any]] = {}
    for row in rows.order_by("report__meeting__partner__position", "report__meeting__date", "position", "pk"):
        meeting = meetings[row.report_id]
        kind = row.kind.name if row.kind else ""
        city = safe(meeting.partner.name)
        how = str(row.get_how_display())
        listing.append([city, meeting.number, meeting.date, safe(row.name), safe(row.organisation), safe(kind), how])
        person = row.person and (row.person.merged_into or row.person)
        key = person.pk if person else ("row", row.pk)
        line = once.setdefault(
            key, [city, safe(person.name if person else row.name), safe(row.organisation), safe(kind), 0]
        )
        line[-1] += 1
    people = book.create_sheet(_("People"))
    people.freeze_panes = "A2"
    people.append(_heading(people, [_("City"), _("Name"), _("Organisation"), _("Group"), _("Meetings attended")]))
    for line in sorted(once.values(), key=lambda row: (row[0], row[1])):
        people.append(line)


def as_pdf(network: Network, entries: list[Entry], wanted: Wanted, language: str) -> bytes:
    """Return the reports as one document, in the order of the stream, the oldest first."""
    from aoce.common.pdf import render_pdf

    with translation.override(language):
        title = _("Reports of the local groups")
        context = {
            "network": network,
            "entries": entries[::-1],
            "period": period_words(wanted),
            "today": network.today(),
            "people": sum(entry.attendance.total for entry in entries),
        }
    return render_pdf(template="pdf/ulg_stream.html", context=context, language=language, title=title)


def make_export(*, user_id: int | None, network_id: int, wanted: Wanted, form: str, language: str) -> StoredFile:
    """Make the file for a person with the roles they have now, and keep it. Raises PermissionDenied."""
    network = Network.objects.get(pk=network_id)
    memberships = list(Membership.objects.of_user_in(user_id or 0, network.slug))
    actor = actor_from(memberships) if memberships else None
    if actor is None or not policies.can_read_stream(actor):
        raise PermissionDenied
    with translation.override(language):
        entries = entries_of(network, reports_for(actor, wanted))
        content = as_pdf(network, entries, wanted, language) if form == "pdf" else as_xlsx(network, entries)
    return store_bytes(
        actor=actor,
        network_id=network.pk,
        owner_kind=EXPORT_FILE,
        owner_id=network.pk,
        name=f"{network.slug}-local-reports.{form}",
        content=content,
        content_type=TYPES[form],
        purpose="export",
    )


def wanted_from(city: str, state: str, first: str, last: str) -> Wanted:
    """Return what a task's texts stand for."""
    days = [date.fromisoformat(day) if day else None for day in (first, last)]
    return Wanted(city, state, *days)
