"""Transnational meetings: their dates in words, who sees and sets them, and the roadmap that follows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import translation

from meetings import policies
from meetings.deliverables import date_words
from meetings.models import TransnationalMeeting
from meetings.services import transnational as services
from partners.enums import DatePrecision, Role
from partners.models import Membership
from roadmap.events import events_for
from roadmap.models import Task
from tests.meetings.factories import Place, TransnationalMeetingFactory, UlgReportFactory, make_place
from tests.test_every_page import faults_of_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_place()


def browser(place: Place, name: str) -> Client:
    client = Client()
    client.force_login(place.people[name])
    return client


@pytest.mark.parametrize(
    ("start", "end", "precision", "words"),
    [
        (date(2024, 3, 4), date(2024, 3, 8), "day", "4–8 March 2024"),
        (date(2024, 3, 4), date(2024, 3, 4), "day", "4 March 2024"),
        (date(2024, 3, 30), date(2024, 4, 2), "day", "30 March – 2 April 2024"),
        (date(2024, 12, 30), date(2025, 1, 2), "day", "30 December 2024 – 2 January 2025"),
        (date(2024, 5, 1), date(2024, 5, 31), "month", "May 2024"),
        (date(2024, 9, 1), date(2024, 10, 31), "month", "September – October 2024"),
        (date(2024, 9, 1), date(2025, 2, 28), "season", "September 2024 – February 2025"),
        (date(2024, 9, 1), date(2025, 2, 28), "open", "not fixed yet"),
    ],
)
def test_date_is_said_as_exactly_as_it_is_known(start: date, end: date, precision: str, words: str) -> None:
    with translation.override("en"):
        assert date_words(start, end, precision) == words
        assert date_words(start, end, precision, "in spring") == "in spring"


def test_date_is_said_in_the_readers_language() -> None:
    with translation.override("nl"):
        assert date_words(date(2024, 3, 4), date(2024, 3, 8), "day") == "4–8 maart 2024"


def test_adhoc_expert_sees_what_is_shared_and_everyone_else_all(place: Place) -> None:
    shared, hidden = (TransnationalMeetingFactory(network=place.network) for _ in range(2))
    far = TransnationalMeetingFactory()
    shared.experts.add(Membership.objects.get(role=Role.ADHOC_EXPERT))
    for name in place.people:
        seen = set(TransnationalMeeting.objects.visible_to(place.actor(name)))
        assert seen == ({shared} if name == "adhoc" else {shared, hidden})
        codes = [
            browser(place, name)
            .get(reverse("meetings:detail", kwargs={"network": place.network.slug, "slug": m.slug}))
            .status_code
            for m in (shared, hidden, far)
        ]
        assert codes == [200, 404 if name == "adhoc" else 200, 404]


def test_lists_and_pages_show_what_is_to_settle(place: Place) -> None:
    meeting = TransnationalMeetingFactory(
        network=place.network, conflicts=[{"claim": "June 2024.", "ref": "Annex 1"}], date_source="Table 3"
    )
    meeting.hosts.add(place.city)
    for name in ("list", "detail"):
        kwargs = {"slug": meeting.slug} if name == "detail" else {}
        response = browser(place, "lead").get(
            reverse(f"meetings:{name}", kwargs={"network": place.network.slug, **kwargs})
        )
        assert faults_of_page(response.content.decode()) == []
        assert "Two dates in the plan" in response.content.decode()
    assert "June 2024." in response.content.decode()
    assert "Annex 1" in response.content.decode()


def test_setting_the_date_settles_it_and_moves_the_roadmap(place: Place) -> None:
    task = Task.objects.get(code="first")
    task.conflict = "June or July"
    task.save()
    meeting = TransnationalMeetingFactory(network=place.network, task=task, conflicts=[{"claim": "x", "ref": "y"}])
    address = reverse("meetings:edit", kwargs={"network": place.network.slug, "slug": meeting.slug})
    client = browser(place, "expert")
    page = client.get(address)
    assert faults_of_page(page.content.decode()) == []
    about = {"title": "CNM 3", "kind": meeting.kind_id, "task": task.pk}
    bad = client.post(address, about | {"start": "2024-07-04", "end": "2024-07-01", "precision": "day"})
    assert bad.status_code == 422
    assert faults_of_page(bad.content.decode()) == []
    assert "The last day is before the first." in bad.content.decode()
    data = about | {
        "start": "2024-07-02",
        "end": "2024-07-04",
        "precision": "day",
        "place": "Gdańsk",
        "hosts": [place.other.pk],
        "source": "Agreed on 3 May",
        "settled": "on",
    }
    assert client.post(address, data).status_code == 302
    meeting.refresh_from_db()
    task.refresh_from_db()
    assert (meeting.start, meeting.end, meeting.place, meeting.conflicts) == (
        date(2024, 7, 2),
        date(2024, 7, 4),
        "Gdańsk",
        [],
    )
    assert list(meeting.hosts.all()) == [place.other]
    assert (task.start, task.due, task.conflict, task.source) == (
        date(2024, 7, 2),
        date(2024, 7, 4),
        "",
        "Agreed on 3 May",
    )
    assert {o.due for o in task.obligations.all()} == {date(2024, 7, 4)}


def test_only_lead_partner_and_lead_expert_set_a_meeting(place: Place) -> None:
    meeting = TransnationalMeetingFactory(network=place.network)
    address = reverse("meetings:edit", kwargs={"network": place.network.slug, "slug": meeting.slug})
    allowed = {"lead", "expert"}
    for name in place.people:
        assert policies.can_edit_meeting(place.actor(name), meeting) is (name in allowed)
        expected = 200 if name in allowed else 404 if name == "adhoc" else 403
        assert browser(place, name).get(address).status_code == expected
    day = meeting.start
    empty: dict[str, Any] = {"place": "", "link": "", "is_online": False, "description": "", "source": "", "task": None}
    many: dict[str, Any] = {"hosts": [], "themes": [], "horizontal_themes": [], "number": None}
    facts = services.Facts(
        title="CNM", kind=meeting.kind, start=day, end=day, precision=DatePrecision.DAY, **empty, **many
    )
    with pytest.raises(PermissionDenied):
        services.change(actor=place.actor("coordinator"), meeting=meeting, facts=facts, settled=False)
    with pytest.raises(PermissionDenied):
        services.add(actor=place.actor("coordinator"), network=place.network, facts=facts)


def test_calendars_get_meetings_and_the_own_citys_local_ones(place: Place) -> None:
    TransnationalMeetingFactory(network=place.network, title="CNM 1", conflicts=[{"claim": "June", "ref": "A"}])
    UlgReportFactory(meeting__partner=place.city, meeting__title="Ours")
    UlgReportFactory(meeting__partner=place.other, meeting__title="Theirs")
    titles = [e.title for e in events_for(place.actor("coordinator"), place.network.slug)]
    assert titles == ["CNM 1", "Budaörs: Ours"]
    (event,) = events_for(place.actor("lead"), place.network.slug)
    assert (event.title, event.conflict, event.precision) == ("CNM 1", "June (A)", "day")


def test_empty_list_says_what_will_be_here(place: Place) -> None:
    response = browser(place, "adhoc").get(reverse("meetings:list", kwargs={"network": place.network.slug}))
    assert "No meeting yet" in BeautifulSoup(response.content, "html.parser").text


def test_meeting_is_added_with_its_task_and_an_address_of_its_own(place: Place) -> None:
    there = TransnationalMeetingFactory(network=place.network, slug="new-town")
    task = Task.objects.get(code="first")
    client = browser(place, "lead")
    address = reverse("meetings:new", kwargs={"network": place.network.slug})
    data = {
        "title": "New town",
        "kind": there.kind_id,
        "task": task.pk,
        "start": "2024-07-02",
        "end": "2024-07-02",
        "precision": "day",
        "link": "meet.example/aoce",
        "is_online": "on",
    }
    bad = client.post(address, data | {"title": ""})
    assert bad.status_code == 422
    assert "meet.example/aoce" in bad.content.decode()
    assert client.post(address, data).status_code == 302
    made = TransnationalMeeting.objects.get(slug="new-town-2")
    assert (made.link, made.is_online, made.start) == ("https://meet.example/aoce", True, date(2024, 7, 2))
    task.refresh_from_db()
    assert (task.meeting, task.due) == (made, date(2024, 7, 2))
