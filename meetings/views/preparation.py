"""The checklist of a meeting."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from meetings import policies
from meetings.forms.record import PreparationForm
from meetings.models import ChecklistTemplate, Preparation, TransnationalMeeting
from meetings.services import preparation as services
from meetings.views.transnational import find


def _here(request: HttpRequest, meeting: TransnationalMeeting) -> HttpResponse:
    return redirect("meetings:checklist", network=request.network.slug, slug=meeting.slug)


def _rows(meeting: TransnationalMeeting) -> list[Preparation]:
    rows = list(Preparation.objects.filter(meeting=meeting).select_related("partner", "member__user"))
    for row in rows:
        row.meeting = meeting
    return rows


@require_http_methods(["GET", "POST"])
def checklist(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: what is to be prepared. POST with ``do``: begin from a template, tick, take off."""
    meeting = find(request, slug)
    if not policies.can_see_preparations(request.actor):
        raise PermissionDenied
    do, _dash, pk = request.POST.get("do", "").partition("-")
    if do == "begin":
        template = get_object_or_404(ChecklistTemplate, network=request.network, pk=int(pk) if pk.isdecimal() else 0)
        n = services.begin(actor=request.actor, meeting=meeting, template=template)
        words = ngettext("%(n)s thing to prepare is added.", "%(n)s things to prepare are added.", n)
        messages.success(request, words % {"n": n})
        return _here(request, meeting)
    if do in ("done", "open", "remove"):
        row = get_object_or_404(Preparation, meeting=meeting, pk=int(pk) if pk.isdecimal() else 0)
        row.meeting = meeting
        if do == "remove":
            services.take_off(actor=request.actor, row=row)
        else:
            services.tick(actor=request.actor, row=row, done=do == "done")
        return _here(request, meeting)
    if request.method == "POST":
        return HttpResponseBadRequest()
    rows, today = _rows(meeting), request.network.today()
    writes = policies.can_write_agenda(request.actor, meeting)
    context = {
        "meeting": meeting,
        "rows": [
            {
                "row": row,
                "state": "approved" if row.done_at else "overdue" if row.due < today else "draft",
                "ticks": policies.can_tick_preparation(request.actor, row),
            }
            for row in rows
        ],
        "done": sum(bool(row.done_at) for row in rows),
        "writes": writes,
        "templates": list(ChecklistTemplate.objects.filter(network=request.network)) if writes else [],
    }
    return render(request, "meetings/checklist.html", context)


@require_http_methods(["GET", "POST"])
def preparation(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """Add something to prepare, or change it."""
    meeting = find(request, slug)
    if not policies.can_write_agenda(request.actor, meeting):
        raise PermissionDenied
    row = get_object_or_404(Preparation, meeting=meeting, pk=pk) if pk else None
    form = PreparationForm(request.POST or None, meeting=meeting, row=row)
    if request.method == "POST" and form.is_valid():
        made = services.save(actor=request.actor, meeting=meeting, row=row, **form.cleaned_data)
        messages.success(request, _("“%(what)s” is saved.") % {"what": made})
        return _here(request, meeting)
    context = {"meeting": meeting, "form": form, "row": row}
    return render(request, "meetings/preparation.html", context, status=422 if form.errors else 200)
