"""Cities, people and local groups: who sees what, who edits what, and how many queries it takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners.enums import FactKind, Role
from partners.models import LocalGroupMember, Membership, Network, Partner, User
from tests.partners.factories import (
    InvitationFactory,
    LocalGroupMemberFactory,
    MembershipFactory,
    NetworkFactory,
    PartnerFactFactory,
    PartnerFactory,
    StakeholderKindFactory,
    person,
)

pytestmark = pytest.mark.django_db
BUDGET = 12


@pytest.fixture
def network() -> Network:
    return NetworkFactory()


@pytest.fixture
def city(network: Network) -> Partner:
    return PartnerFactory(network=network, name="Budaörs", is_lead=True)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, network: Network, **kwargs: object) -> str:
    return reverse(f"partners:{name}", kwargs={"network": network.slug, **kwargs})


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def add_city(network: Network) -> None:
    city = PartnerFactory(network=network)
    kind = StakeholderKindFactory(network=network)
    for fact in (FactKind.POPULATION, FactKind.COUNTRY):
        PartnerFactFactory(partner=city, kind=fact)
    MembershipFactory(network=network, role=Role.COORDINATOR, partner=city)
    LocalGroupMemberFactory(partner=city, kind=kind)
    InvitationFactory(network=network)
    MembershipFactory(network=network, is_active=False)


@pytest.mark.parametrize(
    "address",
    [
        lambda n, _c: url("list", n),
        lambda n, _c: url("people", n),
        lambda n, _c: url("invite", n),
        lambda n, c: url("detail", n, slug=c.slug),
        lambda n, c: url("edit", n, slug=c.slug),
        lambda n, c: url("group", n, slug=c.slug),
        lambda n, c: url("group_add", n, slug=c.slug),
        lambda n, _c: url("membership", n, pk=n.memberships.first().pk),
        lambda _n, _c: reverse("account_pages:profile"),
    ],
    ids=["list", "people", "invite", "detail", "edit", "group", "group_add", "membership", "profile"],
)
def test_page_takes_the_same_few_queries_at_one_and_three_cities(
    network: Network, city: Partner, address: Callable[[Network, Partner], str]
) -> None:
    client = signed_in(person(network, Role.LEAD_PARTNER))
    counts = []
    for _round in range(3):
        add_city(network)
        LocalGroupMemberFactory(partner=city)
        PartnerFactFactory(partner=city, kind=FactKind.values[_round])
        counts.append(queries(client, address(network, city)))
    assert counts[0] == counts[2]
    assert counts[2] <= BUDGET


def test_list_shows_cities_with_coordinator_and_population(network: Network, city: Partner) -> None:
    person(network, Role.COORDINATOR, city, name="Eszter Kovács")
    PartnerFactFactory(partner=city, value=29350, printed="29.350")
    far = PartnerFactory(name="Far away")
    text = signed_in(person(network, Role.OBSERVER)).get(url("list", network)).content.decode()
    assert "Budaörs" in text
    assert "Eszter Kovács" in text
    assert "29,350" in text
    assert far.name not in text


def test_map_is_a_picture_with_the_cities_and_asks_no_other_host(network: Network, city: Partner) -> None:
    far = PartnerFactory(name="Far away")
    client = signed_in(person(network, Role.OBSERVER))
    response = client.get(url("map", network, theme="light", width="wide"))
    svg = response.content.decode()
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert city.name in svg
    assert far.name not in svg
    assert "href" not in svg.replace("xmlns:xlink", "")
    for wrong in ({"theme": "other", "width": "wide"}, {"theme": "dark", "width": "other"}):
        assert client.get(url("map", network, **wrong)).status_code == 404


def test_map_without_places_does_not_exist(network: Network) -> None:
    PartnerFactory(network=network, latitude=None, longitude=None)
    client = signed_in(person(network, Role.OBSERVER))
    assert client.get(url("map", network, theme="light", width="wide")).status_code == 404
    assert "<picture" not in client.get(url("list", network)).content.decode()


def test_city_page_shows_figure_printed_figure_and_doubt(network: Network, city: Partner) -> None:
    PartnerFactFactory(
        partner=city,
        kind=FactKind.CIVIL_SERVANTS,
        printed="610.937",
        value=610937,
        is_doubtful=True,
        note="More than residents.",
        source="Baseline Study",
        source_date=date(2023, 11, 1),
        figures=[{"label": "Women", "printed": "50,9 %", "value": 50.9, "unit": "percent"}],
    )
    text = signed_in(person(network, Role.OBSERVER)).get(url("detail", network, slug=city.slug)).content.decode()
    for words in ("610,937\xa0people", "610.937", "Doubtful", "More than residents.", "1 November 2023", "50.9\xa0%"):
        assert words in text, words


def test_city_of_another_network_does_not_exist(network: Network) -> None:
    far = PartnerFactory()
    client = signed_in(person(network, Role.LEAD_PARTNER))
    for name in ("detail", "edit", "group", "group_add"):
        assert client.get(url(name, network, slug=far.slug)).status_code == 404, name


@pytest.mark.parametrize(
    ("role", "own", "status"),
    [
        (Role.LEAD_PARTNER, False, 200),
        (Role.COORDINATOR, True, 200),
        (Role.COORDINATOR, False, 403),
        (Role.MEMBER, True, 403),
        (Role.LEAD_EXPERT, False, 403),
        (Role.ADHOC_EXPERT, False, 403),
        (Role.OBSERVER, False, 403),
    ],
)
def test_who_may_edit_a_city(network: Network, city: Partner, role: str, own: bool, status: int) -> None:
    where = city if own else PartnerFactory(network=network)
    user = person(network, role, where if role in {Role.COORDINATOR, Role.MEMBER} else None)
    PartnerFactFactory(partner=city)
    client = signed_in(user)
    addresses = (
        url("edit", network, slug=city.slug),
        url("fact", network, slug=city.slug, kind=FactKind.POPULATION),
        url("group_add", network, slug=city.slug),
    )
    assert [client.get(a).status_code for a in addresses] == [status] * 3
    posted = client.post(addresses[0], {"name": "Changed"})
    city.refresh_from_db()
    assert (posted.status_code == 302, city.name == "Changed") == (status == 200, status == 200)


def test_profile_texts_are_saved(network: Network, city: Partner) -> None:
    client = signed_in(person(network, Role.COORDINATOR, city))
    address = url("edit", network, slug=city.slug)
    data = {"name": "Budaörs", "organisation": "City", "region": "Pest", "profile_practice": "Two practices."}
    assert client.post(address, data).url == url("detail", network, slug=city.slug)
    city.refresh_from_db()
    assert (city.organisation, city.region, city.profile_practice) == ("City", "Pest", "Two practices.")
    assert client.post(address, {"name": ""}).status_code == 422


@pytest.mark.parametrize(
    ("written", "value"),
    [("486.345", "486345"), ("38,1", "38.1"), ("12 971", "12971"), ("1.234.567", "1234567"), ("1.234,5", "1234.5")],
)
def test_fact_is_saved_as_people_write_numbers(network: Network, city: Partner, written: str, value: str) -> None:
    fact = PartnerFactFactory(partner=city)
    address = url("fact", network, slug=city.slug, kind=fact.kind)
    client = signed_in(person(network, Role.LEAD_PARTNER))
    assert client.post(address, {"printed": f"{written} ", "value": written, "unit": "people"}).status_code == 302
    fact.refresh_from_db()
    assert (fact.printed, f"{fact.value.normalize():f}") == (written, value)


def test_missing_fact_is_made_and_unknown_kinds_do_not_exist(network: Network, city: Partner) -> None:
    client = signed_in(person(network, Role.COORDINATOR, city))
    address = url("fact", network, slug=city.slug, kind=FactKind.POPULATION)
    assert client.get(address).status_code == 200
    assert client.post(address, {"printed": "29.350", "value": "29.350", "unit": "people"}).status_code == 302
    assert (city.facts.get().kind, city.facts.get().value) == (FactKind.POPULATION, 29350)
    assert client.get(url("fact", network, slug=city.slug, kind="weather")).status_code == 404


def test_doubtful_fact_says_why_and_words_are_no_number(network: Network, city: Partner) -> None:
    fact = PartnerFactFactory(partner=city)
    address = url("fact", network, slug=city.slug, kind=fact.kind)
    client = signed_in(person(network, Role.LEAD_PARTNER))
    assert client.post(address, {"value": "1", "is_doubtful": "on"}).status_code == 422
    assert client.post(address, {"value": "many"}).status_code == 422


def test_names_of_a_local_group_stay_with_the_city_and_the_leads(network: Network, city: Partner) -> None:
    kind = StakeholderKindFactory(network=network, name="Platforms")
    LocalGroupMemberFactory(partner=city, name="Bakó Ágnes", kind=kind)
    elsewhere = PartnerFactory(network=network)
    group, detail = url("group", network, slug=city.slug), url("detail", network, slug=city.slug)
    for role, where, status in (
        (Role.LEAD_PARTNER, None, 200),
        (Role.LEAD_EXPERT, None, 200),
        (Role.COORDINATOR, city, 200),
        (Role.MEMBER, city, 200),
        (Role.COORDINATOR, elsewhere, 403),
        (Role.OBSERVER, None, 403),
    ):
        client = signed_in(person(network, role, where))
        response = client.get(group)
        assert (response.status_code, "Bakó Ágnes" in response.content.decode()) == (status, status == 200), role
        text = client.get(detail).content.decode()
        assert ("Platforms" in text, "Bakó Ágnes" in text) == (True, False)


def test_local_group_member_comes_changes_and_leaves(network: Network, city: Partner) -> None:
    kind = StakeholderKindFactory(network=network)
    client = signed_in(person(network, Role.COORDINATOR, city))
    add = url("group_add", network, slug=city.slug)
    assert client.post(add, {"name": "Jan", "kind": kind.pk, "since": "2024-02-01"}).status_code == 302
    member = LocalGroupMember.objects.get()
    assert (member.name, member.kind, member.since, member.partner) == ("Jan", kind, date(2024, 2, 1), city)
    change = url("group_member", network, slug=city.slug, pk=member.pk)
    assert client.post(change, {"name": "Jan P.", "since": "2024-02-01", "until": "2024-01-01"}).status_code == 422
    assert client.post(change, {"name": "Jan P.", "since": "2024-02-01"}).status_code == 302
    assert client.post(change, {"do": "end"}).status_code == 302
    member.refresh_from_db()
    assert (member.name, member.until) == ("Jan P.", network.today())
    far_kind = StakeholderKindFactory()
    assert client.post(add, {"name": "Eva", "kind": far_kind.pk}).status_code == 422


def test_member_of_another_citys_group_does_not_exist(network: Network, city: Partner) -> None:
    other = LocalGroupMemberFactory(partner=PartnerFactory(network=network))
    client = signed_in(person(network, Role.LEAD_PARTNER))
    assert client.get(url("group_member", network, slug=city.slug, pk=other.pk)).status_code == 404


def test_people_page_shows_invitations_and_former_people_to_the_lead_partner_only(network: Network) -> None:
    lead, expert = person(network, Role.LEAD_PARTNER), person(network, Role.LEAD_EXPERT)
    invitation = InvitationFactory(network=network)
    former = MembershipFactory(network=network, is_active=False)
    for user, sees in ((lead, True), (expert, False)):
        text = signed_in(user).get(url("people", network)).content.decode()
        assert [w in text for w in (invitation.email, former.user.email)] == [sees, sees]
        assert expert.name in text


def test_ulg_member_sees_own_city_coordinators_and_the_network(network: Network, city: Partner) -> None:
    other = PartnerFactory(network=network)
    neighbour = person(network, Role.MEMBER, other, name="Far Neighbour")
    coordinator = person(network, Role.COORDINATOR, other, name="Far Coordinator")
    text = signed_in(person(network, Role.MEMBER, city)).get(url("people", network)).content.decode()
    assert coordinator.name in text
    assert neighbour.name not in text


def test_lead_partner_changes_ends_and_resumes_a_role(network: Network, city: Partner) -> None:
    client = signed_in(person(network, Role.LEAD_PARTNER))
    row = MembershipFactory(network=network, role=Role.OBSERVER)
    address = url("membership", network, pk=row.pk)
    assert client.post(address, {"role": Role.MEMBER}).status_code == 422
    data = {"role": Role.MEMBER, "partner": city.pk, "expires": "2098-05-01"}
    assert client.post(address, data).status_code == 302
    row.refresh_from_db()
    assert (row.role, row.partner, row.expires) == (Role.MEMBER, city, date(2098, 5, 1))
    assert client.post(address, data | {"expires": "2001-01-01"}).status_code == 422
    client.post(address, {"do": "end"})
    assert not Membership.objects.live().filter(pk=row.pk).exists()
    client.post(address, {"do": "resume"})
    assert Membership.objects.live().filter(pk=row.pk).exists()


def test_last_lead_partner_is_told_and_stays(network: Network) -> None:
    lead = person(network, Role.LEAD_PARTNER)
    client = signed_in(lead)
    address = url("membership", network, pk=lead.memberships.get().pk)
    assert "only Lead Partner" in client.post(address, {"do": "end"}, follow=True).content.decode()
    response = client.post(address, {"role": Role.OBSERVER})
    assert (response.status_code, "only Lead Partner" in response.content.decode()) == (422, True)


def test_others_do_not_open_a_membership(network: Network) -> None:
    row = MembershipFactory(network=network)
    client = signed_in(person(network, Role.LEAD_EXPERT))
    address = url("membership", network, pk=row.pk)
    assert (client.get(address).status_code, client.post(address, {"do": "end"}).status_code) == (403, 403)


def test_history_of_a_city_is_kept(network: Network, city: Partner) -> None:
    from auditlog.models import LogEntry

    lead = person(network, Role.LEAD_PARTNER)
    signed_in(lead).post(url("edit", network, slug=city.slug), {"name": "Renamed"})
    entry = LogEntry.objects.get_for_object(city).first()
    assert (entry.actor, entry.changes["name"]) == (lead, ["Budaörs", "Renamed"])
