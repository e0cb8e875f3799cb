"""The half-year's plan as everybody sees it: the table, a task's own page, the PDF."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aoce.common.jobs import start_job
from partners.models import Partner
from roadmap import policies
from roadmap.board import cell_of, current_period, party_words
from roadmap.deliverables import KINDS
from roadmap.enums import OwedBy, PeriodState
from roadmap.forms.plan import PaperForm
from roadmap.models import Obligation, Period, Task
from roadmap.plan_changes import compare
from roadmap.plan_table import SHOWS, table_of, who_words
from roadmap.standing import full_dates


def find_period(request: HttpRequest, slug: str) -> Period:
    """Return a half-year this person may see; 404 otherwise."""
    period = get_object_or_404(Period.objects.visible_to(request.actor), slug=slug)
    period.network = request.network
    return period


def find_task(request: HttpRequest, pk: int) -> Task:
    """Return a task this person may see, with its row, half-year and hosts; 404 otherwise."""
    rows = Task.objects.visible_to(request.actor).select_related("track__period", "updated_by")
    task = get_object_or_404(rows.prefetch_related("hosts"), pk=pk)
    task.track.period.network = request.network
    return task


def cities_of(request: HttpRequest) -> list[Partner]:
    """Return the network's cities in their order."""
    cities = Partner.objects.visible_to(request.actor).filter(is_active=True)
    return list(cities.only("name", "position", "network"))


def table_context(request: HttpRequest, period: Period, cities: list[Partner], editing: int | None) -> dict[str, Any]:
    """Return what the table needs, whole page or fragment."""
    show = request.GET.get("show", "")
    show = show if show in SHOWS else ""
    table = table_of(
        actor=request.actor,
        network=request.network,
        period=period,
        cities=cities,
        today=request.network.today(),
        show=show,
        editing=editing,
    )
    return {
        "period": period,
        "table": table,
        "show": show,
        "kept": f"?show={show}" if show else "",
        "can_edit": policies.can_edit_plan(request.actor, request.network.pk),
        "today": request.network.today(),
    }


def shows_of(request: HttpRequest) -> list[tuple[str, Any]]:
    """Return the switch: everyone, partners, Lead Expert; and one's own where that is a part of the whole."""
    kept = ["partners", "lead_expert"]
    if request.actor.partner_ids and not request.actor.leads:
        kept.append("mine")
    return [("", _("Everyone")), *((code, SHOWS[code]) for code in kept)]


def _page(request: HttpRequest, periods: list[Period], period: Period | None) -> HttpResponse:
    if period is None:
        can_edit = policies.can_edit_plan(request.actor, request.network.pk)
        return render(request, "roadmap/plan_empty.html", {"can_edit": can_edit})
    period.network = request.network
    cities = cities_of(request)
    context = table_context(request, period, cities, None)
    if request.htmx:
        return render(request, "roadmap/partials/_plan_table.html", context)
    here = periods.index(period)
    context |= {
        "earlier": periods[here - 1] if here else None,
        "later": periods[here + 1] if here + 1 < len(periods) else None,
        "shows": shows_of(request),
        "cities": cities,
        "example": ["approved", "submitted", "draft", "none", "none", "overdue", "na", "draft", "approved"],
    }
    return render(request, "roadmap/plan.html", context)


@require_http_methods(["GET"])
def plan(request: HttpRequest) -> HttpResponse:
    """Show today's half-year, or the nearest one there is."""
    periods = list(Period.objects.visible_to(request.actor))
    published = [period for period in periods if period.state == PeriodState.PUBLISHED]
    return _page(request, periods, current_period(published or periods, request.network.today()))


@require_http_methods(["GET"])
def plan_period(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one half-year."""
    periods = list(Period.objects.visible_to(request.actor))
    period = next((period for period in periods if period.slug == slug), None)
    if period is None:
        raise Http404
    return _page(request, periods, period)


@require_http_methods(["GET"])
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one task: what is asked of whom until when, where the date comes from, and how far each one is."""
    found = find_task(request, pk)
    period, today = found.track.period, request.network.today()
    rows = Obligation.objects.visible_to(request.actor).filter(task=found).select_related("partner")
    cells = []
    for obligation in rows.order_by("partner__position", "partner__name", "pk"):
        obligation.task = found
        cells.append((party_words(obligation), cell_of(request.network, obligation, today)))
    old = next((old for old in period.published_plan if old["id"] == found.pk), None)
    kind = KINDS.get(found.deliverable)
    return render(
        request,
        "roadmap/task.html",
        {
            "task": found,
            "period": period,
            "when": full_dates(found) if found.owed_by == OwedBy.NOBODY else "",
            "who": who_words(found) or OwedBy(found.owed_by).label,
            "kind": kind.label if kind else found.deliverable,
            "change": compare(old, found) if old else None,
            "cells": cells,
            "can_edit": policies.can_edit_plan(request.actor, request.network.pk),
            "today": today,
        },
    )


@require_http_methods(["GET", "POST"])
def plan_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: choose the paper. POST: let the worker make the PDF, and show how far it is."""
    from roadmap.tasks import render_plan  # the worker's part, with its rendering library

    period = find_period(request, slug)
    form = PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        day = date_format(request.network.today(), "j F Y")
        job = start_job(
            actor=request.actor,
            network_id=request.network.pk,
            kind="roadmap_pdf",
            title=_("Roadmap %(title)s as PDF, %(day)s") % {"title": period.title, "day": day},
            task=render_plan,
            object_id=period.pk,
            back_url=reverse("roadmap:plan_period", kwargs={"network": request.network.slug, "slug": period.slug}),
            period_id=period.pk,
            paper=form.cleaned_data["paper"],
            language=get_language() or "en",
        )
        return redirect("common:job", network=request.network.slug, uuid=job.pk)
    return render(request, "roadmap/plan_pdf.html", {"period": period, "form": form})
