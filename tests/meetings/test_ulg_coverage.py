"""A local meeting before and after each event: held, planned, missing; and the pages that show it."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertNumQueries

from aoce.common.enums import State
from meetings.coverage import coverage_for, coverage_of
from meetings.models import TransnationalMeeting, UlgMeeting, UlgReport
from tests.meetings.factories import Place, TransnationalMeetingFactory, kind_of, make_place
from tests.partners.factories import PartnerFactory

pytestmark = pytest.mark.django_db
TODAY = date(2024, 5, 15)


@pytest.fixture
def place() -> Place:
    return make_place()


def event(place: Place, slug: str, start: date, **fields: object) -> TransnationalMeeting:
    return TransnationalMeetingFactory(network=place.network, slug=slug, title=slug, start=start, end=start, **fields)


def local(place: Place, day: date | None, state: str | None = State.SUBMITTED, **fields: object) -> UlgMeeting:
    number = place.city.ulg_meetings.count() + 1
    meeting = UlgMeeting.objects.create(
        partner=place.city, number=number, date=day, planned_at=timezone.now(), **fields
    )
    if state:
        UlgReport.objects.create(meeting=meeting, state=state)
    return meeting


def slots(place: Place, today: date = TODAY) -> dict[str, str]:
    events = list(TransnationalMeeting.objects.filter(network=place.network, kind__code="cnm").order_by("start"))
    meetings = UlgMeeting.objects.filter(cancelled_at=None).select_related("report")
    found = coverage_of(place.city, events, meetings, 8, today)
    return {f"{slot.relation} {slot.event}": slot.state for slot in found.slots}


def test_each_side_of_each_event_is_held_planned_missing_or_to_plan(place: Place) -> None:
    first, second = event(place, "A", date(2024, 3, 4)), event(place, "B", date(2024, 6, 10))
    local(place, date(2024, 3, 1), transnational=first, relation="before")
    local(place, date(2024, 5, 1), None, transnational=first, relation="after")
    local(place, date(2024, 6, 1), None, transnational=second, relation="before")
    assert slots(place) == {"before A": "held", "after A": "unreported", "before B": "planned", "after B": "to_plan"}
    assert slots(place, date(2024, 7, 1))["before B"] == "unreported"


def test_a_side_nothing_can_fill_any_more_is_missing(place: Place) -> None:
    event(place, "A", date(2024, 3, 4))
    event(place, "B", date(2024, 5, 10))
    assert slots(place) == {"before A": "missing", "after A": "missing", "before B": "missing", "after B": "to_plan"}


def test_a_meeting_that_names_no_event_counts_by_its_day_and_fills_one_side(place: Place) -> None:
    event(place, "A", date(2024, 3, 4))
    event(place, "B", date(2024, 5, 10))
    local(place, date(2024, 4, 1))
    assert slots(place) == {"before A": "missing", "after A": "held", "before B": "missing", "after B": "to_plan"}
    local(place, date(2024, 4, 20))
    assert slots(place)["before B"] == "held"


def test_meetings_called_off_and_those_of_other_kinds_do_not_count(place: Place) -> None:
    event(place, "A", date(2024, 3, 4))
    event(place, "OA", date(2024, 2, 4), kind=kind_of(place.network, "oa"))
    local(place, date(2024, 3, 1), None, cancelled_at=timezone.now())
    assert slots(place) == {"before A": "missing", "after A": "to_plan"}


def test_numbers_of_a_city(place: Place) -> None:
    with time_machine.travel(TODAY):
        event(place, "A", date(2024, 3, 4))
        local(place, date(2024, 3, 1))
        local(place, date(2024, 4, 1), None)
        local(place, date(2024, 6, 1), None)
        row = coverage_for(place.actor("lead"), place.network, [place.city])[0]
    assert (row.held, row.unreported, row.planned, row.needed, row.short) == (1, 1, 1, 8, 5)


def test_which_kinds_count_is_the_networks_data(place: Place) -> None:
    event(place, "A", date(2024, 3, 4))
    event(place, "OA", date(2024, 2, 4), kind=kind_of(place.network, "oa"))
    place.network.local_around = ["oa"]
    row = coverage_for(place.actor("lead"), place.network, [place.city])[0]
    assert {slot.event.slug for slot in row.slots} == {"OA"}


@pytest.mark.parametrize("n", [1, 6])
def test_all_cities_take_the_same_few_queries(place: Place, client: Client, n: int) -> None:
    event(place, "A", date(2024, 3, 4))
    for i in range(n):
        city = PartnerFactory(network=place.network)
        for number in range(1, 9):
            meeting = UlgMeeting.objects.create(
                partner=city, number=number, date=date(2024, 3, number), planned_at=timezone.now()
            )
            UlgReport.objects.create(meeting=meeting, state=State.APPROVED)
        assert city.pk, i
    client.force_login(place.people["lead"])
    with assertNumQueries(6):
        page = client.get(reverse("meetings:coverage", kwargs={"network": place.network.slug}))
    assert page.status_code == 200


def test_line_of_time_joins_the_networks_and_the_citys_meetings(place: Place, client: Client) -> None:
    event(place, "A", date(2024, 3, 4))
    event(place, "B", date(2024, 6, 10))
    local(place, date(2024, 4, 1), title="Walk")
    client.force_login(place.people["member"])
    with time_machine.travel(TODAY, tick=False):
        client.force_login(place.people["member"])
        page = client.get(reverse("meetings:ulg_city", kwargs={"network": place.network.slug, "slug": place.city.slug}))
    assert [m.title for m in page.context["behind"]] == ["A", "Walk"]
    assert [m.title for m in page.context["ahead"]] == ["B"]
