"""Signing in on a phone: no account, no name asked of anybody but the one who signs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from aoce.common.workflow import WrongStateError
from meetings.doors import Door
from meetings.passes import page_pass, read_page_pass, read_wall_code
from meetings.services.participation import NotTodayError

#: An id has at most as many digits as the database counts.
ID_DIGITS = 18


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, code: str) -> HttpResponse:
    """GET with the wall's code: the page to sign. POST with the page's pass: the signature, kept once."""
    if request.method == "POST":
        return _sign(request)
    found = read_wall_code(code)
    door = Door.open(found) if found else None
    if found is None or door is None:
        return _refuse(request, _("This code is too old. Scan the wall again: its code changes every few minutes."))
    if not door.is_today:
        return _other_day(request)
    return _page(request, door, page_pass(found))


def _page(request: HttpRequest, door: Door, opened: str, problem: str = "") -> HttpResponse:
    context = {"door": door, "network": door.network, "pass": opened, "problem": problem, "typed": request.POST}
    return render(request, "meetings/sign.html", context, status=422 if problem else 200)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _refuse(request: HttpRequest, words: str) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"said": words}, status=410)
    return render(request, "meetings/sign_over.html", {"words": words}, status=410)


def _other_day(request: HttpRequest) -> HttpResponse:
    return _refuse(request, _("This page is of another day. Scan the code that is on the wall today."))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= ID_DIGITS else 0


def _ask(request: HttpRequest, door: Door, opened: str, words: str) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"said": words}, status=422)
    return _page(request, door, opened, words)


def _sign(request: HttpRequest) -> HttpResponse:
    opened = request.POST.get("pass", "")
    found = read_page_pass(opened)
    door = Door.open(found) if found else None
    if door is None:
        return _refuse(request, _("This page is too old to sign. Scan the code on the wall again."))
    number, name = _number(request.POST.get("who", "")), " ".join(request.POST.get("name", "").split())
    if not number and not name:
        return _ask(request, door, opened, _("Choose your name, or type it."))
    try:
        who = door.sign(
            number=number,
            name=name,
            organisation=" ".join(request.POST.get("organisation", "").split()),
            city=_number(request.POST.get("city", "")),
            signature=request.POST.get("signature", ""),
        )
    except NotTodayError:
        return _other_day(request)
    except WrongStateError as error:
        return _refuse(request, str(error))
    words = _("Thank you, %(name)s. You have signed for today.") % {"name": who}
    if _wants_json(request):
        return JsonResponse({"said": words})
    return render(request, "meetings/sign_over.html", {"words": words, "network": door.network, "done": True})
