"""Who comes to a transnational meeting, and who was there."""

from __future__ import annotations

import io
from collections import defaultdict
from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aoce.common.jobs import start_job
from meetings import policies
from meetings.enums import Part
from meetings.forms.participation import ParticipantForm
from meetings.models import Participation, Presence, TransnationalMeeting
from meetings.services import participation as services
from meetings.views.transnational import find, words_of
from partners.models import Partner

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _people(request: HttpRequest, slug: str) -> TransnationalMeeting:
    meeting = find(request, slug)
    if not policies.can_see_participants(request.actor):
        raise PermissionDenied
    return meeting


def hosted(request: HttpRequest, slug: str) -> TransnationalMeeting:
    """Return a meeting whose participants this person looks after: who hosts it, who leads; 403 otherwise."""
    meeting = _people(request, slug)
    if not policies.can_write_agenda(request.actor, meeting):
        raise PermissionDenied
    return meeting


def days_of(meeting: TransnationalMeeting) -> list[date]:
    """Return the meeting's days; none while they are not fixed."""
    if meeting.date_precision != "day":
        return []
    return [meeting.start + timedelta(days=n) for n in range((meeting.end - meeting.start).days + 1)]


def _here(request: HttpRequest, meeting: TransnationalMeeting, query: str = "") -> HttpResponse:
    response = redirect("meetings:participants", network=request.network.slug, slug=meeting.slug)
    response["Location"] += query
    return response


@require_safe
def participants(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how many come from each city and on which days they were there; names to those who may see them."""
    meeting = _people(request, slug)
    actor, days = request.actor, days_of(meeting)
    rows = list(Participation.objects.filter(meeting=meeting).select_related("partner", "needs"))
    present: dict[int, dict[date, Presence]] = defaultdict(dict)
    for presence in Presence.objects.filter(participation__meeting=meeting).defer("signature"):
        present[presence.participation_id][presence.day] = presence
    hosts = policies.can_write_agenda(actor, meeting)
    cities = list(Partner.objects.filter(network=request.network, is_active=True))
    groups = []
    for city in [*cities, None]:
        people = [row for row in rows if row.partner_id == (city.pk if city else None)]
        if city is None and not people:
            continue
        sees = policies.can_see_names_of(actor, meeting, city.pk if city else None)
        groups.append(
            {
                "city": city,
                "people": [(row, [present[row.pk].get(day) for day in days]) for row in people],
                "sees": sees,
                "registers": policies.can_register(actor, meeting, city.pk if city else None),
                "has_member": any(row.part == Part.MEMBER for row in people),
            }
        )
    today = services.today_at(meeting)
    day = day_asked(request, days)
    cities_travel, travel, sources = services.travel_of(meeting)
    context = {
        "meeting": meeting,
        "travel": travel,
        "travel_cities": cities_travel,
        "travel_sources": sources,
        "when": words_of(meeting),
        "days": days,
        "groups": groups,
        "total": len(rows),
        "there": [sum(day in present[row.pk] for row in rows) for day in days],
        "hosts": hosts,
        "needs": [row for row in rows if hasattr(row, "needs")] if hosts else [],
        "day": day,
        "day_rows": [(row, present[row.pk].get(day)) for row in rows] if day and hosts else [],
        "is_today": today in days,
        "registers": policies.can_register(actor, meeting, None) or bool(actor.coordinated_partner_ids),
    }
    return render(request, "meetings/participants.html", context)


def day_asked(request: HttpRequest, days: list[date]) -> date | None:
    """Return the day of the meeting that was chosen, if one was."""
    text = request.POST.get("day") or request.GET.get("day", "")
    return next((day for day in days if day.isoformat() == text), None)


@require_http_methods(["GET", "POST"])
def participant(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """Register somebody, or change it; POST with ``do`` withdraw takes them off the list."""
    meeting = _people(request, slug)
    actor = request.actor
    rows = Participation.objects.filter(meeting=meeting).select_related("needs", "partner")
    row = get_object_or_404(rows, pk=pk) if pk else None
    if row and not policies.can_see_names_of(actor, meeting, row.partner_id):
        raise Http404
    city = row.partner_id if row else next(iter(actor.coordinated_partner_ids), None)
    if not policies.can_register(actor, meeting, city):
        raise PermissionDenied
    if request.method == "POST" and request.POST.get("do") == "withdraw" and row:
        row.meeting = meeting
        services.withdraw(actor=actor, participation=row)
        messages.success(request, _("%(name)s is taken off the list.") % {"name": row})
        return _here(request, meeting)
    form = ParticipantForm(request.POST or None, actor=actor, meeting=meeting, participation=row)
    if request.method == "POST" and form.is_valid():
        made = services.register(actor=actor, meeting=meeting, **form.cleaned_data)
        messages.success(request, _("%(name)s is registered.") % {"name": made})
        return _here(request, meeting)
    was_there = bool(row) and row.presences.exists()
    context = {"meeting": meeting, "form": form, "row": row, "was_there": was_there}
    return render(request, "meetings/participant_form.html", context)


@require_POST
def presence(request: HttpRequest, slug: str) -> HttpResponse:
    """Tick who was there on a day."""
    meeting = hosted(request, slug)
    day = day_asked(request, days_of(meeting))
    if day is None:
        return HttpResponseBadRequest()
    ticked = [int(text) for text in request.POST.getlist("present") if text.isdecimal()]
    try:
        n = services.tick(actor=request.actor, meeting=meeting, day=day, present=ticked)
    except services.NotTodayError:
        messages.error(request, _("That day is still to come."))
    else:
        words = ngettext("%(n)s person was there.", "%(n)s people were there.", n)
        messages.success(request, words % {"n": n})
    return _here(request, meeting, f"?day={day.isoformat()}")


@require_POST
def sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """Have the sheet of a day made: to sign on paper, or with what was signed on it."""
    from meetings.tasks import render_sheet

    meeting = hosted(request, slug)
    day = day_asked(request, days_of(meeting))
    if day is None:
        return HttpResponseBadRequest()
    job = start_job(
        actor=request.actor,
        network_id=request.network.pk,
        kind="attendance_sheet",
        title=_("Attendance list of %(meeting)s as PDF") % {"meeting": meeting},
        task=render_sheet,
        object_id=meeting.pk,
        back_url=reverse("meetings:participants", kwargs={"network": request.network.slug, "slug": slug}),
        meeting_id=meeting.pk,
        day=day.isoformat(),
        language=get_language() or "en",
    )
    return redirect("common:job", network=request.network.slug, uuid=job.pk)


@require_safe
def participants_sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """Download everybody with their days as a spreadsheet."""
    from openpyxl import Workbook  # loaded only when asked for

    from roadmap.sheets import safe

    meeting = hosted(request, slug)
    days = days_of(meeting)
    book = Workbook(write_only=True)
    page = book.create_sheet(_("Participants"))
    heads = [
        _("Name"),
        _("Organisation"),
        _("City"),
        _("Comes as"),
        *[day.isoformat() for day in days],
        _("Travel"),
        _("kg CO2 equivalent"),
    ]
    page.append(heads)
    rows = (
        Participation.objects.filter(meeting=meeting)
        .select_related("partner")
        .prefetch_related("presences", "legs__mode")
    )
    for row in rows:
        there = {p.day: p.get_how_display() for p in row.presences.all()}
        line = [row.name, row.organisation, str(row.partner or ""), row.get_part_display()]
        legs = list(row.legs.all())
        travel = ["; ".join(str(leg) for leg in legs), sum(leg.km * leg.mode.grams for leg in legs) / 1000]
        page.append([*(safe(cell) for cell in [*line, *[there.get(day, "") for day in days], travel[0]]), travel[1]])
    content = io.BytesIO()
    book.save(content)
    response = HttpResponse(content.getvalue(), content_type=XLSX)
    name = f"{request.network.slug}-{meeting.slug}-participants.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def certificates(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """Have somebody's certificate made, by who may register them; everybody's in a zip, by the hosts."""
    from meetings.tasks import render_certificates

    meeting = _people(request, slug) if pk else hosted(request, slug)
    rows = Participation.objects.filter(meeting=meeting)
    row = get_object_or_404(rows, pk=pk) if pk else None
    if row and not policies.can_see_names_of(request.actor, meeting, row.partner_id):
        raise Http404
    if row and not policies.can_register(request.actor, meeting, row.partner_id):
        raise PermissionDenied
    there = row.presences.exists() if row else rows.filter(presences__isnull=False).exists()
    if not there:
        messages.error(request, _("Certificates are for people whose presence is written down."))
        return _here(request, meeting)
    title = _("Certificate of %(name)s") % {"name": row} if row else _("Certificates of %(m)s") % {"m": meeting}
    job = start_job(
        actor=request.actor,
        network_id=request.network.pk,
        kind="certificates",
        title=title,
        task=render_certificates,
        object_id=meeting.pk,
        back_url=reverse("meetings:participants", kwargs={"network": request.network.slug, "slug": slug}),
        meeting_id=meeting.pk,
        participation_id=pk,
        language=get_language() or "en",
    )
    return redirect("common:job", network=request.network.slug, uuid=job.pk)
