"""Search over a network: what is found, by whom, in how many queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertNumQueries

from aoce.common.enums import State
from aoce.common.search import search, words_of
from meetings.models import UlgMeeting, UlgReport
from partners.models import Person
from tests.meetings.factories import Place, make_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_place()


def titles(place: Place, who: str, text: str, only: str = "") -> dict[str, list[str]]:
    found = search(place.actor(who), place.network, text, only)
    return {part.source.code: [hit.title for hit in part.hits] for part in found}


def test_words_are_folded_and_few() -> None:
    assert words_of("  Budaörs ŁÓDŹ ") == ["budaors", "lodz"]
    assert len(words_of("a " * 400)) == 6


def test_accents_and_case_do_not_matter_and_every_word_counts(place: Place) -> None:
    assert titles(place, "observer", "BUDAORS")["cities"] == ["Budaörs"]
    assert titles(place, "observer", "budaors breda") == {}


def test_percent_and_underscore_are_letters(place: Place) -> None:
    assert titles(place, "lead", "%") == {}
    assert titles(place, "lead", "B_eda") == {}


def test_drafts_are_found_by_their_city_only(place: Place) -> None:
    meeting = UlgMeeting.objects.create(partner=place.city, number=1, title="Zebra crossing")
    UlgReport.objects.create(meeting=meeting, topics="Zebra", state=State.DRAFT)
    assert titles(place, "coordinator", "zebra") == {"reports": ["Zebra crossing"]}
    assert [titles(place, who, "zebra") for who in ("neighbour", "lead", "member", "observer", "adhoc")] == [{}] * 5


def test_names_of_people_are_found_by_their_city_and_those_who_lead(place: Place) -> None:
    Person.objects.create(network=place.network, partner=place.city, name="Zsófia Őry")
    assert titles(place, "member", "zsofia ory") == {"people": ["Zsófia Őry"]}
    assert titles(place, "lead", "zsofia") == {"people": ["Zsófia Őry"]}
    assert [titles(place, who, "zsofia") for who in ("neighbour", "observer", "adhoc")] == [{}] * 3


def test_planned_meetings_tasks_and_memberships_are_found(place: Place) -> None:
    day = place.network.today() + timedelta(3)
    UlgMeeting.objects.create(
        partner=place.city, number=1, title="Night walk", date=day, agenda="Lanterns", planned_at=timezone.now()
    )
    assert titles(place, "lead", "lantern") == {"local": ["Night walk"]}
    assert titles(place, "observer", "second")["tasks"] == ["Second ULG meeting"]
    assert titles(place, "observer", "eszter")["people"] == ["Eszter"]


def test_another_network_is_not_found(place: Place) -> None:
    far = make_place()
    Person.objects.create(network=far.network, partner=far.city, name="Zebulon")
    assert titles(place, "lead", "zebulon") == {}


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_page_takes_the_same_few_queries(place: Place, client: Client, rows: int) -> None:
    for n in range(rows):
        Person.objects.create(network=place.network, partner=place.city, name=f"Budaors {n}")
        meeting = UlgMeeting.objects.create(partner=place.city, number=n + 1, title=f"Budaors {n}")
        UlgReport.objects.create(meeting=meeting, state=State.SUBMITTED)
    client.force_login(place.people["lead"])
    url = reverse("common:search", kwargs={"network": place.network.slug})
    with assertNumQueries(12):
        assert client.get(url, {"q": "budaors"}).status_code == 200


def test_page_shows_one_sort_with_more(place: Place, client: Client) -> None:
    for n in range(9):
        Person.objects.create(network=place.network, partner=place.city, name=f"Zebra {n}")
    client.force_login(place.people["lead"])
    url = reverse("common:search", kwargs={"network": place.network.slug})
    few = client.get(url, {"q": "zebra"})
    many = client.get(url, {"q": "zebra", "in": "people"})
    assert (len(few.context["found"][0].hits), few.context["found"][0].more) == (6, True)
    assert (len(many.context["found"][0].hits), many.context["found"][0].more) == (9, False)
    assert "Nothing found" in client.get(url, {"q": "xyzxyz"}).text
