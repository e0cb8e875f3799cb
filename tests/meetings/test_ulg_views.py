"""The pages of local reports: lists, start, form, two texts, check; with and without the HTMX header."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aoce.common.enums import State
from aoce.common.models import OutgoingMail, StoredFile, SubmittedVersion
from meetings.models import Attendee, UlgReport
from meetings.services import attendance
from meetings.services import ulg as services
from roadmap.models import Obligation
from tests.common import files_made as made
from tests.meetings.factories import (
    AttendeeFactory,
    Place,
    TransnationalMeetingFactory,
    UlgMeetingFactory,
    UlgReportFactory,
    make_place,
)
from tests.test_every_page import faults_of_page

pytestmark = pytest.mark.django_db
HEADERS: list[dict[str, str]] = [{}, {"HX-Request": "true"}]
LIST = made.xlsx(
    [
        ["Név", "Szervezet", "Csoport", "Aláírás"],
        ["Bakó Ágnes", "Városháza", "Köztisztviselő", "x"],
        ["Mező Katalin", "", "", "x"],
        ["Gál Örs", "Tanoda", "NGO", "Zoom"],
    ]
)


@pytest.fixture
def place() -> Place:
    return make_place()


def browser(place: Place, name: str) -> Client:
    client = Client()
    client.force_login(place.people[name])
    return client


def url(place: Place, name: str, **kwargs: Any) -> str:
    return reverse(f"meetings:{name}", kwargs={"network": place.network.slug, **kwargs})


def begun(place: Place) -> UlgReport:
    return services.start(actor=place.actor("coordinator"), partner=place.city)


def carried(response: HttpResponse) -> dict[str, Any]:
    """Return what a browser would send back of the page's form."""
    form = BeautifulSoup(response.content, "html.parser").select_one("main form[enctype]")
    found: dict[str, Any] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        kind = field.get("type", "")
        if kind in ("file", "submit") or (kind in ("checkbox", "radio") and not field.has_attr("checked")):
            continue
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            found[field["name"]] = chosen["value"] if chosen else ""
        elif field.name == "textarea":
            found[field["name"]] = field.text.lstrip("\n")
        else:
            found[field["name"]] = field.get("value", "on" if kind == "checkbox" else "")
    return found


def filled(where: Place, report: UlgReport, client: Client, **more: Any) -> dict[str, Any]:
    """Return the form with everything that submitting needs."""
    data = carried(client.get(url(where, "ulg_edit", pk=report.pk)))
    return {
        **data,
        "date": timezone.localdate().isoformat(),
        "place": "Tanoda",
        "topics": "Trust",
        **more,
    }


def words(response: HttpResponse) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


# --- Start ------------------------------------------------------------------------------------------------------------


def test_looking_at_the_start_page_writes_nothing(place: Place) -> None:
    client = browser(place, "coordinator")
    for query in ("", f"?obligation={place.obligations()[1].pk}"):
        response = client.get(url(place, "ulg_new") + query)
        assert response.status_code == 200
        assert faults_of_page(response.content.decode()) == []
    assert UlgReport.objects.count() == 0


@pytest.mark.parametrize("headers", HEADERS, ids=["page", "htmx"])
def test_starting_makes_one_report_for_the_obligation_named(place: Place, headers: dict[str, str]) -> None:
    second = place.obligations()[1]
    client = browser(place, "coordinator")
    response = client.post(url(place, "ulg_new"), {"obligation": second.pk}, headers=headers)
    report = UlgReport.objects.get()
    assert response.url == url(place, "ulg_edit", pk=report.pk)
    second.refresh_from_db()
    assert second.deliverable_id == report.pk
    again = client.get(f"{url(place, 'ulg_new')}?obligation={second.pk}")
    assert again.url == url(place, "ulg_edit", pk=report.pk)


def test_obligation_of_another_city_does_not_exist_here(place: Place) -> None:
    theirs = place.obligations(place.other)[0]
    client = browser(place, "coordinator")
    assert client.get(f"{url(place, 'ulg_new')}?obligation={theirs.pk}").status_code == 404
    assert client.post(url(place, "ulg_new"), {"obligation": theirs.pk}).status_code == 404
    assert browser(place, "lead").get(url(place, "ulg_new")).status_code == 403


# --- Write ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", HEADERS, ids=["page", "htmx"])
def test_whole_report_is_written_and_handed_in(place: Place, headers: dict[str, str]) -> None:
    report, client = begun(place), browser(place, "coordinator")
    address = url(place, "ulg_edit", pk=report.pk)
    sheets = [made.upload("jelenlét.xlsx", LIST), made.upload("scan.pdf", made.pdf())]
    data = filled(place, report, client, do="attach", sheets=sheets, report_files=made.upload("r.docx", made.docx()))
    assert client.post(address, data, headers=headers).url == f"{address}#attendance"
    page = client.get(address)
    assert faults_of_page(page.content.decode()) == []
    assert "3 people read from the sheet “Lista”" in words(page)
    assert "No organisation in row 3" in words(page)
    sheet = report.sheets.get(is_list=True)
    data = {**carried(page), "do": f"take-{sheet.pk}", f"s{sheet.pk}-3-org": "Kamaraerdő"}
    assert client.post(address, data, headers=headers).url == f"{address}#people"
    page = client.get(address)
    assert faults_of_page(page.content.decode()) == []
    assert "3 people, one to complete" in words(page)
    response = client.post(address, {**carried(page), "do": "submit"}, headers=headers)
    assert response.url == url(place, "ulg_detail", pk=report.pk)
    report.refresh_from_db()
    assert (report.state, report.topics) == (State.SUBMITTED, "Trust")
    assert [p.organisation for p in Attendee.objects.all()] == ["Városháza", "Kamaraerdő", "Tanoda"]
    assert {f.name for f in StoredFile.objects.filter(removed_at=None)} == {"jelenlét.xlsx", "scan.pdf", "r.docx"}


@pytest.mark.parametrize("headers", HEADERS, ids=["page", "htmx"])
def test_report_with_errors_keeps_everything_and_says_where(place: Place, headers: dict[str, str]) -> None:
    report, client = begun(place), browser(place, "coordinator")
    data = filled(place, report, client, do="submit", date="2199-05-16", sheets=made.upload("scan.pdf", made.pdf()))
    data[f"count-{place.kinds[0].pk}"] = "4"
    response = client.post(url(place, "ulg_edit", pk=report.pk), data, headers=headers)
    soup = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == 200
    assert faults_of_page(response.content.decode()) == []
    assert soup.title.text.startswith("Error:")
    summary = soup.select_one(".error-summary")
    assert " ".join(summary.h2.text.split()) == "One answer to correct before you submit"
    assert summary.a["href"] == "#id_date"
    assert summary.a.text.startswith("16 May 2199 is after today, ")
    field = soup.select_one("#id_date")
    assert field["aria-invalid"] == "true"
    assert soup.select_one("#id_date_error")["id"] in field["aria-describedby"].split()
    assert "scan.pdf" in soup.text
    report.refresh_from_db()
    assert (report.state, report.topics, report.meeting.place) == (State.DRAFT, "Trust", "Tanoda")


def test_bad_file_is_refused_and_the_good_ones_are_kept(place: Place) -> None:
    report, client = begun(place), browser(place, "coordinator")
    sheets = [made.upload("scan.pdf", made.pdf()), made.upload("bad.pdf", b"no pdf"), made.upload("empty.png", b"")]
    data = filled(place, report, client, do="attach", sheets=sheets)
    response = client.post(url(place, "ulg_edit", pk=report.pk), data)
    assert response.status_code == 200
    assert faults_of_page(response.content.decode()) == []
    assert "“bad.pdf” is not what its name says: it is plain text." in words(response)
    assert "“empty.png” is empty." in words(response)
    assert [s.file.name for s in report.sheets.all()] == ["scan.pdf"]
    report.refresh_from_db()
    assert report.topics == "Trust"


def test_invalid_number_is_shown_and_nothing_typed_is_lost(place: Place) -> None:
    report, client = begun(place), browser(place, "coordinator")
    data = filled(place, report, client, do="save", sheets=made.upload("scan.pdf", made.pdf()))
    data[f"count-{place.kinds[0].pk}"] = "many"
    response = client.post(url(place, "ulg_edit", pk=report.pk), data)
    assert response.status_code == 200
    assert carried(response)["topics"] == "Trust"
    assert report.sheets.count() == 1


def test_draft_saves_itself_and_says_when(place: Place) -> None:
    report, client = begun(place), browser(place, "coordinator")
    response = client.post(url(place, "ulg_edit", pk=report.pk), filled(place, report, client, do="autosave"))
    report.refresh_from_db()
    assert response.json()["version"] == report.version == 2
    assert response.json()["said"].startswith("Saved at ")
    assert report.topics == "Trust"


def test_two_people_in_one_form_choose_what_stands(place: Place) -> None:
    report = begun(place)
    first, second = browser(place, "coordinator"), browser(place, "colleague")
    address = url(place, "ulg_edit", pk=report.pk)
    one = filled(place, report, first, do="save", topics="Trust")
    two = filled(place, report, second, do="save", topics="Money", place="", decisions="Meet again")
    first.post(address, one)
    quiet = second.post(address, {**two, "do": "autosave"})
    assert (quiet.status_code, quiet.json()["conflict"]) == (409, url(place, "ulg_conflict", pk=report.pk))
    sheets = made.upload("scan.pdf", made.pdf())
    assert second.post(address, {**two, "sheets": sheets}).url == url(place, "ulg_conflict", pk=report.pk)
    report.refresh_from_db()
    assert (report.topics, report.decisions, report.meeting.place) == ("Trust", "Meet again", "Tanoda")
    assert report.sheets.count() == 1
    page = second.get(url(place, "ulg_conflict", pk=report.pk))
    assert faults_of_page(page.content.decode()) == []
    assert "What you wrote" in words(page)
    assert "Trust" in words(page)
    assert "Money" in words(page)
    second.post(url(place, "ulg_conflict", pk=report.pk), {"choose-topics": "both"})
    report.refresh_from_db()
    assert report.topics == "Trust\n\nMoney"
    assert second.get(url(place, "ulg_conflict", pk=report.pk)).url == address


def test_file_is_removed_and_somebody_added(place: Place) -> None:
    report, client = begun(place), browser(place, "coordinator")
    address = url(place, "ulg_edit", pk=report.pk)
    client.post(address, filled(place, report, client, do="attach", sheets=made.upload("scan.pdf", made.pdf())))
    data = carried(client.get(address))
    client.post(address, {**data, "do": "add", "new-name": "Ann Lee", "new-kind": str(place.kinds[1].pk)})
    assert [(p.name, p.kind) for p in report.attendees.all()] == [("Ann Lee", place.kinds[1])]
    file = StoredFile.objects.get()
    client.post(address, {**carried(client.get(address)), "do": f"remove-{file.pk}"})
    assert report.sheets.count() == 0
    page = client.get(f"{address}?people=all")
    assert faults_of_page(page.content.decode()) == []
    person = report.attendees.get()
    client.post(address, {**carried(page), "do": "people", f"p-{person.pk}-name": "Ann Ray"})
    person.refresh_from_db()
    assert person.name == "Ann Ray"
    client.post(address, {**carried(page), "do": "people", f"p-{person.pk}-leave": "on"})
    assert report.attendees.count() == 0


def test_row_named_twice_can_be_taken_in_again(place: Place) -> None:
    report, client = begun(place), browser(place, "coordinator")
    rows = made.xlsx([["Name", "Organisation", "Group"], *[["Ann Lee", "NGO", "NGO"]] * 2])
    sheet = attendance.attach_sheet(actor=place.actor("coordinator"), report=report, upload=made.upload("l.xlsx", rows))
    data = carried(client.get(url(place, "ulg_edit", pk=report.pk)))
    assert data.pop(f"s{sheet.pk}-3-leave") == "on"
    client.post(url(place, "ulg_edit", pk=report.pk), {**data, "do": f"take-{sheet.pk}"})
    assert report.attendees.count() == 2


@pytest.mark.parametrize(
    ("name", "state", "expected"),
    [
        ("colleague", State.DRAFT, 200),
        ("neighbour", State.DRAFT, 404),
        ("neighbour", State.APPROVED, 404),
        ("member", State.DRAFT, 404),
        ("member", State.SUBMITTED, 403),
        ("lead", State.DRAFT, 404),
        ("lead", State.SUBMITTED, 403),
        ("expert", State.CHANGES, 403),
        ("adhoc", State.SUBMITTED, 404),
        ("observer", State.CHANGES, 404),
        ("observer", State.APPROVED, 403),
    ],
)
def test_form_is_for_the_citys_coordinators(place: Place, name: str, state: str, expected: int) -> None:
    report = UlgReportFactory(meeting__partner=place.city, state=state)
    client = browser(place, name)
    assert client.get(url(place, "ulg_edit", pk=report.pk)).status_code == expected
    assert client.post(url(place, "ulg_edit", pk=report.pk), {"do": "save"}).status_code == expected


def test_approved_report_is_shown_instead_of_its_form(place: Place) -> None:
    report = UlgReportFactory(meeting__partner=place.city, state=State.APPROVED)
    client = browser(place, "coordinator")
    assert client.get(url(place, "ulg_edit", pk=report.pk)).url == url(place, "ulg_detail", pk=report.pk)
    assert client.post(url(place, "ulg_edit", pk=report.pk), {"do": "save"}).status_code == 409


# --- Check ------------------------------------------------------------------------------------------------------------


def handed_in(place: Place) -> UlgReport:
    report, client = begun(place), browser(place, "coordinator")
    data = filled(place, report, client, do="attach", sheets=made.upload("l.xlsx", LIST))
    client.post(url(place, "ulg_edit", pk=report.pk), data)
    attendance.take_over(actor=place.actor("coordinator"), sheet=report.sheets.get())
    services.submit(actor=place.actor("coordinator"), report=report, today=place.network.today())
    return report


@pytest.mark.parametrize("headers", HEADERS, ids=["page", "htmx"])
def test_lead_partner_returns_and_the_city_answers(place: Place, headers: dict[str, str]) -> None:
    report = handed_in(place)
    lead, client = browser(place, "lead"), browser(place, "coordinator")
    address, form = url(place, "ulg_detail", pk=report.pk), url(place, "ulg_edit", pk=report.pk)
    page = lead.get(address)
    assert faults_of_page(page.content.decode()) == []
    assert "Mező Katalin" in words(page)
    empty = lead.post(address, {"do": "ask_changes", "version": 1}, headers=headers)
    assert empty.status_code == 200
    assert "Write at least one point" in words(empty)
    lead.post(
        address,
        {"do": "ask_changes", "version": 1, "where": ["Part 3"], "point": ["Who is Katalin?"]},
        headers=headers,
    )
    assert client.get(address).url == form
    page = client.get(form)
    assert faults_of_page(page.content.decode()) == []
    assert "Who is Katalin? Part 3" in words(page)
    data = carried(page)
    point = next(key for key in data if key.startswith("point-"))
    client.post(
        form,
        {**data, point: "A neighbour", point.replace("answer", "done"): "on", "lessons": "Ask", "do": "submit"},
        headers=headers,
    )
    page = lead.get(address)
    assert faults_of_page(page.content.decode()) == []
    assert "A neighbour" in words(page)
    assert "[added: Ask ]" in words(page)
    assert lead.post(address, {"do": "approve", "version": 2}, headers=headers).url == address
    report.refresh_from_db()
    assert report.state == State.APPROVED
    assert Obligation.objects.get(deliverable_id=report.pk).state == "approved"
    assert OutgoingMail.objects.filter(purpose="accepted").count() == 2


def test_decision_on_an_older_version_shows_the_newer_first(place: Place) -> None:
    report = handed_in(place)
    client = browser(place, "coordinator")
    form = url(place, "ulg_edit", pk=report.pk)
    assert "data-draft" not in client.get(form).content.decode()
    client.post(form, {**carried(client.get(form)), "topics": "Money", "do": "save"})
    assert SubmittedVersion.objects.count() == 2
    lead = browser(place, "lead")
    response = lead.post(url(place, "ulg_detail", pk=report.pk), {"do": "approve", "version": 1, "comment": "Good"})
    assert response.status_code == 200
    assert "The city changed the report while you were reading." in words(response)
    form_page = BeautifulSoup(response.content, "html.parser")
    assert form_page.select_one("[name=version]")["value"] == "2"
    assert form_page.select_one("[name=comment]").text.strip() == "Good"


def test_lead_partner_lets_a_report_count_for_a_further_task(place: Place) -> None:
    report = handed_in(place)
    second = place.obligations()[1]
    address = url(place, "ulg_detail", pk=report.pk)
    assert browser(place, "coordinator").post(address, {"do": "serve", "obligation": second.pk}).status_code == 403
    browser(place, "lead").post(address, {"do": "serve", "obligation": second.pk})
    second.refresh_from_db()
    assert (second.state, second.deliverable_id) == ("submitted", report.pk)
    theirs = place.obligations(place.other)[0]
    assert browser(place, "lead").post(address, {"do": "serve", "obligation": theirs.pk}).status_code == 404


@pytest.mark.parametrize(
    ("name", "page", "names"),
    [
        ("lead", 200, True),
        ("expert", 200, True),
        ("member", 200, True),
        ("coordinator", 200, True),
        ("observer", 200, False),
        ("neighbour", 404, False),
        ("adhoc", 404, False),
    ],
)
def test_names_and_sheets_are_shown_to_whom_the_policy_names(place: Place, name: str, page: int, names: bool) -> None:
    report = handed_in(place)
    client = browser(place, name)
    response = client.get(url(place, "ulg_detail", pk=report.pk))
    assert response.status_code == page
    if page == 200:
        assert faults_of_page(response.content.decode()) == []
        assert ("Mező Katalin" in words(response)) is names
        assert "3 people were there" in words(response)
    sheet = StoredFile.objects.get(owner_kind="ulg_sheet")
    answer = client.get(reverse("common:file", kwargs={"network": place.network.slug, "uuid": sheet.pk}))
    answer.getvalue()  # read to the end, or the file stays open
    assert answer.status_code == (200 if names else 404)


# --- Lists and budgets ------------------------------------------------------------------------------------------------


def test_list_shows_own_city_or_all_with_a_filter(place: Place) -> None:
    for city in (place.city, place.other):
        UlgReportFactory(meeting__partner=city, meeting__title=f"In {city}", state=State.SUBMITTED)
    UlgReportFactory(meeting__partner=place.other, meeting__title="Secret draft")
    address = url(place, "ulg_list")
    own = words(browser(place, "coordinator").get(address))
    assert ("In Budaörs" in own, "In Breda" in own) == (True, False)
    lead = browser(place, "lead")
    every = words(lead.get(address))
    assert ("In Budaörs" in every, "In Breda" in every, "Secret draft" in every) == (True, True, False)
    some = words(lead.get(address, {"city": place.other.slug}))
    assert ("In Budaörs" in some, "In Breda" in some) == (False, True)
    assert "No report fits" in words(lead.get(address, {"state": "approved"}))
    assert browser(place, "adhoc").get(address).status_code == 403


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize("name", ["coordinator", "lead", "observer", "member"])
def test_pages_need_the_same_few_queries_for_one_row_and_three(place: Place, name: str) -> None:
    client = browser(place, name)
    counts = []
    for _ in range(3):
        report = UlgReportFactory(meeting=UlgMeetingFactory(partner=place.city), state=State.SUBMITTED)
        AttendeeFactory(report=report, kind=place.kinds[0])
        attendance.attach_sheet(actor=place.actor("coordinator"), report=report, upload=made.upload("l.xlsx", LIST))
        TransnationalMeetingFactory(network=place.network).hosts.add(place.city)
        counts.append(
            (
                queries(client, url(place, "ulg_list")),
                queries(client, url(place, "ulg_detail", pk=report.pk)),
                queries(client, url(place, "list")),
            )
        )
    assert counts[0] == counts[1] == counts[2]
    assert max(counts[0]) <= 12, counts


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.CHANGES])
def test_form_needs_the_same_few_queries_with_one_person_and_many(place: Place, state: str) -> None:
    report, client = handed_in(place), browser(place, "coordinator")
    if state == State.CHANGES:
        services.ask_changes(actor=place.actor("lead"), report=report, points=[("", "One"), ("", "Two")])
    UlgReport.objects.filter(pk=report.pk).update(state=state)
    address = url(place, "ulg_edit", pk=report.pk)
    first = queries(client, address)
    for _ in range(3):
        AttendeeFactory(report=report, kind=place.kinds[0])
        attendance.attach_sheet(actor=place.actor("coordinator"), report=report, upload=made.upload("l.xlsx", LIST))
    assert queries(client, address) == first
    assert first <= 12
