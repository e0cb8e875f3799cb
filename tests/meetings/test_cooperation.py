"""Other networks: as data, at joint events, and as guests from outside."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertNumQueries

from meetings.models import OutsideGuest, PartnerNetwork, TransnationalMeeting
from meetings.services import cooperation
from tests.meetings.factories import Place, TransnationalMeetingFactory, make_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_place()


@pytest.fixture
def meeting(place: Place) -> TransnationalMeeting:
    return TransnationalMeetingFactory(network=place.network, slug="cnm2", title="CNM 2")


def other(place: Place, slug: str = "csg") -> PartnerNetwork:
    return PartnerNetwork.objects.create(network=place.network, slug=slug, name=slug.upper())


def address(place: Place, name: str, **kwargs: object) -> str:
    return reverse(f"meetings:{name}", kwargs={"network": place.network.slug, **kwargs})


@pytest.mark.usefixtures("meeting")
def test_guest_is_added_shown_and_taken_out(place: Place, client: Client) -> None:
    csg = other(place)
    client.force_login(place.people["expert"])
    page = address(place, "guests", slug="cnm2")
    assert client.post(page, {"do": "add", "name": ""}).status_code == 422
    client.post(page, {"do": "add", "name": "Ada Expert", "partner_network": csg.pk, "part": "AoCE@School"})
    client.force_login(place.people["member"])
    for name, kwargs in (("detail", {"slug": "cnm2"}), ("networks", {})):
        assert "Ada Expert" in client.get(address(place, name, **kwargs)).text
    client.force_login(place.people["lead"])
    client.post(page, {"do": f"remove-{OutsideGuest.objects.get().pk}"})
    assert OutsideGuest.objects.count() == 0


def test_joint_event_is_said_and_shown(place: Place, meeting: TransnationalMeeting, client: Client) -> None:
    csg = other(place)
    client.force_login(place.people["lead"])
    client.post(address(place, "guests", slug="cnm2"), {"do": "joint", "networks": [csg.pk]})
    assert list(meeting.partner_networks.all()) == [csg]
    assert "Held together with" in client.get(address(place, "detail", slug="cnm2")).text


def test_only_those_who_lead_write_and_only_within_the_network(place: Place, meeting: TransnationalMeeting) -> None:
    far = other(make_place())
    with pytest.raises(PermissionDenied):
        cooperation.add_guest(actor=place.actor("coordinator"), meeting=meeting, name="X")
    with pytest.raises(PermissionDenied):
        cooperation.add_guest(actor=place.actor("lead"), meeting=meeting, name="X", partner_network=far)
    with pytest.raises(PermissionDenied):
        cooperation.set_networks(actor=place.actor("lead"), meeting=meeting, networks=[far])


@pytest.mark.parametrize("n", [1, 3])
def test_page_takes_the_same_few_queries(place: Place, client: Client, n: int) -> None:
    for i in range(n):
        row = other(place, f"n{i}")
        held = TransnationalMeetingFactory(network=place.network)
        row.meetings.add(held)
        OutsideGuest.objects.create(meeting=held, name=f"G{i}", partner_network=row)
    client.force_login(place.people["observer"])
    with assertNumQueries(7):
        client.get(address(place, "networks"))
