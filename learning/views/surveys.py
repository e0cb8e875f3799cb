"""Surveys for those who run and read them: the list, preparing, results, the wall, the files."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aoce.common.workflow import WrongStateError
from learning import policies
from learning.enums import SurveyState
from learning.forms.survey import QuestionForm, SurveyForm
from learning.models import Answer, Question, Survey
from learning.results import results_of, table_rows
from learning.services import surveys as services
from partners.models import Partner

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What a cell of a sheet must not begin with, lest it be taken for a formula.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def find(request: HttpRequest, pk: int) -> Survey:
    """Return a survey this person may see; 404 otherwise."""
    rows = Survey.objects.visible_to(request.actor).select_related("meeting")
    survey = get_object_or_404(rows, pk=pk)
    survey.network = request.network
    return survey


def must_run(request: HttpRequest) -> None:
    """Refuse who does not run surveys."""
    if not policies.can_run_surveys(request.actor):
        raise PermissionDenied


def _here(request: HttpRequest, survey: Survey) -> HttpResponse:
    return redirect("learning:survey", network=request.network.slug, pk=survey.pk)


def join_url(request: HttpRequest, survey: Survey) -> str:
    """Return the whole address at which a survey is answered."""
    return request.build_absolute_uri(reverse("join:survey", kwargs={"code": survey.code}))


def qr_svg(url: str) -> str:
    """Return the address as a QR picture, an SVG without colours of its own."""
    import segno  # loaded only where a code is shown

    return segno.make(url, error="m").svg_inline(border=2, svgclass="qr", lineclass="", omitsize=True)


def cities_of(request: HttpRequest) -> list[Partner]:
    """Return the network's cities."""
    return list(Partner.objects.filter(network=request.network, is_active=True))


@require_safe
def survey_list(request: HttpRequest) -> HttpResponse:
    """List the surveys, the newest first."""
    if not policies.can_view_matrix(request.actor):
        raise PermissionDenied
    rows = list(Survey.objects.visible_to(request.actor).select_related("meeting"))
    runs = policies.can_run_surveys(request.actor)
    return render(request, "learning/surveys.html", {"surveys": rows, "runs": runs})


@require_http_methods(["GET", "POST"])
def survey_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Begin a survey, or change its title, meeting and pace."""
    survey = find(request, pk) if pk else None
    must_run(request)
    form = SurveyForm(request.POST or None, network=request.network, survey=survey)
    if request.method == "POST" and form.is_valid():
        saved = services.save_survey(
            actor=request.actor,
            network=request.network,
            survey=survey,
            title=form.words("title"),
            intro=form.words("intro"),
            meeting=form.cleaned_data["meeting"],
            one_at_a_time=form.cleaned_data["one_at_a_time"],
        )
        source = form.sources.get(form.cleaned_data["begin"]) if survey is None else None
        if source:
            services.begin_with(actor=request.actor, survey=saved, source=source)
        messages.success(request, _("The survey is saved.") if survey or source else _("Now add its questions."))
        return _here(request, saved)
    return render(request, "learning/survey_form.html", {"form": form, "survey": survey})


@require_http_methods(["GET", "POST"])
def question_edit(request: HttpRequest, pk: int, question: int | None = None) -> HttpResponse:
    """Add a question, or change one."""
    survey = find(request, pk)
    must_run(request)
    found = get_object_or_404(Question, survey=survey, pk=question) if question else None
    form = QuestionForm(request.POST or None, network=request.network, question=found)
    if request.method == "POST" and form.is_valid():
        services.save_question(
            actor=request.actor,
            survey=survey,
            question=found,
            kind=form.cleaned_data["kind"],
            text=form.words("text"),
            help=form.words("help"),
            choices=form.choices,
            most=form.cleaned_data["most"],
        )
        messages.success(request, _("The question is saved."))
        return _here(request, survey)
    context = {"form": form, "survey": survey, "question": found}
    return render(request, "learning/question_form.html", context)


@require_safe
def survey_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a survey: to those who run it with all its buttons, to others what came in."""
    survey = find(request, pk)
    runs = policies.can_run_surveys(request.actor)
    found = results_of(survey, cities_of(request), hidden=runs)
    url = join_url(request, survey)
    context = {"survey": survey, "found": found, "runs": runs, "url": url, "names": _names(found.tiles)}
    return render(request, "learning/survey.html", context)


def _names(tiles: list[Any]) -> dict[int, str]:
    return {tile.city.pk: tile.city.name for tile in tiles} | {0: _("No city named")}


DOES = ("open", "close", "freeze", "unfreeze", "delete")


@require_POST
def survey_do(request: HttpRequest, pk: int) -> HttpResponse:
    """Open, close, freeze a survey; move, open, close, remove its questions; hide answers."""
    survey = find(request, pk)
    must_run(request)
    do, _sep, number = request.POST.get("do", "").partition("-")
    try:
        if do in DOES:
            return _do_survey(request, survey, do)
        if do in ("up", "down", "remove", "ask", "hush") and number.isdecimal():
            _do_question(request, get_object_or_404(Question, survey=survey, pk=int(number)), do)
        elif do in ("hide", "show") and number.isdecimal():
            answer = get_object_or_404(Answer.objects.select_related("question__survey"), pk=int(number))
            if answer.question.survey_id != survey.pk:
                return HttpResponseBadRequest()
            services.hide_answer(actor=request.actor, answer=answer, hidden=do == "hide")
        else:
            return HttpResponseBadRequest()
    except WrongStateError:
        messages.error(request, _("That cannot be done (any more): there are answers, or there is no question yet."))
    return _here(request, survey)


def _do_survey(request: HttpRequest, survey: Survey, do: str) -> HttpResponse:
    actor = request.actor
    if do == "delete":
        services.delete_survey(actor=actor, survey=survey)
        messages.success(request, _("“%(title)s” is removed.") % {"title": survey})
        return redirect("learning:surveys", network=request.network.slug)
    if do == "open":
        services.open_survey(actor=actor, survey=survey)
        messages.success(request, _("The survey is open. Show the wall, or give people the code."))
    elif do == "close":
        services.close_survey(actor=actor, survey=survey)
        messages.success(request, _("The survey is closed."))
    else:
        services.freeze(actor=actor, survey=survey, frozen=do == "freeze")
    return _here(request, survey)


def _do_question(request: HttpRequest, question: Question, do: str) -> None:
    actor = request.actor
    if do in ("up", "down"):
        services.move_question(actor=actor, question=question, up=do == "up")
    elif do == "remove":
        services.remove_question(actor=actor, question=question)
    else:
        services.set_question_open(actor=actor, question=question, is_open=do == "ask")


# --- The wall ---------------------------------------------------------------------------------------------------------


@require_safe
@cache_control(private=True, no_cache=True)
def wall(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what comes in on a projector. Asked again with the mark of what it shows, it answers 304 at once."""
    survey = find(request, pk)
    mark = f'"{survey.pk}-{survey.version}-{get_language()}"'
    if request.headers.get("If-None-Match") == mark:
        return HttpResponseNotModified()
    found = results_of(survey, cities_of(request), until=survey.frozen_at)
    number = request.GET.get("question", "")
    shown = [r for r in found.results if str(r.question.pk) == number] or found.results[:1]
    url = join_url(request, survey)
    context = {
        "survey": survey,
        "found": found,
        "shown": shown[0] if shown else None,
        "url": url,
        "address": url.removeprefix("https://").removeprefix("http://").removesuffix(f"{survey.code}/"),
        "qr": qr_svg(url),
        "all_cities": {tile.city.pk for tile in found.tiles},
        "is_open": survey.state == SurveyState.OPEN,
    }
    is_part = request.headers.get("X-Part") == "wall"
    response = render(request, "learning/partials/_wall.html" if is_part else "learning/wall.html", context)
    response["ETag"] = mark
    response["Vary"] = "X-Part, Cookie"
    return response


# --- Files ------------------------------------------------------------------------------------------------------------


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell


@require_safe
def export(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Download the raw answers as CSV or XLSX; they name cities, never people."""
    survey = find(request, pk)
    must_run(request)
    rows = [[_safe(cell) for cell in row] for row in table_rows(survey, _names_of(request))]
    if kind == "csv":
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        response = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    else:
        from openpyxl import Workbook  # loaded only when asked for

        book = Workbook(write_only=True)
        sheet = book.create_sheet(_("Answers"))
        for row in rows:
            sheet.append(row)
        content = io.BytesIO()
        book.save(content)
        response = HttpResponse(content.getvalue(), content_type=XLSX)
    name = f"{request.network.slug}-survey-{survey.code}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _names_of(request: HttpRequest) -> dict[int, str]:
    return {city.pk: city.name for city in cities_of(request)}
