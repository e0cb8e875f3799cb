"""Thematic working groups: proposed from the matrix, adjusted, joined and left."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.asserts import assertNumQueries

from learning.groups import MOST_GROUPS, Topic, propose
from learning.models import GoodPractice, KnowledgeNeed, WorkingGroup
from learning.services.groups import join, leave, save_group, take
from partners.models import SubTheme
from tests.meetings.factories import Place, make_place
from tests.partners.factories import SubThemeFactory, ThemeFactory

CITIES = list(range(1, 10))
some_cities = st.frozensets(st.sampled_from(CITIES))
matrices = st.lists(st.tuples(some_cities, some_cities), max_size=12)


def topics(pairs: list[tuple[frozenset[int], frozenset[int]]]) -> list[Topic]:
    return [Topic(key, needs, has) for key, (needs, has) in enumerate(pairs, start=1)]


@given(matrices, st.integers(3, 7))
def test_proposal_keeps_every_rule_for_every_matrix(
    pairs: list[tuple[frozenset[int], frozenset[int]]], size: int
) -> None:
    found = propose(topics(pairs), CITIES, size)
    assert [(g.topic.key, g.members) for g in found] == [
        (g.topic.key, g.members) for g in propose(topics(pairs), CITIES, size)
    ]
    places = {city: sum(city in group.members for group in found) for city in CITIES}
    assert max(places.values()) <= MOST_GROUPS
    for group in found:
        assert len(group.members) > 1
        assert group.members <= group.topic.interested
        assert group.members & group.topic.needs


def test_somebody_who_can_show_is_in_each_group_while_they_have_a_place() -> None:
    needs, has = frozenset({1, 2, 3, 5, 6, 7}), frozenset({4})
    found = propose(topics([(needs, has), (needs, has), (needs, frozenset({8}))]), CITIES, 4)
    assert [bool(group.members & group.topic.has) for group in found] == [True, True, True]


def test_groups_are_even_when_everybody_needs_everything() -> None:
    everybody = frozenset(CITIES)
    found = propose(topics([(everybody, frozenset({1}))] * 6), CITIES, 4)
    sizes = sorted(len(group.members) for group in found)
    assert sum(sizes) == 18
    assert sizes[-1] - sizes[0] <= 1


def test_nobody_is_put_where_they_neither_need_nor_have() -> None:
    found = propose(topics([(frozenset({1, 2}), frozenset({3}))]), CITIES, 4)
    assert [group.members for group in found] == [{1, 2, 3}]


def test_a_topic_nobody_needs_makes_no_group() -> None:
    assert propose(topics([(frozenset(), frozenset(CITIES))]), CITIES) == []


@pytest.fixture
def place(db: None) -> Place:  # noqa: ARG001 - pytest's way to ask for the database
    found = make_place()
    theme = ThemeFactory(network=found.network, code="1")
    for n in range(3):
        sub = SubThemeFactory(theme=theme, code=f"1.{n}", name=f"Topic {n}", position=n)
        KnowledgeNeed.objects.create(network=found.network, partner=found.city, sub_theme=sub)
        practice = GoodPractice.objects.create(network=found.network, slug=f"p{n}", name=f"P{n}", owner=found.other)
        practice.sub_themes.add(sub)
    return found


def test_proposal_is_taken_once_and_taken_again_in_its_place(place: Place) -> None:
    actor = place.actor("expert")
    assert take(actor=actor, network=place.network, size=4) == 2
    take(actor=actor, network=place.network, size=4)
    found = {str(g): {c.partner.name for c in g.cities.all()} for g in WorkingGroup.objects.all()}
    assert found == {"Topic 0": {"Budaörs", "Breda"}, "Topic 1": {"Budaörs", "Breda"}}


def test_city_joins_and_leaves_but_is_in_two_groups_at_most(place: Place) -> None:
    actor = place.actor("coordinator")
    groups = [WorkingGroup.objects.create(network=place.network, sub_theme=s) for s in SubTheme.objects.all()]
    for group in groups[:2]:
        join(actor=actor, group=group, city=place.city)
    with pytest.raises(ValidationError):
        join(actor=actor, group=groups[2], city=place.city)
    leave(actor=actor, group=groups[0], city=place.city)
    join(actor=actor, group=groups[2], city=place.city)
    assert [g.cities.count() for g in groups] == [0, 1, 1]
    with pytest.raises(PermissionDenied):
        join(actor=actor, group=groups[0], city=place.other)


def test_lead_expert_cannot_put_a_city_in_three_groups_either(place: Place) -> None:
    actor, subs = place.actor("expert"), list(SubTheme.objects.all())
    more = {"actor": actor, "network": place.network, "name": "", "purpose": "", "cities": [place.city]}
    for sub in subs[:2]:
        save_group(sub_theme=sub, **more)
    with pytest.raises(ValidationError):
        save_group(sub_theme=subs[2], **more)
    with pytest.raises(PermissionDenied):
        save_group(sub_theme=subs[2], **{**more, "actor": place.actor("coordinator")})
    assert WorkingGroup.objects.count() == 2


def url(place: Place, name: str, **kwargs: object) -> str:
    return reverse(f"learning:{name}", kwargs={"network": place.network.slug, **kwargs})


def test_pages_propose_take_join_and_change(place: Place, client: Client) -> None:
    client.force_login(place.people["expert"])
    assert "Topic 0" in client.get(url(place, "groups_proposal")).text
    client.post(url(place, "groups_proposal"), {"size": "4"})
    group = WorkingGroup.objects.first()
    page = client.get(url(place, "group", pk=group.pk))
    assert page.status_code == 200
    data = {"sub_theme": group.sub_theme_id, "name": "Trust", "purpose": "", "cities": [place.city.pk], "do": "save"}
    client.post(url(place, "group", pk=group.pk), data)
    group.refresh_from_db()
    assert (group.name, group.cities.count()) == ("Trust", 1)
    client.force_login(place.people["neighbour"])
    client.post(url(place, "groups"), {"do": "join", "group": group.pk, "city": place.other.slug})
    assert group.cities.count() == 2


def test_taken_sub_theme_and_full_city_are_said_beside_their_field(place: Place, client: Client) -> None:
    take(actor=place.actor("expert"), network=place.network, size=4)
    client.force_login(place.people["expert"])
    subs = list(SubTheme.objects.order_by("position"))
    taken = client.post(url(place, "group_new"), {"sub_theme": subs[0].pk})
    full = client.post(url(place, "group_new"), {"sub_theme": subs[2].pk, "cities": [place.city.pk]})
    assert (taken.status_code, list(taken.context["form"].errors)) == (422, ["sub_theme"])
    assert (full.status_code, list(full.context["form"].errors)) == (422, ["cities"])


@pytest.mark.parametrize("n", [1, 3])
def test_page_takes_the_same_few_queries(place: Place, client: Client, n: int) -> None:
    for sub in list(SubTheme.objects.all())[:n]:
        group = WorkingGroup.objects.create(network=place.network, sub_theme=sub)
        group.cities.create(partner=place.city)
    client.force_login(place.people["coordinator"])
    with assertNumQueries(9):
        client.get(url(place, "groups"))
