"""Matchmaking: a city asks for a practice; both cities and who leads see what becomes of it."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from aoce.common.models import OutgoingMail
from aoce.common.workflow import CommentMissingError, WrongStateError
from learning import policies
from learning.finding import practices as find
from learning.models import GoodPractice, PracticeContact
from learning.services import contacts as services
from partners.actors import Actor
from partners.enums import Role
from partners.models import Network, Partner, SubTheme, User
from tests.learning.factories import GoodPracticeFactory, KnowledgeNeedFactory
from tests.partners.factories import NetworkFactory, PartnerFactory, SubThemeFactory, ThemeFactory, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def sub_theme(network: Network) -> SubTheme:
    return SubThemeFactory(theme=ThemeFactory(network=network))


@pytest.fixture
def practice(network: Network, sub_theme: SubTheme) -> GoodPractice:
    return GoodPracticeFactory(owner=network.partners.get(slug="gdansk"), sub_themes=[sub_theme], name="Ideathon")


@pytest.fixture
def asking(network: Network) -> Partner:
    return network.partners.get(slug="bb")


def actor_for(city: Partner, role: str = Role.COORDINATOR) -> Actor:
    only = frozenset({city.pk})
    return Actor(None, city.network_id, frozenset({role}), only, only if role == Role.COORDINATOR else frozenset())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_city_asks_the_owner_by_mail_and_the_way_is_tracked(
    network: Network, practice: GoodPractice, asking: Partner, sub_theme: SubTheme
) -> None:
    need = KnowledgeNeedFactory(partner=asking, sub_theme=sub_theme)
    owner = person(network, Role.COORDINATOR, practice.owner)
    person(network, Role.MEMBER, practice.owner)
    client = signed_in(person(network, Role.COORDINATOR, asking))
    kwargs = {"network": network.slug, "slug": practice.slug}
    ask = reverse("learning:ask", kwargs=kwargs)
    need_page = reverse("learning:knowledge_need", kwargs={"network": network.slug, "pk": need.pk})
    assert ask in client.get(need_page).content.decode()
    answer = client.post(ask, {"partner": asking.pk, "message": "How many people came?"})
    contact = PracticeContact.objects.get()
    here = reverse("learning:contact", kwargs={"network": network.slug, "pk": contact.pk})
    assert (answer.url, contact.need, contact.state) == (here, need, "asked")
    sent = OutgoingMail.objects.get()
    assert (sent.to, sent.purpose, "How many people came?" in sent.body_text) == (owner.email, "practice_asked", True)
    assert client.get(ask).url == here
    assert here in client.get(need_page).content.decode()
    signed_in(owner).post(here, {"do": "meet"})
    client.post(here, {"do": "try"})
    client.post(here, {"do": "adopt"})
    assert "Write a short comment" in client.post(here, {"do": "change", "comment": " "}).content.decode()
    client.post(here, {"do": "change", "comment": "We ask by lot now."})
    contact.refresh_from_db()
    assert (contact.state, contact.changed_what) == ("changed", "We ask by lot now.")
    page = client.get(reverse("learning:practice", kwargs=kwargs)).content.decode()
    assert "We ask by lot now." in page


def test_steps_belong_to_the_right_city(network: Network, practice: GoodPractice, asking: Partner) -> None:
    asker, owner = actor_for(asking), actor_for(practice.owner)
    third = actor_for(PartnerFactory(network=network))
    for wrong in (owner, third, actor_for(asking, Role.MEMBER), Actor(None, network.pk, frozenset({Role.LEAD_EXPERT}))):
        with pytest.raises(PermissionDenied):
            services.ask(actor=wrong, practice=practice, partner=asking, message="?")
    contact = services.ask(actor=asker, practice=practice, partner=asking, message="?")
    assert services.ask(actor=asker, practice=practice, partner=asking, message="Again?") == contact
    with pytest.raises(PermissionDenied):
        services.move(actor=owner, contact=contact, name="try")
    with pytest.raises(PermissionDenied):
        services.move(actor=third, contact=contact, name="meet")
    with pytest.raises(CommentMissingError):
        services.move(actor=owner, contact=contact, name="end")
    services.move(actor=owner, contact=contact, name="end", comment="Nobody has time.")
    with pytest.raises(WrongStateError):
        services.move(actor=asker, contact=contact, name="adopt")
    services.move(actor=asker, contact=contact, name="again")
    assert contact.state == "asked"


def test_outside_practice_is_asked_through_the_lead_expert(network: Network, asking: Partner) -> None:
    expert = person(network, Role.LEAD_EXPERT)
    outside = GoodPracticeFactory(owner=None, network=network, place="Espoo")
    contact = services.ask(actor=actor_for(asking), practice=outside, partner=asking, message="May we come?")
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == [expert.email]
    services.move(actor=Actor(None, network.pk, frozenset({Role.LEAD_EXPERT})), contact=contact, name="meet")
    assert contact.state == "met"


def test_contact_is_seen_by_both_cities_and_who_leads(
    network: Network, practice: GoodPractice, asking: Partner
) -> None:
    contact = services.ask(actor=actor_for(asking), practice=practice, partner=asking, message="Secret bees")
    far = NetworkFactory()
    third = PartnerFactory(network=network)
    actors = [
        actor_for(city, role) for city in (asking, practice.owner, third) for role in (Role.COORDINATOR, Role.MEMBER)
    ]
    actors += [Actor(1, network.pk, frozenset({role})) for role in Role.values]
    actors += [Actor(1, far.pk, frozenset({Role.LEAD_PARTNER})), Actor.system(network.pk), Actor(1, network.pk)]
    for actor in actors:
        seen = contact in PracticeContact.objects.visible_to(actor)
        assert seen == policies.can_view_contact(actor, contact), actor
        assert seen == bool(list(find(actor, network, ["secret", "bees"], 9))), actor
    other = signed_in(person(network, Role.COORDINATOR, third))
    kwargs = {"network": network.slug, "slug": practice.slug}
    assert "Who asked" not in other.get(reverse("learning:practice", kwargs=kwargs)).content.decode()
    listed = reverse("learning:contacts", kwargs={"network": network.slug})
    assert list(other.get(listed).context["page"]) == []
    lead = signed_in(person(network, Role.LEAD_PARTNER))
    assert lead.get(listed).context["table"] == [(asking, [1, 0, 0, 0, 0, 0])]
    assert list(lead.get(f"{listed}?city=gdansk&state=asked").context["page"]) == [contact]
    assert list(lead.get(f"{listed}?city={third.slug}").context["page"]) == []


def test_search_finds_practices_needs_and_contacts_in_one_query(
    network: Network, practice: GoodPractice, asking: Partner, sub_theme: SubTheme, django_assert_num_queries: object
) -> None:
    need = KnowledgeNeedFactory(partner=asking, sub_theme=sub_theme, reason="An ideathon of our own")
    KnowledgeNeedFactory(partner=practice.owner, sub_theme=sub_theme, reason="Ideathon", ended_on="2024-01-01")
    contact = services.ask(actor=actor_for(asking), practice=practice, partner=asking, message="?")
    with django_assert_num_queries(1):  # type: ignore[operator]
        hits = list(find(Actor.system(network.pk), network, ["ideathon"], 9))
    assert [(hit.title, hit.note) for hit in hits] == [
        ("Ideathon", f"Practice, {practice.owner}"),
        (f"{asking}: {sub_theme.name}", "Need, An ideathon of our own"),
        (f"{asking}: Ideathon", "Contact"),
    ]
    assert [hit.url.rstrip("/").rsplit("/", 1)[1] for hit in hits] == [practice.slug, str(need.pk), str(contact.pk)]
