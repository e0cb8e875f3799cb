"""Participant lists of Teams and Zoom: encodings, parts, repeated joins, and who is surely whom."""

from __future__ import annotations

import pytest

from meetings.lists import ListUnreadableError
from meetings.lists.online import Joined, match_people, read_platform_list
from partners.models import Person

TEAMS = (
    "1. Summary\r\nMeeting title\tOnline Academy\r\nAttended participants\t2\r\n\r\n2. Participants\r\n"
    "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tRole\r\n"
    "Kovács, Anna\t1/5/26, 9:58:01 AM\t1/5/26, 11:00:00 AM\t1h 2m\tanna@city.example\tPresenter\r\n"
    "Jānis Bērziņš (Guest)\t1/5/26, 9:59:01 AM\t1/5/26, 11:00:00 AM\t1h 1m\t\tAttendee\r\n\r\n"
    "3. In-Meeting Activities\r\nName\tJoin Time\tLeave Time\tDuration\tEmail\tRole\r\n"
    "Nobody Else\t1/5/26\t1/5/26\t1h\t\tAttendee\r\n"
)
ZOOM = (
    "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent\n"
    "Lies Hermans,Lies@genk.example,01/05/2026 09:58,01/05/2026 10:10,12,No,\n"
    "Lies Hermans,lies@genk.example,01/05/2026 10:12,01/05/2026 11:00,48,No,\n"
    "iPhone,,01/05/2026 10:12,01/05/2026 11:00,48,Yes,\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_teams_list_is_read_in_every_encoding_up_to_its_next_part(encoding: str) -> None:
    found = read_platform_list(TEAMS.encode(encoding))
    assert (found.platform, [(one.name, one.email) for one in found.people]) == (
        "teams",
        [("Kovács, Anna", "anna@city.example"), ("Jānis Bērziņš (Guest)", "")],
    )


def test_zoom_list_counts_who_joined_twice_once() -> None:
    found = read_platform_list(ZOOM.encode())
    assert found.platform == "zoom"
    assert [(one.name, one.email, one.rows) for one in found.people] == [
        ("Lies Hermans", "lies@genk.example", [2, 3]),
        ("iPhone", "", [4]),
    ]


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("Name,Join Time\nKovács Anna,9:58\n".encode("cp1250"), "saved in another encoding"),
        (b"Name,Join Time\n" + b"A B,9:58\n" * 10000, "more than 5000 rows"),
        (b"Name,Join Time\n" + b"".join(b"A %d,9:58\n" % n for n in range(2001)), "more than 2000 people"),
        (b"PK\x03\x04 sheet", "This is a spreadsheet"),
        (b"City,Country\nGenk,Belgium\n", "not a participant list"),
        (b"Name,Join Time\n", "Nobody is on this list"),
        (b"", "not a participant list"),
    ],
)
def test_list_that_cannot_be_read_says_what_to_do(raw: bytes, sentence: str) -> None:
    with pytest.raises(ListUnreadableError, match=sentence):
        read_platform_list(raw)


def test_match_is_sure_by_email_or_one_whole_name_and_a_choice_otherwise() -> None:
    people = [
        Person(pk=1, name="Anna Kovács", email="anna@city.example"),
        Person(pk=2, name="Jānis Bērziņš"),
        Person(pk=3, name="Maria Silva", organisation="A"),
        Person(pk=4, name="María Silva", organisation="B"),
        Person(pk=5, name="Petra Nowak", email="petra@city.example"),
    ]
    joined = [
        Joined("AK", "anna@city.example"),
        Joined("Berzins, Janis (Guest)"),
        Joined("Maria Silva"),
        Joined("Petra Novak"),
        Joined("Petra Nowak", "other@else.example"),
        Joined("iPhone"),
    ]
    found = match_people(joined, people)
    assert [(m.person and m.person.pk, [p.pk for p in m.offered]) for m in found] == [
        (1, []),
        (2, []),
        (None, [3, 4]),
        (None, [5]),
        (None, [5]),
        (None, []),
    ]
