"""What came in to a survey, counted: for the wall, the table and the files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from learning.enums import SCALE, QuestionKind
from learning.likeness import heaps, plain
from learning.models import Answer, Question, Survey

if TYPE_CHECKING:
    from partners.models import Partner

#: Sizes of words on the wall, the largest first: each from this share of the most on.
SIZES = ((0.8, 5), (0.6, 4), (0.4, 3), (0.25, 2))
#: So many groups or words fit on a wall.
ON_WALL = 7


@dataclass
class Line:
    """One line of a question's results: its words, a number, and the cities it comes from."""

    words: str
    number: float
    cities: set[int] = field(default_factory=set)
    answers: list[Answer] = field(default_factory=list)
    most: float = 1
    states: list[str] = field(default_factory=list)

    @property
    def share(self) -> int:
        """The line's part of the longest, in percent."""
        return round(100 * self.number / self.most) if self.most else 0

    @property
    def size(self) -> int:
        """How large its words stand on the wall, 1 to 5."""
        part = self.number / self.most if self.most else 0
        return next((size for limit, size in SIZES if part >= limit), 1)

    @property
    def shown(self) -> str:
        """The number as people read it."""
        return f"{self.number:.1f}" if isinstance(self.number, float) else str(self.number)


@dataclass
class Result:
    """What a question brought: its lines, how many people answered, and what the numbers are."""

    question: Question
    lines: list[Line]
    people: int
    unit: str

    @property
    def on_wall(self) -> list[Line]:
        """The lines there is room for, those with most first; a scale keeps its order."""
        if self.question.kind == QuestionKind.SCALE:
            return self.lines
        return sorted(self.lines, key=lambda line: -line.number)[:ON_WALL]

    @property
    def more(self) -> int:
        """How many lines there is no room for."""
        return len(self.lines) - len(self.on_wall)


@dataclass
class Tile:
    """One city: how many people answered from there, and whether its answer is the newest."""

    city: Partner
    people: int
    is_newest: bool = False


@dataclass
class Results:
    """A survey's results."""

    results: list[Result]
    tiles: list[Tile]
    people: int
    newest: Answer | None


def _counted(pairs: Iterable[tuple[str, Answer]], labels: dict[str, str]) -> list[Line]:
    lines = {code: Line(words, 0) for code, words in labels.items()}
    for code, answer in pairs:
        if code in lines:
            line = lines[code]
            line.number += 1
            line.cities.add(answer.respondent.partner_id or 0)
    return list(lines.values())


def _texts(answers: list[Answer], language: str) -> list[Line]:
    found = []
    for heap in heaps([answer.text for answer in answers], language):
        members = [answers[n] for n in heap.members]
        cities = {answer.respondent.partner_id or 0 for answer in members}
        found.append(Line(heap.title, len(members), cities, members))
    return found


def _words(answers: list[Answer]) -> list[Line]:
    grouped: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        grouped[plain(answer.text)].append(answer)
    lines = []
    for members in grouped.values():
        words = Counter(answer.text for answer in members).most_common(1)[0][0]
        lines.append(Line(words, len(members), {a.respondent.partner_id or 0 for a in members}, members))
    return sorted(lines, key=lambda line: (-line.number, line.words.casefold()))


def _ranking(question: Question, answers: list[Answer]) -> list[Line]:
    """Sum up: in a list of n, the first place is worth n points, the last one 1 (Borda count)."""
    labels = question.labels()
    lines = {code: Line(words, 0) for code, words in labels.items()}
    for answer in answers:
        for place, code in enumerate(answer.value or []):
            if code in lines:
                lines[code].number += len(labels) - place
                lines[code].cities.add(answer.respondent.partner_id or 0)
    return sorted(lines.values(), key=lambda line: -line.number)


def _points(question: Question, answers: list[Answer]) -> list[Line]:
    lines = {code: Line(words, 0) for code, words in question.labels().items()}
    for answer in answers:
        for code, n in (answer.value or {}).items():
            if code in lines:
                lines[code].number += n
                lines[code].cities.add(answer.respondent.partner_id or 0)
    for line in lines.values():
        line.number = round(line.number / max(len(answers), 1), 1)
    return sorted(lines.values(), key=lambda line: -line.number)


def result_of(question: Question, answers: list[Answer], language: str) -> Result:
    """Return what one question brought; ``answers`` without hidden ones, ``language`` of most texts."""
    people = len({answer.respondent_id for answer in answers})
    kind = question.kind
    if kind == QuestionKind.TEXT:
        lines, unit = _texts(answers, language), _("answers")
    elif kind == QuestionKind.WORDS:
        lines, unit = _words(answers), _("times")
    elif kind == QuestionKind.RANKING:
        lines, unit = _ranking(question, answers), _("points, the first place most")
    elif kind == QuestionKind.POINTS:
        lines, unit = _points(question, answers), _("of 100 points a person")
    else:
        labels = {str(step): str(step) for step in SCALE} if kind == QuestionKind.SCALE else question.labels()
        lines, unit = _counted(((str(code), a) for a in answers for code in a.value or []), labels), _("people")
    most = max((line.number for line in lines), default=0)
    for line in lines:
        line.most = most
    return Result(question, lines, people, unit)


def answers_of(survey: Survey, *, until: datetime | None = None, hidden: bool = False) -> Iterator[Answer]:
    """Return a survey's answers, oldest first, with who answered; hidden ones only if wanted. One query."""
    rows = Answer.objects.filter(question__survey=survey).select_related("respondent")
    if not hidden:
        rows = rows.filter(is_hidden=False)
    if until is not None:
        rows = rows.filter(at__lte=until)
    return rows.order_by("at", "pk").iterator()


def results_of(
    survey: Survey, cities: list[Partner], *, hidden: bool = False, until: datetime | None = None
) -> Results:
    """Count a survey. Two queries; ``until`` leaves out what came later."""
    questions = list(survey.questions.all())
    by_question: dict[int, list[Answer]] = defaultdict(list)
    newest: Answer | None = None
    people: dict[int, int | None] = {}
    for answer in answers_of(survey, until=until, hidden=hidden):
        by_question[answer.question_id].append(answer)
        people[answer.respondent_id] = answer.respondent.partner_id
        newest = answer
    language = next(iter(survey.title), "en")
    counted = Counter(people.values())
    tiles = [
        Tile(city, counted[city.pk], newest is not None and newest.respondent.partner_id == city.pk) for city in cities
    ]
    results = [result_of(question, by_question[question.pk], language) for question in questions]
    for line in (line for result in results for line in result.lines):
        line.states = ["approved" if city.pk in line.cities else "none" for city in cities]
    return Results(results, tiles, len(people), newest)


def table_rows(survey: Survey, cities: dict[int, str]) -> Iterator[list[Any]]:
    """Yield the raw answers for a file, the heads first: question, kind, city, answer, hidden, when (UTC)."""
    yield [_("Question"), _("Kind"), _("City"), _("Answer"), _("Hidden"), _("When (UTC)")]
    questions = {question.pk: question for question in survey.questions.all()}
    for answer in answers_of(survey, hidden=True):
        question = questions[answer.question_id]
        labels = question.labels()
        city = cities.get(answer.respondent.partner_id or 0, "")
        said = answer.text
        if isinstance(answer.value, dict):
            said = "; ".join(f"{labels.get(code, code)}: {n}" for code, n in answer.value.items())
        elif answer.value:
            said = "; ".join(labels.get(str(code), str(code)) for code in answer.value)
        hidden = _("yes") if answer.is_hidden else ""
        yield [str(question), question.get_kind_display(), city, said, hidden, answer.at.strftime("%Y-%m-%d %H:%M:%S")]
