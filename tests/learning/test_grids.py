"""Learning grids: filled by several people on their phones, handed in, gathered, reviewed at the next event."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aoce.common.models import OutgoingMail, StoredFile
from learning.analysis import minimums_counted
from learning.enums import ActionOutcome
from learning.models import GridEntry, LearningGrid
from learning.papers import render_paper
from learning.policies import can_view_grid
from meetings.models import MeetingKind, TransnationalMeeting
from partners.actors import Actor
from partners.enums import Role
from partners.models import HorizontalTheme, Network, Partner, User
from roadmap.enums import ObligationState, OwedBy, TrackGroup
from roadmap.minimums import Count
from roadmap.models import Obligation, Period, Task, Track
from roadmap.services import publish_period
from tests.common.files_made import picture
from tests.partners.factories import actor_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(network: Network) -> Partner:
    return network.partners.get(slug="gdansk")


@pytest.fixture
def coordinator(network: Network, city: Partner) -> User:
    return person(network, Role.COORDINATOR, city)


@pytest.fixture
def meeting(network: Network) -> TransnationalMeeting:
    kind = MeetingKind.objects.create(network=network, code="cnm", name="Core Network Meeting", has_grid=True)
    today = network.today()
    return TransnationalMeeting.objects.create(
        network=network, slug="cnm1", kind=kind, title="CNM 1", start=today - timedelta(1), end=today
    )


def url_of(network: Network, city: Partner, kind: str = "meeting", key: str = "cnm1") -> str:
    return reverse("learning:grid", kwargs={"network": network.slug, "city": city.slug, "kind": kind, "key": key})


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def lesson(**fields: str) -> dict[str, str]:
    return {"do": "add", "uid": str(uuid.uuid4()), "learnt": "Begin small", **fields}


def test_lesson_sent_twice_stands_once_and_makes_the_grid(
    network: Network, city: Partner, meeting: TransnationalMeeting, coordinator: User
) -> None:
    client, url = client_of(coordinator), url_of(network, city)
    assert client.get(url).status_code == 200
    assert LearningGrid.objects.count() == 0  # reading makes nothing
    sent = lesson(action="Ask ten people", who="Jan")
    assert client.post(url, sent).status_code == 302
    client.post(url, sent)
    entry = GridEntry.objects.get()
    assert (entry.learnt, entry.action, entry.who, entry.grid.meeting) == (
        "Begin small",
        "Ask ten people",
        "Jan",
        meeting,
    )
    page = client.post(url, lesson(learnt="", relevance="Chapter two")).content.decode()
    assert "This field is required" in page
    assert "Chapter two" in page


@pytest.mark.usefixtures("meeting")
def test_two_people_of_a_city_write_at_once_and_one_lesson_is_never_written_over(
    network: Network, city: Partner, coordinator: User
) -> None:
    other = person(network, Role.MEMBER, city)
    url = url_of(network, city)
    client_of(coordinator).post(url, lesson())
    client_of(other).post(url, lesson(learnt="Ask the angry ones"))
    assert GridEntry.objects.count() == 2
    partial = client_of(coordinator).get(url, headers={"HX-Request": "true"}).content.decode()
    assert "Ask the angry ones" in partial
    assert "<html" not in partial
    entry = GridEntry.objects.first()
    assert entry is not None
    edit = reverse("learning:grid_entry_edit", kwargs={"network": network.slug, "pk": entry.pk})
    assert client_of(other).post(edit, {"learnt": "Begin very small", "read_version": "1"}).status_code == 302
    page = client_of(coordinator).post(edit, {"learnt": "Begin with one street", "read_version": "1"}).content.decode()
    assert "Begin very small" in page
    assert "Begin with one street" in page
    entry.refresh_from_db()
    assert entry.learnt == "Begin very small"
    client_of(coordinator).post(edit, {"learnt": "Begin with one street", "read_version": "2"})
    entry.refresh_from_db()
    assert entry.learnt == "Begin with one street"


@pytest.mark.usefixtures("meeting")
def test_messages_of_two_people_stand_side_by_side(network: Network, city: Partner, coordinator: User) -> None:
    client, url = client_of(coordinator), url_of(network, city)
    client.post(url, {"do": "messages", "messages": "First", "read_version": "1"})
    answer = client.post(url, {"do": "messages", "messages": "Second", "read_version": "1"})
    assert answer.status_code == 422
    assert "First" in answer.content.decode()
    assert "Second" in answer.content.decode()
    assert LearningGrid.objects.get().messages == "First"


def test_grid_is_of_one_event_and_once_a_city(network: Network, city: Partner, meeting: TransnationalMeeting) -> None:
    theme = HorizontalTheme.objects.create(network=network, code="green", name="Green transition")
    LearningGrid.objects.create(network=network, partner=city, meeting=meeting)
    for wrong in ({"meeting": meeting}, {}, {"meeting": meeting, "horizontal_theme": theme}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LearningGrid.objects.create(network=network, partner=city, **wrong)
    LearningGrid.objects.create(network=network, partner=city, horizontal_theme=theme)


def test_visible_grids_are_those_the_policy_shows(
    network: Network, city: Partner, meeting: TransnationalMeeting
) -> None:
    other = network.partners.get(slug="bb")
    meeting.hosts.add(other)
    theme = HorizontalTheme.objects.create(network=network, code="green", name="Green transition")
    LearningGrid.objects.create(network=network, partner=city, meeting=meeting)
    LearningGrid.objects.create(network=network, partner=city, horizontal_theme=theme)
    LearningGrid.objects.create(network=network, partner=other, horizontal_theme=theme, state="submitted")
    people = [person(network, role) for role in (Role.LEAD_PARTNER, Role.LEAD_EXPERT, Role.OBSERVER, Role.ADHOC_EXPERT)]
    people += [person(network, role, home) for role in (Role.COORDINATOR, Role.MEMBER) for home in (city, other)]
    counts = []
    for user in people:
        actor = actor_of(user, network)
        shown = set(LearningGrid.objects.visible_to(actor))
        assert shown == {grid for grid in LearningGrid.objects.all() if can_view_grid(actor, grid)}
        counts.append(len(shown))
    assert counts == [3, 3, 1, 0, 3, 2, 3, 2]


def owed_grid(network: Network) -> None:
    today = network.today()
    period = Period.objects.create(
        network=network, slug="now", title="Now", start=today - timedelta(30), end=today + timedelta(90)
    )
    track = Track.objects.create(period=period, code="meetings", name="Meetings", group=TrackGroup.PARTNERS)
    Task.objects.create(
        track=track,
        code="grid",
        title="Learning grid",
        start=today,
        due=today + timedelta(2),
        deliverable="learning_grid",
        owed_by=OwedBy.EACH_PARTNER,
    )
    publish_period(actor=Actor.system(network.pk), period=period)


@pytest.mark.usefixtures("meeting")
def test_handing_in_fulfils_what_is_owed_and_the_expert_accepts(
    network: Network, city: Partner, coordinator: User
) -> None:
    owed_grid(network)
    expert = person(network, Role.LEAD_EXPERT)
    client, url = client_of(coordinator), url_of(network, city)
    owed = Obligation.objects.get(partner=city)
    start = reverse("learning:grid_start", kwargs={"network": network.slug})
    assert client.get(start, {"obligation": owed.pk})["Location"] == url
    client.post(url, {"do": "messages", "messages": "Say no in person", "read_version": "1"})
    answer = client.post(url, {"do": "submit"})
    assert "Write at least one lesson" in answer.content.decode()
    client.post(url, lesson())
    assert client.post(url, {"do": "submit"}).status_code == 302
    owed.refresh_from_db()
    assert (owed.state, owed.deliverable) == (ObligationState.SUBMITTED, "learning_grid")
    assert OutgoingMail.objects.get().to == expert.email
    assert client.post(url, lesson()).status_code == 409  # handed in: it stands as it is
    boss = client_of(expert)
    assert boss.post(url, {"do": "ask_changes"}).status_code == 422  # a reason is needed
    boss.post(url, {"do": "ask_changes", "comment": "Who does it?"})
    owed.refresh_from_db()
    assert owed.state == ObligationState.CHANGES
    assert "Who does it?" in OutgoingMail.objects.get(to=coordinator.email).body_text
    client.post(url, {"do": "submit"})
    boss.post(url, {"do": "approve"})
    owed.refresh_from_db()
    assert owed.state == ObligationState.APPROVED
    counted = minimums_counted(actor_of(coordinator, network), [city.pk])
    assert [counted[code][city.pk] for code in ("grids_meeting", "grids_horizontal")] == [Count(1, 0), Count(0, 0)]


@pytest.mark.usefixtures("meeting")
def test_photo_is_kept_without_its_place_and_waits_for_its_words(
    network: Network, city: Partner, coordinator: User
) -> None:
    client, url = client_of(coordinator), url_of(network, city)
    client.post(url, lesson())
    entry = GridEntry.objects.get()
    photo = SimpleUploadedFile("walk.heic", picture("HEIF"), "image/heic")
    said = {"do": "photo", "photo": photo, "said": "They waved at us", "entries": [str(entry.pk)]}
    assert client.post(url, said).status_code == 302
    grid = LearningGrid.objects.get()
    kept = grid.photos.get()
    assert kept.file is not None
    assert (kept.file.content_type, list(kept.entries.all()), kept.said) == ("image/jpeg", [entry], "They waved at us")
    assert "Say what each photo shows" in client.post(url, {"do": "submit"}).content.decode()
    client.post(url, {"do": f"describe-{kept.pk}", "alt": "A green street", "said": "They waved at us"})
    answer = client.post(url, {"do": "photo", "photo": SimpleUploadedFile("x.png", b"no picture"), "said": "Lost?"})
    assert answer.status_code == 422
    assert "Lost?" in answer.content.decode()
    stranger = client_of(person(network, Role.COORDINATOR, network.partners.get(slug="bb")))
    seen = reverse("common:file", kwargs={"network": network.slug, "uuid": kept.file.pk})
    assert stranger.get(seen).status_code == 404
    assert client.post(url, {"do": "submit"}).status_code == 302
    found = stranger.get(seen)
    assert found.status_code == 200
    found.getvalue()
    step = client.post(url, {"do": f"remove-{kept.pk}"})
    assert step.status_code == 409  # handed in
    client.post(url, {"do": "take_back"})
    client.post(url, {"do": f"remove-{kept.pk}"})
    assert grid.photos.count() == 0
    assert StoredFile.objects.get(pk=kept.file.pk).removed_at is not None


@pytest.mark.usefixtures("meeting")
def test_review_carries_open_actions_over_until_they_are_done(
    network: Network, city: Partner, coordinator: User
) -> None:
    client, url = client_of(coordinator), url_of(network, city)
    client.post(url, lesson(action="Ask ten people"))
    client.post(url, lesson(learnt="A café works"))
    entry = GridEntry.objects.get(action="Ask ten people")
    client.post(url, {"do": "submit"})
    review = reverse("learning:grid_review", kwargs={"network": network.slug, "city": city.slug})
    page = client.get(review).content.decode()
    assert "Ask ten people" in page
    assert "A café works" not in page  # nothing was planned there
    client.post(review, {f"outcome-{entry.pk}": "partly", f"note-{entry.pk}": "Six of them"})
    entry.refresh_from_db()
    assert entry.outcome == ActionOutcome.PARTLY
    assert "Ask ten people" in client.get(review).content.decode()
    client.post(review, {f"outcome-{entry.pk}": "done", f"note-{entry.pk}": ""})
    assert "Ask ten people" not in client.get(review).content.decode()
    assert [row.outcome for row in entry.reviews.all()] == ["partly", "done"]
    stranger = person(network, Role.COORDINATOR, network.partners.get(slug="bb"))
    assert client_of(stranger).get(review).status_code == 403


def test_wall_gathers_all_cities_in_the_same_few_queries(
    network: Network, city: Partner, meeting: TransnationalMeeting
) -> None:
    lead = client_of(person(network, Role.LEAD_EXPERT))
    wall = reverse("learning:grid_wall", kwargs={"network": network.slug, "kind": "meeting", "key": "cnm1"})
    grid = LearningGrid.objects.create(network=network, partner=city, meeting=meeting)
    other = LearningGrid.objects.create(network=network, partner=network.partners.get(slug="bb"), meeting=meeting)
    counts = []
    for n in range(3):
        for row in (grid, other):
            GridEntry.objects.create(grid=row, learnt=f"Lesson {n} of {row.partner}")
        with CaptureQueriesContext(connection) as queries:
            page = lead.get(wall).content.decode()
        counts.append(len(queries))
    assert "Lesson 2 of Gdańsk" in page
    assert "Lesson 2 of Banská Bystrica" in page
    assert counts[0] == counts[2] <= 12


@pytest.mark.parametrize(("code", "pages"), [("grids", 2), ("grid-wall", 1)])
def test_grids_are_printed_a_page_a_city_and_as_a_wall(
    network: Network, meeting: TransnationalMeeting, code: str, pages: int
) -> None:
    expert = person(network, Role.LEAD_EXPERT)
    for one in network.partners.all():
        grid = LearningGrid.objects.create(network=network, partner=one, meeting=meeting)
        GridEntry.objects.create(grid=grid, learnt=f"Lesson of {one.name}")
    asked = {"meeting": meeting.slug}
    file = render_paper(user_id=expert.pk, network_id=network.pk, code=code, asked=asked, language="en")
    with file.file.open("rb") as opened, pypdfium2.PdfDocument(opened.read()) as pdf:
        texts = [" ".join(page.get_textpage().get_text_range().split()) for page in pdf]
    assert len(texts) == pages
    assert all(f"Lesson of {one.name}" in "".join(texts) for one in network.partners.all())
