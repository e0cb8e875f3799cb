"""Two people changed one answer of a report: both texts, and what is to stand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aoce.common.drafts import open_conflicts
from aoce.common.models import DraftConflict
from aoce.common.reading import paragraphs
from aoce.common.review import mark_changes
from meetings.models import TransnationalMeeting, UlgReport
from meetings.services import drafting
from meetings.services import ulg as services
from meetings.services.drafting import COUNT, KIND
from meetings.views.ulg import here, writable
from partners.models import StakeholderKind


def _field_words(request: HttpRequest, name: str, text: str) -> str:
    """Return a field's value as people read it."""
    if not text:
        return ""
    if name in ("date", "grid_shared_on") and (day := drafting.as_day(text)):
        return date_format(day, "j F Y")
    if name == "grid_shared":
        return _("Yes")
    if name == "link":
        relation, _sep, pk = text.partition(":")
        meeting = TransnationalMeeting.objects.visible_to(request.actor).filter(pk=pk or None).first()
        words = {"after": _("Follows %(meeting)s"), "before": _("Prepares %(meeting)s")}
        return words.get(relation, "%(meeting)s") % {"meeting": meeting or ""}
    return text


def _torn_fields(request: HttpRequest, report: UlgReport, one: DraftConflict) -> list[dict[str, Any]]:
    """Return the fields that two people changed: both texts, the second marked against the first."""
    now = drafting.read(report)
    kinds = {f"{COUNT}{kind.pk}": kind.name for kind in StakeholderKind.objects.filter(network=request.network)}
    rows = []
    for name, other in one.data.items():
        saved_words, other_words = (_field_words(request, name, text) for text in (now.get(name, ""), other))
        rows.append(
            {
                "name": name,
                "label": drafting.LABELS.get(name) or kinds.get(name, name),
                "saved": paragraphs(mark_changes(saved_words, saved_words)),
                "other": paragraphs(mark_changes(saved_words, other_words)),
                "both": name in drafting.TEXTS,
            }
        )
    return rows


@require_http_methods(["GET", "POST"])
def conflict(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: both texts of what two people changed. POST: what is to stand, by field."""
    report = writable(request, pk)
    waiting = list(open_conflicts(KIND, report.pk))
    if not waiting:
        return here(request, report)
    one = waiting[0]
    if request.method == "POST":
        now = drafting.read(report)
        chosen = {}
        for name, other in one.data.items():
            saved = now.get(name, "")
            both = f"{saved.rstrip()}\n\n{other.lstrip()}" if saved and other else saved or other
            take = request.POST.get(f"choose-{name}", "saved")
            chosen[name] = {"saved": saved, "other": other, "both": both}.get(take, saved)
        services.settle(actor=request.actor, report=report, conflict=one, chosen=chosen)
        messages.success(request, _("The texts are settled."))
        return here(request, report)
    return render(
        request,
        "meetings/ulg_conflict.html",
        {
            "report": report,
            "meeting": report.meeting,
            "conflict": one,
            "mine": one.user_id == request.actor.user_id,
            "more": len(waiting) - 1,
            "rows": _torn_fields(request, report, one),
        },
    )
