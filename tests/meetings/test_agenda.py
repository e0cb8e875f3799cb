"""The agenda of a transnational meeting: written together, published, told once, on paper and in calendars."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar
from pypdf import PdfReader

from aoce.common.models import Job, OutgoingMail
from meetings.agenda import agenda_of, read_along, thawed
from meetings.models import AgendaEdition, Session, TransnationalMeeting
from meetings.services import agenda as services
from partners.enums import Role
from tests.meetings.agendas import FIRST, kind_of, laid_out, make_meeting, session, url_of
from tests.meetings.factories import TransnationalMeetingFactory
from tests.partners.factories import PartnerFactory, actor_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting() -> TransnationalMeeting:
    return make_meeting()


# --- Laying out -------------------------------------------------------------------------------------------------------


def test_agenda_stands_by_day_and_time_and_shows_what_has_no_place_yet(meeting: TransnationalMeeting) -> None:
    session(meeting, "Late", 4, "15:00", "16:00")
    session(meeting, "Early", 4, "09:00", "10:00")
    session(meeting, "Some time", 5)
    session(meeting, "Open")
    assert laid_out(meeting) == [(4, ["Early", "Late"]), (5, ["Some time"]), (6, []), (7, []), (8, [])]
    found = agenda_of(meeting, read_along(meeting), None, date(2024, 3, 5))
    assert [line.session.title for line in found.unplaced] == ["Open"]
    assert [day.is_today for day in found.days] == [False, True, False, False, False]


def test_overlaps_and_gaps_are_said(meeting: TransnationalMeeting) -> None:
    session(meeting, "A", 4, "09:00", "11:00", place="Hall")
    session(meeting, "B", 4, "10:00", "12:00", place="Hall")
    session(meeting, "C", 4, "10:30", "11:00", place="Garden")
    session(meeting, "D", 4, "15:00", "16:00", place="Hall")
    day = agenda_of(meeting, read_along(meeting), None, FIRST).days[0]
    assert [(line.session.title, line.lanes, line.clash, line.gap) for line in day.lines] == [
        ("A", 3, "At the same time and place as “B”", ""),
        ("B", 3, "At the same time and place as “A”", ""),
        ("C", 3, "", ""),
        ("D", 1, "", "Nothing from 12:00 to 15:00"),
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"day": FIRST, "start": time(10), "end": time(9)},
        {"day": FIRST, "end": time(9)},
        {"start": time(9), "end": time(10)},
    ],
)
def test_database_keeps_times_possible(meeting: TransnationalMeeting, values: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.create(meeting=meeting, kind=kind_of(meeting.network), title="x", **values)


# --- Writing ----------------------------------------------------------------------------------------------------------


def test_leads_and_hosts_write_and_nobody_else(meeting: TransnationalMeeting) -> None:
    network = meeting.network
    other = PartnerFactory(network=network)
    hosts = list(meeting.hosts.all())
    people = {
        "lead": actor_of(person(network, Role.LEAD_EXPERT), network),
        "host": actor_of(person(network, Role.COORDINATOR, hosts[0]), network),
        "member": actor_of(person(network, Role.MEMBER, hosts[0]), network),
        "guest": actor_of(person(network, Role.COORDINATOR, other), network),
    }
    may = {}
    for name, actor in people.items():
        session(meeting, f"Something new for {name}")
        try:
            services.publish(actor=actor, meeting=meeting, tell=False)
            may[name] = True
        except PermissionDenied:
            may[name] = False
    assert may == {"lead": True, "host": True, "member": False, "guest": False}


def test_form_places_a_session_and_says_what_is_wrong(meeting: TransnationalMeeting, client: Client) -> None:
    client.force_login(person(meeting.network, Role.LEAD_EXPERT))
    data = {"title": "Walkshop", "kind": kind_of(meeting.network, "hub").pk, "place": "Hegyvidék"}
    wrong = {
        "It ends before it begins.": {"day": "2024-03-05", "start": "14:00", "end": "13:00"},
        "Say on which day": {"start": "14:00"},
        "Choose one of its days.": {"day": "2024-04-05"},
        "Say when it begins.": {"day": "2024-03-05", "end": "13:00"},
    }
    for words, times in wrong.items():
        page = client.post(url_of(meeting, "session_new"), data | times).content.decode()
        assert words in page
        assert "Hegyvidék" in page
    assert Session.objects.count() == 0
    right = data | {"day": "2024-03-05", "start": "14:00", "end": "16:00"}
    made = client.post(url_of(meeting, "session_new"), right)
    assert made.url.endswith(f"#s{Session.objects.get().pk}")
    assert laid_out(meeting)[1] == (5, ["Walkshop"])


def test_two_in_one_session_see_both_texts_and_lose_none(meeting: TransnationalMeeting, client: Client) -> None:
    one = session(meeting, "Workshop", 5, "09:00", "10:00")
    client.force_login(person(meeting.network, Role.LEAD_EXPERT))
    url = url_of(meeting, "session_edit", pk=one.pk)
    data = {"title": "Workshop", "kind": one.kind_id, "day": "2024-03-05", "start": "09:00", "end": "10:00"}
    assert client.post(url, data | {"about": "Theirs", "read_version": "1"}).status_code == 302
    answer = client.post(url, data | {"about": "Mine", "read_version": "1"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs" in page
    assert "Mine" in page
    assert 'name="read_version" value="2"' in page
    one.refresh_from_db()
    assert one.about == "Theirs"
    assert client.post(url, data | {"about": "Mine", "read_version": "2"}).status_code == 302


@pytest.mark.parametrize(
    ("do", "then"),
    [
        ("earlier", (5, "08:45", "09:45")),
        ("later", (5, "09:15", "10:15")),
        ("longer", (5, "09:00", "10:15")),
        ("shorter", (5, "09:00", "09:45")),
        ("day-before", (4, "09:00", "10:00")),
        ("day-after", (6, "09:00", "10:00")),
    ],
)
def test_buttons_move_a_session(meeting: TransnationalMeeting, client: Client, do: str, then: tuple[Any, ...]) -> None:
    one = session(meeting, "Workshop", 5, "09:00", "10:00")
    client.force_login(person(meeting.network, Role.LEAD_PARTNER))
    client.post(url_of(meeting, "session_do", pk=one.pk), {"do": do})
    one.refresh_from_db()
    assert (one.day.day, f"{one.start:%H:%M}", f"{one.end:%H:%M}") == then


def test_session_is_not_moved_out_of_its_day_or_meeting(meeting: TransnationalMeeting) -> None:
    lead = actor_of(person(meeting.network, Role.LEAD_PARTNER), meeting.network)
    one = session(meeting, "Early", 4, "00:05", "00:10")
    services.move_session(actor=lead, session=one, minutes=-15)
    services.move_session(actor=lead, session=one, days=-1)
    services.move_session(actor=lead, session=one, longer=-15)
    one.refresh_from_db()
    assert (one.day, one.start, one.end) == (FIRST, time(0, 5), time(0, 10))


def test_agenda_is_taken_over_from_another_meeting(meeting: TransnationalMeeting) -> None:
    lead = actor_of(person(meeting.network, Role.LEAD_EXPERT), meeting.network)
    session(meeting, "Welcome", 4, "14:00", "15:00")
    session(meeting, "Close", 8, "12:00", "13:00")
    short = TransnationalMeetingFactory(
        network=meeting.network, slug="cnm3", start=date(2024, 6, 10), end=date(2024, 6, 11)
    )
    assert services.copy_agenda(actor=lead, meeting=short, source=meeting) == 2
    found = {s.title: (s.day, s.start) for s in short.sessions.all()}
    assert found == {"Welcome": (date(2024, 6, 10), time(14)), "Close": (None, None)}


# --- Publishing -------------------------------------------------------------------------------------------------------


def test_readers_see_what_was_published_and_writers_what_changed_since(
    meeting: TransnationalMeeting, client: Client
) -> None:
    network = meeting.network
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    one, gone = session(meeting, "Workshop", 5, "09:00", "10:00"), session(meeting, "Dinner", 5, "19:00", "21:00")
    client.force_login(person(network, Role.OBSERVER))
    detail = url_of(meeting, "detail")
    assert "The agenda is not published yet." in client.get(detail).content.decode()
    services.publish(actor=lead, meeting=meeting, tell=False)
    services.move_session(actor=lead, session=one, minutes=30)
    services.remove_session(actor=lead, session=gone)
    session(meeting, "Walk", 6, "09:00", "10:00")
    page = client.get(detail).content.decode()
    assert "09:00–10:00" in page
    assert "Walk" not in page
    assert client.get(url_of(meeting, "agenda")).status_code == 403
    found = agenda_of(meeting, read_along(meeting), meeting.editions.first(), FIRST)
    changes = {line.session.title: line.change for day in found.days for line in day.lines}
    assert changes == {"Workshop": "Was 09:00–10:00", "Walk": "New"}
    assert (found.gone, found.changes) == (["Dinner"], 3)
    services.publish(actor=lead, meeting=meeting, tell=False)
    page = client.get(detail).content.decode()
    assert "Was 09:00–10:00" in page
    assert "No longer on the agenda: Dinner" in " ".join(page.split())


def test_people_are_told_once_and_only_when_asked(meeting: TransnationalMeeting) -> None:
    network = meeting.network
    lead = actor_of(person(network, Role.LEAD_EXPERT, email="lead@x.example"), network)
    person(network, Role.COORDINATOR, meeting.hosts.first(), email="host@x.example")
    person(network, Role.OBSERVER, email="observer@x.example")
    one = session(meeting, "Workshop", 5, "09:00", "10:00")
    services.publish(actor=lead, meeting=meeting, tell=False)
    for _n in range(3):
        services.move_session(actor=lead, session=one, minutes=15)
    assert OutgoingMail.objects.count() == 0
    edition = services.publish(actor=lead, meeting=meeting, tell=True)
    told = OutgoingMail.objects.order_by("to").values_list("to", "subject")
    assert list(told) == [("host@x.example", "New agenda of CNM 2"), ("lead@x.example", "New agenda of CNM 2")]
    assert edition.told == 2


def test_published_edition_is_the_agenda_of_its_moment(meeting: TransnationalMeeting) -> None:
    lead = actor_of(person(meeting.network, Role.LEAD_EXPERT), meeting.network)
    session(meeting, "Workshop", 5, "09:00", "10:00", place="Hall", speakers="Ana, Genk")
    edition = services.publish(actor=lead, meeting=meeting, tell=False)
    Session.objects.update(title="Something else")
    (kept,) = thawed(AgendaEdition.objects.get(pk=edition.pk))
    shown = (kept.title, kept.day, kept.start, kept.end, kept.place, kept.speaking, kept.kind.look)
    assert shown == ("Workshop", date(2024, 3, 5), time(9), time(10), "Hall", "Ana, Genk", "workshop")


# --- Files ------------------------------------------------------------------------------------------------------------


def events_of(client: Client, meeting: TransnationalMeeting) -> list[tuple[str, str, int, datetime]]:
    """Download the calendar file; return uid, status, number and beginning of each event."""
    events = Calendar.from_ical(client.get(url_of(meeting, "agenda_calendar")).content).walk("VEVENT")
    return [(str(e["uid"]), str(e["status"]), int(e["sequence"]), e.decoded("dtstart")) for e in events]


def test_calendar_keeps_uids_counts_published_changes_and_tells_the_time_of_the_place(
    meeting: TransnationalMeeting, client: Client
) -> None:
    network = meeting.network
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    one = session(meeting, "Workshop", 5, "09:00", "10:30", place="Hall")
    session(meeting, "Open")
    client.force_login(person(network, Role.MEMBER, meeting.hosts.first()))
    uid = f"{one.uid}@localhost"
    services.publish(actor=lead, meeting=meeting, tell=False)
    # Budapest is an hour before UTC in March.
    first = (uid, "CONFIRMED", 0, datetime(2024, 3, 5, 8, tzinfo=UTC))
    assert events_of(client, meeting) == [first]
    services.move_session(actor=lead, session=one, minutes=60)
    assert events_of(client, meeting) == [first]
    services.publish(actor=lead, meeting=meeting, tell=False)
    assert events_of(client, meeting) == [(uid, "CONFIRMED", 1, datetime(2024, 3, 5, 9, tzinfo=UTC))]
    services.remove_session(actor=lead, session=one)
    assert events_of(client, meeting)[0][1] == "CONFIRMED"
    services.publish(actor=lead, meeting=meeting, tell=False)
    assert events_of(client, meeting) == [(uid, "CANCELLED", 2, datetime(2024, 3, 5, 9, tzinfo=UTC))]


def test_nothing_new_is_neither_published_nor_told_twice(meeting: TransnationalMeeting, client: Client) -> None:
    lead = person(meeting.network, Role.LEAD_EXPERT)
    session(meeting, "Workshop", 5, "09:00", "10:30")
    client.force_login(lead)
    url = url_of(meeting, "agenda_do")
    for do in ("publish", "publish", "publish-tell", "publish-tell", "publish-tell"):
        page = client.post(url, {"do": do}, follow=True).content.decode()
    assert "nobody gets a second mail" in page
    assert (meeting.editions.count(), OutgoingMail.objects.count()) == (1, 1)


def test_session_taken_out_while_somebody_writes_keeps_what_was_written(
    meeting: TransnationalMeeting, client: Client
) -> None:
    one = session(meeting, "Workshop", 5, "09:00", "10:00")
    client.force_login(person(meeting.network, Role.LEAD_EXPERT))
    url = url_of(meeting, "session_edit", pk=one.pk)
    data = {"title": "Workshop", "kind": one.kind_id, "about": "Long thought", "read_version": "1"}
    one.delete()
    answer = client.post(url, data)
    assert answer.status_code == 409
    assert "Long thought" in answer.content.decode()
    assert client.get(url).status_code == 404
    client.post(url_of(meeting, "session_new"), data)
    assert Session.objects.get().about == "Long thought"


def test_cities_themes_and_conclusions_are_published_and_compared(
    meeting: TransnationalMeeting, client: Client
) -> None:
    lead = actor_of(person(meeting.network, Role.LEAD_EXPERT), meeting.network)
    one = session(meeting, "Workshop", 5, "09:00", "10:00", conclusion="Ask early")
    one.cities.set(meeting.hosts.all())
    services.publish(actor=lead, meeting=meeting, tell=False)
    client.force_login(person(meeting.network, Role.OBSERVER))
    page = " ".join(client.get(url_of(meeting, "detail")).content.decode().split())
    assert "Presented by Budaörs, Banská Bystrica" in page
    assert "Ask early" in page
    one.cities.clear()
    rows = read_along(meeting)
    assert agenda_of(meeting, rows, meeting.editions.first(), FIRST).changes == 1


def test_programme_is_made_by_the_worker_short_and_in_detail(
    meeting: TransnationalMeeting, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    network = meeting.network
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    session(meeting, "Workshop", 5, "09:00", "10:30", place="Hall", about="What holds us back", speakers="Ana, Genk")
    services.publish(actor=lead, meeting=meeting, tell=False)
    client.force_login(person(network, Role.OBSERVER))
    texts = []
    for do in ("programme-short", "programme"):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(url_of(meeting, "agenda_do"), {"do": do})
        job = Job.objects.get(pk=answer["Location"].rstrip("/").split("/")[-1])
        with job.result.file.open("rb") as file:
            reader = PdfReader(io.BytesIO(file.read()))
        texts.append(" ".join(page.extract_text() for page in reader.pages))
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
        page = client.get(reverse("common:file", kwargs={"network": network.slug, "uuid": job.result_id}))
        assert page.status_code == 200
        page.getvalue()
    assert ["What holds us back" in text for text in texts] == [False, True]
    assert all("09:00–10:30" in text and "Workshop" in text for text in texts)


@time_machine.travel("2024-03-05")
def test_pages_ask_the_same_number_of_queries_for_one_and_for_sixty_sessions(
    meeting: TransnationalMeeting, client: Client
) -> None:
    network = meeting.network
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    client.force_login(person(network, Role.LEAD_PARTNER))
    counts = []
    for n in (1, 59):
        for m in range(n):
            session(meeting, f"Session {m}", 4 + m % 5, f"{8 + m % 10:02}:00", f"{9 + m % 10:02}:00")
        services.publish(actor=lead, meeting=meeting, tell=False)
        for name in ("detail", "agenda"):
            client.get(url_of(meeting, name))
            with CaptureQueriesContext(connection) as queries:
                client.get(url_of(meeting, name))
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 12
