"""One page that looks for words in everything the viewer may see of a network."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aoce.common import search as finding


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what was found, sort by sort; ``in`` shows one sort with more of it."""
    asked = request.GET.get("q", "").strip()[: finding.LONGEST]
    codes = {source.code for source in finding.SOURCES}
    only = request.GET.get("in", "")
    only = only if only in codes else ""
    found = finding.search(request.actor, request.network, asked, only)
    context = {"asked": asked, "only": only, "found": found, "total": sum(len(part.hits) for part in found)}
    return render(request, "common/search.html", context)
