"""Every city's reports in one stream, and a period of them as one file."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pypdf
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertNumQueries

from aoce.common.enums import State
from aoce.common.files import may_view
from aoce.common.models import Job, StoredFile
from meetings.models import AttendanceCount, UlgMeeting, UlgReport
from meetings.services.stream_files import make_export
from meetings.stream import Wanted, reports_for
from partners.models import Partner, Person
from tests.meetings.factories import AttendeeFactory, Place, make_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_place()


def reported(city: Partner, day: date, state: str = State.SUBMITTED, **fields: object) -> UlgReport:
    number = city.ulg_meetings.count() + 1
    meeting = UlgMeeting.objects.create(partner=city, number=number, date=day, place="Hall", title=f"{city} {day}")
    return UlgReport.objects.create(meeting=meeting, state=state, topics="Trust\nParks", **fields)


def address(place: Place, name: str = "stream") -> str:
    return reverse(f"meetings:{name}", kwargs={"network": place.network.slug})


def test_stream_holds_what_was_handed_in_the_newest_first(place: Place) -> None:
    reported(place.city, date(2024, 2, 1), State.DRAFT)
    old, new = reported(place.city, date(2024, 2, 2)), reported(place.other, date(2024, 3, 1), State.APPROVED)
    back = reported(place.city, date(2024, 1, 1), State.CHANGES)
    assert list(reports_for(place.actor("lead"), Wanted())) == [new, old, back]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"city": "own"}, 2),
        ({"state": "approved"}, 1),
        ({"first": "2024-02-01", "last": "2024-02-29"}, 1),
        ({"first": "rubbish", "city": "nowhere"}, 3),
        ({}, 3),
    ],
)
def test_filter_stands_in_the_address(place: Place, client: Client, query: dict[str, str], found: int) -> None:
    place.city.slug = "own"
    place.city.save()
    reported(place.city, date(2024, 1, 1))
    reported(place.city, date(2024, 2, 2))
    reported(place.other, date(2024, 3, 1), State.APPROVED)
    client.force_login(place.people["lead"])
    assert client.get(address(place), query).context["page"].paginator.count == found


@pytest.mark.parametrize("n", [1, 3, 12])
def test_stream_takes_the_same_few_queries(place: Place, client: Client, n: int) -> None:
    for day in range(1, n + 1):
        AttendeeFactory(report=reported(place.city, date(2024, 1, day)))
    client.force_login(place.people["lead"])
    with assertNumQueries(9):
        client.get(address(place))


def people_in(place: Place) -> None:
    first, second = reported(place.city, date(2024, 2, 1)), reported(place.city, date(2024, 2, 8), grid_shared=True)
    jan = Person.objects.create(network=place.network, partner=place.city, name="Jan")
    for report in (first, second):
        AttendeeFactory(report=report, name="Jan", person=jan, kind=place.kinds[0])
    AttendeeFactory(report=second, name="=1+1", organisation="")
    AttendanceCount.objects.create(report=first, kind=place.kinds[1], people=4)


def content(file: StoredFile) -> io.BytesIO:
    with file.file.open("rb") as opened:
        return io.BytesIO(opened.read())


def export(place: Place, form: str, who: str = "lead") -> StoredFile:
    return make_export(
        user_id=place.people[who].pk, network_id=place.network.pk, wanted=Wanted(), form=form, language="en"
    )


def test_spreadsheet_has_reports_attendances_and_everybody_once(place: Place) -> None:
    people_in(place)
    file = export(place, "xlsx")
    book = openpyxl.load_workbook(content(file))
    assert book.sheetnames == ["Reports", "Attendances", "People"]
    rows = list(book["Reports"].iter_rows(values_only=True))
    assert [(row[0], row[7], row[8:11]) for row in rows[1:]] == [
        ("Budaörs", 2, (1, 0, 1)),
        ("Budaörs", 5, (1, 4, 0)),
    ]
    assert list(book["People"].iter_rows(values_only=True))[1:] == [
        ("Budaörs", "'=1+1", None, None, 1),
        ("Budaörs", "Jan", "City hall", "Civil servants", 2),
    ]
    assert len(list(book["Attendances"].iter_rows())) == 4


def test_pdf_has_every_report_in_order(place: Place) -> None:
    people_in(place)
    pdf = pypdf.PdfReader(content(export(place, "pdf")))
    text = "".join(page.extract_text() for page in pdf.pages)
    assert text.index("2024-02-01") < text.index("2024-02-08")
    assert "Parks" in text


def test_files_are_made_for_and_seen_by_those_who_lead(place: Place) -> None:
    for who in ("coordinator", "observer", "member", "adhoc"):
        with pytest.raises(PermissionDenied):
            export(place, "xlsx", who)
    file = export(place, "xlsx")
    seen = {who for who in place.people if may_view(place.actor(who), file)}
    assert seen == {"lead", "expert"}


def test_button_starts_the_work(place: Place, client: Client) -> None:
    client.force_login(place.people["expert"])
    answer = client.post(address(place, "stream_export"), {"form": "pdf", "first": "2024-01-01"})
    job = Job.objects.get()
    assert (answer.status_code, job.task_kwargs["first"], job.task_kwargs["form"]) == (302, "2024-01-01", "pdf")
    assert client.post(address(place, "stream_export"), {"form": "exe"}).status_code == 400
    back = client.post(address(place, "stream_export"), {"form": "pdf", "first": "rubbish"})
    assert "first=rubbish" in back.url
