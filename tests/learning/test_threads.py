"""From need to action: what hangs together, where it ends, and what is counted of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from learning.enums import NeedState
from learning.models import GoodPractice, GridEntry, LearningGrid, LearningNeed
from learning.services import logs
from learning.threads import embedding_of, thread_of_action, thread_of_entry, thread_of_need
from meetings.models import MeetingKind, Session, SessionKind, TransnationalMeeting
from partners.actors import Actor
from partners.enums import Role
from partners.models import HorizontalTheme, Network, Partner, SubTheme
from tests.partners.factories import SubThemeFactory, ThemeFactory, actor_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(network: Network) -> Partner:
    return network.partners.get(slug="gdansk")


@pytest.fixture
def actor(network: Network, city: Partner) -> Actor:
    return actor_of(person(network, Role.COORDINATOR, city), network)


@pytest.fixture
def sub_theme(network: Network) -> SubTheme:
    return SubThemeFactory(theme=ThemeFactory(network=network), name="Trust")


@pytest.fixture
def served(network: Network, city: Partner, sub_theme: SubTheme) -> Session:
    """A session that serves a need of the city."""
    today = network.today()
    kind = MeetingKind.objects.create(network=network, code="cnm", name="CNM", has_grid=True)
    meeting = TransnationalMeeting.objects.create(
        network=network, slug="cnm1", kind=kind, title="CNM 1", start=today - timedelta(9), end=today - timedelta(8)
    )
    look = SessionKind.objects.create(network=network, code="workshop", name="Workshop")
    session = Session.objects.create(meeting=meeting, kind=look, title="On trust")
    need = LearningNeed.objects.create(
        network=network, partner=city, text="How to be trusted", sub_theme=sub_theme, state=NeedState.CONFIRMED
    )
    need.sessions.add(session)
    return session


def test_thread_is_clickable_from_each_end(network: Network, city: Partner, actor: Actor, served: Session) -> None:
    grid = LearningGrid.objects.create(network=network, partner=city, meeting=served.meeting)
    lesson = GridEntry.objects.create(grid=grid, learnt="Say no in person", session=served)
    action = logs.create(actor=actor, partner=city, values={"title": "Call them"}, links={"entries": [lesson.pk]})
    need = LearningNeed.objects.get()
    for found in (
        thread_of_entry(actor, lesson),
        thread_of_need(actor, need, [served]),
        thread_of_action(actor, action),
    ):
        assert (found.needs, found.sessions, found.lessons, found.actions) == ([need], [served], [lesson], [action])
        assert found.further == []
    user = person(network, Role.MEMBER, city)
    client = Client()
    client.force_login(user)
    addresses = [
        reverse(name, kwargs={"network": network.slug, "pk": pk})
        for name, pk in (
            ("learning:need", need.pk),
            ("learning:grid_entry", lesson.pk),
            ("learning:log_action", action.pk),
        )
    ]
    for here in addresses:
        page = client.get(here).content.decode()
        assert all(f'href="{there}"' in page for there in addresses)
        assert "Not in a testing action or a plan yet" in page


def test_lessons_and_actions_are_counted_city_by_city(
    network: Network, city: Partner, actor: Actor, served: Session, sub_theme: SubTheme
) -> None:
    green = HorizontalTheme.objects.create(network=network, code="green", name="Green transition")
    practice = GoodPractice.objects.create(network=network, slug="cafe", name="Café", owner=city)
    practice.sub_themes.add(sub_theme)
    grid = LearningGrid.objects.create(network=network, partner=city, meeting=served.meeting)
    across = LearningGrid.objects.create(network=network, partner=city, horizontal_theme=green)
    from_need = GridEntry.objects.create(grid=grid, learnt="One", session=served, action="Call", outcome="done")
    from_practice = GridEntry.objects.create(grid=grid, learnt="Two", practice=practice, action="Sit")
    GridEntry.objects.create(grid=across, learnt="Three", elsewhere="On the train")
    draft = logs.create(actor=actor, partner=city, values={"title": "A"}, links={"entries": [from_need.pk]})
    logs.step(actor=actor, action=draft, name="select")
    gone = logs.create(actor=actor, partner=city, values={"title": "B"}, links={"entries": [from_practice.pk]})
    logs.step(actor=actor, action=gone, name="drop", comment="No")
    logs.create(actor=actor, partner=city, values={"title": "C"})
    found = embedding_of(actor, network)
    row = next(row for row in found.cities if row.slug == "gdansk")
    assert (row.lessons, row.embedded, row.share) == (3, 1, 33)
    assert (row.to_review, row.unreviewed, row.actions, row.without_lesson) == (2, 1, 2, 1)
    assert found.flow == [
        ("From a need of the city", [1, 0, 0, 0]),
        ("From a practice", [0, 0, 1, 0]),
        ("From another session", [0, 0, 0, 0]),
        ("From elsewhere", [0, 0, 0, 1]),
    ]
    at = [r.slug for r in found.cities].index("gdansk")
    touched = {name: numbers[at] for name, numbers in found.heat}
    assert touched == {str(sub_theme): 3, "Green transition": 1}
    assert found.untouched == []
    other = network.partners.get(slug="bb")
    viewer = actor_of(person(network, Role.COORDINATOR, other), network)
    assert embedding_of(viewer, network).total.lessons == 0  # nothing is handed in yet


def test_monitoring_page_takes_the_same_few_queries(
    network: Network, city: Partner, actor: Actor, served: Session
) -> None:
    client = Client()
    client.force_login(person(network, Role.LEAD_EXPERT))
    url = reverse("learning:threads", kwargs={"network": network.slug})
    assert "Nothing to follow yet" in client.get(url).content.decode()
    grid = LearningGrid.objects.create(network=network, partner=city, meeting=served.meeting)
    counts = []
    for n in range(3):
        entry = GridEntry.objects.create(grid=grid, learnt=f"Lesson {n}", session=served)
        logs.create(actor=actor, partner=city, values={"title": f"Action {n}"}, links={"entries": [entry.pk]})
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url).content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 12
    assert "Lessons: From a need of the city 3 (Draft in the log 3)." in page
