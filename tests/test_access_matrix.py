"""Every route, for every role, in the own city, another city, another network and for nobody: the declared answer."""

from __future__ import annotations

from operator import attrgetter

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from meetings.passes import wall_code
from meetings.services.invitations import token_of
from meetings.services.participation import today_at
from tests.access import OUTSIDE, PAGES, Page
from tests.routes import FoundRoute, all_routes
from tests.world import PEOPLE, World

pytestmark = pytest.mark.django_db

IN_NETWORK = [route for route in all_routes() if "network" in route.arguments]
OUT_OF_NETWORK = [
    route
    for route in all_routes()
    if "network" not in route.arguments and not route.name.startswith("admin:") and not route.name.endswith("None")
]


def address(page: Page, world: World, *, far: bool = False) -> str:
    """Return the page's address in our network, of our things or (``far``) of the other network's."""
    things = world.far_things if far else world.things
    kwargs = {}
    for name, where in page.kwargs.items():
        if where.startswith("literal:"):
            kwargs[name] = where.removeprefix("literal:")
            continue
        thing, _, path = where.partition(".")
        kwargs[name] = attrgetter(path)(things[thing] if thing in things else getattr(world, thing))
    return reverse(page.name, kwargs={"network": world.network.slug, **kwargs})


def outside_address(name: str, world: World) -> str:
    """Return the address of a route outside of networks; some arguments are the small world's."""
    known = {
        "network.slug": world.network.slug,
        "invitation_token": world.things["invitation"].token,
        "answer_token": token_of(world.things["invited"]),
        "feed_secret": world.things["feed"].secret,
        "sign_code": wall_code(world.things["meeting"].pk, today_at(world.things["meeting"])),
        "survey_code": world.things["survey"].code,
    }
    return reverse(name, kwargs={k: known.get(v, v) for k, v in OUTSIDE[name].kwargs.items()})


def answer(client: Client, page: Page, url: str) -> str:
    """Ask, undo whatever it did, and return ``ok``, ``login``, or the status as text."""
    with transaction.atomic():
        response = client.get(url) if page.method == "GET" else client.post(url, page.data)
        transaction.set_rollback(True)
    response.getvalue()  # A file is read to its end: closing it half-read would close the connection of the test.
    if response.status_code == 302 and "/accounts/login/" in response.url:
        return "login"
    return "ok" if response.status_code < 400 or response.status_code in {400, 409, 422} else str(response.status_code)


def test_every_route_within_a_network_is_declared() -> None:
    declared = {page.name for page in PAGES}
    assert sorted({route.name for route in IN_NETWORK} - declared) == []
    assert sorted(declared - {route.name for route in IN_NETWORK}) == []


def test_every_other_route_is_declared() -> None:
    assert sorted({route.name for route in OUT_OF_NETWORK} ^ set(OUTSIDE)) == []


def test_every_declaration_speaks_of_everyone_once() -> None:
    for page in PAGES:
        ok, missing = set(page.ok.split()), set(page.missing.split())
        assert not ok & missing, page.name
        assert ok | missing <= set(PEOPLE), page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.method} {page.name}")
def test_route_answers_each_role_as_declared(page: Page, world: World) -> None:
    url = address(page, world)
    expected = {name: page.expected(name) for name in PEOPLE} | {"stranger": "404", "anonymous": "login"}
    found = {}
    for name in expected:
        client = Client()
        if name != "anonymous":
            client.force_login(world.people[name])
        found[name] = answer(client, page, url)
    assert found == expected


@pytest.mark.parametrize("page", [p for p in PAGES if p.far], ids=lambda page: f"{page.method} {page.name}")
def test_things_of_another_network_do_not_exist_in_ours(page: Page, world: World) -> None:
    url = address(page, world, far=True)
    found = {}
    for name in PEOPLE:
        client = Client()
        client.force_login(world.people[name])
        found[name] = answer(client, page, url)
    assert set(found.values()) <= {"404", "403"}
    assert found["lead_partner"] == "404"


@pytest.mark.parametrize("route", OUT_OF_NETWORK, ids=lambda route: route.name)
def test_route_outside_of_networks_answers_visitor_and_member_as_declared(route: FoundRoute, world: World) -> None:
    declared = OUTSIDE[route.name]
    url = outside_address(route.name, world)
    found = []
    for person in (None, world.people["coordinator"]):
        client = Client()
        if person:
            client.force_login(person)
        with transaction.atomic():
            response = client.get(url)
            transaction.set_rollback(True)
        found.append(response.status_code)
    assert tuple(found) == (declared.visitor, declared.member)


def test_admin_is_for_superusers_only(world: World) -> None:
    for name in (*PEOPLE, "stranger"):
        client = Client()
        client.force_login(world.people[name])
        assert client.get(reverse("admin:index")).status_code == 302
