"""Skills profiles: anonymous, once a person, and never shown of fewer than five."""

from __future__ import annotations

import secrets

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from learning.models import Skill, SkillAnswer, SkillElement, SkillRound
from learning.services import skills as services
from partners.enums import Role
from partners.models import Network
from tests.partners.factories import actor_of, person


@pytest.fixture
def found(network: Network) -> SkillRound:
    for n, name in enumerate(("Curiosity", "Iteration")):
        skill = Skill.objects.create(network=network, code=name.lower(), name=name, position=n, source="OECD 2017")
        SkillElement.objects.create(skill=skill, code="first", name=f"{name} one")
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    return services.open_round(actor=lead, network=network, title="At the beginning", departments=["Parks", "Schools"])


def say(found: SkillRound, city: str, department: str, level: int, people: int) -> None:
    elements = list(SkillElement.objects.all())
    for _n in range(people):
        services.answer(
            found=found,
            partner=found.network.partners.get(slug=city),
            department=department,
            levels={element.pk: level for element in elements},
            key=secrets.token_hex(16),
        )


@pytest.mark.django_db
def test_civil_servant_answers_with_the_code_and_counts_once(network: Network, found: SkillRound) -> None:
    client = Client()
    joined = client.post(reverse("join:code"), {"code": found.code})
    url = reverse("skills:answer", kwargs={"code": found.code})
    assert joined["Location"] == url
    page = client.get(url)
    key = page.context["form"].initial["key"]
    elements = list(SkillElement.objects.all())
    sent = {"partner": network.partners.get(slug="gdansk").pk, "department": "Parks", "key": key}
    missing = client.post(url, sent | {f"e{elements[0].pk}": "2"})
    assert missing.status_code == 422
    assert "Choose a level." in missing.content.decode()
    whole = sent | {f"e{element.pk}": "2" for element in elements}
    assert "Emerging capability" in client.post(url, whole).content.decode()
    client.post(url, whole)  # sent again after a broken line
    kept = SkillAnswer.objects.get()
    assert kept.levels == {str(element.pk): 2 for element in elements}
    assert {field.name for field in SkillAnswer._meta.get_fields()} == {
        "id", "round", "partner", "department", "key", "levels", "on",
    }  # fmt: skip
    assert client.get(reverse("skills:answer", kwargs={"code": "000000"})).status_code == 302
    lead = actor_of(person(network, Role.LEAD_PARTNER), network)
    services.close_round(actor=lead, found=found)
    closed = client.post(url, whole | {"key": "b" * 32})
    assert closed.status_code == 409
    assert "They still stand below" in closed.content.decode()
    assert SkillAnswer.objects.count() == 1


@pytest.mark.django_db
def test_nothing_is_shown_of_fewer_than_five(network: Network, found: SkillRound) -> None:
    client = Client()
    client.force_login(person(network, Role.COORDINATOR, network.partners.get(slug="gdansk")))
    url = reverse("learning:skill_round", kwargs={"network": network.slug, "pk": found.pk})
    say(found, "gdansk", "Parks", 3, 4)
    assert client.get(url).context["hidden"]
    say(found, "gdansk", "Parks", 3, 1)
    page = client.get(url)
    assert [one.numbers for one in page.context["profile"]] == [[0, 0, 0, 5], [0, 0, 0, 5]]
    assert "OECD 2017" in page.content.decode()
    say(found, "gdansk", "Schools", 0, 2)
    assert client.get(url, {"city": "gdansk"}).context["hidden"] is False
    # The five of the parks less the seven of the city would leave two people.
    assert client.get(url, {"city": "gdansk", "department": "Parks"}).context["hidden"]
    assert client.get(url, {"city": "gdansk", "department": "Schools"}).context["hidden"]
    say(found, "bb", "Parks", 0, 3)
    assert client.get(url, {"city": "gdansk"}).context["hidden"]  # else the three of the other city were left
    say(found, "bb", "Parks", 0, 2)
    assert client.get(url, {"city": "bb"}).context["profile"][0].numbers == [5, 0, 0, 0]


@given(counts=st.dictionaries(st.text(max_size=3), st.integers(0, 12), max_size=6))
def test_groups_shown_never_leave_a_few_behind(counts: dict[str, int]) -> None:
    shown = services.shown_groups(counts)
    assert all(counts[group] >= services.FEWEST for group in shown)
    left = sum(n for group, n in counts.items() if group not in shown)
    assert not shown or left == 0 or left >= services.FEWEST


@pytest.mark.django_db
def test_later_round_shows_change(network: Network, found: SkillRound) -> None:
    say(found, "gdansk", "", 1, 5)
    lead = person(network, Role.LEAD_PARTNER)
    client = Client()
    client.force_login(lead)
    made = client.post(
        reverse("learning:skills", kwargs={"network": network.slug}),
        {"title": "After", "departments": "Parks\nParks\n"},
    )
    again = SkillRound.objects.get(title="After")
    assert made["Location"] == reverse("learning:skill_round", kwargs={"network": network.slug, "pk": again.pk})
    assert again.departments == ["Parks"]
    say(again, "gdansk", "", 3, 5)
    page = client.get(made["Location"])
    assert [(one.before, one.change) for one in page.context["profile"]] == [(1.0, 2.0), (1.0, 2.0)]
    page = client.get(made["Location"], {"city": "gdansk"})
    assert [(one.before, one.change) for one in page.context["profile"]] == [(1.0, 2.0), (1.0, 2.0)]
    say(again, "bb", "", 2, 5)  # nobody of this city answered before
    page = client.get(made["Location"], {"city": "bb"})
    assert [(one.mean, one.before) for one in page.context["profile"]] == [(2.0, None), (2.0, None)]
    assert client.post(made["Location"]).status_code == 302
    assert SkillRound.objects.get(pk=again.pk).closed_on == network.today()
    assert client.post(made["Location"]).status_code == 409
