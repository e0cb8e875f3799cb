"""Surveys: prepared by those who lead, answered without an account, each answer counted once."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from aoce.common.workflow import WrongStateError
from learning.enums import SurveyState
from learning.models import Answer, Question, Respondent, Survey, SurveyTemplate
from learning.services import answering, surveys
from learning.services.answering import Given
from partners.enums import Role
from partners.models import Network
from tests.learning.surveying import LIST, city, join, open_survey, say
from tests.partners.factories import NetworkFactory, SubThemeFactory, actor_of, person

pytestmark = pytest.mark.django_db


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


def test_survey_begins_with_a_template_or_with_an_earlier_one(network: Network, client: Client) -> None:
    for name in ("Trust", "Care"):
        SubThemeFactory(theme__network=network, name=name)
    asked = {"text": {"en": "Which?"}, "help": {}, "choices": {}, "most": 2}
    questions = [asked | {"kind": "many", "sub_themes": True}, asked | {"kind": "text", "sub_themes": False}]
    template = SurveyTemplate.objects.create(network=network, code="needs", name="Needs", questions=questions)
    earlier = open_survey(network, "one")
    client.force_login(person(network, Role.LEAD_EXPERT))
    new = reverse("learning:survey_new", kwargs={"network": network.slug})
    made = []
    for source in (f"t{template.pk}", f"s{earlier.pk}", ""):
        language = network.languages[0]
        client.post(new, {f"title_{language}": "Again", "begin": source})
        survey = Survey.objects.exclude(pk__in=[earlier.pk, *(row.pk for row in made)]).get()
        made.append(survey)
    found = [[(q.kind, [c["text"]["en"] for c in q.choices]) for q in survey.questions.all()] for survey in made]
    assert found == [
        [("many", ["Trust", "Care"]), ("text", [])],
        [("one", ["Workshops", "Walks", "Talks"])],
        [],
    ]
    far = SurveyTemplate.objects.create(network=NetworkFactory(), code="far", name="Far")
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    with pytest.raises(PermissionDenied):
        surveys.begin_with(actor=lead, survey=made[0], source=far)
