"""A network of two cities, and surveys in it."""

from __future__ import annotations

from django.urls import reverse

from learning.enums import SurveyState
from learning.models import Question, Survey
from learning.services import answering
from learning.services.answering import Given
from partners.models import Network, Partner

LIST = [{"code": f"c{n}", "text": {"en": words}} for n, words in enumerate(("Workshops", "Walks", "Talks"), 1)]


def open_survey(network: Network, *kinds: str, **fields: object) -> Survey:
    """Make an open survey with a question of each kind."""
    survey = Survey.objects.create(
        network=network, title={"en": "What do we need?"}, code=Survey.free_code(), state=SurveyState.OPEN, **fields
    )
    for n, kind in enumerate(kinds):
        choices = LIST if kind in {"one", "many", "ranking", "points"} else []
        Question.objects.create(
            survey=survey, kind=kind, text={"en": f"Question {n}"}, choices=choices, position=n, most=3
        )
    return survey


def city(network: Network, slug: str = "gdansk") -> Partner:
    """Return one of the cities."""
    return Partner.objects.get(network=network, slug=slug)


def say(survey: Survey, key: str, given: Given, where: Partner | None = None) -> None:
    """Answer the first question as the person with that key."""
    question = survey.questions.first()
    answering.answer(survey=survey, key=key.ljust(32, "0"), partner=where, language="en", given={question.pk: given})


def join(survey: Survey) -> str:
    """Return where a survey is answered."""
    return reverse("join:survey", kwargs={"code": survey.code})
