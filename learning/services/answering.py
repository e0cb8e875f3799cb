"""Taking answers: each counted once, however often it is sent."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learning.enums import POINTS, SCALE, QuestionKind, SurveyState
from learning.models import Answer, Question, Respondent, Survey
from learning.services.surveys import touch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from partners.models import Partner

LONGEST = {QuestionKind.TEXT: 280, QuestionKind.WORDS: 40}


class SurveyClosedError(Exception):
    """The survey, or each of the questions that were answered, takes no answers (any more)."""


@dataclass
class Given:
    """What somebody says to one question: rows to keep, and what is wrong with it in words."""

    texts: list[str] = field(default_factory=list)
    value: Any = None
    problem: str = ""

    @property
    def says_something(self) -> bool:
        """Whether there is anything to keep."""
        return bool(self.texts) or self.value not in (None, [], {})


def _numbers(raw: Mapping[str, str]) -> tuple[dict[str, int], bool]:
    found, wrong = {}, False
    for code, text in raw.items():
        if not text.strip():
            continue
        if text.strip().isdecimal() and len(text.strip()) < 5:  # noqa: PLR2004 - no number of points has more digits
            found[code] = int(text)
        else:
            wrong = True
    return found, wrong


def _written(question: Question, values: Sequence[str]) -> Given:
    texts = [" ".join(text.split()) for text in values][: question.most]
    texts = [text for text in texts if text]
    longest = LONGEST[QuestionKind(question.kind)]
    long = next((text for text in texts if len(text) > longest), None)
    words = _("Please write at most %(n)s characters; these are %(now)s.")
    return Given(texts, problem=words % {"n": longest, "now": len(long)} if long else "")


def _chosen(question: Question, values: Sequence[str]) -> Given:
    if question.kind == QuestionKind.SCALE:
        return Given(value=[int(text) for text in values if text.isdecimal() and int(text) in SCALE][:1] or None)
    chosen = [code for code in question.labels() if code in values]
    if question.kind == QuestionKind.ONE:
        return Given(value=chosen[:1] or None)
    many = question.most > 1 and len(chosen) > question.most
    return Given(value=chosen or None, problem=_("Choose at most %(n)s.") % {"n": question.most} if many else "")


def _shared_out(numbers: dict[str, int], *, wrong: bool) -> Given:
    total = sum(numbers.values())
    if wrong or (numbers and total != POINTS):
        problem = _("Share out exactly %(all)s points; it is %(now)s now.") % {"all": POINTS, "now": total}
        return Given(value=numbers, problem=problem)
    return Given(value={code: n for code, n in numbers.items() if n} or None)


def _in_order(numbers: dict[str, int], lines: int, *, wrong: bool) -> Given:
    ranks = [rank for rank in numbers.values() if rank]
    if wrong or len(set(ranks)) != len(ranks) or any(rank > lines for rank in ranks):
        return Given(value=numbers, problem=_("Give each line another number: 1 for the first, 2 for the next."))
    return Given(value=sorted((code for code in numbers if numbers[code]), key=lambda code: numbers[code]) or None)


def read_answer(question: Question, values: Sequence[str], numbers: Mapping[str, str]) -> Given:
    """Read what a form sends for a question: ``values`` of its fields; ``numbers`` by choice, for order and points."""
    if question.is_written:
        return _written(question, values)
    if question.kind not in (QuestionKind.POINTS, QuestionKind.RANKING):
        return _chosen(question, values)
    codes = list(question.labels())
    found, wrong = _numbers({code: numbers.get(code, "") for code in codes})
    if question.kind == QuestionKind.POINTS:
        return _shared_out(found, wrong=wrong)
    return _in_order(found, len(codes), wrong=wrong)


def new_key() -> str:
    """Return a random key for somebody who answers."""
    return secrets.token_hex(16)


def answer(
    *, survey: Survey, key: str, partner: Partner | None, language: str, given: Mapping[int, Given]
) -> list[Question]:
    """Keep what somebody says, by question id; what they said before to these questions is replaced. Returns them.

    Sent twice, or again after a broken line, it stands once: ``key`` is the person, a question the place. Raises
    SurveyClosedError if nothing of it is asked (any more).
    """
    with transaction.atomic():
        asked = list(Question.objects.filter(survey=survey, pk__in=list(given), is_open=True))
        if not asked or not Survey.objects.filter(pk=survey.pk, state=SurveyState.OPEN).exists():
            raise SurveyClosedError
        Respondent.objects.bulk_create(
            [Respondent(survey=survey, key=key, partner=partner, language=language)],
            update_conflicts=True,
            unique_fields=["survey", "key"],
            update_fields=["partner", "language"],
        )
        person = Respondent.objects.select_for_update().get(survey=survey, key=key)
        rows = []
        for question in asked:
            said = given[question.pk]
            texts = said.texts or ([] if said.value in (None, [], {}) else [""])
            for slot, text in enumerate(texts):
                value = None if question.is_written else said.value
                rows.append(Answer(question=question, respondent=person, slot=slot, text=text, value=value))
        kept = {(row.question_id, row.slot) for row in rows}
        for old in Answer.objects.filter(respondent=person, question__in=asked):
            if (old.question_id, old.slot) not in kept:
                old.delete()
        for row in rows:
            row.at = timezone.now()
        Answer.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["question", "respondent", "slot"],
            update_fields=["text", "value", "at"],
        )
        touch(survey)
    return asked


def given_before(survey: Survey, key: str) -> dict[int, Given]:
    """Return what somebody has said so far, by question id."""
    found: dict[int, Given] = {}
    for row in Answer.objects.filter(question__survey=survey, respondent__key=key).order_by("question_id", "slot"):
        said = found.setdefault(row.question_id, Given())
        if row.text:
            said.texts.append(row.text)
        else:
            said.value = row.value
    return found
