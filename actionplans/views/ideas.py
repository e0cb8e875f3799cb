"""Ideas for testing actions."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from actionplans import policies
from actionplans.forms.testing import IdeaForm
from actionplans.models import TestingAction, TestingIdea
from actionplans.services import ideas as services
from partners.models import Partner


def must_view(request: HttpRequest) -> None:
    """Refuse those for whom action plans are not: ad-hoc experts."""
    if not policies.can_view_overview(request.actor):
        raise PermissionDenied


def city_of(request: HttpRequest, slug: str) -> Partner:
    """Return a city of the network; 404 otherwise."""
    must_view(request)
    found = get_object_or_404(Partner, network=request.network, slug=slug, is_active=True)
    found.network = request.network
    return found


@require_http_methods(["GET", "POST"])
def ideas(request: HttpRequest, city: str) -> HttpResponse:
    """Show a city's ideas in their order. POST: add one."""
    found = city_of(request, city)
    writes = policies.can_write_ideas(request.actor, found.pk)
    if request.method == "POST" and not writes:
        raise PermissionDenied
    form = IdeaForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.save_idea(actor=request.actor, partner=found, idea=None, **form.cleaned_data)
        messages.success(request, _("The idea is on your list."))
        return redirect("actionplans:ideas", network=request.network.slug, city=city)
    rows = list(TestingIdea.objects.filter(partner=found).exclude(title="").prefetch_related("actions"))
    context = {
        "city": found,
        "seen": set(TestingAction.objects.visible_to(request.actor).filter(partner=found).values_list("pk", flat=True)),
        "rows": [row for row in rows if not row.is_dropped],
        "dropped": [row for row in rows if row.is_dropped],
        "writes": writes,
        "begins": policies.can_begin_testing(request.actor, found.pk),
        "form": form if writes else None,
    }
    return render(request, "actionplans/ideas.html", context, status=422 if form.errors else 200)


def _idea(request: HttpRequest, pk: int) -> TestingIdea:
    must_view(request)
    found = get_object_or_404(TestingIdea.objects.visible_to(request.actor).select_related("partner"), pk=pk)
    if not policies.can_write_ideas(request.actor, found.partner_id):
        raise PermissionDenied
    return found


@require_http_methods(["GET", "POST"])
def idea(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an idea."""
    found = _idea(request, pk)
    first = {"title": found.title, "what": found.what, "why": found.why}
    form = IdeaForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        services.save_idea(actor=request.actor, partner=found.partner, idea=found, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("actionplans:ideas", network=request.network.slug, city=found.partner.slug)
    return render(request, "actionplans/idea.html", {"idea": found, "form": form})


@require_POST
def idea_do(request: HttpRequest, pk: int) -> HttpResponse:
    """Move an idea up or down, put it aside, or take it up again."""
    found = _idea(request, pk)
    do = request.POST.get("do", "")
    if do in ("up", "down"):
        services.move_idea(actor=request.actor, idea=found, by=-1 if do == "up" else 1)
    elif do in ("drop", "again"):
        services.drop_idea(actor=request.actor, idea=found, dropped=do == "drop")
    else:
        return HttpResponseBadRequest()
    return redirect("actionplans:ideas", network=request.network.slug, city=found.partner.slug)
