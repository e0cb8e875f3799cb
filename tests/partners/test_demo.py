"""The demonstration's story: every state to be seen, nothing twice, nothing sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from aoce.common.enums import MailState
from aoce.common.models import OutgoingMail, StatusChange
from meetings.models import UlgReport
from partners.models import LocalGroupMember, Network
from reports import demo
from roadmap.enums import ObligationState
from roadmap.models import Obligation

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest_django import DjangoDbBlocker

pytestmark = pytest.mark.django_db
FOLDER = settings.BASE_DIR / "data" / "networks"


@pytest.fixture(scope="module")
def story(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Generator[None]:
    """Tell the story once for all tests of this file; each undoes what it does, the file undoes the story."""
    del django_db_setup
    files = str(tmp_path_factory.mktemp("story"))
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=files), transaction.atomic():
        load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def network(story: None) -> Network:
    del story
    return Network.objects.get()


def load() -> Network:
    people = ("--demo-people", str(FOLDER / "demo_people.yaml"))
    call_command("load_network", str(FOLDER / "aoce.yaml"), *people, "--shift-to", "today", verbosity=0)
    return Network.objects.get()


def test_story_shows_every_state_and_some_are_late(network: Network) -> None:
    states = set(Obligation.objects.values_list("state", flat=True))
    assert states == set(ObligationState.values)
    assert Obligation.objects.late(network.today()).count() >= 3
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {MailState.SENT}


def test_story_lies_in_the_past_and_in_order(network: Network) -> None:
    for row in Obligation.objects.exclude(submitted_at=None):
        assert row.submitted_at.astimezone(network.tz).date() < network.today()
        assert row.approved_at is None or row.submitted_at < row.approved_at
        moments = list(
            StatusChange.objects.filter(kind="obligation", object_id=row.pk).order_by("pk").values_list("at", flat=True)
        )
        assert moments == sorted(moments)


@pytest.mark.usefixtures("network")
def test_story_has_local_reports_with_the_people_of_their_lists() -> None:
    reports = {r.meeting.partner.slug: r for r in UlgReport.objects.select_related("meeting__partner")}
    assert {slug: r.state for slug, r in reports.items()} == demo.LOCAL_REPORTS
    for slug, report in reports.items():
        members = LocalGroupMember.objects.filter(partner__slug=slug).count()
        assert report.attendees.count() == (0 if report.state == "draft" else members), slug
    assert reports["budaors"].attendees.filter(kind=None).count() == 0


def test_story_is_told_once(network: Network) -> None:
    before = list(Obligation.objects.order_by("pk").values_list("state", "submitted_at"))
    assert demo.play(network) == 0
    load()
    assert list(Obligation.objects.order_by("pk").values_list("state", "submitted_at")) == before
