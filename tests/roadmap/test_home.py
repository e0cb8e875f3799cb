"""What each role finds on its first page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aoce.common.models import ReviewPoint, StatusChange
from partners.enums import DatePrecision, Role
from partners.models import Membership
from roadmap import events, minimums
from roadmap.enums import ObligationState as O
from roadmap.enums import Party
from roadmap.events import Event
from roadmap.services import hand_ins
from tests.roadmap.factories import HandInFactory
from tests.roadmap.world import Place

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("now")
SENT = datetime(2024, 4, 15, 10, tzinfo=UTC)


def soup(response: object) -> BeautifulSoup:
    """Return the page parsed."""
    assert response.status_code == 200, response.status_code
    return BeautifulSoup(response.content, "html.parser")


def words(tag: object) -> str:
    """Return a tag's text in one line."""
    return " ".join(tag.get_text(" ").split())


def todos(page: BeautifulSoup) -> dict[str, list[tuple[str, str, str]]]:
    """Return the groups of things to hand in: title, state, action each."""
    found = {}
    for group in page.select("ol.todo"):
        found[group["aria-label"]] = [
            (words(li.h4), words(li.select_one(".state")), li.a.find(string=True).strip())
            for li in group.find_all("li")
        ]
    return found


@pytest.fixture
def busy(place: Place) -> Place:
    """A city with something late, something that came back, and more."""
    late = place.owes(task__title="Good practice", task__due=date(2024, 4, 12))
    hand_ins.save(actor=place.actor("coordinator"), obligation=late, text="Half", read_version=1)
    back = place.owes(task__title="Policy context", task__due=date(2024, 4, 26))
    hand_in = hand_ins.save(actor=place.actor("coordinator"), obligation=back, text="Text", read_version=1)
    hand_ins.submit(actor=place.actor("coordinator"), hand_in=hand_in)
    points = [("Paragraph 2", "Say which year."), ("", "Name the strategy."), ("", "One more.")]
    hand_ins.ask_changes(actor=place.actor("lead_expert"), hand_in=hand_in, points=points)
    place.owes(task__title="Testing action form", task__due=date(2024, 6, 30))
    place.owes(task__title="Ideas", task__due=date(2024, 4, 30), state=O.SUBMITTED, submitted_at=SENT)
    place.owes(task__title="Needs", task__due=date(2024, 1, 31), state=O.APPROVED, approved_at=SENT)
    place.owes("other", task__title="Of another city", task__due=date(2024, 4, 12))
    return place


def test_coordinator_sees_what_is_next(busy: Place, as_: SignIn) -> None:
    page = soup(as_("coordinator").get(busy.url()))
    assert words(page.h1) == "What is next for Budaörs"
    assert words(page.select_one(".lead-in")) == (
        "Thursday 18 April 2024. You have three things to hand in before the end of June. "
        "One is late. One came back with three points to address."
    )
    assert todos(page) == {
        "Late": [("Good practice", "Late 6 days", "Continue")],
        "In the next 30 days": [("Policy context", "Changes requested", "Address 3 points")],
        "Later": [("Testing action form", "Not started", "Start")],
    }
    assert [words(b) for b in page.select(".btn-primary")] == ["Continue : Good practice"]
    assert "Of another city" not in page.get_text()
    assert words(page.summary) == "Show the 1 thing already approved or not needed"
    asked = page.select_one(".note-card")
    assert words(asked.h2) == "The Lead Expert asks"
    assert [words(li.span) for li in asked.select("li")] == ["Say which year.", "Name the strategy.", "One more."]


def test_addressed_points_are_not_asked_again(busy: Place, as_: SignIn) -> None:
    ReviewPoint.objects.filter(text="One more.").update(addressed_at=SENT)
    page = soup(as_("coordinator").get(busy.url()))
    assert todos(page)["In the next 30 days"] == [("Policy context", "Changes requested", "Address 2 points")]


def test_first_visit_is_explained_until_something_is_begun(place: Place, as_: SignIn) -> None:
    obligation = place.owes()
    assert "Your first visit" in as_("coordinator").get(place.url()).content.decode()
    hand_ins.save(actor=place.actor("coordinator"), obligation=obligation, text="x", read_version=1)
    assert "Your first visit" not in as_("coordinator").get(place.url()).content.decode()


def test_minimums_show_what_upper_floors_count(place: Place, as_: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def count(actor: object, partner_ids: list[int]) -> dict[str, dict[int, minimums.Count]]:
        asked.append((actor, list(partner_ids)))
        return {"ulg_meetings": {place.own.pk: minimums.Count(done=5, drafts=1)}}

    monkeypatch.setattr(minimums, "PROVIDERS", {"ulg_meetings": count})
    page = soup(as_("coordinator").get(place.url()))
    found = {
        words(li.select_one(".label")): [i["class"][0] for i in li.select(".pips i")]
        for li in page.select(".minimums li")
    }
    assert found == {
        "ULG meetings 5 of 8": ["full"] * 5 + ["half"] + ["to-go"] * 2,
        "Learning needs 0 of 6": ["to-go"] * 6,
        "Learning grids, meetings 0 of 6": ["to-go"] * 6,
        "Learning grids, horizontal themes 0 of 3": ["to-go"] * 3,
    }
    assert asked == [(place.actor("coordinator"), [place.own.pk])]


def test_next_meetings_say_when_a_day_is_not_fixed(place: Place, as_: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def meetings(_actor: object, slug: str) -> list[Event]:
        path = f"/n/{slug}/meetings/x/"
        return [
            Event("1", "Past", date(2024, 3, 4), date(2024, 3, 8), DatePrecision.DAY, path),
            Event("2", "Academy", date(2024, 5, 1), date(2024, 5, 31), DatePrecision.MONTH, path, place="Online"),
            Event("3", "Now", date(2024, 4, 17), date(2024, 4, 18), DatePrecision.DAY, path, conflict="Two dates"),
        ]

    monkeypatch.setattr(events, "PROVIDERS", [meetings])
    page = soup(as_("observer").get(place.url()))
    found = [(words(li.time), words(li.a), words(li.div)) for li in page.select(".upnext li")]
    assert found == [
        ("17 April", "Now", "Now Two dates in the plan"),
        ("May day open", "Academy", "Academy Online Day not fixed yet"),
    ]


def test_lead_expert_checks_the_oldest_first(busy: Place, as_: SignIn) -> None:
    busy.owes("lead", task__title="Older", state=O.SUBMITTED, submitted_at=datetime(2024, 4, 2, tzinfo=UTC))
    busy.owes("other", task__title="Report", task__deliverable="ulg_report", state=O.SUBMITTED, submitted_at=SENT)
    busy.owes(Party.LEAD_EXPERT, task__title="Rationale")
    page = soup(as_("lead_expert").get(busy.url()))
    queue = page.select_one('section[aria-labelledby="check-title"]')
    assert [words(li.find_all("span")[0]) for li in queue.select("li")] == ["Older", "Ideas"]
    assert todos(page) == {"In the next 30 days": [("Rationale", "Not started", "Start")]}
    assert len(page.select(".btn-primary")) == 1


def test_lead_partner_sees_board_incoming_and_late(busy: Place, as_: SignIn) -> None:
    page = soup(as_("lead_partner").get(busy.url()))
    late = page.select_one('section[aria-labelledby="late-title"]')
    assert [words(li.b) + ": " + words(li.select_one(".state")) for li in late.select("li")] == [
        "Budaörs: Late 6 days",
        "Iași: Late 6 days",
    ]
    assert [words(n) for n in page.select(".tally .n")] == ["2", "1", "1", "0", "1", "1"]


def test_member_and_observer_see_what_is_shared(busy: Place, as_: SignIn) -> None:
    member = soup(as_("member").get(busy.url()))
    shared = [words(li.find_all("span")[0]) for li in member.select('[aria-labelledby="shared-title"] li')]
    coming = [words(li.find_all("span")[0]) for li in member.select('[aria-labelledby="coming-title"] li')]
    assert (shared, coming) == (["Ideas", "Needs"], ["Policy context", "Testing action form"])
    observer = soup(as_("observer").get(busy.url()))
    assert [words(li.find_all("span")[0]) for li in observer.select('[aria-labelledby="shared-title"] li')] == [
        "Ideas",
        "Needs",
    ]


def test_expert_sees_until_when_they_are_here(busy: Place, as_: SignIn) -> None:
    Membership.objects.filter(role=Role.ADHOC_EXPERT).update(expires=date(2024, 6, 30))
    page = words(soup(as_("adhoc_expert").get(busy.url())))
    assert "Nothing is shared with you yet." in page
    assert "Your access ends on 30 June 2024." in page


@pytest.mark.parametrize("name", ["coordinator", "lead_partner", "lead_expert", "member", "observer", "adhoc_expert"])
def test_home_costs_the_same_with_more_rows(busy: Place, as_: SignIn, name: str) -> None:
    client = as_(name)
    with CaptureQueriesContext(connection) as few:
        client.get(busy.url())
    for _n in range(3):
        busy.owes(state=O.SUBMITTED, submitted_at=SENT)
        busy.owes(task__due=date(2024, 4, 1))
        row = busy.owes(state=O.CHANGES, deliverable="document", task__due=date(2024, 5, 1))
        hand_in = HandInFactory(obligation=row, state=O.CHANGES)
        row.deliverable_id = row.pk
        row.save()
        change = StatusChange.objects.create(
            network=busy.network,
            kind="hand_in",
            object_id=hand_in.pk,
            transition="ask_changes",
            source="submitted",
            target="changes",
            user=busy.people["lead_partner"],
        )
        ReviewPoint.objects.create(
            network=busy.network, kind="hand_in", object_id=hand_in.pk, change=change, text="More"
        )
    with CaptureQueriesContext(connection) as many:
        assert client.get(busy.url()).status_code == 200
    assert len(many) == len(few) <= 12
