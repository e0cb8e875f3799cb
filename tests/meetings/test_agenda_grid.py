"""The time grid of an agenda: laid out, moved on, begun from a template; who speaks; sessions found by search."""

from __future__ import annotations

from datetime import date, time

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from meetings.agenda import agenda_of, read_along
from meetings.grid import grid_of
from meetings.models import AgendaTemplate, OutsideGuest, TransnationalMeeting
from meetings.services import agenda as services
from partners.enums import Role
from partners.models import Membership
from tests.meetings.agendas import FIRST, kind_of, make_meeting, session, url_of
from tests.meetings.factories import TransnationalMeetingFactory
from tests.partners.factories import NetworkFactory, actor_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting() -> TransnationalMeeting:
    return make_meeting()


def test_grid_puts_sessions_at_the_same_time_side_by_side(meeting: TransnationalMeeting) -> None:
    for title, start, end in (
        ("Early", "08:00", "09:00"),
        ("Long", "10:00", "12:00"),
        ("Beside", "10:30", "11:00"),
        ("Then", "11:00", "11:20"),
        ("Alone", "14:00", ""),
    ):
        session(meeting, title, 5, start, end)
    session(meeting, "Some time", 5)
    session(meeting, "Some day")
    found = grid_of(agenda_of(meeting, read_along(meeting), None, FIRST))
    column = found.columns[1]
    cells = {str(cell.line.session): (cell.row, cell.rows, cell.lane, cell.lanes) for cell in column.cells}
    assert cells == {
        "Early": (1, 4, 1, 2),
        "Long": (9, 8, 1, 1),
        "Beside": (11, 2, 2, 1),
        "Then": (13, 2, 2, 1),
        "Alone": (25, 4, 1, 2),
    }
    assert (column.lanes, column.hours[0], len(column.hours)) == (2, (1, "08:00"), 9)
    assert [str(line.session) for line in column.untimed] == ["Some time"]
    assert [str(line.session) for line in found.unplaced] == ["Some day"]


def test_session_dropped_on_the_grid_goes_there_and_keeps_its_length(
    meeting: TransnationalMeeting, client: Client
) -> None:
    row = session(meeting, "Workshop", 5, "09:00", "10:30")
    client.force_login(person(meeting.network, Role.LEAD_EXPERT))
    url = url_of(meeting, "session_do", pk=row.pk)
    drop = {"do": "place", "day": "2024-03-07", "start": "14:15", "minutes": "0", "read_version": "1"}
    assert client.post(url, drop).status_code == 302
    row.refresh_from_db()
    assert (row.day, row.start, row.end, row.version) == (date(2024, 3, 7), time(14, 15), time(15, 45), 2)
    late = client.post(url, drop | {"start": "16:00"}, follow=True).content.decode()
    assert "Somebody else changed “Workshop” meanwhile." in late
    longer = drop | {"minutes": "30", "read_version": "2"}
    client.post(url, longer)
    row.refresh_from_db()
    assert (row.start, row.end) == (time(14, 15), time(14, 45))
    for wrong in ({"day": "2024-03-20"}, {"start": "23:45"}):
        page = client.post(url, drop | {"minutes": "60", "read_version": "3"} | wrong, follow=True).content.decode()
        assert "“Workshop” stays where it was." in page
    assert client.post(url, drop | {"start": "noon"}).status_code == 400
    row.refresh_from_db()
    assert (row.day, row.start, row.version) == (date(2024, 3, 7), time(14, 15), 3)


def test_agenda_kept_as_a_template_begins_another(meeting: TransnationalMeeting, client: Client) -> None:
    network = meeting.network
    session(meeting, "Welcome", 4, "09:00", "09:30", about="Who is here")
    session(meeting, "Late", 8, "09:00", "10:00")
    session(meeting, "Some time")
    other = TransnationalMeetingFactory(
        network=network, slug="oa3", title="OA 3", start=date(2024, 5, 6), end=date(2024, 5, 6)
    )
    other.hosts.set(meeting.hosts.all())
    host = person(network, Role.COORDINATOR, meeting.hosts.first())
    client.force_login(host)
    assert client.post(url_of(meeting, "agenda_do"), {"do": "keep", "name": "Week"}).status_code == 403
    client.force_login(person(network, Role.LEAD_EXPERT))
    client.post(url_of(meeting, "agenda_do"), {"do": "keep", "name": "Week"})
    kept = AgendaTemplate.objects.get()
    client.force_login(host)
    client.post(url_of(other, "agenda_do"), {"do": "copy", "source": f"template-{kept.pk}"})
    rows = {s.title: (s.day, s.start, s.end, s.about, s.kind.look) for s in other.sessions.select_related("kind")}
    assert rows == {
        "Welcome": (date(2024, 5, 6), time(9), time(9, 30), "Who is here", "workshop"),
        "Late": (None, None, None, "", "workshop"),
        "Some time": (None, None, None, "", "workshop"),
    }
    far = AgendaTemplate.objects.create(network=NetworkFactory(), code="far", name="Far")
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    with pytest.raises(PermissionDenied):
        services.begin_from_template(actor=lead, meeting=meeting, template=far)


def test_speakers_come_from_the_network_and_from_outside(meeting: TransnationalMeeting, client: Client) -> None:
    network = meeting.network
    host = meeting.hosts.get(name="Banská Bystrica")
    speaker = person(network, Role.COORDINATOR, host, name="Zuzana")
    member = Membership.objects.get(user=speaker)
    guest = OutsideGuest.objects.create(meeting=meeting, name="Ana", organisation="OGP")
    client.force_login(person(network, Role.LEAD_PARTNER))
    url = url_of(meeting, "session_new")
    data = {"title": "Open government", "kind": kind_of(network).pk, "members": [member.pk], "guests": [guest.pk]}
    assert client.post(url, data | {"speakers": "A citizen"}).status_code == 302
    (row,) = read_along(meeting)
    assert row.speaking == "Zuzana, Banská Bystrica\nAna, OGP\nA citizen"
    found = client.get(url_of(meeting, "session_edit", pk=row.pk))
    assert {f"{box['value']}" for box in BeautifulSoup(found.content, "html.parser").select("input[checked]")} == {
        str(member.pk),
        str(guest.pk),
    }


def test_search_finds_published_sessions_as_they_were_published(meeting: TransnationalMeeting, client: Client) -> None:
    network = meeting.network
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    row = session(meeting, "Collaboratory visit", 5, "09:00", "10:00")
    url = reverse("common:search", kwargs={"network": network.slug}) + "?q=collaboratory"
    client.force_login(person(network, Role.OBSERVER))
    found = f"{url_of(meeting, 'detail')}#s{row.pk}"
    assert found not in client.get(url).content.decode()
    services.publish(actor=lead, meeting=meeting, tell=False)
    assert found in client.get(url).content.decode()
    services.remove_session(actor=lead, session=row)
    hidden = session(meeting, "Collaboratory secret", 5)
    assert f"#s{hidden.pk}" not in client.get(url).content.decode()
