"""The quality check: what waits, one text with its remarks, criteria and decision, and what the network finds hard."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actionplans import policies
from actionplans.anchors import discussed
from actionplans.enums import Judgement
from actionplans.forms.checks import DecideForm, RemarkForm, criterion_rows, judgements_in
from actionplans.models import QualityCheck, Remark
from actionplans.queue import hard_for_the_network, waiting
from actionplans.services import checks as services
from actionplans.services import remarks as remark_services
from actionplans.services.templates import criteria_of
from actionplans.subjects import Kind, kinds
from actionplans.views.ideas import must_view
from aoce.common import review
from aoce.common.workflow import CommentMissingError


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits for its check, and what was checked lately."""
    if not request.actor.leads:
        raise PermissionDenied
    rows, done = waiting(request.actor, request.network)
    return render(request, "actionplans/queue.html", {"rows": rows, "done": done})


@require_safe
def criteria(request: HttpRequest, kind: str) -> HttpResponse:
    """Show criteria by city, as last judged: what the network finds hard."""
    if not request.actor.leads:
        raise PermissionDenied
    asked = _kind(kind)
    cities, rows = hard_for_the_network(request.actor, request.network, asked.subject)
    context = {"kind": asked, "cities": cities, "rows": rows, "judgements": Judgement}
    return render(request, "actionplans/criteria.html", context)


def _kind(word: str) -> Kind:
    found = kinds().get(word)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Show what was handed in with its remarks: for who checks it, and for its city. POST with ``do``."""
    must_view(request)
    asked = _kind(kind)
    found = asked.find(request.actor, pk)
    if not (request.actor.leads or found.partner_id in request.actor.partner_ids):
        raise PermissionDenied
    return _do(request, asked, found) if request.method == "POST" else _page(request, asked, found)


def _page(request: HttpRequest, kind: Kind, found: Any, **given: Any) -> HttpResponse:
    actor = request.actor
    newest, _before = review.latest_versions(kind.subject, found.pk)
    if newest is None:
        raise Http404
    show = request.GET.get("show", "")
    old = services.last_checked(kind.subject, found.pk, newest.number)
    before = {part.code: str(part.html) for part in kind.parts(old)} if old and show != "clean" else None
    remarks = remark_services.remarks_of(actor, kind.subject, found.pk)
    shown = old if old and show == "old" else newest
    parts = discussed(kind.parts(shown), None if shown is old else before, remarks)
    checks = services.can_check(actor, found) and found.state == "submitted"
    one = services.check_of(actor, kind, found) if checks else None
    criteria = criteria_of(request.network, kind.subject) if checks else []
    findings = {row.criterion_id: row for row in one.findings.all()} if one else {}
    points = list(review.points_for(kind.subject, found.pk))
    last = max((point.change_id for point in points), default=0)
    place, number = request.GET.get("at", ""), request.GET.get("block", "")
    quote = next(
        (b.quote for p in parts if p.code == place for b in p.blocks if str(b.number) == number and b.words), ""
    )
    context = {
        "kind": kind,
        "found": found,
        "url": kind.url(found),
        "new": newest,
        "old": old,
        "show": show,
        "parts": parts,
        "open_remarks": sum(remark.resolved_at is None for remark in remarks),
        "checks": checks,
        "check": one,
        "remarks_allowed": policies.can_remark(actor, found),
        "takes": found.partner_id in actor.coordinated_partner_ids and found.state in kind.writable,
        "rows": given.get("rows") or criterion_rows(criteria, findings),
        "judgements": Judgement.choices,
        "points": [point for point in points if point.change_id == last],
        "form": DecideForm(initial={"version": newest.number}),
        "remark_form": RemarkForm(initial={"place": place, "quote": quote}) if place else None,
        "remark_at": (place, number),
        "open_criteria": [],
        "problem": "",
    }
    wrong = given.get("problem") or given.get("open_criteria")
    wrong = wrong or any(form.errors for name, form in given.items() if name.endswith("form") and form)
    return render(request, "actionplans/check.html", context | given, status=422 if wrong else 200)


def _again(kind: Kind, found: Any, anchor: str = "") -> HttpResponse:
    return redirect(kind.check_url(found) + (f"#{anchor}" if anchor else ""))


def _do(request: HttpRequest, kind: Kind, found: Any) -> HttpResponse:
    do = request.POST.get("do", "")
    if do in ("judge", "letter", *services.DECISIONS):
        return _decide(request, kind, found, do)
    if do == "remark":
        return _remark(request, kind, found)
    what, _dash, number = do.partition("-")
    if what in ("reply", "settle", "open", "take") and number.isdecimal():
        rows = Remark.objects.visible_to(request.actor).filter(kind=kind.subject, object_id=found.pk, reply_to=None)
        return _answer(request, kind, found, get_object_or_404(rows, pk=int(number)), what)
    return HttpResponseBadRequest()


def _remark(request: HttpRequest, kind: Kind, found: Any) -> HttpResponse:
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return _page(request, kind, found, remark_form=form, remark_at=(request.POST.get("place", ""), ""))
    newest, _before = review.latest_versions(kind.subject, found.pk)
    made = remark_services.add_remark(
        actor=request.actor, kind=kind, found=found, number=newest.number if newest else 0, **form.cleaned_data
    )
    messages.success(request, _("Your remark stands beside the text."))
    return _again(kind, found, f"remark-{made.pk}")


def _answer(request: HttpRequest, kind: Kind, found: Any, remark: Remark, what: str) -> HttpResponse:
    text = request.POST.get(f"text-{remark.pk}", "").strip()[:4000]
    about: dict[str, Any] = {"actor": request.actor, "found": found, "remark": remark}
    if what == "reply" and not text:
        messages.error(request, _("Write an answer first."))
    elif what == "take":
        try:
            remark_services.take_over(kind=kind, **about)
            messages.success(request, _("The suggested text stands in your draft."))
        except remark_services.WordsGoneError:
            messages.error(request, _("The words it would replace are not there any more. Change the text by hand."))
    else:
        if text:
            remark_services.reply(text=text, **about)
        if what in ("settle", "open"):
            remark_services.settle(settled=what == "settle", **about)
    return _again(kind, found, f"remark-{remark.pk}")


def _decide(request: HttpRequest, kind: Kind, found: Any, do: str) -> HttpResponse:
    if not services.can_check(request.actor, found):
        raise PermissionDenied
    one = services.check_of(request.actor, kind, found)
    criteria = criteria_of(request.network, kind.subject)
    given = judgements_in(request.POST, criteria)
    form = DecideForm(request.POST)
    if one.decided_at is None:
        services.judge(actor=request.actor, check=one, given=given)
    due: date | None = form.cleaned_data["due"] if form.is_valid() else None
    if not form.is_valid():
        return _page(request, kind, found, form=form)
    if do == "judge":
        messages.success(request, _("Saved. You can go on later."))
        return _again(kind, found, "criteria")
    if do == "letter":
        data = request.POST.copy()
        data["letter"] = services.letter_of(one, found, due)
        return _page(request, kind, found, form=DecideForm(data), letter_written=True)
    return _carry_out(request, kind, found, one, form)


def _carry_out(request: HttpRequest, kind: Kind, found: Any, one: QualityCheck, form: DecideForm) -> HttpResponse:
    do = request.POST["do"]
    values = {name: form.cleaned_data[name] for name in ("letter", "due", "despite")}
    version = form.cleaned_data["version"] or 0
    try:
        services.decide(actor=request.actor, kind=kind, found=found, check=one, decision=do, version=version, **values)
    except services.OpenCriteriaError as still:
        return _page(request, kind, found, form=form, open_criteria=still.names)
    except CommentMissingError as missing:
        return _page(request, kind, found, form=form, problem=str(missing))
    except services.NewerVersionError:
        data = request.POST.copy()
        newest, _before = review.latest_versions(kind.subject, found.pk)
        data["version"] = str(newest.number if newest else 0)
        words = _("There is a newer version than the one you were reading. Look at it, then decide again.")
        return _page(request, kind, found, form=DecideForm(data), problem=words)
    words = {
        "approve": _("Approved. The city gets your letter."),
        "accept": _("Good so far. The city gets your letter and writes on."),
        "ask_changes": _("Returned. The city gets your letter and the points to address."),
    }
    messages.success(request, words[do])
    return redirect("actionplans:queue", network=request.network.slug)
