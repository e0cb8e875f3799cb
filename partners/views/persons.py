"""People who may be one: suggested, merged with one click, and taken apart again."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aoce.common.folding import plain
from partners import policies
from partners.models import Person, PersonMerge
from partners.services import persons as services

RECENT = 20
FOUND = 20


@require_http_methods(["GET", "POST"])
def duplicates(request: HttpRequest) -> HttpResponse:
    """GET: who may be one person, and what was merged lately. POST with ``do``: merge or undo."""
    if not policies.can_merge_people(request.actor):
        raise PermissionDenied
    if request.method == "POST":
        return _do(request)
    actor = request.actor
    rows = Person.objects.visible_to(actor).standing()
    if not actor.is_lead_partner:
        rows = rows.filter(partner__in=actor.coordinated_partner_ids)
    rows = rows.select_related("partner", "kind").order_by("folded", "pk")
    people = list(rows)
    merges = PersonMerge.objects.filter(kept__in=Person.objects.visible_to(actor), undone_at=None)
    if not actor.is_lead_partner:
        merges = merges.filter(kept__partner__in=actor.coordinated_partner_ids)
    asked = request.GET.get("q", "").strip()
    parts = plain(asked).split()
    found = [p for p in people if all(part in p.folded for part in parts)][:FOUND] if parts else []
    context = {
        "pairs": services.suggestions(people),
        "merges": list(merges.select_related("kept__partner", "merged", "by")[:RECENT]),
        "total": len(people),
        "asked": asked,
        "found": found,
    }
    return render(request, "partners/duplicates.html", context)


def _do(request: HttpRequest) -> HttpResponse:
    do = request.POST.get("do", "")
    seen = Person.objects.visible_to(request.actor)
    try:
        if do == "merge":
            chosen = [pk for pk in request.POST.getlist("person") if pk.isdecimal()]
            kept_pk, merged_pk = request.POST.get("kept", ""), request.POST.get("merged", "")
            if len(chosen) == 2:  # noqa: PLR2004 - two rows become one
                kept_pk, merged_pk = chosen
            if not (kept_pk.isdecimal() and merged_pk.isdecimal()):
                messages.error(request, _("Tick exactly two people, then merge them."))
                return _back(request)
            kept, merged = get_object_or_404(seen, pk=kept_pk), get_object_or_404(seen, pk=merged_pk)
            services.merge(actor=request.actor, kept=kept, merged=merged)
            words = _("%(kept)s and %(merged)s are counted as one person now.")
            messages.success(request, words % {"kept": kept, "merged": merged})
        elif do == "undo":
            pk = request.POST.get("merge", "")
            rows = PersonMerge.objects.filter(Q(kept__in=seen)).select_related("kept", "merged")
            merge = get_object_or_404(rows, pk=pk if pk.isdecimal() else 0)
            services.undo_merge(actor=request.actor, merge=merge)
            words = _("%(kept)s and %(merged)s are two people again.")
            messages.success(request, words % {"kept": merge.kept, "merged": merge.merged})
        else:
            return HttpResponseBadRequest()
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    return redirect("partners:duplicates", network=request.network.slug)
