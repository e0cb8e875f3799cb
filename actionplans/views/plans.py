"""What each city's plan is about, and what it wants to try out."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from actionplans import policies
from actionplans.models import ActionPlan, TestingIdea
from partners.models import Partner


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show city by city: the plan's focus and the testing action idea, open where there is none yet."""
    if not policies.can_view_overview(request.actor):
        raise PermissionDenied
    plans = {p.partner_id: p for p in ActionPlan.objects.visible_to(request.actor)}
    ideas: dict[int, list[TestingIdea]] = {}
    for idea in TestingIdea.objects.visible_to(request.actor).filter(is_dropped=False).exclude(title=""):
        ideas.setdefault(idea.partner_id, []).append(idea)
    rows = [
        {
            "city": city,
            "plan": plans.get(city.pk),
            "ideas": ideas.get(city.pk, []),
            "is_own": city.pk in request.actor.partner_ids,
        }
        for city in Partner.objects.visible_to(request.actor).filter(is_active=True)
    ]
    context = {
        "rows": rows,
        "foci": sum(bool(r["plan"] and r["plan"].focus) for r in rows),
        "ideas": sum(bool(r["ideas"]) for r in rows),
    }
    return render(request, "actionplans/overview.html", context)
