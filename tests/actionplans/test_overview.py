"""The overview: each city's focus and idea, open where there is none yet."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actionplans import policies
from actionplans.models import ActionPlan, TestingIdea
from partners.actors import Actor
from partners.enums import Role
from partners.models import Network
from tests.partners.factories import NetworkFactory, PartnerFactory, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def network() -> Network:
    return NetworkFactory()


def page(network: Network) -> str:
    return reverse("actionplans:overview", kwargs={"network": network.slug})


def test_overview_shows_focus_idea_and_what_is_open(network: Network) -> None:
    known, unknown = PartnerFactory(network=network), PartnerFactory(network=network)
    ActionPlan.objects.create(partner=known, focus="A culture of participation")
    TestingIdea.objects.create(partner=known, title="Try duo jobs")
    ActionPlan.objects.create(partner=unknown, note="Not yet identified")
    far = PartnerFactory()
    TestingIdea.objects.create(partner=far, title="Far idea")
    client = Client()
    client.force_login(person(network, Role.OBSERVER))
    text = client.get(page(network)).content.decode()
    assert "1 of 2 cities have a focus" in text
    for words in ("A culture of participation", "Try duo jobs"):
        assert words in text
    assert text.count("Not yet identified") == 2
    assert "Far idea" not in text


def test_adhoc_expert_is_refused(network: Network) -> None:
    client = Client()
    client.force_login(person(network, Role.ADHOC_EXPERT))
    assert client.get(page(network)).status_code == 403


def test_queryset_and_policy_agree(network: Network) -> None:
    for where in (network, NetworkFactory()):
        city = PartnerFactory(network=where)
        ActionPlan.objects.create(partner=city)
        TestingIdea.objects.create(partner=city)
    actors = [Actor(1, network.pk, roles=frozenset({r})) for r in Role.values]
    for actor in [*actors, Actor(1, network.pk), Actor.system(network.pk)]:
        for model in (ActionPlan, TestingIdea):
            assert set(model.objects.visible_to(actor)) == {
                o for o in model.objects.all() if policies.can_view_plan(actor, o)
            }, actor


def test_overview_takes_the_same_few_queries_at_one_and_three_cities(network: Network) -> None:
    client = Client()
    client.force_login(person(network, Role.LEAD_PARTNER))
    counts = []
    for _round in range(3):
        city = PartnerFactory(network=network)
        ActionPlan.objects.create(partner=city, focus="Focus")
        TestingIdea.objects.create(partner=city, title="Idea")
        with CaptureQueriesContext(connection) as found:
            client.get(page(network))
        counts.append(len(found))
    assert counts[0] == counts[2]
    assert counts[2] <= 12


def test_city_page_shows_plan_practices_and_needs(network: Network) -> None:
    city = PartnerFactory(network=network)
    ActionPlan.objects.create(partner=city, focus="A culture of participation")
    TestingIdea.objects.create(partner=city, title="Try duo jobs")
    url = reverse("partners:detail", kwargs={"network": network.slug, "slug": city.slug})
    for role, sees in ((Role.OBSERVER, True), (Role.ADHOC_EXPERT, False)):
        client = Client()
        client.force_login(person(network, role))
        text = client.get(url).content.decode()
        assert ("A culture of participation" in text, "Try duo jobs" in text) == (sees, sees)
