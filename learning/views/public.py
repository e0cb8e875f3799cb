"""What a network shows to everybody of its good practices: what was approved, and nothing else.

Everything comes out of ``published``, never out of the fields the city works on; contacts and remarks stay inside.
"""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from aoce.common.search import matching, words_of
from aoce.common.views.files import respond
from learning.catalogue import OUTSIDE, published
from learning.models import GoodPractice, PracticePhoto
from partners.models import Network

PER_PAGE = 30


@require_GET
def practices(request: HttpRequest, slug: str) -> HttpResponse:
    """List the published practices, with search and a choice of city."""
    network = get_object_or_404(Network, slug=slug)
    every = GoodPractice.objects.published().filter(network=network).select_related("owner")
    asked = {name: request.GET.get(name, "")[:100] for name in ("q", "city")}
    rows = every
    if asked["city"] == OUTSIDE:
        rows = rows.filter(owner=None)
    elif asked["city"]:
        rows = rows.filter(owner__slug=asked["city"])
    if words := words_of(asked["q"]):
        rows = matching(rows, words, "published_text", "owner__name")
    context = {
        "network_page": network,
        "page": Paginator(rows.order_by("published__name", "pk"), PER_PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "any_asked": any(asked.values()),
        "cities": list(network.partners.filter(practices__in=every).distinct()),
        "outside": OUTSIDE,
    }
    return render(request, "learning/public_practices.html", context)


@require_GET
def practice(request: HttpRequest, slug: str, practice: str) -> HttpResponse:
    """Show one published practice."""
    rows = GoodPractice.objects.published().select_related("owner", "network")
    found = get_object_or_404(rows, network__slug=slug, slug=practice)
    description = published(found, list(found.photos.exclude(file=None).select_related("file")))
    context = {"network_page": found.network, "practice": found, "description": description}
    return render(request, "learning/public_practice.html", context)


@require_GET
def photo(request: HttpRequest, slug: str, practice: str, pk: int) -> HttpResponse:  # noqa: ARG001 - a view
    """Hand out a photo that was approved with its practice."""
    rows = PracticePhoto.objects.select_related("practice", "file").filter(file__removed_at=None)
    found = get_object_or_404(
        rows, pk=pk, practice__network__slug=slug, practice__slug=practice, practice__published_at__isnull=False
    )
    if found.file is None or pk not in {approved for approved, _alt in found.practice.published["photos"]}:
        raise Http404
    return respond(found.file, inline=True)
