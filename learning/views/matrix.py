"""The matrix of practices and needs."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from learning import policies
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
