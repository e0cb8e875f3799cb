"""Signed lists scanned and brought back by their code, and lists of online platforms taken over."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pypdfium2
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from aoce.common.files import files_of
from meetings.enums import SignedBy
from meetings.models import Participation, Presence, TransnationalMeeting
from meetings.passes import Pass
from meetings.presence_files import PRESENCE_FILE, sheet_pdf
from meetings.sheets import read_sheet_code, sheet_code
from partners.enums import Role
from partners.models import Person
from tests.meetings.agendas import make_meeting, url_of
from tests.meetings.factories import TransnationalMeetingFactory
from tests.meetings.test_online_lists import TEAMS
from tests.partners.factories import person

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 5)


@pytest.fixture
def meeting() -> TransnationalMeeting:
    return make_meeting()


def scan_of(meeting: TransnationalMeeting, day: date) -> bytes:
    """Print a day's list and photograph it: a little askew, as JPG."""
    file = sheet_pdf(meeting=meeting, day=day, language="en")
    with file.file.open("rb") as opened:
        document = pypdfium2.PdfDocument(opened.read())
    picture = document[0].render(scale=2).to_pil().rotate(2, expand=True, fillcolor="white")
    document.close()
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=60)
    return out.getvalue()


def bring(client: Client, meeting: TransnationalMeeting, name: str, content: bytes) -> str:
    """Upload a proof; return the page that answers."""
    data = {"do": "upload", "file": SimpleUploadedFile(name, content)}
    return client.post(url_of(meeting, "proofs"), data, follow=True).content.decode()


def kept(meeting: TransnationalMeeting) -> list[tuple[str, str]]:
    """Return names and purposes of what was brought in."""
    return [(f.name, f.purpose) for f in files_of(PRESENCE_FILE, meeting.pk) if f.purpose != "attendance_list"]


def test_code_of_a_sheet_is_ours_and_nobody_elses() -> None:
    assert read_sheet_code(sheet_code(7, DAY)) == Pass(7, DAY)
    for text in ("", "https://example.org", "7:20240305:0123456789ABCDEF", sheet_code(7, DAY).replace("7:", "8:", 1)):
        assert read_sheet_code(text) is None


def test_scan_goes_to_the_day_printed_on_it_and_never_to_another_meeting(
    meeting: TransnationalMeeting, client: Client
) -> None:
    client.force_login(person(meeting.network, Role.LEAD_PARTNER))
    scan = scan_of(meeting, DAY)
    page = bring(client, meeting, "scan.jpg", scan)
    assert "is the signed list of Tuesday 5 March" in page
    assert kept(meeting) == [("scan.jpg", "scan:2024-03-05")]
    other = TransnationalMeetingFactory(network=meeting.network, title="CNM 3")
    refused = bring(client, other, "scan.jpg", scan)
    assert "is the list of another meeting: CNM 2, Tuesday 5 March" in refused
    far = TransnationalMeetingFactory()
    client.force_login(person(far.network, Role.LEAD_PARTNER))
    hidden = bring(client, far, "scan.jpg", scan)
    assert "CNM 2" not in hidden
    assert "Nothing was kept." in hidden
    assert (kept(other), kept(far)) == ([], [])


def test_scan_without_a_readable_code_is_kept_and_asks_for_its_day(
    meeting: TransnationalMeeting, client: Client
) -> None:
    client.force_login(person(meeting.network, Role.LEAD_EXPERT))
    out = io.BytesIO()
    Image.new("L", (600, 800), 255).save(out, "PNG")
    assert "Say of which day it is." in bring(client, meeting, "blank.png", out.getvalue())
    (file,) = files_of(PRESENCE_FILE, meeting.pk)
    for day in ("2024-04-01", ""):
        client.post(url_of(meeting, "proofs"), {"do": f"day-{file.pk}", "day": day})
    assert kept(meeting) == [("blank.png", "scan")]
    client.post(url_of(meeting, "proofs"), {"do": f"day-{file.pk}", "day": "2024-03-06"})
    assert kept(meeting) == [("blank.png", "scan:2024-03-06")]


def test_what_is_no_proof_is_refused_with_a_sentence(meeting: TransnationalMeeting, client: Client) -> None:
    client.force_login(person(meeting.network, Role.LEAD_EXPERT))
    assert "Choose a file first." in client.post(url_of(meeting, "proofs"), {"do": "upload"}).content.decode()
    for name, content, words in (
        ("teams.csv", "Name,Join Time\nKovács Anna,9:58\n".encode("cp1250"), "saved in another encoding"),
        ("teams.csv", b"Name,Join Time\n" + b"A B,9:58\n" * 10000, "more than 5000 rows"),
        ("list.csv", b"City,Country\nGenk,Belgium\n", "not a participant list"),
        ("empty.pdf", b"", "is empty"),
    ):
        assert words in bring(client, meeting, name, content)
    assert kept(meeting) == []


@time_machine.travel(datetime(2024, 3, 5, 15, tzinfo=UTC))
def test_online_list_is_matched_shown_and_taken_over_once(meeting: TransnationalMeeting, client: Client) -> None:
    network, host = meeting.network, meeting.hosts.first()
    anna = Person.objects.create(network=network, partner=host, name="Anna Kovács", email="anna@city.example")
    janis = Person.objects.create(network=network, name="Janis Berzinch")
    client.force_login(person(network, Role.LEAD_PARTNER, name="Lies Hermans"))
    page = bring(client, meeting, "attendance.csv", TEAMS.encode("utf-16"))
    assert "1 names are surely known, 1 are to check, 0 are new." in page
    assert Person.objects.filter(name="Lies Hermans", partner=None).count() == 1  # found on the next list
    (file,) = files_of(PRESENCE_FILE, meeting.pk)
    url = url_of(meeting, "online", uuid=file.pk)
    choice = {"day": "2024-03-05", "who-0": str(anna.pk), "who-1": str(janis.pk)}
    assert client.post(url, choice | {"day": ""}).status_code == 422
    assert "still to come" in client.post(url, choice | {"day": "2024-03-06"}).content.decode()
    stranger = Person.objects.create(network=network, name="Never Offered")
    for _ in range(2):
        client.post(url, choice | {"who-2": "new", "who-1": str(stranger.pk)})
    assert [(p.person, p.partner) for p in Participation.objects.all()] == [(anna, host)]
    client.post(url, choice)
    client.post(url, choice | {"who-0": "", "who-1": "new"})
    there = Presence.objects.values_list("participation__name", "day", "how")
    assert sorted(there) == [
        ("Anna Kovács", DAY, SignedBy.ONLINE),
        ("Janis Berzinch", DAY, SignedBy.ONLINE),
        ("Jānis Bērziņš (Guest)", DAY, SignedBy.ONLINE),
    ]
    assert kept(meeting) == [("attendance.csv", "online:2024-03-05")]
