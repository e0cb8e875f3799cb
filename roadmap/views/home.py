"""The first page of a network: what is next for whoever looks."""

from __future__ import annotations

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from partners.models import Partner
from roadmap.agenda import agenda_of, upcoming_of
from roadmap.board import current_period, obligations_of, summary_of
from roadmap.enums import ObligationState
from roadmap.minimums import minimums_of
from roadmap.models import Obligation, Period

SHARED = 12


@require_http_methods(["GET"])
def home(request: HttpRequest) -> HttpResponse:
    """Show each role its own: to hand in, to check, what is late, what is shared, the next meetings."""
    actor, network, today = request.actor, request.network, request.network.today()
    context: dict[str, object] = {"today": today, "upcoming": upcoming_of(actor, network, today)}
    if actor.coordinated_partner_ids or actor.leads:
        context["agenda"] = agenda_of(actor, network, today)
    if actor.coordinated_partner_ids:
        cities = list(Partner.objects.visible_to(actor).filter(pk__in=actor.coordinated_partner_ids))
        context["cities"] = cities
        context["minimums"] = [(city, minimums_of(actor, network, city.pk)) for city in cities]
    if actor.leads:
        periods = Period.objects.visible_to(actor).filter(published_at__isnull=False)
        period = current_period(periods, today)
        board = summary_of(actor, network, obligations_of(actor, period) if period else [], today)
        incoming = [row for row in board.incoming if row.mine]
        context |= {"period": period, "board": board, "incoming": incoming, "elsewhere": len(board.incoming)}
        context["late"] = board.late
    elif not actor.coordinated_partner_ids:
        shared = (ObligationState.SUBMITTED, ObligationState.APPROVED)
        rows = Obligation.objects.visible_to(actor).select_related("task", "partner").with_due()
        context["shared"] = rows.filter(state__in=shared).order_by(F("submitted_at").desc(nulls_last=True), "-pk")[
            :SHARED
        ]
        if actor.partner_ids:
            context["cities"] = list(Partner.objects.visible_to(actor).filter(pk__in=actor.partner_ids))
            context["coming"] = (
                rows.filter(partner__in=actor.partner_ids, due_on__gte=today)
                .exclude(state__in=(*shared, ObligationState.WAIVED))
                .order_by("due_on", "pk")[:SHARED]
            )
    return render(request, "roadmap/home.html", context)
