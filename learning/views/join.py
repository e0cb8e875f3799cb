"""Answering a survey: no account, a code, any phone, with or without JavaScript."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from aoce.common.views.errors import too_many
from learning.enums import QuestionKind, SurveyState
from learning.forms.survey import language_name
from learning.models import Question, SkillRound, Survey
from learning.models.survey import CODE_LENGTH
from learning.services import answering
from learning.services.answering import Given
from partners.models import Partner

KEY_DAYS = 30
#: So many wrong codes from one address in ten minutes; a room full of people types fewer.
WRONG_CODES = 60
WRONG_SECONDS = 600
NO_CITY = "none"


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code."""
    problem, typed = "", request.POST.get("code", "") or request.GET.get("code", "")
    if typed:
        digits = "".join(sign for sign in typed if sign.isdecimal())
        counter = f"join-wrong:{request.META.get('REMOTE_ADDR', '')}"
        wrong = cache.get(counter, 0)
        if wrong >= WRONG_CODES:
            return too_many(request)
        if Survey.objects.filter(code=digits).exclude(state=SurveyState.DRAFT).exists():
            return redirect("join:survey", code=digits)
        if SkillRound.objects.filter(code=digits).exists():
            return redirect("skills:answer", code=digits)
        cache.set(counter, wrong + 1, WRONG_SECONDS)
        problem = (
            _("No survey has this code. Look at the wall again.")
            if len(digits) == CODE_LENGTH
            else _("A code has six digits; this one has %(n)s.") % {"n": len(digits)}
        )
    status = 422 if problem else 200
    return render(request, "learning/join.html", {"problem": problem, "typed": typed}, status=status)


def _key(request: HttpRequest, survey: Survey) -> str:
    """Return who answers on this device: kept in a cookie, or, where there are none, in the form."""
    sent = request.POST.get("who", "")
    kept = request.COOKIES.get(f"survey-{survey.code}", "")
    key = kept or sent
    is_key = len(key) == 32 and all(sign in "0123456789abcdef" for sign in key)  # noqa: PLR2004 - token_hex(16)
    return key if is_key else answering.new_key()


def _asked(survey: Survey) -> list[Question]:
    return [question for question in survey.questions.all() if question.is_open]


def read_form(request: HttpRequest, questions: list[Question]) -> dict[int, Given]:
    """Return what the form says to these questions."""
    found = {}
    for question in questions:
        name = f"q{question.pk}"
        numbers = {choice: request.POST.get(f"{name}-{choice}", "") for choice in question.labels()}
        found[question.pk] = answering.read_answer(question, request.POST.getlist(name), numbers)
    return found


def _fields(questions: list[Question], given: dict[int, Given]) -> list[dict[str, Any]]:
    """Return each question with what stands in its fields."""
    rows = []
    for question in questions:
        said = given.get(question.pk, Given())
        value = said.value if said.value is not None else []
        numbers = value if isinstance(value, dict) else {choice: n for n, choice in enumerate(value, 1)}
        rows.append(
            {
                "question": question,
                "name": f"q{question.pk}",
                "texts": [*said.texts, *[""] * (question.most - len(said.texts))] if question.is_written else [],
                "longest": answering.LONGEST.get(QuestionKind(question.kind), 0),
                "choices": [
                    (choice, label, choice in value, numbers.get(choice, ""))
                    for choice, label in question.labels().items()
                ],
                "step": value[0] if question.kind == QuestionKind.SCALE and value else 0,
                "problem": said.problem,
            }
        )
    return rows


@never_cache
@require_http_methods(["GET", "POST"])
def survey(request: HttpRequest, code: str) -> HttpResponse:
    """GET: the questions, with what this device said before. POST: keep the answers, each once."""
    found = Survey.objects.exclude(state=SurveyState.DRAFT).select_related("network").filter(code=code).first()
    if found is None:
        return redirect(f"{reverse('join:code')}?code={code}")
    if request.method == "POST" and request.POST.get("do") == "leave":
        response = redirect("join:survey", code=code)
        response.delete_cookie(f"survey-{code}", path=reverse("join:survey", kwargs={"code": code}))
        return response
    with translation.override(language_of(request, found)):
        return _survey(request, found)


def language_of(request: HttpRequest, found: Survey) -> str:
    """Return the language to ask in: the chosen one, else the first of the browser's that the survey is written in."""
    written = list(found.title)
    chosen = request.GET.get("lang") or request.COOKIES.get(f"survey-{found.code}-language", "")
    if chosen in written:
        return chosen
    asked = [part.split(";")[0].strip().split("-")[0] for part in request.headers.get("Accept-Language", "").split(",")]
    # What the portal would speak comes after what the browser asks for: surveys are written in more languages.
    return next((code for code in (*asked, get_language()) if code in written), get_language() or "en")


def _survey(request: HttpRequest, found: Survey) -> HttpResponse:
    key = _key(request, found)
    questions = _asked(found)
    page = _step(request, questions) if found.one_at_a_time else None
    shown = questions if page is None else questions[page : page + 1]
    if request.method == "POST":
        return _take(request, found, key, questions, page)
    given = answering.given_before(found, key)
    return _page(request, found, key, shown, given, page=page, total=len(questions))


def _step(request: HttpRequest, questions: list[Question]) -> int:
    text = request.POST.get("step") or request.GET.get("step", "")
    return min(int(text), max(len(questions) - 1, 0)) if text.isdecimal() and len(text) < 4 else 0  # noqa: PLR2004


def _take(request: HttpRequest, found: Survey, key: str, questions: list[Question], page: int | None) -> HttpResponse:
    """Keep the answers, or say what is wrong with them and keep what was typed."""
    shown = questions if page is None else questions[page : page + 1]
    given = read_form(request, shown)
    city, problem = _city(request, found)
    problems = any(said.problem for said in given.values())
    if found.state == SurveyState.OPEN and (problem or problems):
        return _page(
            request, found, key, shown, given, page=page, total=len(questions), city_problem=problem, status=422
        )
    try:
        answering.answer(survey=found, key=key, partner=city, language=get_language() or "", given=given)
    except answering.SurveyClosedError:
        every = read_form(request, list(found.questions.all()))
        typed = [text for said in every.values() for text in said.texts]
        return _page(request, found, key, shown, given, page=page, total=len(questions), typed=typed, status=409)
    more = page is not None and page + 1 < len(questions)
    target = reverse("join:survey", kwargs={"code": found.code})
    response = redirect(f"{target}?step={page + 1}" if more and page is not None else f"{target}?sent=1")
    return _remember(response, found, key, request)


def _city(request: HttpRequest, found: Survey) -> tuple[Partner | None, str]:
    text = request.POST.get("city", "")
    if text == NO_CITY:
        return None, ""
    city = (
        Partner.objects.filter(network=found.network_id, is_active=True, pk=int(text)).first()
        if text.isdecimal()
        else None
    )
    return city, "" if city else _("Choose your city. If you are from none of them, choose “No city”.")


def _remember(response: HttpResponse, found: Survey, key: str, request: HttpRequest) -> HttpResponse:
    for name, value in ((f"survey-{found.code}", key), (f"survey-{found.code}-language", get_language() or "")):
        response.set_cookie(
            name,
            value,
            max_age=KEY_DAYS * 86400,
            path=reverse("join:survey", kwargs={"code": found.code}),
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response


def _page(
    request: HttpRequest,
    found: Survey,
    key: str,
    shown: list[Question],
    given: dict[int, Given],
    *,
    page: int | None,
    total: int,
    city_problem: str = "",
    typed: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    person = found.respondents.filter(key=key).first()
    city = request.POST.get("city") or (str(person.partner_id or NO_CITY) if person else "")
    context = {
        "survey": found,
        "network": found.network,
        "is_open": found.state == SurveyState.OPEN,
        "fields": _fields(shown, given),
        "cities": list(Partner.objects.filter(network=found.network_id, is_active=True)),
        "city": city,
        "city_problem": city_problem,
        "problems": [row for row in _fields(shown, given) if row["problem"]],
        "who": key,
        "step": page,
        "last": page is None or page + 1 >= total,
        "total": total,
        "sent": "sent" in request.GET and request.method == "GET",
        "answered": bool(given) and request.method == "GET",
        "typed": typed or [],
        "written": [(code, language_name(code)) for code in found.title] if len(found.title) > 1 else [],
        "language": get_language(),
    }
    return _remember(render(request, "learning/answer.html", context, status=status), found, key, request)
