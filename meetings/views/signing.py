"""Signing in on a phone: no account, no name asked of anybody but the one who signs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from meetings.models import Participation, TransnationalMeeting
from meetings.passes import Pass, page_pass, read_page_pass, read_wall_code
from meetings.services import participation as services
from partners.models import Partner


def _meeting(found: Pass | None) -> TransnationalMeeting | None:
    if found is None:
        return None
    rows = TransnationalMeeting.objects.select_related("network").prefetch_related("hosts")
    return rows.filter(pk=found.meeting_id).first()


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, code: str) -> HttpResponse:
    """GET with the wall's code: the page to sign. POST with the page's pass: the signature, kept once."""
    if request.method == "POST":
        return _sign(request)
    found = read_wall_code(code)
    meeting = _meeting(found)
    if found is None or meeting is None:
        return _refuse(request, _("This code is too old. Scan the wall again: its code changes every few minutes."))
    return _page(request, meeting, found)


def _page(request: HttpRequest, meeting: TransnationalMeeting, found: Pass, problem: str = "") -> HttpResponse:
    if found.day != services.today_at(meeting):
        return _refuse(request, _("This page is of another day. Scan the code that is on the wall today."))
    known = Participation.objects.filter(meeting=meeting).exclude(presences__day=found.day)
    context = {
        "meeting": meeting,
        "network": meeting.network,
        "day": found.day,
        "pass": page_pass(found),
        "people": known.select_related("partner"),
        "cities": Partner.objects.filter(network=meeting.network_id, is_active=True),
        "problem": problem,
        "typed": request.POST,
    }
    return render(request, "meetings/sign.html", context, status=422 if problem else 200)


def _refuse(request: HttpRequest, words: str, meeting: TransnationalMeeting | None = None) -> HttpResponse:
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"said": words}, status=410)
    return render(request, "meetings/sign_over.html", {"words": words, "meeting": meeting}, status=410)


def _sign(request: HttpRequest) -> HttpResponse:
    found = read_page_pass(request.POST.get("pass", ""))
    meeting = _meeting(found)
    if found is None or meeting is None:
        return _refuse(request, _("This page is too old to sign. Scan the code on the wall again."))
    number, name = request.POST.get("who", ""), " ".join(request.POST.get("name", "").split())
    if not number.isdecimal() and not name:
        words = _("Choose your name, or type it.")
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"said": words}, status=422)
        return _page(request, meeting, found, words)
    city = request.POST.get("city", "")
    cities = Partner.objects.filter(network=meeting.network_id, is_active=True)
    try:
        signed = services.sign(
            meeting=meeting,
            day=found.day,
            participation_id=int(number) if number.isdecimal() else 0,
            partner=cities.filter(pk=int(city)).first() if city.isdecimal() else None,
            name=name,
            organisation=" ".join(request.POST.get("organisation", "").split()),
            signature=request.POST.get("signature", ""),
        )
    except services.NotTodayError:
        return _refuse(request, _("This page is of another day. Scan the code that is on the wall today."))
    words = _("Thank you, %(name)s. You have signed for today.") % {"name": signed.participation}
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"said": words})
    return render(request, "meetings/sign_over.html", {"words": words, "meeting": meeting, "done": True})
