"""Local meetings and reports as lists, and a report's beginning."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from aoce.common.enums import State
from meetings import policies
from meetings.models import AttendanceCount, Attendee, UlgMeeting, UlgReport
from meetings.services import ulg as services
from meetings.services.drafting import KIND
from partners.models import Partner
from roadmap.enums import OPEN_STATES
from roadmap.models import Obligation

PER_PAGE = 30
STATES = (State.DRAFT, State.CHANGES, State.SUBMITTED, State.APPROVED)


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """Show the reports this person sees: the own city's, or all cities' with a filter."""
    actor = request.actor
    if not policies.can_list_reports(actor):
        raise PermissionDenied
    typed = AttendanceCount.objects.filter(report=OuterRef("pk")).order_by().values("report").annotate(n=Sum("people"))
    named = Attendee.objects.filter(report=OuterRef("pk")).order_by().values("report").annotate(n=Count("pk"))
    rows = (
        UlgReport.objects.visible_to(actor)
        .select_related("meeting__partner")
        .annotate(
            people=Coalesce(Subquery(named.values("n")), 0) + Coalesce(Subquery(typed.values("n")), 0),
        )
        .order_by(F("meeting__date").desc(nulls_first=True), "-pk")
    )
    cities = list(Partner.objects.visible_to(actor).filter(is_active=True))
    chosen = {"city": request.GET.get("city", ""), "state": request.GET.get("state", "")}
    if chosen["city"]:
        rows = rows.filter(meeting__partner__slug=chosen["city"])
    if chosen["state"] in State.values:
        rows = rows.filter(state=chosen["state"])
    own = [c for c in cities if c.pk in actor.coordinated_partner_ids]
    owed = []
    if own:
        owed = list(
            Obligation.objects.filter(
                partner__in=actor.coordinated_partner_ids,
                task__deliverable=KIND,
                state__in=OPEN_STATES,
                deliverable_id=None,
            )
            .with_due()
            .select_related("task", "partner")
            .order_by("due_on", "pk")[:3]
        )
    planned = UlgMeeting.objects.visible_to(actor).filter(planned_at__isnull=False, report=None)
    if chosen["city"]:
        planned = planned.filter(partner__slug=chosen["city"])
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    everyone = actor.leads or not actor.partner_ids
    return render(
        request,
        "meetings/ulg_list.html",
        {
            "page": page,
            "cities": cities,
            "chosen": chosen,
            "own": own,
            "owed": owed,
            "everyone": everyone,
            "planned": list(planned.select_related("partner").order_by("date", "number")[:PER_PAGE]),
            "today": request.network.today(),
            "stream": policies.can_read_stream(actor),
            "covers": policies.can_view_coverage(actor),
            "own_cities": [c for c in cities if c.pk in actor.partner_ids],
            "states": [(state.value, state.label) for state in STATES],
            "names": ", ".join(c.name for c in cities if c.pk in actor.partner_ids),
        },
    )


def _wanted_obligation(request: HttpRequest) -> Obligation | None:
    """Return the obligation named in the address or form; 404 for what is not visible, 403 for another's."""
    pk = request.POST.get("obligation") or request.GET.get("obligation") or ""
    if not pk.isdecimal():
        return None
    rows = Obligation.objects.visible_to(request.actor).with_due().select_related("task", "partner")
    obligation = get_object_or_404(rows.filter(task__deliverable=KIND), pk=pk)
    if obligation.partner_id not in request.actor.coordinated_partner_ids:
        raise PermissionDenied
    return obligation


def _unreported(request: HttpRequest) -> QuerySet[UlgMeeting]:
    """Return the planned meetings of the person's cities whose day has come and that nobody reported yet."""
    actor = request.actor
    rows = UlgMeeting.objects.visible_to(actor).standing().filter(partner__in=actor.coordinated_partner_ids)
    return rows.filter(report=None, date__lte=request.network.today()).order_by("-date", "number")


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """GET: what will be begun. POST: begin it. Nothing is written by looking."""
    actor = request.actor
    if not policies.can_start_report(actor):
        raise PermissionDenied
    obligation = _wanted_obligation(request)
    if obligation is not None and obligation.deliverable == KIND and obligation.deliverable_id:
        return redirect("meetings:ulg_edit", network=request.network.slug, pk=obligation.deliverable_id)
    cities = list(Partner.objects.visible_to(actor).filter(pk__in=actor.coordinated_partner_ids))
    if request.method == "POST":
        city = obligation.partner if obligation else None
        if city is None:
            slug = request.POST.get("city", "")
            city = next((c for c in cities if c.slug == slug), cities[0] if len(cities) == 1 else None)
        if city is None:
            return HttpResponseBadRequest()
        meeting = None
        if (pk := request.POST.get("meeting", "")).isdecimal():
            meeting = get_object_or_404(_unreported(request), partner=city, pk=pk)
        report = services.start(actor=actor, partner=city, obligation=obligation, meeting=meeting)
        return redirect("meetings:ulg_edit", network=request.network.slug, pk=report.pk)
    free = []
    if obligation is None:
        rows = Obligation.objects.filter(
            partner__in=cities, task__deliverable=KIND, state__in=OPEN_STATES, deliverable_id=None
        )
        free = list(rows.with_due().select_related("task", "partner").order_by("due_on", "pk"))
    unreported = _unreported(request)
    if obligation is not None:
        unreported = unreported.filter(partner=obligation.partner_id)
    context = {"obligation": obligation, "cities": cities, "free": free}
    context["unreported"] = list(unreported.select_related("partner"))
    return render(request, "meetings/ulg_new.html", context)
