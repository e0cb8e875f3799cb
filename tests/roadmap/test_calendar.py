"""The calendar address and its feed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from icalendar import Calendar

from partners.enums import DatePrecision
from partners.models import Membership
from roadmap import events
from roadmap.enums import ObligationState as O
from roadmap.enums import Party
from roadmap.events import Event
from roadmap.models import CalendarFeed
from tests.roadmap.world import Place

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("now")


def feed_of(place: Place, name: str = "coordinator") -> str:
    """Make an address and return it."""
    feed = CalendarFeed.objects.create(user=place.people[name], network=place.network)
    return f"/calendar/{feed.secret}.ics"


def entries(url: str) -> dict[str, tuple[str, date, date]]:
    """Return the feed's events by their UID: summary, first day, day after the last."""
    answer = Client().get(url)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    calendar = Calendar.from_ical(answer.content)
    assert calendar.errors == []
    return {
        str(e["uid"]).split("@")[0]: (str(e["summary"]), e.decoded("dtstart"), e.decoded("dtend"))
        for e in calendar.walk("VEVENT")
        if e.errors == []
    }


def test_feed_holds_own_deadlines_and_meetings(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def meetings(actor: object, slug: str) -> list[Event]:
        seen.append(actor)
        path = f"/n/{slug}/meetings/x/"
        return [
            Event("m1", "Trip", date(2024, 3, 4), date(2024, 3, 8), DatePrecision.DAY, path, place="Budaörs; Hungary"),
            Event(
                "m2", "Academy", date(2024, 5, 1), date(2024, 5, 31), DatePrecision.MONTH, path, conflict="Two dates"
            ),
        ]

    monkeypatch.setattr(events, "PROVIDERS", [meetings])
    chapter = place.owes(task__title="Chapter, draft", task__due=date(2024, 4, 26))
    form = place.owes(task__title="Form", task__due=date(2024, 5, 31), task__due_precision=DatePrecision.MONTH)
    sent = place.owes(task__title="Sent", state=O.SUBMITTED, due_override=date(2024, 5, 2), due_reason="Later")
    place.owes(task__title="Done", state=O.APPROVED)
    place.owes(task__title="Held", state=O.WAIVED, waived_reason="Held")
    place.owes("other", task__title="Of another city")
    place.owes(Party.LEAD_EXPERT, task__title="Of the expert")
    assert entries(feed_of(place)) == {
        f"obligation-{chapter.pk}": ("Due: Chapter, draft", date(2024, 4, 26), date(2024, 4, 27)),
        f"obligation-{form.pk}": ("Due: Form (day not fixed)", date(2024, 5, 31), date(2024, 6, 1)),
        f"obligation-{sent.pk}": ("Due: Sent (handed in)", date(2024, 5, 2), date(2024, 5, 3)),
        "m1": ("Trip", date(2024, 3, 4), date(2024, 3, 9)),
        "m2": ("Academy (day not fixed)", date(2024, 5, 1), date(2024, 6, 1)),
    }
    assert seen == [place.actor("coordinator")]


@pytest.mark.parametrize(("name", "titles"), [("lead_expert", {"Due: Rationale"}), ("member", set())])
def test_feed_is_of_its_person(place: Place, name: str, titles: set[str]) -> None:
    place.owes(task__title="Chapter")
    place.owes(Party.LEAD_EXPERT, task__title="Rationale")
    assert {summary for summary, _start, _end in entries(feed_of(place, name)).values()} == titles


def test_feed_speaks_the_persons_language(place: Place) -> None:
    user = place.people["coordinator"]
    user.language = "nl"
    user.save()
    place.owes(task__title="Chapter")
    assert Client().get(feed_of(place), HTTP_ACCEPT_LANGUAGE="en").status_code == 200


def test_unchanged_feed_is_not_sent_again(place: Place) -> None:
    place.owes()
    url = feed_of(place)
    first = Client().get(url)
    assert Client().get(url).content == first.content
    again = Client().get(url, HTTP_IF_NONE_MATCH=first.headers["ETag"])
    since = Client().get(url, HTTP_IF_MODIFIED_SINCE=first.headers["Last-Modified"])
    assert (again.status_code, since.status_code) == (304, 304)
    place.owes()
    assert Client().get(url, HTTP_IF_NONE_MATCH=first.headers["ETag"]).status_code == 200


@pytest.mark.parametrize("lost", ["ended", "expired", "disabled"])
def test_feed_ends_with_the_membership(place: Place, lost: str) -> None:
    url = feed_of(place)
    mine = Membership.objects.filter(user=place.people["coordinator"])
    if lost == "ended":
        mine.update(is_active=False)
    elif lost == "expired":
        mine.update(expires=date(2024, 4, 17))
    else:
        place.people["coordinator"].is_active = False
        place.people["coordinator"].save()
    assert Client().get(url).status_code == 404


def test_wrong_secret_is_not_found(place: Place) -> None:
    feed_of(place)
    assert Client().get("/calendar/none.ics").status_code == 404
    assert Client().post(feed_of(place, "member")).status_code == 405


def test_address_is_made_renewed_and_revoked(place: Place, as_: SignIn) -> None:
    client, url = as_("member"), place.url("calendar/")
    assert "Make my address" in client.get(url).content.decode()
    assert CalendarFeed.objects.count() == 0
    client.post(url, {"do": "renew"})
    first = CalendarFeed.objects.get().secret
    assert f"/calendar/{first}.ics" in client.get(url).content.decode()
    client.post(url, {"do": "renew"})
    second = CalendarFeed.objects.get().secret
    answers = [Client().get(f"/calendar/{secret}.ics").status_code for secret in (first, second)]
    assert answers == [404, 200]
    client.post(url, {"do": "revoke"})
    assert Client().get(f"/calendar/{second}.ics").status_code == 404
    assert client.post(url, {"do": "other"}).status_code == 400


def test_feed_costs_the_same_with_more_rows(place: Place, django_assert_max_num_queries: Callable) -> None:
    for _n in range(30):
        place.owes()
    with django_assert_max_num_queries(7):
        assert Client().get(feed_of(place)).status_code == 200
