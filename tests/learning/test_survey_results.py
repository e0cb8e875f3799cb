"""What came in to a survey: counted, on the wall, in files, and deleted after its time."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from learning.likeness import heaps
from learning.models import Answer, Respondent
from learning.results import results_of
from learning.services import answering, surveys
from learning.services.answering import Given
from learning.tasks import empty_surveys
from partners.enums import Role
from partners.models import Network, Partner
from tests.learning.surveying import city, open_survey, say
from tests.partners.factories import actor_of, person

pytestmark = pytest.mark.django_db


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
