"""Are lessons embedded? The monitoring of a network: from lessons to actions, for each city and all together."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aoce.common.charts import chart_image
from learning.threads import embedding_of, ends
from learning.views.matrix import must_view


@require_safe
def threads(request: HttpRequest) -> HttpResponse:
    """Show what became of lessons, which actions have none, and which themes nobody touched."""
    must_view(request)
    found = embedding_of(request.actor, request.network)
    flow = found.as_flow()
    context = {
        "found": found,
        "ways": ends(),
        "picture": chart_image(flow) if flow.left else "",
        "names": [city.city for city in found.cities],
        "most": max((n for _name, numbers in found.heat for n in numbers), default=0),
    }
    return render(request, "learning/threads.html", context)
