"""The page with people who may be one, and sub-groups."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertNumQueries

from partners.models import LocalSubGroup, Person, PersonMerge
from tests.meetings.factories import Place, make_place
from tests.partners.factories import LocalGroupMemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_place()


def add(place: Place, name: str, other: bool = False) -> Person:
    city = place.other if other else place.city
    return Person.objects.create(network=place.network, partner=city, name=name)


def address(place: Place, name: str = "duplicates", **kwargs: object) -> str:
    return reverse(f"partners:{name}", kwargs={"network": place.network.slug, **kwargs})


def test_one_click_merges_and_one_undoes(place: Place, client: Client) -> None:
    one, two = add(place, "Kovács Ágnes"), add(place, "Agnes Kovacs")
    client.force_login(place.people["coordinator"])
    assert len(client.get(address(place)).context["pairs"]) == 1
    client.post(address(place), {"do": "merge", "kept": one.pk, "merged": two.pk})
    two.refresh_from_db()
    assert (two.counted_id, client.get(address(place)).context["pairs"]) == (one.pk, [])
    client.post(address(place), {"do": "undo", "merge": PersonMerge.objects.get().pk})
    two.refresh_from_db()
    assert two.counted_id == two.pk


def test_two_others_are_found_and_ticked(place: Place, client: Client) -> None:
    one, two = add(place, "Maria Nowak"), add(place, "Maria Kowalska")
    client.force_login(place.people["coordinator"])
    assert client.get(address(place), {"q": "MARIA"}).context["found"] == [two, one]
    client.post(address(place), {"do": "merge", "person": [one.pk]})
    assert PersonMerge.objects.count() == 0
    client.post(address(place), {"do": "merge", "person": [one.pk, two.pk]})
    assert PersonMerge.objects.count() == 1
    assert client.post(address(place), {"do": "merge", "person": [one.pk, two.pk]}).status_code == 302
    assert PersonMerge.objects.count() == 1


def test_another_citys_people_are_neither_shown_nor_merged(place: Place, client: Client) -> None:
    one, two = add(place, "Jan Peeters", other=True), add(place, "Jan Peters", other=True)
    client.force_login(place.people["coordinator"])
    assert client.get(address(place)).context["pairs"] == []
    assert client.post(address(place), {"do": "merge", "kept": one.pk, "merged": two.pk}).status_code == 404


@pytest.mark.parametrize("n", [1, 3, 40])
def test_page_takes_the_same_few_queries(place: Place, client: Client, n: int) -> None:
    for i in range(n):
        add(place, f"Jan Peeters {i}")
    client.force_login(place.people["lead"])
    with assertNumQueries(5):
        client.get(address(place))


def test_sub_group_is_made_filled_and_taken_away(place: Place, client: Client) -> None:
    member = LocalGroupMemberFactory(partner=place.city)
    stranger = LocalGroupMemberFactory(partner=place.other)
    client.force_login(place.people["coordinator"])
    new = address(place, "sub_group_add", slug=place.city.slug)
    wrong = client.post(new, {"name": "Youth", "members": [stranger.pk]})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["members"])
    client.post(new, {"name": "Youth", "members": [member.pk]})
    group = LocalSubGroup.objects.get()
    assert list(group.members.all()) == [member]
    assert client.post(new, {"name": "youth"}).status_code == 422
    client.post(address(place, "sub_group", slug=place.city.slug, pk=group.pk), {"do": "remove"})
    assert LocalSubGroup.objects.count() == 0
