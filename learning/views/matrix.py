"""The matrix of practices and needs, and each practice."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from learning import policies
from learning.models import GoodPractice, KnowledgeNeed
from learning.selectors import matrix_for
from partners.models import Partner


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Show who can show what and who needs to know what: as a table by sub-theme, or city by city."""
    if not policies.can_view_matrix(request.actor):
        raise PermissionDenied
    cities = list(Partner.objects.visible_to(request.actor).filter(is_active=True))
    city = request.GET.get("city", "")
    city = city if city in {c.slug for c in cities} else ""
    found = matrix_for(request.actor, request.network, city)
    context = {"matrix": found, "cities": cities, "city": city, "by_city": request.GET.get("by") == "city"}
    return render(request, "learning/matrix.html", context)


@require_safe
def practice(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one practice, and which cities need to know more of what it is about."""
    found = get_object_or_404(GoodPractice.objects.visible_to(request.actor).select_related("owner"), slug=slug)
    sub_themes = list(found.sub_themes.select_related("theme"))
    needs = (
        KnowledgeNeed.objects.visible_to(request.actor)
        .filter(sub_theme__in=sub_themes)
        .exclude(partner=found.owner_id)
        .select_related("partner", "sub_theme")
        .order_by("partner__position")
    )
    context = {"practice": found, "sub_themes": sub_themes, "asking": list(dict.fromkeys(n.partner for n in needs))}
    return render(request, "learning/practice.html", context)
