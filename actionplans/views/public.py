"""What a network shows to everybody of its action plans: published editions, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from actionplans.content import actions_of, costs_by_source, parts_of, risk_map, spans_of, with_addresses
from actionplans.models import PlanEdition
from actionplans.services.plans import PICTURE_FILE
from aoce.common.documents import pictures_in
from aoce.common.files import files_of
from aoce.common.views.files import respond
from partners.models import Network

if TYPE_CHECKING:
    from django.db.models import QuerySet


def _editions() -> QuerySet[PlanEdition]:
    rows = PlanEdition.objects.exclude(file=None).select_related("plan__partner__network", "content", "file")
    return rows.order_by("plan__partner__position", "-number")


@require_GET
def plans(request: HttpRequest, slug: str) -> HttpResponse:
    """List the newest edition of each city's plan."""
    network = get_object_or_404(Network, slug=slug)
    newest: dict[int, PlanEdition] = {}
    for row in _editions().filter(plan__partner__network=network).defer("content__data"):
        newest.setdefault(row.plan_id, row)
    context = {"network_page": network, "editions": list(newest.values())}
    return render(request, "actionplans/public_plans.html", context)


def _one(slug: str, city: str, number: int) -> PlanEdition:
    return get_object_or_404(_editions(), plan__partner__network__slug=slug, plan__partner__slug=city, number=number)


@require_GET
def plan(request: HttpRequest, slug: str, city: str, number: int) -> HttpResponse:
    """Show one edition of a plan."""
    edition = _one(slug, city, number)
    parts = parts_of(edition.content)
    addresses = {
        pk: reverse("public_plans:picture", kwargs={"slug": slug, "city": city, "number": number, "uuid": pk})
        for part in parts
        for pk, _alt in pictures_in(str(part.html))
    }
    actions = actions_of(edition.content)
    context = {
        "network_page": edition.plan.network,
        "edition": edition,
        "parts": [(part, with_addresses(str(part.html), addresses)) for part in parts],
        "spans": spans_of(actions),
        "costs": costs_by_source(actions),
        "risks": risk_map(actions),
        "others": list(edition.plan.editions.exclude(pk=edition.pk).exclude(file=None)),
    }
    return render(request, "actionplans/public_plan.html", context)


@require_GET
def plan_file(request: HttpRequest, slug: str, city: str, number: int) -> HttpResponse:  # noqa: ARG001 - a view
    """Hand out an edition's PDF."""
    edition = _one(slug, city, number)
    if edition.file is None:
        raise Http404
    return respond(edition.file)


@require_GET
def picture(request: HttpRequest, slug: str, city: str, number: int, uuid: str) -> HttpResponse:  # noqa: ARG001 - a view
    """Hand out a picture that stands in an edition."""
    edition = _one(slug, city, number)
    shown = {pk for part in parts_of(edition.content) for pk, _alt in pictures_in(str(part.html))}
    if str(uuid) not in shown:
        raise Http404
    return respond(get_object_or_404(files_of(PICTURE_FILE, edition.plan_id), pk=uuid), inline=True)
