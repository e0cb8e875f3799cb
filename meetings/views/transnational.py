"""Transnational meetings: all of them with their dates, one, and setting its date."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings import policies
from meetings.agenda import agenda_of, thawed
from meetings.deliverables import date_words
from meetings.forms.choices import CODE_AND_NAME, NAME
from meetings.forms.transnational import MeetingForm
from meetings.models import TransnationalMeeting
from meetings.services import transnational as services
from meetings.services.participation import summary_of
from partners.models import Partner
from partners.panels import panels_for


def words_of(meeting: TransnationalMeeting) -> str:
    """Return a meeting's date in words."""
    return date_words(meeting.start, meeting.end, meeting.date_precision, meeting.date_text)


def themes_of(meeting: TransnationalMeeting) -> tuple[list[str], list[str]]:
    """Return the names of a meeting's themes and of its horizontal themes. One query."""
    themes = meeting.themes.order_by().values_list(Value(0), "position", CODE_AND_NAME)
    horizontal = meeting.horizontal_themes.order_by().values_list(Value(1), "position", NAME)
    rows = sorted(themes.union(horizontal, all=True))
    return [name for which, _n, name in rows if not which], [name for which, _n, name in rows if which]


@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """Show all meetings the actor sees, the coming ones first."""
    if not policies.can_list_meetings(request.actor):
        raise PermissionDenied
    hosts = Prefetch("hosts", Partner.objects.only("name", "network_id"))
    rows = TransnationalMeeting.objects.visible_to(request.actor).prefetch_related(hosts, "themes")
    today = request.network.today()
    meetings: list[dict[str, Any]] = [
        {"meeting": m, "when": words_of(m), "past": m.end < today, "now": m.start <= today <= m.end} for m in rows
    ]
    return render(
        request,
        "meetings/list.html",
        {
            "coming": [row for row in meetings if not row["past"]],
            "past": [row for row in meetings if row["past"]][::-1],
            "reports": policies.can_list_reports(request.actor),
            "cooperation": policies.can_see_cooperation(request.actor),
            "adds": policies.can_add_meeting(request.actor),
        },
    )


def find(request: HttpRequest, slug: str) -> TransnationalMeeting:
    """Return a meeting this person may see, with its hosts; 404 otherwise."""
    rows = TransnationalMeeting.objects.visible_to(request.actor).select_related(
        "kind", "rationale", "task__track__period"
    )
    meeting = get_object_or_404(rows.prefetch_related("hosts"), slug=slug)
    meeting.network = request.network
    return meeting


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one meeting, with its agenda as it was published last; what is new in it is marked."""
    meeting = find(request, slug)
    edition, before = [*meeting.editions.all()[:2], None, None][:2]
    rationale = getattr(meeting, "rationale", None)
    themes, horizontal = themes_of(meeting)
    return render(
        request,
        "meetings/detail.html",
        {
            "meeting": meeting,
            "when": words_of(meeting),
            "hosts": list(meeting.hosts.all()),
            "themes": themes,
            "horizontal": horizontal,
            "guests": list(meeting.guests.select_related("partner_network")),
            "joint": list(meeting.partner_networks.all()),
            "edits": policies.can_edit_meeting(request.actor, meeting),
            "writes_agenda": policies.can_write_agenda(request.actor, meeting),
            "edition": edition,
            "rationale": rationale if rationale and policies.can_see_rationale(request.actor, rationale) else None,
            "materials": list(meeting.materials.shown().select_related("file", "session")),
            "is_today": meeting.start <= request.network.today() <= meeting.end,
            "panels": panels_for(request.actor, meeting, page="meeting"),
            "is_over": meeting.end < request.network.today(),
            "people": summary_of(meeting) if policies.can_see_participants(request.actor) else None,
            "agenda": agenda_of(meeting, thawed(edition), before, request.network.today()) if edition else None,
        },
    )


def _facts(data: dict[str, Any]) -> services.Facts:
    return services.Facts(**{field.name: data[field.name] for field in fields(services.Facts)})


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a meeting."""
    if not policies.can_add_meeting(request.actor):
        raise PermissionDenied
    form = MeetingForm(request.POST or None, network=request.network)
    if request.method == "POST" and form.is_valid():
        made = services.add(actor=request.actor, network=request.network, facts=_facts(form.cleaned_data))
        messages.success(request, _("“%(title)s” is added.") % {"title": made})
        return redirect("meetings:detail", network=request.network.slug, slug=made.slug)
    return render(request, "meetings/edit.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what a meeting is, its date, place and hosts."""
    meeting = find(request, slug)
    if not policies.can_edit_meeting(request.actor, meeting):
        raise PermissionDenied
    if request.method == "POST":
        form = MeetingForm(request.POST, network=request.network, meeting=meeting)
        if form.is_valid():
            data = form.cleaned_data
            services.change(
                actor=request.actor, meeting=meeting, facts=_facts(data), settled=data.get("settled", False)
            )
            messages.success(request, _("Saved. The roadmap follows."))
            return redirect("meetings:detail", network=request.network.slug, slug=slug)
    else:
        names = ("title", "kind", "number", "task", "start", "end", "place", "link", "is_online", "description")
        initial = {name: getattr(meeting, name) for name in names}
        initial |= {"precision": meeting.date_precision, "source": meeting.date_source, "kind": meeting.kind_id}
        initial |= {
            name: [row.pk for row in getattr(meeting, name).all()] for name in ("hosts", "themes", "horizontal_themes")
        }
        form = MeetingForm(network=request.network, meeting=meeting, initial=initial)
    context = {"meeting": meeting, "form": form, "when": words_of(meeting)}
    return render(request, "meetings/edit.html", context, status=422 if form.errors else 200)
