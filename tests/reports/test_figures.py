"""The figures of a quarter against rows made by hand."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aoce.common.enums import State
from meetings.models import Participation, Presence, UlgMeeting
from partners.models import Person
from reports.blanks import blanks_of
from reports.figures import quarter_end, quarter_figures
from reports.models import QuarterlyReport
from roadmap.enums import ObligationState, PeriodState
from tests.partners.factories import StakeholderKindFactory
from tests.reports.factories import MeetingFactory, QuarterlyReportFactory, local_report
from tests.roadmap.factories import PeriodFactory, TrackFactory
from tests.roadmap.world import Place, make_place

START, END = date(2024, 1, 1), date(2024, 3, 31)

pytestmark = pytest.mark.usefixtures("now")


def figures(place: Place, start: date = START, end: date = END) -> dict[str, Any]:
    return quarter_figures(place.network, start, end)


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2024, 1, 1), END),
        (date(2024, 3, 31), END),
        (date(2024, 4, 1), date(2024, 6, 30)),
        (date(2024, 8, 9), date(2024, 9, 30)),
        (date(2024, 12, 31), date(2024, 12, 31)),
    ],
)
def test_quarters_end_on_their_last_day(day: date, last: date) -> None:
    assert quarter_end(day) == last


def test_network_meetings_count_if_one_of_their_days_is_in_the_quarter(place: Place) -> None:
    for title, start, end in [
        ("Before", date(2023, 12, 30), date(2023, 12, 31)),
        ("Across the start", date(2023, 12, 31), date(2024, 1, 1)),
        ("Across the end", date(2024, 3, 31), date(2024, 4, 2)),
        ("After", date(2024, 4, 1), date(2024, 4, 2)),
    ]:
        MeetingFactory(network=place.network, title=title, start=start, end=end)
    MeetingFactory(title="Another network's", start=START, end=END)
    found = figures(place)
    assert [row["title"] for row in found["meetings"]] == ["Across the start", "Across the end"]
    assert found["totals"]["meetings"] == 2


def test_people_at_network_meetings_are_those_who_were_there(place: Place) -> None:
    meeting = MeetingFactory(network=place.network, title="CNM 2", start=START, end=END)
    for name, partner, days in (("Ana", place.own, (START, END)), ("Ben", None, (END,)), ("Absent", place.other, ())):
        someone = Person.objects.create(network=place.network, name=name, partner=partner)
        row = Participation.objects.create(meeting=meeting, person=someone, partner=partner, name=name)
        for day in days:
            Presence.objects.create(participation=row, day=day, how="host")
    assert [(row["people"], row["cities"]) for row in figures(place)["meetings"]] == [(2, 1)]


def test_local_meetings_count_by_city_and_state(place: Place) -> None:
    local_report(place.own, date(2024, 1, 1))
    local_report(place.own, date(2024, 3, 31), State.SUBMITTED)
    local_report(place.own, date(2024, 2, 1), State.CHANGES)
    local_report(place.own, date(2024, 2, 2), State.DRAFT)
    local_report(place.own, date(2023, 12, 31))
    local_report(place.own, date(2024, 4, 1))
    local_report(place.own, None)
    other = make_place()
    local_report(other.own, date(2024, 2, 1))
    found = figures(place)
    nothing = {"held": 0, "approved": 0, "waiting": 0, "returned": 0}
    assert found["ulg"] == [
        {"city": "Budaörs", "held": 3, "approved": 1, "waiting": 1, "returned": 1},
        {"city": "Iași", **nothing},
        {"city": "Genk", **nothing},
    ]
    assert [row["date"] for row in found["reports"]] == ["2024-01-01", "2024-02-01", "2024-03-31"]


def test_people_are_counted_from_approved_reports_and_the_others_apart(place: Place) -> None:
    officials = StakeholderKindFactory(network=place.network, name="Officials")
    citizens = StakeholderKindFactory(network=place.network, name="Citizens")
    local_report(
        place.own,
        date(2024, 2, 1),
        people=[(officials, "City"), (officials, ""), (citizens, "–"), (None, "School")],
        counts={citizens: 5},
    )
    local_report(place.own, date(2024, 3, 1), counts={officials: 2})
    local_report(place.own, date(2024, 3, 2), State.SUBMITTED, people=[(officials, " ")], counts={citizens: 3})
    local_report(place.own, date(2024, 3, 3), State.DRAFT, counts={citizens: 100})
    found = figures(place)
    assert found["kinds"] == ["Officials", "Citizens"]
    assert found["attendance"][0] == {
        "city": "Budaörs",
        "numbers": [4, 6],
        "unknown": 1,
        "total": 11,
        "waiting": 4,
        "no_organisation": 2,
        "named": 4,
        "persons": 4,
    }
    assert [row["people"] for row in found["reports"]] == [9, 2, 4]
    assert (found["totals"]["people"], found["totals"]["waiting_people"]) == (11, 4)
    assert found["totals"]["ulg"] == 3


def test_a_person_at_several_meetings_is_one_person_and_several_attendances(place: Place) -> None:
    reports = [local_report(place.own, date(2024, 2, day), people=[(None, "City")] * 2) for day in (1, 2)]
    jan, ann = (Person.objects.create(network=place.network, partner=place.own, name=name) for name in ("Jan", "Ann"))
    same = Person.objects.create(network=place.network, partner=place.own, name="Jan P.", merged_into=jan)
    for report, person in zip(reports, (jan, same), strict=True):
        first, second = report.attendees.all()
        first.person, second.person = person, ann
        first.save()
        second.save()
    waiting = local_report(place.own, date(2024, 2, 3), State.SUBMITTED, people=[(None, "City")])
    waiting.attendees.update(person=Person.objects.create(network=place.network, partner=place.own, name="Eve"))
    found = figures(place)
    assert (found["attendance"][0]["named"], found["attendance"][0]["persons"]) == (4, 2)
    assert (found["totals"]["people"], found["totals"]["named"], found["totals"]["persons"]) == (4, 4, 2)


def test_local_meetings_planned_for_the_next_quarter_are_counted(place: Place) -> None:
    now = datetime(2024, 3, 1, tzinfo=UTC)
    for number, (day, gone) in enumerate([(date(2024, 4, 2), None), (date(2024, 7, 1), None), (date(2024, 5, 1), now)]):
        UlgMeeting.objects.create(partner=place.own, number=50 + number, date=day, planned_at=now, cancelled_at=gone)
    assert figures(place)["totals"]["planned_ulg"] == 1


def test_obligations_are_counted_by_city_and_how_they_ended(place: Place) -> None:
    due = date(2024, 3, 15)
    place.owes(task__due=due, state=ObligationState.APPROVED, submitted_at=datetime(2024, 3, 15, 22, 30, tzinfo=UTC))
    place.owes(task__due=due, state=ObligationState.APPROVED, submitted_at=datetime(2024, 3, 15, 23, 30, tzinfo=UTC))
    place.owes(task__due=due, state=ObligationState.SUBMITTED)
    place.owes(task__due=due, state=ObligationState.CHANGES)
    place.owes(task__due=due, state=ObligationState.NONE)
    place.owes(task__due=due, state=ObligationState.WAIVED, waived_reason="Not needed")
    place.owes("other", task__due=END, state=ObligationState.DRAFT)
    place.owes("other", task__due=due, due_override=date(2024, 4, 2), due_reason="Ill")
    place.owes("other", task__due=date(2024, 4, 1), due_override=END, due_reason="Sooner")
    place.owes("other", task__start=date(2023, 12, 1), task__due=date(2023, 12, 31))
    place.owes("lead_expert", task__due=due)
    rows = {row.pop("city"): row for row in figures(place)["obligations"]}
    # The second was handed in half an hour after midnight of the network's day, the first before it.
    assert rows["Budaörs"] == {
        "asked": 5,
        "met": 2,
        "met_late": 1,
        "waiting": 1,
        "late": 2,
        "open": 0,
        "waived": 1,
    }
    assert rows["Iași"] == {"asked": 2, "met": 0, "met_late": 0, "waiting": 0, "late": 2, "open": 0, "waived": 0}
    assert set(rows["Genk"].values()) == {0}


def test_what_is_not_due_yet_is_open_and_not_late(place: Place) -> None:
    for day in (4, 5, 6):  # today is the fifth
        place.owes(task__due=date(2024, 4, day))
    row = figures(place, date(2024, 4, 1), date(2024, 6, 30))["obligations"][0]
    assert (row["late"], row["open"], row["asked"]) == (1, 2, 3)


def test_what_is_next_is_the_next_quarter(place: Place) -> None:
    for title, day in [("Too soon", END), ("First", date(2024, 4, 1)), ("Last", date(2024, 6, 30))]:
        place.task(title=title, due=day)
    place.task(title="Too late", due=date(2024, 7, 1))
    place.task(title="An event", due=date(2024, 5, 1), owed_by="nobody")
    draft = PeriodFactory(network=place.network, state=PeriodState.DRAFT, published_at=None)
    hidden = TrackFactory(period=draft)
    hidden.tasks.create(code="x", title="Of a draft plan", start=date(2024, 5, 1), due=date(2024, 5, 1))
    MeetingFactory(network=place.network, title="Meeting", start=date(2024, 6, 3), end=date(2024, 6, 4))
    MeetingFactory(network=place.network, title="Later", start=date(2024, 7, 1), end=date(2024, 7, 2))
    found = figures(place)
    assert [(row["day"], row["what"], row["who"]) for row in found["next"]] == [
        ("2024-04-01", "First", "each_partner"),
        ("2024-06-03", "Meeting", "all"),
        ("2024-06-30", "Last", "each_partner"),
    ]
    assert (found["next_start"], found["next_end"]) == ("2024-04-01", "2024-06-30")


def test_figures_are_plain_json_with_their_sources(place: Place) -> None:
    local_report(place.own, date(2024, 2, 1))
    found = figures(place)
    assert json.loads(json.dumps(found)) == found
    assert found["as_of"] == "2024-04-05"
    slug = place.network.slug
    assert found["sources"]["ulg"] == f"/n/{slug}/meetings/local/"
    assert set(found["sources"]) == {"meetings", "ulg", "obligations", "next", "lessons"}


def test_figures_take_the_same_queries_for_one_row_and_for_many(place: Place) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            figures(place)
        return len(found)

    kind = StakeholderKindFactory(network=place.network)
    local_report(place.own, date(2024, 2, 1), people=[(kind, "x")], counts={kind: 1})
    MeetingFactory(network=place.network)
    place.owes(task__due=END)
    one = queries()
    for _ in range(3):
        local_report(place.other, date(2024, 2, 1), people=[(kind, "x")], counts={kind: 1})
        MeetingFactory(network=place.network)
        place.owes(task__due=END)
    assert (one, queries()) == (8, 8)


def test_blanks_say_what_is_missing_and_whom_to_ask(place: Place) -> None:
    report: QuarterlyReport = QuarterlyReportFactory(network=place.network)
    kind = StakeholderKindFactory(network=place.network)
    local_report(place.own, date(2024, 2, 1), people=[(None, "City"), (kind, "")])
    local_report(place.own, date(2024, 3, 1), State.SUBMITTED)
    local_report(place.other, date(2024, 3, 1), State.CHANGES)
    place.owes(task__due=END)
    bodies = dict.fromkeys(("summary", "network_meetings", "local_meetings", "learning", "handed_in"), "<p>x</p>")
    found = blanks_of(report, figures(place), bodies)
    assert [(blank.text, blank.who) for blank in found] == [
        ("“What comes next” is not written yet", "Lead Expert"),
        ("Budaörs: 1 report waits for a check, so its people are not counted", "Lead Partner"),
        ("Iași: 1 report went back and is not mended yet", "Iași, coordinator"),
        ("Genk: no report on a local meeting in this quarter", "Genk, coordinator"),
        ("Budaörs: 1 person without a group", "Budaörs, coordinator"),
        ("Budaörs: 1 person on a list without an organisation", "Budaörs, coordinator"),
        ("Budaörs: 1 thing is late", "Budaörs, coordinator"),
    ]
    assert all(blank.url for blank in found)
