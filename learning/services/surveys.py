"""Preparing and running a survey: for those who lead the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from aoce.common.workflow import WrongStateError
from learning import policies
from learning.enums import SurveyState
from learning.models import Answer, Question, Survey, SurveyTemplate
from learning.services.codes import free_code
from partners.models import SubTheme

if TYPE_CHECKING:
    from datetime import datetime

    from meetings.models import TransnationalMeeting
    from partners.actors import Actor
    from partners.models import Network

Words = dict[str, str]


def _must_run(actor: Actor, network_id: int) -> None:
    if actor.network_id != network_id or not policies.can_run_surveys(actor):
        raise PermissionDenied


def touch(survey: Survey) -> None:
    """Let walls know that there is something new."""
    Survey.objects.filter(pk=survey.pk).update(version=models.F("version") + 1)


def save_survey(
    *,
    actor: Actor,
    network: Network,
    survey: Survey | None,
    title: Words,
    intro: Words,
    meeting: TransnationalMeeting | None,
    one_at_a_time: bool,
) -> Survey:
    """Begin a survey, or change what it is called and how it asks."""
    _must_run(actor, network.pk)
    survey = survey or Survey(network=network, code=free_code(), created_by_id=actor.user_id)
    survey.title, survey.intro, survey.meeting, survey.one_at_a_time = title, intro, meeting, one_at_a_time
    with transaction.atomic():
        survey.save()
        touch(survey)
    return survey


def save_question(
    *,
    actor: Actor,
    survey: Survey,
    question: Question | None,
    kind: str,
    text: Words,
    help: Words,  # noqa: A002 - the field's name
    choices: list[dict[str, Any]],
    most: int,
) -> Question:
    """Add a question at the end, or change one. Once answered, its kind and list stay; words may be mended."""
    _must_run(actor, survey.network_id)
    with transaction.atomic():
        Survey.objects.select_for_update().get(pk=survey.pk)
        if question is None:
            last = survey.questions.aggregate(n=models.Max("position"))["n"]
            question = Question(survey=survey, position=0 if last is None else last + 1)
        elif question.answers.exists():
            kind, most = question.kind, max(most, question.most)
            codes = [choice["code"] for choice in question.choices]
            choices = choices if [choice["code"] for choice in choices][: len(codes)] == codes else question.choices
        question.kind, question.text, question.help = kind, text, help
        question.choices, question.most = choices, most
        question.save()
        touch(survey)
    return question


def begin_with(*, actor: Actor, survey: Survey, source: SurveyTemplate | Survey) -> int:
    """Add the questions of a template, or of another survey, at the end of one; returns how many."""
    _must_run(actor, survey.network_id)
    if source.network_id != survey.network_id:
        raise PermissionDenied
    if isinstance(source, Survey):
        rows = list(source.questions.values("kind", "text", "help", "choices", "most"))
    else:
        rows = [_from_template(survey.network, question) for question in source.questions]
    with transaction.atomic():
        for row in rows:
            save_question(actor=actor, survey=survey, question=None, **row)
    return len(rows)


def _from_template(network: Network, question: dict[str, Any]) -> dict[str, Any]:
    lines = question["choices"]
    if question["sub_themes"]:
        themes = SubTheme.objects.filter(theme__network=network)
        lines = {(list(network.languages) or ["en"])[0]: [theme.name for theme in themes]}
    texts = {name: question[name] for name in ("kind", "text", "help", "most")}
    return texts | {"choices": choices_from(lines, []) if lines else []}


def remove_question(*, actor: Actor, question: Question) -> None:
    """Take a question out, as long as nobody answered it."""
    _must_run(actor, question.survey.network_id)
    with transaction.atomic():
        Survey.objects.select_for_update().get(pk=question.survey_id)
        if question.answers.exists():
            raise WrongStateError
        question.delete()
        touch(question.survey)


def move_question(*, actor: Actor, question: Question, up: bool) -> None:
    """Let a question change places with the one above or below."""
    _must_run(actor, question.survey.network_id)
    with transaction.atomic():
        Survey.objects.select_for_update().get(pk=question.survey_id)
        rows = list(Question.objects.filter(survey=question.survey_id))
        here = next(n for n, row in enumerate(rows) if row.pk == question.pk)
        there = here - 1 if up else here + 1
        if 0 <= there < len(rows):
            rows[here], rows[there] = rows[there], rows[here]
        for position, row in enumerate(rows):
            row.position = position
        Question.objects.bulk_update(rows, ["position"])
        touch(question.survey)


def _move(actor: Actor, survey: Survey, sources: tuple[str, ...], **values: object) -> None:
    _must_run(actor, survey.network_id)
    with transaction.atomic():
        row = Survey.objects.select_for_update().get(pk=survey.pk)
        if row.state not in sources:
            raise WrongStateError
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        row.save()
    survey.refresh_from_db()


def open_survey(*, actor: Actor, survey: Survey) -> None:
    """Take answers from now on; a closed survey may be opened again. A survey without questions cannot be opened."""
    if not survey.questions.exists():
        raise WrongStateError
    closed = (SurveyState.DRAFT, SurveyState.CLOSED)
    opened = survey.opened_at or timezone.now()
    _move(actor, survey, closed, state=SurveyState.OPEN, opened_at=opened, closed_at=None)


def close_survey(*, actor: Actor, survey: Survey) -> None:
    """Take no more answers."""
    _move(actor, survey, (SurveyState.OPEN,), state=SurveyState.CLOSED, closed_at=timezone.now())


def freeze(*, actor: Actor, survey: Survey, frozen: bool) -> None:
    """Let the wall stand still while answers go on coming in, or move on."""
    _move(actor, survey, tuple(SurveyState.values), frozen_at=timezone.now() if frozen else None)


def set_question_open(*, actor: Actor, question: Question, is_open: bool) -> None:
    """Take answers to one question, or no more."""
    _must_run(actor, question.survey.network_id)
    with transaction.atomic():
        Question.objects.filter(pk=question.pk).update(is_open=is_open)
        touch(question.survey)


def hide_answer(*, actor: Actor, answer: Answer, hidden: bool) -> None:
    """Take an answer off the wall and out of what is counted, or put it back; it is not lost."""
    survey = answer.question.survey
    _must_run(actor, survey.network_id)
    with transaction.atomic():
        Answer.objects.filter(pk=answer.pk).update(is_hidden=hidden)
        touch(survey)


def delete_survey(*, actor: Actor, survey: Survey) -> None:
    """Remove a survey that was never opened."""
    _must_run(actor, survey.network_id)
    with transaction.atomic():
        row = Survey.objects.select_for_update().get(pk=survey.pk)
        if row.state != SurveyState.DRAFT:
            raise WrongStateError
        row.delete()


def empty_old_surveys(*, closed_before: datetime) -> int:
    """Delete the raw answers of surveys that were closed before that moment; returns how many surveys.

    What was adopted from them as a city's learning need stands on its own and stays.
    """
    rows = Survey.objects.filter(state=SurveyState.CLOSED, closed_at__lt=closed_before, emptied_at=None)
    emptied = 0
    for survey in rows.iterator():
        with transaction.atomic():
            survey.respondents.all().delete()
            Survey.objects.filter(pk=survey.pk).update(emptied_at=timezone.now(), version=models.F("version") + 1)
        emptied += 1
    return emptied


def choices_from(lines: dict[str, list[str]], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a list to choose from, out of its lines by language; the n-th line keeps the n-th code."""
    count = max((len(found) for found in lines.values()), default=0)
    known = [choice["code"] for choice in before]
    found = []
    for n in range(count):
        words = {language: rows[n] for language, rows in lines.items() if n < len(rows) and rows[n]}
        found.append({"code": known[n] if n < len(known) else f"c{n + 1}", "text": words})
    return [choice for choice in found if choice["text"]]
