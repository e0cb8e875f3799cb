"""Who comes to a transnational meeting, signing in, and what is forgotten afterwards."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from aoce.common.enums import State
from aoce.common.models import Job
from meetings.enums import SignedBy, SignedHow
from meetings.models import Attendee, Participation, Presence, SpecialNeeds, TransnationalMeeting, TravelMode, UlgReport
from meetings.passes import PAGE_SECONDS, WALL_SECONDS, Pass, page_pass, read_page_pass, read_wall_code, wall_code
from meetings.services import participation as services
from meetings.tasks import forget_needs
from partners.enums import Role
from partners.models import Partner, Person
from tests.meetings.agendas import url_of
from tests.meetings.factories import (
    AttendeeFactory,
    TransnationalMeetingFactory,
    UlgMeetingFactory,
    UlgReportFactory,
    make_place,
)
from tests.partners.factories import NetworkFactory, PartnerFactory, actor_of, person

pytestmark = pytest.mark.django_db
FIRST, SECOND, LAST = date(2024, 3, 4), date(2024, 3, 5), date(2024, 3, 8)
NOON = datetime(2024, 3, 5, 11, tzinfo=UTC)
FINGER = "M10 20L30 40L50 60"


@pytest.fixture
def meeting() -> TransnationalMeeting:
    """A meeting of five days in Budapest's time zone."""
    network = NetworkFactory()
    host = PartnerFactory(network=network, name="Budaörs", time_zone="Europe/Budapest", position=0)
    PartnerFactory(network=network, name="Gdańsk", position=1)
    made = TransnationalMeetingFactory(network=network, slug="cnm2", title="CNM 2", start=FIRST, end=LAST)
    made.hosts.add(host)
    return made


def city(meeting: TransnationalMeeting, name: str = "Gdańsk") -> Partner:
    """Return one of its cities."""
    return Partner.objects.get(network=meeting.network, name=name)


def come(meeting: TransnationalMeeting, name: str, part: str = "member", **more: str) -> Participation:
    """Register somebody from Gdańsk as its coordinator does."""
    actor = actor_of(person(meeting.network, Role.COORDINATOR, city(meeting)), meeting.network)
    words = {"organisation": "City hall", "part": part} | more
    return services.register(actor=actor, meeting=meeting, partner=city(meeting), name=name, **words)


def open_page(meeting: TransnationalMeeting, client: Client, day: date = SECOND) -> BeautifulSoup:
    """Open the sign-in page as a phone that scanned the wall."""
    answer = client.get(reverse("sign:page", kwargs={"code": wall_code(meeting.pk, day)}))
    return BeautifulSoup(answer.content, "html.parser")


def signed(meeting: TransnationalMeeting) -> list[tuple[str, date, str]]:
    """Return who was there on which day, and how it is shown."""
    rows = Presence.objects.filter(participation__meeting=meeting).order_by("day", "participation__name")
    return list(rows.values_list("participation__name", "day", "how"))


# --- Registering ------------------------------------------------------------------------------------------------------


def test_city_registers_its_own_and_nobody_twice(meeting: TransnationalMeeting) -> None:
    first = come(meeting, "Łukasz Żółć", diet="No nuts")
    again = come(meeting, "lukasz zolc", part="staff")
    assert first.pk == again.pk
    assert (again.name, again.part) == ("lukasz zolc", "staff")
    assert SpecialNeeds.objects.count() == 0
    stranger = actor_of(person(meeting.network, Role.COORDINATOR, city(meeting, "Budaörs")), meeting.network)
    member = actor_of(person(meeting.network, Role.MEMBER, city(meeting)), meeting.network)
    for actor in (member,):
        with pytest.raises(PermissionDenied):
            services.register(
                actor=actor, meeting=meeting, partner=city(meeting), name="X", organisation="", part="member"
            )
    # The hosts' coordinator registers anybody.
    services.register(actor=stranger, meeting=meeting, partner=None, name="Guest", organisation="", part="guest")
    assert Participation.objects.count() == 2


def test_page_says_where_the_group_member_is_missing_and_hides_names_of_other_cities(
    meeting: TransnationalMeeting, client: Client
) -> None:
    come(meeting, "Ewa Nowak", part="coordinator", diet="Vegan")
    client.force_login(person(meeting.network, Role.OBSERVER))
    page = client.get(url_of(meeting, "participants")).content.decode()
    assert page.count("No ULG member yet.") == 2
    assert "Ewa Nowak" not in page
    client.force_login(person(meeting.network, Role.LEAD_PARTNER))
    page = client.get(url_of(meeting, "participants")).content.decode()
    assert "Ewa Nowak" in page
    assert "Vegan" in page
    own = Client()
    own.force_login(person(meeting.network, Role.MEMBER, city(meeting)))
    page = own.get(url_of(meeting, "participants")).content.decode()
    assert "Ewa Nowak" in page
    assert "Vegan" not in page


def test_form_registers_changes_and_takes_off(meeting: TransnationalMeeting, client: Client) -> None:
    client.force_login(person(meeting.network, Role.COORDINATOR, city(meeting)))
    new = url_of(meeting, "participant_new")
    assert "This field is required." in client.post(new, {"name": ""}).content.decode()
    data = {"name": "Jan Kowalski", "partner": city(meeting).pk, "part": "member", "access": "Wheelchair"}
    client.post(new, data)
    row = Participation.objects.get()
    assert row.needs.access == "Wheelchair"
    page = url_of(meeting, "participant", pk=row.pk)
    assert "Wheelchair" in client.get(page).content.decode()
    client.post(page, {"do": "withdraw"})
    assert Participation.objects.count() == 0


# --- Codes ------------------------------------------------------------------------------------------------------------


def test_wall_code_opens_for_minutes_and_a_page_for_its_day() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        code, opened = wall_code(7, SECOND), page_pass(Pass(7, SECOND))
        assert read_wall_code(code) == read_page_pass(opened) == Pass(7, SECOND)
        # One is not the other, and neither can be made by hand.
        assert (read_wall_code(opened), read_page_pass(code), read_wall_code("x" + code)) == (None, None, None)
        clock.shift(WALL_SECONDS + 1)
        assert (read_wall_code(code), read_page_pass(opened)) == (None, Pass(7, SECOND))
        clock.shift(PAGE_SECONDS)
        assert read_page_pass(opened) is None


# --- Signing ----------------------------------------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_phone_signs_without_account_and_twice_is_once(meeting: TransnationalMeeting, client: Client) -> None:
    row = come(meeting, "Ewa Nowak")
    soup = open_page(meeting, client)
    assert [option.text for option in soup.select("#who option")] == ["Not on the list", "Ewa Nowak, Gdańsk"]
    data = {"pass": soup.select_one("[name=pass]")["value"], "who": row.pk, "signature": FINGER}
    url = reverse("sign:page", kwargs={"code": "x"})
    for _twice in range(2):
        assert "Thank you, Ewa Nowak." in client.post(url, data).content.decode()
    assert signed(meeting) == [("Ewa Nowak", SECOND, SignedBy.FINGER)]
    assert Presence.objects.get().signature == FINGER
    # Who has signed stands no longer on the list of the next phone.
    assert open_page(meeting, Client()).select("#who option") == []


@time_machine.travel(NOON, tick=False)
def test_somebody_not_on_the_list_types_their_name_and_the_same_name_is_one_person(
    meeting: TransnationalMeeting, client: Client
) -> None:
    opened = page_pass(Pass(meeting.pk, SECOND))
    url = reverse("sign:page", kwargs={"code": "x"})
    for name in ("Jan Kowalski", "JAN  KOWALSKI"):
        data = {"pass": opened, "name": name, "city": city(meeting).pk, "organisation": "Rada"}
        assert client.post(url, data, headers={"accept": "application/json"}).status_code == 200
    assert signed(meeting) == [("Jan Kowalski", SECOND, SignedBy.TYPED)]
    nameless = client.post(url, {"pass": opened, "organisation": "Rada"})
    assert nameless.status_code == 422
    assert "Choose your name, or type it." in nameless.content.decode()
    assert 'value="Rada"' in nameless.content.decode()


def test_nobody_signs_for_another_day_and_a_page_left_open_says_so(
    meeting: TransnationalMeeting, client: Client
) -> None:
    url = reverse("sign:page", kwargs={"code": "x"})
    with time_machine.travel(NOON, tick=False) as clock:
        opened = page_pass(Pass(meeting.pk, SECOND))
        early = client.get(reverse("sign:page", kwargs={"code": wall_code(meeting.pk, date(2024, 3, 6))}))
        assert early.status_code == 410
        clock.shift(timedelta(hours=14))  # 1 o'clock of the next day
        late = client.post(url, {"pass": opened, "name": "Jan"})
        assert (late.status_code, "of another day" in late.content.decode()) == (410, True)
        clock.shift(timedelta(hours=14))
        old = client.post(url, {"pass": opened, "name": "Jan"}, headers={"accept": "application/json"})
        assert (old.status_code, "too old" in old.json()["said"]) == (410, True)
    assert signed(meeting) == []


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize("path", ["<script>", "M1 2", "M10 20L30 99999", 'M1 2L3 4"/><x', "M1 2" + "L3 4" * 2500])
def test_what_is_no_signature_counts_as_the_typed_name(meeting: TransnationalMeeting, path: str) -> None:
    found = services.sign(
        meeting=meeting, day=SECOND, participation_id=0, partner=None, name="Jan", organisation="", signature=path
    )
    assert (found.how, found.signature) == (SignedBy.TYPED, "")


@time_machine.travel(NOON, tick=False)
def test_host_ticks_and_unticks_but_not_what_people_signed(meeting: TransnationalMeeting, client: Client) -> None:
    one, two, three = (come(meeting, name) for name in ("Ana", "Ben", "Cia"))
    services.sign(
        meeting=meeting, day=SECOND, participation_id=one.pk, partner=None, name="", organisation="", signature=FINGER
    )
    client.force_login(person(meeting.network, Role.LEAD_PARTNER))
    url = url_of(meeting, "presence")
    client.post(url, {"day": "2024-03-05", "present": [two.pk, three.pk]})
    client.post(url, {"day": "2024-03-05", "present": [three.pk]})
    assert signed(meeting) == [("Ana", SECOND, SignedBy.FINGER), ("Cia", SECOND, SignedBy.HOST)]
    assert "still to come" in client.post(url, {"day": "2024-03-06", "present": [two.pk]}, follow=True).content.decode()
    assert client.post(url, {"day": "2024-04-06"}).status_code == 400


@time_machine.travel(NOON, tick=False)
def test_wall_shows_a_code_only_on_the_days_of_the_meeting(meeting: TransnationalMeeting, client: Client) -> None:
    client.force_login(person(meeting.network, Role.COORDINATOR, city(meeting, "Budaörs")))
    page = BeautifulSoup(client.get(url_of(meeting, "sign_wall")).content, "html.parser")
    path = page.select_one("[data-sign-wall] a")["href"].split("testserver")[-1]
    assert Client().get(path).status_code == 200
    TransnationalMeeting.objects.update(start=date(2024, 6, 1), end=date(2024, 6, 2))
    assert "The meeting is not today." in client.get(url_of(meeting, "sign_wall")).content.decode()


@time_machine.travel(NOON, tick=False)
def test_sign_in_page_is_small_and_loads_nothing_else(meeting: TransnationalMeeting, client: Client) -> None:
    Participation.objects.bulk_create(
        Participation(meeting=meeting, person=Person.objects.create(network=meeting.network, name=name), name=name)
        for name in (f"Somebody with a long name {n}" for n in range(60))
    )
    code = wall_code(meeting.pk, SECOND)
    page = client.get(reverse("sign:page", kwargs={"code": code})).content
    soup = BeautifulSoup(page, "html.parser")
    loaded = [tag.get("href") or tag.get("src") for tag in soup.select("link[href], script[src]")]
    files = [finders.find(path.split("static/", 1)[1]) for path in loaded]
    weight = len(page) + sum(Path(path).stat().st_size for path in files)
    assert len(files) == 3
    assert weight < 60_000


# --- Files and the end ------------------------------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_list_of_a_day_is_a_pdf_with_signatures_for_hosts_only(
    meeting: TransnationalMeeting, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    row = come(meeting, "Ewa Nowak")
    services.sign(
        meeting=meeting, day=SECOND, participation_id=row.pk, partner=None, name="", organisation="", signature=FINGER
    )
    client.force_login(person(meeting.network, Role.LEAD_PARTNER))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url_of(meeting, "presence_sheet"), {"day": "2024-03-05"})
    job = Job.objects.get()
    with job.result.file.open("rb") as file:
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(file.read())).pages)
    assert "Ewa Nowak" in text
    assert "Tuesday 5 March 2024" in text
    url = reverse("common:file", kwargs={"network": meeting.network.slug, "uuid": job.result_id})
    assert len(client.get(url).getvalue()) == job.result.size
    member = Client()
    member.force_login(person(meeting.network, Role.MEMBER, city(meeting)))
    assert member.get(url).status_code == 404


@time_machine.travel(NOON, tick=False)
def test_spreadsheet_holds_everybody_with_their_days(meeting: TransnationalMeeting, client: Client) -> None:
    row = come(meeting, "=Ewa")
    services.sign(
        meeting=meeting, day=SECOND, participation_id=row.pk, partner=None, name="", organisation="", signature=""
    )
    client.force_login(person(meeting.network, Role.LEAD_EXPERT))
    content = client.get(url_of(meeting, "participants_sheet")).content
    rows = [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).active.values]
    assert rows[0][4:6] == ["2024-03-04", "2024-03-05"]
    assert rows[1][2:6] == ["Gdańsk", "ULG member", None, "Typed their name"]
    assert not str(rows[1][0]).startswith("=")


def test_needs_are_forgotten_a_week_after_the_meeting(meeting: TransnationalMeeting) -> None:
    come(meeting, "Ewa", diet="Vegan")
    kept = []
    for day in (date(2024, 3, 15), date(2024, 3, 16)):
        with time_machine.travel(day):
            forget_needs()
        kept.append((SpecialNeeds.objects.count(), Participation.objects.count()))
    assert kept == [(1, 1), (0, 1)]


@time_machine.travel(NOON, tick=False)
def test_pages_ask_the_same_number_of_queries_for_one_and_for_three(
    meeting: TransnationalMeeting, client: Client
) -> None:
    client.force_login(person(meeting.network, Role.LEAD_PARTNER))
    counts = []
    for n in (1, 3):
        for m in range(n):
            row = come(meeting, f"Somebody {n} {m}", diet="Vegan")
            services.sign(
                meeting=meeting,
                day=SECOND,
                participation_id=row.pk,
                partner=None,
                name="",
                organisation="",
                signature="",
            )
        page = url_of(meeting, "participants") + "?day=2024-03-05"
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_local_meeting_is_signed_on_its_day_by_the_same_page(client: Client) -> None:
    place = make_place()
    today = place.network.today()
    meeting = UlgMeetingFactory(partner=place.city, title="Trust", date=today, planned_at=timezone.now())
    wall = reverse("meetings:ulg_sign_wall", kwargs={"network": place.network.slug, "pk": meeting.pk})
    client.force_login(place.people["coordinator"])
    assert "<svg" in client.get(wall).content.decode()
    client.logout()
    code = wall_code(meeting.pk, today, local=True)
    page = client.get(reverse("sign:page", kwargs={"code": code})).content.decode()
    assert ("Trust" in page, "Breda" in page) == (True, False)
    data = {"pass": page_pass(Pass(meeting.pk, today, local=True)), "name": "Ana", "signature": "M1 1L20 20L30 9"}
    for _ in range(2):
        assert client.post(reverse("sign:page", kwargs={"code": code}), data).status_code == 200
    signed = Attendee.objects.get(report__meeting=meeting)
    assert (signed.name, signed.how, signed.signature) == ("Ana", SignedHow.SIGNED, "M1 1L20 20L30 9")
    late = data | {"pass": page_pass(Pass(meeting.pk, today - timedelta(1), local=True))}
    assert client.post(reverse("sign:page", kwargs={"code": code}), late).status_code == 410
    UlgReport.objects.update(state=State.SUBMITTED)
    closed = client.post(reverse("sign:page", kwargs={"code": code}), data | {"name": "Late"})
    assert (closed.status_code, "handed in" in closed.content.decode()) == (410, True)
    meeting.cancelled_at = timezone.now()
    meeting.save()
    assert client.get(reverse("sign:page", kwargs={"code": code})).status_code == 410


# --- Certificates, travel ---------------------------------------------------------------------------------------------


def test_certificates_are_for_who_was_there_one_or_all_in_a_zip(
    meeting: TransnationalMeeting, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    network, host = meeting.network, meeting.hosts.first()
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    rows = [
        services.register(actor=lead, meeting=meeting, partner=host, name=name, organisation="City", part="member")
        for name in ("Žofia Nováková", "Absent")
    ]
    coordinator = person(network, Role.COORDINATOR, host)
    client.force_login(coordinator)
    one = url_of(meeting, "certificate", pk=rows[0].pk)
    assert "whose presence is written down" in client.post(one, follow=True).content.decode()
    with time_machine.travel(NOON):
        services.tick(actor=lead, meeting=meeting, day=FIRST, present=[rows[0].pk])
    with django_capture_on_commit_callbacks(execute=True):
        client.post(one)
    job = Job.objects.get()
    with job.result.file.open("rb") as file:
        text = PdfReader(io.BytesIO(file.read())).pages[0].extract_text()
    assert ("Žofia Nováková" in text, "Monday 4 March 2024" in text, "Tuesday" in text) == (True, True, False)
    address = reverse("common:file", kwargs={"network": network.slug, "uuid": job.result_id})
    client.get(address).getvalue()
    client.force_login(person(network, Role.OBSERVER))
    assert client.get(address).status_code == 404
    client.force_login(person(network, Role.LEAD_PARTNER))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url_of(meeting, "certificates"))
    packed = Job.objects.exclude(pk=job.pk).get()
    assert (packed.done, packed.total) == (1, 1)
    with packed.result.file.open("rb") as file, zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["001 zofia-novakova.pdf"]


def test_travel_is_told_by_part_and_added_up_by_city(meeting: TransnationalMeeting, client: Client) -> None:
    network, host = meeting.network, meeting.hosts.first()
    train, plane = (
        TravelMode.objects.create(network=network, code=code, name=code, grams=grams, source="Somebody 2023")
        for code, grams in (("train", 35), ("plane", 180))
    )
    client.force_login(person(network, Role.COORDINATOR, host))
    data = {"name": "Ana", "partner": host.pk, "part": "member", "mode_1": train.pk, "km_1": "400", "mode_2": plane.pk}
    bad = client.post(url_of(meeting, "participant_new"), data)
    assert "Say how many kilometres" in bad.content.decode()
    client.post(url_of(meeting, "participant_new"), data | {"km_2": "2000"})
    cities, together, sources = services.travel_of(meeting)
    assert [(c.name, c.people, c.km, c.kg) for c in cities] == [(host.name, 1, 2400, 374)]
    assert (together.people, together.grams, sources) == (1, 374_000, ["Somebody 2023"])
    page = client.get(url_of(meeting, "participants")).content.decode()
    assert ("374" in page, "Somebody 2023" in page) == (True, True)
    row = Participation.objects.get()
    shown = BeautifulSoup(client.get(url_of(meeting, "participant", pk=row.pk)).content, "html.parser")
    assert (shown.select_one("#id_km_2")["value"], shown.select_one("#id_mode_2 option[selected]").text) == (
        "2000",
        "plane",
    )
    client.post(url_of(meeting, "participant", pk=row.pk), data | {"mode_2": ""})
    assert services.travel_of(meeting)[1].km == 400


def test_local_list_shows_what_was_signed(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    place = make_place()
    report = UlgReportFactory(meeting__partner=place.city, meeting__title="Trust")
    AttendeeFactory(report=report, name="Ana", signature="M1 1L20 20L30 9")
    client.force_login(place.people["member"])
    url = reverse("meetings:ulg_sheet", kwargs={"network": place.network.slug, "pk": report.pk})
    assert client.post(url).status_code == 404
    client.force_login(place.people["coordinator"])
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url)
    with Job.objects.get().result.file.open("rb") as file:
        page = PdfReader(io.BytesIO(file.read())).pages[0]
    assert ("Trust" in page.extract_text(), "Ana" in page.extract_text()) == (True, True)
