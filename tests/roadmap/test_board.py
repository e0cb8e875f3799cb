"""The board: figures, filters, reminders, spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from aoce.common.models import OutgoingMail
from partners.models import Partner
from roadmap.enums import ObligationState as O
from roadmap.enums import OwedBy, Party
from roadmap.models import Obligation, Period
from tests.partners.factories import PartnerFactory, person
from tests.roadmap.factories import ObligationFactory, PeriodFactory
from tests.roadmap.world import Place

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("now")
SENT = datetime(2024, 4, 15, 10, tzinfo=UTC)


def soup(response: object) -> BeautifulSoup:
    """Return the page parsed."""
    assert response.status_code == 200, response.status_code
    return BeautifulSoup(response.content, "html.parser")


def cells(page: BeautifulSoup) -> list[list[str]]:
    """Return the table's words, row by row."""
    rows = []
    for row in page.select("table.board tbody tr"):
        for what in row.select(".what"):
            what.decompose()
        rows.append([" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])])
    return rows


@pytest.fixture
def full(place: Place) -> Place:
    """A half-year with something in each state."""
    report = place.task(code="report", title="First report", due=date(2024, 2, 29))
    chapter = place.task(code="chapter", title="Chapter", due=date(2024, 4, 12))
    form = place.task(code="form", title="Form", due=date(2024, 5, 31))
    expert = place.task(code="rationale", title="Rationale", due=date(2024, 4, 1), owed_by=OwedBy.LEAD_EXPERT)
    make = ObligationFactory
    approved = {"state": O.APPROVED, "submitted_at": SENT, "approved_at": SENT}
    make(task=report, partner=place.own, **approved)
    make(task=report, partner=place.other)
    make(task=report, partner=place.lead, state=O.WAIVED, waived_reason="Held before")
    make(task=chapter, partner=place.own, state=O.SUBMITTED, submitted_at=SENT)
    make(task=chapter, partner=place.other, state=O.CHANGES, due_override=date(2024, 4, 24), due_reason="Time")
    make(task=chapter, partner=place.lead, state=O.DRAFT)
    for city in (place.own, place.other, place.lead):
        make(task=form, partner=city)
    make(task=expert, party=Party.LEAD_EXPERT, partner=None, state=O.SUBMITTED, submitted_at=SENT)
    return place


def test_board_shows_each_city_and_obligation(full: Place, as_: SignIn) -> None:
    page = soup(as_("lead_partner").get(full.url("board/")))
    assert cells(page) == [
        ["Budaörs Nothing late . 1 approved, 1 not started", "Approved 15 Apr", "Submitted 15 Apr", "Not started"],
        ["Iași 1 late . 1 not started", "Late 49 days", "Changes by 24 Apr", "Not started"],
        ["Genk 1 late . 1 not started", "Not needed Held before", "Late 6 days", "Not started"],
    ]
    assert page.h1.get_text() == "Who owes what"
    assert page.select_one("#matrix-title").get_text() == "Three cities, three obligations"
    heads = [" ".join(th.get_text(" ").split()) for th in page.select("table.board thead th")]
    assert heads == ["City", "First report Due 29 Feb", "Chapter Due 12 Apr", "Form Due 31 May"]
    marks = [svg["aria-label"] for svg in page.select("table.board thead svg")]
    assert marks == ["1 of 2 approved", "0 of 3 approved", "0 of 3 approved"]
    assert [td.get_text() for td in page.select("tfoot td")] == ["1 of 2", "0 of 3", "0 of 3"]


def test_tally_counts_and_links_to_its_filter(full: Place, as_: SignIn) -> None:
    page = soup(as_("lead_expert").get(full.url("board/")))
    found = {}
    for item in page.select(".tally li"):
        state = item.a["href"].split("state=")[1].split("#")[0]
        found[state] = (item.select_one(".n").get_text(), item.select_one(".note").get_text())
    assert found == {
        "overdue": ("2", "in 2 cities, up to 49 days"),
        "submitted": ("2", "1 waits for you"),
        "changes": ("1", "next answer due 24 April"),
        "draft": ("0", "their text is not shared yet"),
        "none": ("3", "all due after today"),
        "approved": ("1", "of 10 in this half-year"),
    }


def test_inbox_is_oldest_first_and_names_who_checks(full: Place, as_: SignIn) -> None:
    Obligation.objects.filter(party=Party.LEAD_EXPERT).update(submitted_at=datetime(2024, 4, 10, 10, tzinfo=UTC))
    page = soup(as_("lead_expert").get(full.url("board/")))
    rows = [" ".join(li.get_text(" ").split()) for li in page.select("#to-check li")]
    assert rows == [
        "Lead Expert Rationale 10 April 8 days ago Lead Partner Open Lead Expert, Rationale",
        "Budaörs Chapter 15 April 3 days ago You Check Budaörs, Chapter",
    ]
    assert len(page.select("#to-check .btn-primary")) == 1


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=overdue", [["Iași 1 late", "Late 49 days", ""], ["Genk 1 late", "", "Late 6 days"]]),
        ("what=chapter&state=submitted", [["Budaörs Nothing late", "Submitted 15 Apr"]]),
        (
            "due=today&what=report",
            [
                ["Budaörs Nothing late", "Approved 15 Apr"],
                ["Iași 1 late", "Late 49 days"],
                ["Genk 1 late", "Not needed Held before"],
            ],
        ),
        ("due=14&state=changes", [["Iași 1 late", "Changes by 24 Apr"]]),
        ("due=30&state=none", []),
        (
            "state=nonsense&what=chapter&due=soon",
            [
                ["Budaörs Nothing late", "Submitted 15 Apr"],
                ["Iași 1 late", "Changes by 24 Apr"],
                ["Genk 1 late", "Late 6 days"],
            ],
        ),
    ],
)
def test_filters_are_kept_in_the_address(full: Place, as_: SignIn, query: str, expected: list[list[str]]) -> None:
    page = soup(as_("lead_partner").get(full.url(f"board/?{query}")))
    assert cells(page) == expected
    if not expected:
        assert "Nothing matches these filters." in page.get_text()
    chosen = {s["name"]: s.select_one("option[selected]") for s in page.select(".filters select")}
    asked = dict(pair.split("=") for pair in query.split("&"))
    assert {k: v["value"] for k, v in chosen.items() if v} == {
        k: v for k, v in asked.items() if v not in ("nonsense", "soon")
    }


def test_board_of_another_half_year(full: Place, as_: SignIn) -> None:
    later = PeriodFactory(network=full.network, slug="later", start=date(2024, 8, 1), end=date(2024, 12, 31))
    page = soup(as_("lead_partner").get(full.url("board/?period=later")))
    assert "Nobody owes anything yet" in page.get_text()
    Period.objects.filter(pk=later.pk).update(state="draft", published_at=None)
    assert as_("lead_partner").get(full.url("board/?period=later")).status_code == 404


def test_board_is_for_the_leads(full: Place, as_: SignIn) -> None:
    found = {}
    for name in full.people:
        paths = ("board/", "board/spreadsheet/", "board/remind/?city=1")
        found[name] = [as_(name).get(full.url(path)).status_code for path in paths]
    assert found == {name: [403, 403, 403] for name in full.people} | {
        "lead_partner": [200, 200, 200],
        "lead_expert": [200, 200, 403],
    }


def test_board_shows_nothing_of_another_network(full: Place, as_: SignIn) -> None:
    elsewhere = ObligationFactory(task__title="Secret elsewhere")
    page = as_("lead_partner").get(full.url("board/")).content.decode()
    assert "Secret elsewhere" not in page
    assert elsewhere.partner.name not in page


def grow(place: Place, cities: int, tasks: int) -> None:
    """Make more cities and tasks."""
    for _n in range(cities):
        PartnerFactory(network=place.network)
    for _n in range(tasks):
        task = place.task()
        for city in Partner.objects.filter(network=place.network):
            ObligationFactory(task=task, partner=city, state=O.SUBMITTED, submitted_at=SENT)


def queries(client: Client, url: str) -> int:
    """Return how many queries a page takes."""
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(url).status_code == 200
    return len(found)


@pytest.mark.parametrize("path", ["board/", "board/?state=overdue", "board/spreadsheet/", ""])
def test_query_count_is_the_same_at_any_size(place: Place, as_: SignIn, path: str) -> None:
    client = as_("lead_partner")
    place.owes(state=O.SUBMITTED, submitted_at=SENT)
    one = queries(client, place.url(path))
    grow(place, 27, 10)
    assert Obligation.objects.count() == 301
    assert queries(client, place.url(path)) == one
    assert one <= 12


# --- Reminding --------------------------------------------------------------------------------------------------------


def test_preview_ticks_what_is_late_and_names_who_gets_it(full: Place, as_: SignIn) -> None:
    page = soup(as_("lead_partner").get(full.url(f"board/remind/?city={full.other.pk}&city={full.own.pk}")))
    found = {}
    for city in page.select("fieldset"):
        boxes = [
            (" ".join(li.get_text(" ").split()), li.input.has_attr("checked")) for li in city.select("li.form-check")
        ]
        found[city.h2.get_text()] = (" ".join(city.p.get_text(" ").split()), boxes)
    assert found == {
        "Budaörs": ("To: coordinator. Not reminded so far.", [("Form due 31 May Not started", True)]),
        "Iași": (
            "To: other coordinator. Not reminded so far.",
            [
                ("First report due 29 February Late 49 days", True),
                ("Chapter due 24 April Changes", False),
                ("Form due 31 May Not started", False),
            ],
        ),
    }


def test_sending_writes_to_the_chosen_only(full: Place, as_: SignIn) -> None:
    late = Obligation.objects.get(task__code="report", partner=full.other)
    handed_in = Obligation.objects.get(task__code="chapter", partner=full.own)
    answer = as_("lead_partner").post(full.url("board/remind/"), {"obligation": [late.pk, handed_in.pk]}, follow=True)
    assert "1 reminder is on its way." in answer.content.decode()
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == [full.people["other_coordinator"].email]
    again = as_("lead_partner").post(full.url("board/remind/"), {"obligation": [late.pk]}, follow=True)
    assert "was reminded today already" in again.content.decode()
    assert OutgoingMail.objects.count() == 1


def test_sending_nothing_or_somebody_elses_reminds_nobody(full: Place, as_: SignIn) -> None:
    far = ObligationFactory()
    person(far.network, "coordinator", far.partner)
    for chosen in ([], [far.pk], ["x"]):
        answer = as_("lead_partner").post(full.url("board/remind/"), {"obligation": chosen}, follow=True)
        assert "nobody was reminded" in answer.content.decode()
    assert as_("lead_expert").post(full.url("board/remind/"), {"obligation": [far.pk]}).status_code == 403
    assert OutgoingMail.objects.count() == 0


# --- Spreadsheet ------------------------------------------------------------------------------------------------------


def test_spreadsheet_holds_what_the_board_shows(full: Place, as_: SignIn) -> None:
    Obligation.objects.filter(state=O.WAIVED).update(waived_reason="=1+1")
    answer = as_("lead_partner").get(full.url("board/spreadsheet/"))
    book = load_workbook(BytesIO(answer.content))
    matrix = [[cell.value for cell in row] for row in book.worksheets[0]]
    assert matrix == [
        ["City", "First report", "Chapter", "Form"],
        ["Budaörs", "Approved 15 Apr", "Submitted 15 Apr", "Not started"],
        ["Iași", "Late 49 days", "Changes by 24 Apr", "Not started"],
        ["Genk", "Not needed =1+1", "Late 6 days", "Not started"],
        ["Approved", "1 / 2", "0 / 3", "0 / 3"],
    ]
    rows = [[cell.value for cell in row] for row in book.worksheets[1]]
    day = SENT.replace(hour=0, tzinfo=None)
    assert len(rows) == 11
    assert rows[1] == [
        "Budaörs",
        "First report",
        "ULG meetings",
        datetime(2024, 2, 29, tzinfo=UTC).replace(tzinfo=None),
        "Approved",
        None,
        day,
        day,
        None,
    ]
    assert next(row for row in rows if row[4] == "Not needed")[8] == "'=1+1"
    assert answer.headers["Content-Disposition"].endswith('-2024-04-18.xlsx"')


def test_spreadsheet_follows_the_filters(full: Place, as_: SignIn) -> None:
    answer = as_("lead_partner").get(full.url("board/spreadsheet/?state=overdue"))
    rows = list(load_workbook(BytesIO(answer.content)).worksheets[1].values)
    assert [(row[0], row[1], row[5]) for row in rows[1:]] == [("Iași", "First report", 49), ("Genk", "Chapter", 6)]
