"""Surveys: prepared by those who lead, answered without an account, each answer counted once."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aoce.common.workflow import WrongStateError
from learning.enums import SurveyState
from learning.likeness import heaps
from learning.models import Answer, Question, Respondent, Survey
from learning.results import results_of
from learning.services import answering, surveys
from learning.services.answering import Given
from learning.tasks import empty_surveys
from partners.enums import Role
from partners.models import Network, Partner
from tests.partners.factories import NetworkFactory, PartnerFactory, SubThemeFactory, actor_of, person

pytestmark = pytest.mark.django_db
LIST = [{"code": f"c{n}", "text": {"en": words}} for n, words in enumerate(("Workshops", "Walks", "Talks"), 1)]


@pytest.fixture
def network() -> Network:
    """A network with two cities and somebody of each role that matters here."""
    network = NetworkFactory(languages=["en", "nl"])
    PartnerFactory(network=network, name="Gdańsk", slug="gdansk")
    PartnerFactory(network=network, name="Banská Bystrica", slug="bb")
    return network


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


# --- Preparing --------------------------------------------------------------------------------------------------------


def test_only_those_who_lead_prepare_open_and_close(network: Network) -> None:
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    coordinator = actor_of(person(network, Role.COORDINATOR, city(network)), network)
    words = {"title": {"en": "Needs"}, "intro": {}, "meeting": None, "one_at_a_time": False}
    with pytest.raises(PermissionDenied):
        surveys.save_survey(actor=coordinator, network=network, survey=None, **words)
    survey = surveys.save_survey(actor=lead, network=network, survey=None, **words)
    assert (survey.state, len(survey.code), survey.code.isdecimal()) == (SurveyState.DRAFT, 6, True)
    with pytest.raises(WrongStateError):
        surveys.open_survey(actor=lead, survey=survey)
    asked = {"kind": "text", "text": {"en": "What?"}, "help": {}, "choices": [], "most": 3}
    surveys.save_question(actor=lead, survey=survey, question=None, **asked)
    with pytest.raises(PermissionDenied):
        surveys.open_survey(actor=coordinator, survey=survey)
    surveys.open_survey(actor=lead, survey=survey)
    assert survey.state == SurveyState.OPEN
    surveys.close_survey(actor=lead, survey=survey)
    with pytest.raises(WrongStateError):
        surveys.close_survey(actor=lead, survey=survey)


def test_survey_in_preparation_is_seen_by_those_who_lead_only(network: Network) -> None:
    survey = open_survey(network)
    Survey.objects.update(state=SurveyState.DRAFT)
    seen = {
        role: set(Survey.objects.visible_to(actor_of(person(network, role, where), network)))
        for role, where in ((Role.LEAD_EXPERT, None), (Role.LEAD_PARTNER, None), (Role.COORDINATOR, city(network)))
    }
    assert seen == {Role.LEAD_EXPERT: {survey}, Role.LEAD_PARTNER: {survey}, Role.COORDINATOR: set()}
    assert Client().get(join(survey)).status_code == 302


def test_form_takes_texts_in_several_languages_and_a_list_by_lines(network: Network, client: Client) -> None:
    client.force_login(person(network, Role.LEAD_EXPERT))
    new = reverse("learning:survey_new", kwargs={"network": network.slug})
    wrong = client.post(new, {"title_en": "", "title_nl": "Wat?"})
    assert "This field is required." in wrong.content.decode()
    client.post(new, {"title_en": "What?", "title_nl": "Wat?", "intro_en": "Two minutes."})
    survey = Survey.objects.get()
    assert survey.title == {"en": "What?", "nl": "Wat?"}
    add = reverse("learning:question_new", kwargs={"network": network.slug, "pk": survey.pk})
    short = client.post(add, {"kind": "one", "text_en": "Which?", "choices_en": "Only one", "most": "1"})
    assert "Write at least two lines" in short.content.decode()
    lines = {"choices_en": "Walks\n\nTalks\n", "choices_nl": "Wandelingen\nGesprekken"}
    client.post(add, {"kind": "one", "text_en": "Which?", "most": "1", **lines})
    assert survey.questions.get().choices == [
        {"code": "c1", "text": {"en": "Walks", "nl": "Wandelingen"}},
        {"code": "c2", "text": {"en": "Talks", "nl": "Gesprekken"}},
    ]
    SubThemeFactory(theme__network=network, name="Trust")
    SubThemeFactory(theme__network=network, name="Rules", code="9.9")
    client.post(add, {"kind": "many", "text_en": "About", "most": "3", "sub_themes": "on"})
    assert sorted(survey.questions.last().labels().values()) == ["Rules", "Trust"]


def test_question_with_answers_keeps_its_kind_and_stays(network: Network) -> None:
    lead = actor_of(person(network, Role.LEAD_PARTNER), network)
    survey = open_survey(network, "one", "text")
    question = survey.questions.first()
    say(survey, "a", Given(value=["c1"]))
    changed = {"kind": "text", "text": {"en": "New words"}, "help": {}, "choices": [], "most": 1}
    surveys.save_question(actor=lead, survey=survey, question=question, **changed)
    question.refresh_from_db()
    assert (question.kind, question.choices, str(question)) == ("one", LIST, "New words")
    with pytest.raises(WrongStateError):
        surveys.remove_question(actor=lead, question=question)
    other = survey.questions.last()
    surveys.move_question(actor=lead, question=other, up=True)
    assert list(survey.questions.all()) == [other, question]
    surveys.remove_question(actor=lead, question=other)
    assert list(survey.questions.all()) == [question]


# --- Answering --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "values", "numbers", "value", "problem"),
    [
        ("text", ["  two   words ", "", "more"], {}, ["two words", "more"], ""),
        ("text", ["x" * 281], {}, ["x" * 281], "Please write at most 280 characters; these are 281."),
        ("words", ["trust"] * 5, {}, ["trust"] * 3, ""),
        ("one", ["c2", "c1", "no"], {}, ["c1"], ""),
        ("many", ["c3", "c1", "bad"], {}, ["c1", "c3"], ""),
        ("scale", ["4"], {}, [4], ""),
        ("scale", ["9"], {}, None, ""),
        ("ranking", [], {"c1": "2", "c2": "1", "c3": ""}, ["c2", "c1"], ""),
        ("ranking", [], {"c1": "1", "c2": "1"}, {"c1": 1, "c2": 1}, "Give each line another number"),
        ("points", [], {"c1": "60", "c2": "40", "c3": "0"}, {"c1": 60, "c2": 40}, ""),
        ("points", [], {"c1": "60"}, {"c1": 60}, "Share out exactly 100 points; it is 60 now."),
        ("points", [], {"c1": "many"}, {}, "Share out exactly 100 points; it is 0 now."),
        ("points", [], {}, None, ""),
    ],
)
def test_answer_is_read_or_says_what_is_wrong(
    kind: str, values: list[str], numbers: dict[str, str], value: object, problem: str
) -> None:
    question = Question(kind=kind, choices=LIST, most=3, text={"en": "?"})
    given = answering.read_answer(question, values, numbers)
    assert (given.texts if question.is_written else given.value) == value
    assert given.problem.startswith(problem)
    assert bool(given.problem) is bool(problem)


def test_answer_sent_again_is_counted_once_and_a_new_one_replaces_it(network: Network, client: Client) -> None:
    survey = open_survey(network, "text")
    name = f"q{survey.questions.get().pk}"
    url = join(survey)
    page = client.get(url)
    assert page.status_code == 200
    for texts in (["lead talks", "ask well"], ["lead talks", "ask well"], ["lead talks"]):
        answer = client.post(url, {"city": city(network).pk, name: texts})
        assert answer.status_code == 302
    assert list(Answer.objects.values_list("text", "respondent__partner__name")) == [("lead talks", "Gdańsk")]
    assert Respondent.objects.count() == 1
    shown = client.get(url).content.decode()
    assert "lead talks" in shown
    assert "Change my answers" in shown


def test_phone_without_cookies_is_one_person_by_its_form(network: Network) -> None:
    survey = open_survey(network, "text")
    name = f"q{survey.questions.get().pk}"
    form = BeautifulSoup(Client().get(join(survey)).content, "html.parser").select_one("input[name=who]")["value"]
    for _twice in range(2):
        Client().post(join(survey), {"city": city(network).pk, name: "ask well", "who": form})
    assert Answer.objects.count() == 1
    Client().post(join(survey), {"city": city(network).pk, name: "ask well", "who": "<script>"})
    assert Answer.objects.count() == 2


def test_somebody_else_on_the_same_phone_is_another_person(network: Network, client: Client) -> None:
    survey = open_survey(network, "text")
    name = f"q{survey.questions.get().pk}"
    for text in ("ask well", "listen"):
        client.post(join(survey), {"city": city(network).pk, name: text})
        client.post(join(survey), {"do": "leave"})
    assert list(Answer.objects.values_list("text", flat=True)) == ["ask well", "listen"]


def test_missing_city_and_wrong_points_keep_everything_typed(network: Network, client: Client) -> None:
    survey = open_survey(network, "text", "points")
    first, second = survey.questions.all()
    sent = {f"q{first.pk}": "ask well", f"q{second.pk}-c1": "30"}
    answer = client.post(join(survey), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in ("Choose your city.", "Share out exactly 100 points; it is 30 now.", "ask well", 'value="30"'):
        assert words in page
    assert Answer.objects.count() == 0


def test_closed_survey_says_so_and_keeps_what_was_typed(network: Network, client: Client) -> None:
    survey = open_survey(network, "text")
    name = f"q{survey.questions.get().pk}"
    client.get(join(survey))
    Survey.objects.update(state=SurveyState.CLOSED)
    answer = client.post(join(survey), {"city": city(network).pk, name: "written in the train"})
    assert answer.status_code == 409
    assert "The survey is closed." in answer.content.decode()
    assert "written in the train" in answer.content.decode()
    assert Answer.objects.count() == 0


def test_question_not_asked_any_more_takes_no_answer(network: Network, client: Client) -> None:
    survey = open_survey(network, "text", "text")
    first, second = survey.questions.all()
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    surveys.set_question_open(actor=lead, question=first, is_open=False)
    with pytest.raises(answering.SurveyClosedError):
        say(survey, "a", Given(["too late"]))
    page = client.get(join(survey)).content.decode()
    assert f'name="q{second.pk}"' in page
    assert f'name="q{first.pk}"' not in page


def test_one_at_a_time_leads_through_all_questions(network: Network, client: Client) -> None:
    survey = open_survey(network, "text", "scale", one_at_a_time=True)
    first, second = survey.questions.all()
    where = city(network).pk
    page = client.get(join(survey)).content.decode()
    assert (f'name="q{first.pk}"' in page, f'name="q{second.pk}"' in page) == (True, False)
    answer = client.post(join(survey), {"city": where, "step": "0", f"q{first.pk}": "ask well"})
    assert answer.url.endswith("?step=1")
    page = client.get(answer.url).content.decode()
    assert "Question 2 of 2" in page
    answer = client.post(join(survey), {"city": where, "step": "1", f"q{second.pk}": "4"})
    assert answer.url.endswith("?sent=1")
    assert list(Answer.objects.values_list("text", "value")) == [("ask well", None), ("", [4])]


def test_people_are_asked_in_a_language_the_survey_is_written_in(network: Network) -> None:
    survey = open_survey(network, "text")
    Survey.objects.update(title={"en": "What?", "pl": "Co?"})
    polish = Client(headers={"accept-language": "pl-PL,pl;q=0.9,en;q=0.5"})
    assert "Co?" in polish.get(join(survey)).content.decode()
    assert "What?" in polish.get(f"{join(survey)}?lang=en").content.decode()


def test_code_is_found_however_it_is_typed_and_guessing_ends(network: Network, client: Client) -> None:
    survey = open_survey(network, "text")
    url = reverse("join:code")
    assert client.post(url, {"code": survey.spaced_code}).url == join(survey)
    assert "this one has 3" in client.post(url, {"code": "123"}).content.decode()
    wrong = "000000" if survey.code != "000000" else "111111"
    answers = {client.post(url, {"code": wrong}).status_code for _n in range(70)}
    assert answers == {422, 429}


# --- Results ----------------------------------------------------------------------------------------------------------


def test_results_count_people_cities_places_and_points(network: Network) -> None:
    survey = open_survey(network, "ranking", "points", "many", "scale")
    ranking, points, many, scale = survey.questions.all()
    first = {
        ranking.pk: Given(value=["c1", "c2"]),
        points.pk: Given(value={"c1": 100}),
        many.pk: Given(value=["c1", "c3"]),
        scale.pk: Given(value=[5]),
    }
    second = {ranking.pk: Given(value=["c1"]), points.pk: Given(value={"c1": 50, "c2": 50}), scale.pk: Given(value=[5])}
    answering.answer(survey=survey, key="a" * 32, partner=city(network), language="en", given=first)
    answering.answer(survey=survey, key="b" * 32, partner=city(network, "bb"), language="en", given=second)
    found = results_of(survey, list(Partner.objects.filter(network=network)))
    shown = [[(line.words, line.number) for line in result.lines if line.number] for result in found.results]
    assert shown == [
        [("Workshops", 6), ("Walks", 2)],
        [("Workshops", 75.0), ("Walks", 25.0)],
        [("Workshops", 1), ("Talks", 1)],
        [("5", 2)],
    ]
    assert [result.people for result in found.results] == [2, 2, 1, 2]
    assert found.people == 2
    assert {tile.city.slug: tile.people for tile in found.tiles} == {"gdansk": 1, "bb": 1}
    assert found.results[0].lines[0].cities == {city(network).pk, city(network, "bb").pk}


def test_texts_that_say_the_same_stand_together() -> None:
    texts = [
        "lead difficult talks",
        "work across departments",
        "Leading a difficult talk!",
        "work with other departments",
        "réunir les habitants",
        "reunir les habitants",
        "write clear rules",
    ]
    found = [sorted(heap.members) for heap in heaps(texts)]
    assert found == [[0, 2], [1, 3], [4, 5], [6]]


def test_hidden_answer_leaves_the_wall_and_comes_back(network: Network) -> None:
    survey = open_survey(network, "text")
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    say(survey, "a", Given(["rude words"]), city(network))
    answer = Answer.objects.get()
    cities = list(Partner.objects.filter(network=network))
    surveys.hide_answer(actor=lead, answer=answer, hidden=True)
    assert results_of(survey, cities).results[0].lines == []
    surveys.hide_answer(actor=lead, answer=answer, hidden=False)
    assert [line.words for line in results_of(survey, cities).results[0].lines] == ["rude words"]


def test_wall_answers_304_until_something_is_new(network: Network, client: Client) -> None:
    survey = open_survey(network, "text")
    client.force_login(person(network, Role.COORDINATOR, city(network)))
    url = reverse("learning:survey_wall", kwargs={"network": network.slug, "pk": survey.pk})
    mark = client.get(url, headers={"x-part": "wall"})["ETag"]
    with CaptureQueriesContext(connection) as queries:
        same = client.get(url, headers={"x-part": "wall", "if-none-match": mark})
    assert (same.status_code, same.content) == (304, b"")
    assert len(queries) <= 4
    say(survey, "a", Given(["ask well"]), city(network))
    new = client.get(url, headers={"x-part": "wall", "if-none-match": mark})
    assert new.status_code == 200
    assert "ask well" in new.content.decode()
    assert "<html" not in new.content.decode()


def test_frozen_wall_stands_still_while_answers_come_in(network: Network) -> None:
    survey = open_survey(network, "text")
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    say(survey, "a", Given(["before"]), city(network))
    surveys.freeze(actor=lead, survey=survey, frozen=True)
    say(survey, "b", Given(["after"]), city(network))
    cities = list(Partner.objects.filter(network=network))
    assert results_of(survey, cities, until=survey.frozen_at).people == 1
    assert results_of(survey, cities).people == 2


def test_wall_asks_the_same_number_of_queries_for_one_and_for_many(network: Network, client: Client) -> None:
    survey = open_survey(network, "text", "many")
    client.force_login(person(network, Role.LEAD_EXPERT))
    counts = []
    for name in ("survey_wall", "survey"):
        url = reverse(f"learning:{name}", kwargs={"network": network.slug, "pk": survey.pk})
        for n in (1, 3):
            for m in range(n):
                say(survey, f"{n}{m}", Given([f"text {m}"]), city(network))
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
    assert counts[2] == counts[3] <= 12


# --- Files, and the end -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_files_hold_every_answer_with_its_city_and_no_formula(network: Network, client: Client, kind: str) -> None:
    survey = open_survey(network, "text", "points")
    text, points = survey.questions.all()
    given = {text.pk: Given(["=1+1"]), points.pk: Given(value={"c1": 100})}
    answering.answer(survey=survey, key="a" * 32, partner=city(network), language="en", given=given)
    client.force_login(person(network, Role.LEAD_EXPERT))
    url = reverse("learning:survey_export", kwargs={"network": network.slug, "pk": survey.pk, "kind": kind})
    content = client.get(url).content
    if kind == "csv":
        rows = list(csv.reader(content.decode("utf-8-sig").splitlines()))
    else:
        rows = [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).active.values]
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("Question", "City", "Answer"),
        ("Question 0", "Gdańsk", "'=1+1"),
        ("Question 1", "Gdańsk", "Workshops: 100"),
    ]


def test_raw_answers_go_after_their_time_and_not_before(network: Network) -> None:
    survey = open_survey(network, "text")
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    start = datetime(2024, 5, 1, 12, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        say(survey, "a", Given(["ask well"]), city(network))
        surveys.close_survey(actor=lead, survey=survey)
    kept = []
    for days in (179, 181):
        with time_machine.travel(start + timedelta(days=days), tick=False):
            empty_surveys()
            empty_surveys()
        kept.append((Answer.objects.count(), Respondent.objects.count()))
    survey.refresh_from_db()
    assert kept == [(1, 1), (0, 0)]
    assert survey.emptied_at == start + timedelta(days=181)
