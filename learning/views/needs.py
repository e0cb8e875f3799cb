"""Learning needs: the page of all cities, entering, confirming, and reading them out of a survey."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aoce.common.workflow import WrongStateError
from learning import policies
from learning.analysis import Reading, needs_of, readings_of
from learning.forms.needs import NeedForm, OutcomeForm
from learning.models import GoodPractice, LearningNeed
from learning.services import needs as services
from learning.threads import thread_of_need
from learning.views.surveys import find as find_survey
from learning.views.surveys import must_run
from meetings.models import TransnationalMeeting
from meetings.policies import can_write_agenda
from partners.models import SubTheme


def _list(request: HttpRequest) -> HttpResponse:
    return redirect("learning:needs", network=request.network.slug)


@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """Show what cities need to learn: city by city, or by sub-theme with who could answer it."""
    if not policies.can_view_matrix(request.actor):
        raise PermissionDenied
    meetings = list(TransnationalMeeting.objects.visible_to(request.actor).filter(needs__isnull=False).distinct())
    slug = request.GET.get("meeting", "")
    chosen = next((m for m in meetings if m.slug == slug), None)
    cities, groups = needs_of(request.actor, request.network, {"meeting": chosen} if chosen else {})
    context = {
        "cities": cities,
        "groups": groups,
        "by_theme": request.GET.get("by") == "sub-theme",
        "meetings": meetings,
        "meeting": chosen,
        "own": request.actor.coordinated_partner_ids,
        "writes": request.actor.leads or bool(request.actor.coordinated_partner_ids),
        "coming": _coming(request) if request.GET.get("by") == "sub-theme" else [],
    }
    return render(request, "learning/needs.html", context)


def _coming(request: HttpRequest) -> list[TransnationalMeeting]:
    """Return the meetings still to come whose agenda this person writes."""
    rows = TransnationalMeeting.objects.visible_to(request.actor).filter(end__gte=request.network.today())
    return [row for row in rows.prefetch_related("hosts") if can_write_agenda(request.actor, row)]


@require_POST
def put_on_agenda(request: HttpRequest) -> HttpResponse:
    """Make a session of the chosen meeting of the needs of one sub-theme, and show it to be completed."""
    if not policies.can_view_matrix(request.actor):
        raise PermissionDenied
    meeting = get_object_or_404(
        TransnationalMeeting.objects.visible_to(request.actor), slug=request.POST.get("meeting", "")
    )
    meeting.network = request.network
    if not can_write_agenda(request.actor, meeting):
        raise PermissionDenied
    chosen = [int(pk) for pk in request.POST.getlist("need") if pk.isdecimal()]
    rows = LearningNeed.objects.visible_to(request.actor).filter(pk__in=chosen)
    found = list(rows.select_related("partner", "sub_theme"))
    if not found:
        messages.error(request, _("Tick at least one need."))
        return _list(request)
    themes = [need.sub_theme_id for need in found if need.sub_theme_id]
    practices = list(GoodPractice.objects.visible_to(request.actor).filter(sub_themes__in=themes).distinct())
    session = services.put_on_agenda(actor=request.actor, meeting=meeting, needs=found, practices=practices)
    words = _("“%(title)s” is on the agenda. Give it a time, and say who presents.")
    messages.success(request, words % {"title": session})
    return redirect("meetings:session_edit", network=request.network.slug, slug=meeting.slug, pk=session.pk)


@require_http_methods(["GET", "POST"])
def need_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Enter a need, or change one."""
    rows = LearningNeed.objects.visible_to(request.actor)
    need = get_object_or_404(rows, pk=pk) if pk else None
    actor = request.actor
    may = policies.can_change_need(actor, need) if need else actor.leads or bool(actor.coordinated_partner_ids)
    if not may:
        raise PermissionDenied
    form = NeedForm(request.POST or None, actor=actor, network=request.network, need=need)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.save_need(actor=actor, need=need, **data)
        except services.NeedThereAlreadyError:
            form.add_error("text", _("%(city)s has a need in these words already.") % {"city": data["partner"]})
        else:
            messages.success(request, _("The learning need is saved."))
            return _list(request)
    return render(request, "learning/need_form.html", {"form": form, "need": need})


@require_http_methods(["GET", "POST"])
def need(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one need. POST with ``do``: confirm it, take it away, say whether it was answered."""
    found = get_object_or_404(
        LearningNeed.objects.visible_to(request.actor).select_related("partner", "sub_theme__theme", "meeting"), pk=pk
    )
    form = OutcomeForm(initial={"outcome": found.outcome, "note": found.outcome_note})
    if request.method == "POST":
        do = request.POST.get("do", "")
        form = OutcomeForm(request.POST) if do == "outcome" else form
        if do not in ("confirm", "remove", "outcome"):
            return HttpResponseBadRequest()
        if do != "outcome" or form.is_valid():
            return _do(request, found, do, form)
    sessions = list(found.sessions.select_related("meeting").prefetch_related("cities"))
    context = {
        "need": found,
        "form": form,
        "sessions": sessions,
        "thread": thread_of_need(request.actor, found, sessions),
        "confirms": policies.can_confirm_need(request.actor, found),
        "changes": policies.can_change_need(request.actor, found),
    }
    return render(request, "learning/need.html", context)


def _do(request: HttpRequest, found: LearningNeed, do: str, form: OutcomeForm) -> HttpResponse:
    try:
        if do == "confirm":
            services.confirm(actor=request.actor, need=found)
            messages.success(request, _("It is your city's learning need now."))
        elif do == "remove":
            services.remove(actor=request.actor, need=found)
            messages.success(request, _("“%(text)s” is taken away.") % {"text": found})
        else:
            data = form.cleaned_data
            services.say_outcome(actor=request.actor, need=found, outcome=data["outcome"], note=data["note"])
            messages.success(request, _("Saved."))
    except WrongStateError:
        messages.error(request, _("The need has changed meanwhile. Look at it again."))
    return _list(request)


@require_http_methods(["GET", "POST"])
def adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a survey's answers together, and make needs of them."""
    survey = find_survey(request, pk)
    must_run(request)
    readings = readings_of(survey)
    themes = list(SubTheme.objects.filter(theme__network=request.network).select_related("theme"))
    if request.method == "POST":
        chosen = _chosen(request, readings, themes)
        if chosen:
            made = services.adopt(actor=request.actor, survey=survey, adoptions=chosen)
            words = ngettext(
                "%(n)s need is proposed to its city, who confirms it.",
                "%(n)s needs are proposed to their cities, who confirm them.",
                len(made),
            )
            messages.success(request, words % {"n": len(made)})
        else:
            messages.info(request, _("Nothing was chosen."))
        return redirect("learning:needs_adopt", network=request.network.slug, pk=survey.pk)
    return render(request, "learning/adopt.html", {"survey": survey, "readings": readings, "themes": themes})


def _chosen(request: HttpRequest, readings: list[Reading], themes: list[SubTheme]) -> list[services.Adoption]:
    known: dict[str, Any] = {str(theme.pk): theme for theme in themes}
    found = []
    for reading in readings:
        if reading.key in request.POST.getlist("adopt"):
            text = " ".join(request.POST.get(f"text-{reading.key}", "").split())[:300] or reading.text
            theme = known.get(request.POST.get(f"theme-{reading.key}", ""))
            found.append(services.Adoption(reading.city, text, theme, [answer.pk for answer in reading.answers]))
    return found
