"""Around a meeting: rationale, checklist, documents and photos, record."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from aoce.common.models import Job, StatusChange, SubmittedVersion
from meetings.enums import RationaleState
from meetings.models import ChecklistTemplate, Material, Preparation, Rationale, TransnationalMeeting
from meetings.services import materials, participation, preparation, record
from meetings.services.transnational import Facts, change
from partners.enums import Role
from partners.models import Membership
from roadmap.events import events_for
from tests.common.files_made import pdf, picture
from tests.meetings.agendas import FIRST, make_meeting, session, url_of
from tests.partners.factories import actor_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting() -> TransnationalMeeting:
    return make_meeting()


# --- Rationale --------------------------------------------------------------------------------------------------------


def test_rationale_is_hidden_as_draft_then_discussed_then_final(meeting: TransnationalMeeting, client: Client) -> None:
    network = meeting.network
    expert = person(network, Role.LEAD_EXPERT)
    lead, member = actor_of(expert, network), person(network, Role.OBSERVER)
    row = record.save_rationale(actor=lead, meeting=meeting, read_version=0, body="Because", draws_on=[meeting.pk])
    assert list(row.draws_on.all()) == []  # not on itself
    client.force_login(member)
    url = url_of(meeting, "rationale")
    assert client.get(url).status_code == 404
    client.force_login(expert)
    client.post(url, {"do": "discuss"})
    coordinator = person(network, Role.COORDINATOR, meeting.hosts.first())
    client.force_login(coordinator)
    client.post(url, {"do": "comment", "text": "Too long"})
    assert client.post(url, {"do": "finish"}).status_code == 403
    client.force_login(member)
    assert client.post(url, {"do": "comment", "text": "Me too"}).status_code == 403
    assert "Too long" in client.get(url).content.decode()
    client.force_login(expert)
    form = {"body": "Because of the survey", "read_version": "1"}
    assert client.post(url_of(meeting, "rationale_edit"), form).status_code == 302
    assert "of the survey</ins>" in client.get(url).content.decode()
    client.post(url, {"do": "finish"})
    assert client.get(url_of(meeting, "rationale_edit")).status_code == 403
    assert [v.data["body"] for v in SubmittedVersion.objects.all()] == ["Because", *["Because of the survey"] * 2]
    assert list(StatusChange.objects.values_list("source", "target")) == [
        (RationaleState.DRAFT, RationaleState.DISCUSSED),
        (RationaleState.DISCUSSED, RationaleState.FINAL),
    ]


def test_two_in_one_text_see_both_and_lose_none(meeting: TransnationalMeeting, client: Client) -> None:
    client.force_login(person(meeting.network, Role.LEAD_PARTNER))
    for name, field in (("rationale_edit", "body"), ("record_edit", "introduction")):
        url = url_of(meeting, name)
        client.post(url, {field: "Theirs", "read_version": "0"})
        late = client.post(url, {field: "Mine", "read_version": "0"})
        page = late.content.decode()
        assert late.status_code == 409
        assert ("Theirs" in page, "Mine" in page, 'name="read_version" value="1"' in page) == (True, True, True)
        assert client.post(url, {field: "Mine", "read_version": "1"}).status_code == 302
    assert Rationale.objects.get().body == "Mine"


# --- Checklist --------------------------------------------------------------------------------------------------------


def test_checklist_begins_from_a_template_and_follows_the_meeting(meeting: TransnationalMeeting) -> None:
    network = meeting.network
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    items = [
        {"what": "Rooms", "who": "host", "days": -60},
        {"what": "Survey", "who": "lead_expert", "days": -10},
        {"what": "Bus", "who": "The bus company", "days": 2},
    ]
    template = ChecklistTemplate.objects.create(network=network, code="cnm", name="CNM", items=items)
    assert preparation.begin(actor=lead, meeting=meeting, template=template) == 3
    assert preparation.begin(actor=lead, meeting=meeting, template=template) == 0
    rooms, survey, bus = Preparation.objects.order_by("due")
    assert (rooms.partner, survey.member, bus.who) == (
        meeting.hosts.first(),
        Membership.objects.get(role=Role.LEAD_EXPERT),
        "The bus company",
    )
    fixed = date(2024, 2, 1)
    preparation.save(
        actor=lead, meeting=meeting, row=survey, what="Survey", due=fixed, partner=None, member=survey.member, who=""
    )
    facts = {name: getattr(meeting, name) for name in ("title", "kind", "number", "place", "link", "is_online", "task")}
    many: dict[str, Any] = {"hosts": list(meeting.hosts.all()), "themes": [], "horizontal_themes": []}
    week = timedelta(7)
    moved = Facts(
        **facts, **many, start=FIRST + week, end=meeting.end + week, precision="day", source="", description=""
    )
    change(actor=lead, meeting=meeting, facts=moved, settled=False)
    found = dict(Preparation.objects.values_list("what", "due"))
    assert found == {"Rooms": FIRST - timedelta(53), "Survey": fixed, "Bus": FIRST + timedelta(9)}


def test_whose_task_it_is_sees_it_coming_and_ticks_it(meeting: TransnationalMeeting, client: Client) -> None:
    network, host = meeting.network, meeting.hosts.first()
    rows = [
        Preparation.objects.create(meeting=meeting, what=what, due=FIRST, partner=city)
        for what, city in (("Rooms", host), ("Survey", None))
    ]
    coordinator = person(network, Role.COORDINATOR, host)
    actor, other = actor_of(coordinator, network), actor_of(person(network, Role.OBSERVER), network)
    assert [e.title for e in events_for(actor, network.slug) if e.uid.startswith("prep")] == ["Rooms: CNM 2"]
    assert [e.title for e in events_for(other, network.slug) if e.uid.startswith("prep")] == []
    with pytest.raises(PermissionDenied):
        preparation.tick(actor=other, row=rows[0], done=True)
    client.force_login(coordinator)
    client.post(url_of(meeting, "checklist"), {"do": f"done-{rows[0].pk}"})
    rows[0].refresh_from_db()
    assert rows[0].done_by == coordinator
    assert [e.title for e in events_for(actor, network.slug) if e.uid.startswith("prep")] == []
    page = client.get(url_of(meeting, "checklist")).content.decode()
    assert ("1 of 2 things are done." in page, page.count("Late")) == (True, 1)


def test_form_names_one_owner_and_keeps_what_was_typed(meeting: TransnationalMeeting, client: Client) -> None:
    client.force_login(person(meeting.network, Role.LEAD_EXPERT))
    url = url_of(meeting, "preparation_new")
    city = meeting.hosts.first()
    data = {"what": "Rooms", "due": "2024-02-01", "owner": f"c{city.pk}", "who": "The hotel"}
    bad = client.post(url, data)
    assert bad.status_code == 422
    assert ("not both" in bad.content.decode(), "The hotel" in bad.content.decode()) == (True, True)
    assert client.post(url, data | {"who": ""}).status_code == 302
    assert Preparation.objects.get().partner == city


# --- Documents and photos ---------------------------------------------------------------------------------------------


def photo_with_place() -> bytes:
    """Return a JPEG that lies on its side and says where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", (3000, 1000), "red").save(out, "JPEG", exif=exif, comment=b"Home of Ana")
    return out.getvalue()


def test_photo_is_upright_small_without_its_place_and_hidden_until_cleared(
    meeting: TransnationalMeeting, client: Client
) -> None:
    network = meeting.network
    lead, observer = person(network, Role.LEAD_PARTNER), person(network, Role.OBSERVER)
    client.force_login(lead)
    url = url_of(meeting, "materials")
    uploads = [
        SimpleUploadedFile("walk.jpg", photo_with_place()),
        SimpleUploadedFile("hall.heic", picture("HEIF")),
        SimpleUploadedFile("fake.jpg", b"not a picture"),
    ]
    answer = client.post(url, {"do": "photos", "file": uploads})
    assert answer.status_code == 422
    assert "“fake.jpg”" in answer.content.decode()
    walk, hall = Material.objects.order_by("pk")
    with walk.file.file.open("rb") as file, Image.open(file) as image:
        assert (image.size, image.format, dict(image.getexif())) == ((667, 2000), "JPEG", {})
        assert "comment" not in image.info
    assert hall.file.name == "hall.jpg"
    address = reverse("common:file", kwargs={"network": network.slug, "uuid": walk.file_id})
    client.force_login(observer)
    assert client.get(address).status_code == 404
    client.force_login(lead)
    data = {"do": f"describe-{walk.pk}", f"p{walk.pk}-consent": "given", f"p{walk.pk}-text": ""}
    client.post(url, data)
    assert not Material.objects.shown().exists()
    client.post(url, data | {f"p{walk.pk}-text": "People on a walk"})
    assert [row.pk for row in Material.objects.shown()] == [walk.pk]
    client.force_login(observer)
    opened = client.get(address)
    assert opened.status_code == 200
    opened.getvalue()
    assert 'alt="People on a walk"' in client.get(url_of(meeting, "detail")).content.decode()
    client.force_login(lead)
    client.post(url, data | {f"p{walk.pk}-text": "People on a walk", f"p{walk.pk}-consent": "refused"})
    client.force_login(observer)
    assert client.get(address).status_code == 404


def test_document_is_kept_with_its_session_and_taken_away(meeting: TransnationalMeeting, client: Client) -> None:
    network = meeting.network
    row = session(meeting, "Workshop", 5, "09:00", "10:00")
    client.force_login(person(network, Role.COORDINATOR, meeting.hosts.first()))
    url = url_of(meeting, "materials")
    data = {"do": "document", "kind": "slides", "session": row.pk}
    assert "Choose a file first." in client.post(url, data).content.decode()
    client.post(url, data | {"file": SimpleUploadedFile("Guide.pdf", pdf())})
    made = Material.objects.get()
    assert (made.session, str(made), made.kind) == (row, "Guide.pdf", "slides")
    client.post(url, {"do": f"remove-{made.pk}"})
    made.file.refresh_from_db()
    assert (Material.objects.count(), made.file.removed_at is not None) == (0, True)
    outsider = actor_of(person(network, Role.OBSERVER), network)
    with pytest.raises(PermissionDenied):
        materials.add(actor=outsider, meeting=meeting, upload=SimpleUploadedFile("a.pdf", b""), kind="document")


# --- Record -----------------------------------------------------------------------------------------------------------


def test_record_compiles_what_is_there_and_names_nobody(
    meeting: TransnationalMeeting, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    network, host = meeting.network, meeting.hosts.first()
    lead = actor_of(person(network, Role.LEAD_PARTNER), network)
    done = session(meeting, "Workshop", 5, "09:00", "10:30")
    done.conclusion = "Ask citizens early"
    done.save()
    session(meeting, "Dinner", 5, "19:00", "21:00")
    came = participation.register(
        actor=lead, meeting=meeting, partner=host, name="Ana Secret", organisation="", part="member"
    )
    participation.register(actor=lead, meeting=meeting, partner=host, name="Absent", organisation="", part="member")
    participation.tick(actor=lead, meeting=meeting, day=FIRST, present=[came.pk])
    made = materials.add(
        actor=lead,
        meeting=meeting,
        upload=SimpleUploadedFile("p.png", picture("PNG")),
        kind="photo",
        session=done,
    )
    materials.describe(actor=lead, material=made, title="At work", text="Two people", consent="nobody", session=done)
    record.save_record(actor=lead, meeting=meeting, read_version=0, introduction="All came", decisions="Meet again")
    client.force_login(person(network, Role.OBSERVER))
    page = client.get(url_of(meeting, "record")).content.decode()
    for words in ("All came", "Ask citizens early", "1 ULG member", 'alt="Two people"', "Meet again", "At work"):
        assert words in page
    assert "Ana Secret" not in page
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url_of(meeting, "record_pdf"))
    job = Job.objects.get()
    with job.result.file.open("rb") as file:
        reader = PdfReader(io.BytesIO(file.read()))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert ("Ask citizens early" in text, "At work" in text, "Ana Secret" in text) == (True, True, False)
    assert sum(len(page.images) for page in reader.pages) >= 1
    materials.describe(actor=lead, material=made, title="At work", text="Two people", consent="refused")
    job.result.refresh_from_db()
    assert job.result.removed_at is not None  # the photo is on it


def test_record_shows_a_coming_meeting_as_far_as_it_is_published(meeting: TransnationalMeeting, client: Client) -> None:
    network = meeting.network
    day = network.today() + timedelta(30)
    TransnationalMeeting.objects.update(start=day, end=day)
    session(meeting, "Still secret")
    url = url_of(meeting, "record")
    client.force_login(person(network, Role.OBSERVER))
    assert "Still secret" not in client.get(url).content.decode()
    client.force_login(person(network, Role.COORDINATOR, meeting.hosts.first()))
    assert "Still secret" in client.get(url).content.decode()
