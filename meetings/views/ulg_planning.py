"""Local meetings before they are held: planned, changed, shown with who is invited and who will come."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from meetings import policies
from meetings.enums import Answer
from meetings.forms.planning import PlanForm
from meetings.models import TransnationalMeeting, UlgInvitation, UlgMeeting
from meetings.services import invitations, planning, presence
from partners.models import LocalGroupMember, Partner


def find(request: HttpRequest, pk: int) -> UlgMeeting:
    """Return a local meeting the actor sees, with city and report; 404 otherwise. One query."""
    rows = UlgMeeting.objects.visible_to(request.actor)
    rows = rows.select_related("partner__network", "transnational", "sub_group", "report")
    return get_object_or_404(rows, pk=pk)


def planned(request: HttpRequest, pk: int) -> UlgMeeting:
    """Return a meeting the actor may plan; 403 for one they only see."""
    meeting = find(request, pk)
    if not policies.can_plan_meeting(request.actor, meeting.partner_id):
        raise PermissionDenied
    return meeting


def _to(request: HttpRequest, meeting: UlgMeeting) -> HttpResponse:
    return redirect("meetings:ulg_meeting", network=request.network.slug, pk=meeting.pk)


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: plan the city's next meeting. ``link`` in the address says before or after which event."""
    actor = request.actor
    if not policies.can_start_report(actor):
        raise PermissionDenied
    cities = list(Partner.objects.visible_to(actor).filter(pk__in=actor.coordinated_partner_ids))
    slug = request.POST.get("city") or request.GET.get("city") or ""
    city = next((c for c in cities if c.slug == slug), cities[0])
    events = list(TransnationalMeeting.objects.visible_to(actor))
    initial = {"link": request.GET.get("link", "")}
    form = PlanForm(request.POST or None, partner=city, meetings=events, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.values
        meeting = planning.plan(actor=actor, partner=city, day=values.pop("date"), **values)
        messages.success(request, _("Planned. Now invite the people who should come."))
        return _to(request, meeting)
    context = {"form": form, "city": city, "cities": cities, "meeting": None}
    return render(request, "meetings/ulg_plan.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change day, hours, place or agenda of a planned meeting."""
    meeting = planned(request, pk)
    planning.must_be_ahead(meeting)
    events = list(TransnationalMeeting.objects.visible_to(request.actor))
    form = PlanForm(
        request.POST or None, partner=meeting.partner, meetings=events, initial=PlanForm.initial_of(meeting)
    )
    if request.method == "POST" and form.is_valid():
        news = planning.change(actor=request.actor, meeting=meeting, changes=form.values)
        waiting = invitations.untold(meeting) if news else 0
        said = _("Saved.")
        if waiting:
            said = ngettext(
                "Saved. %(n)s invited person does not know of the change yet.",
                "Saved. %(n)s invited people do not know of the change yet.",
                waiting,
            ) % {"n": waiting}
        messages.success(request, said)
        return _to(request, meeting)
    context = {"form": form, "city": meeting.partner, "cities": [], "meeting": meeting}
    return render(request, "meetings/ulg_plan.html", context, status=422 if form.errors else 200)


def _answers(rows: list[UlgInvitation]) -> list[dict[str, Any]]:
    """Return how many answered what, and who has not."""
    found = [{"code": code, "label": label, "n": sum(r.answer == code for r in rows)} for code, label in Answer.choices]
    return [*found, {"code": "", "label": _("No answer yet"), "n": sum(not r.answer for r in rows)}]


@require_http_methods(["GET", "POST"])
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: a planned meeting. POST with ``do``: invite, tell, call_off, withdraw-…."""
    if request.method == "POST":
        return _do(request, planned(request, pk))
    found = find(request, pk)
    names = policies.can_see_invited(request.actor, found)
    plans = policies.can_plan_meeting(request.actor, found.partner_id)
    report = getattr(found, "report", None)
    if report is not None and not policies.can_view_report(request.actor, report):
        report = None
    ahead = found.cancelled_at is None and not hasattr(found, "report")
    invited = list(UlgInvitation.objects.filter(meeting=found).select_related("person"))
    today = request.network.today()
    free: list[LocalGroupMember] = []
    if plans and ahead:
        known = {row.person_id for row in invited}
        group = LocalGroupMember.objects.visible_to(request.actor).filter(partner=found.partner).current(today)
        chosen = group.filter(sub_groups=found.sub_group) if found.sub_group else group
        free = [m for m in chosen.select_related("kind") if m.person_id is None or m.person_id not in known]
    context = {
        "meeting": found,
        "city": found.partner,
        "report": report,
        "names": names,
        "plans": plans,
        "ahead": ahead,
        "is_today": found.date == today and found.cancelled_at is None,
        "over": found.date is not None and found.date <= today,
        "invited": invited if names else [],
        "answers": _answers(invited),
        "total": len(invited),
        "untold": sum(row.told < found.sequence for row in invited) if plans and ahead else 0,
        "free": free,
        "without_email": [m for m in free if not m.email],
        "agenda": [line.strip() for line in found.agenda.splitlines() if line.strip()],
    }
    return render(request, "meetings/ulg_meeting.html", context)


def _do(request: HttpRequest, found: UlgMeeting) -> HttpResponse:
    do = request.POST.get("do", "")
    name, _dash, which = do.partition("-")
    if do == "invite":
        chosen = {int(pk) for pk in request.POST.getlist("member") if pk.isdecimal()}
        n = invitations.invite(actor=request.actor, meeting=found, members=chosen)
        if n:
            said = ngettext("%(n)s person is invited by mail.", "%(n)s people are invited by mail.", n) % {"n": n}
            messages.success(request, said)
        else:
            messages.error(request, _("Nobody was invited. Tick at least one person with an e-mail address."))
    elif do == "tell":
        n = invitations.tell_changes(actor=request.actor, meeting=found)
        said = ngettext("%(n)s person is told.", "%(n)s people are told.", n) % {"n": n}
        messages.success(request, said)
    elif do == "call_off":
        n = planning.call_off(actor=request.actor, meeting=found)
        said = ngettext("Called off. %(n)s person is told.", "Called off. %(n)s people are told.", n) % {"n": n}
        messages.success(request, said)
    elif name == "withdraw" and which.isdecimal():
        row = get_object_or_404(UlgInvitation.objects.select_related("meeting", "person"), meeting=found, pk=which)
        invitations.withdraw(actor=request.actor, invitation=row)
        messages.success(request, _("The invitation of %(name)s is taken back.") % {"name": row.person})
    else:
        return HttpResponseBadRequest()
    return _to(request, found)


@require_http_methods(["GET", "POST"])
def present(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: everybody who may have come, those who said yes ticked. POST: they go on the report's attendance list."""
    found = planned(request, pk)
    today = request.network.today()
    if request.method == "POST":
        chosen = {int(n) for n in request.POST.getlist("person") if n.isdecimal()}
        report, n = presence.tick(actor=request.actor, meeting=found, people=chosen, today=today)
        said = ngettext("%(n)s person is on the list now.", "%(n)s people are on the list now.", n) % {"n": n}
        messages.success(request, said)
        return redirect("meetings:ulg_edit", network=request.network.slug, pk=report.pk)
    if found.cancelled_at is not None:
        planning.must_be_ahead(found)
    people = presence.expected_at(found, today)
    context = {"meeting": found, "city": found.partner, "people": people, "labels": dict(Answer.choices)}
    context["early"] = found.date is not None and found.date > today
    return render(request, "meetings/ulg_present.html", context)
