"""The demonstration's story: every state to be seen, nothing twice, nothing sent."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.management import call_command

from aoce.common.enums import MailState
from aoce.common.models import OutgoingMail, StatusChange
from meetings.models import UlgReport
from partners.models import LocalGroupMember, Membership, Network
from reports import demo
from roadmap.enums import ObligationState
from roadmap.models import Obligation

pytestmark = pytest.mark.django_db
FOLDER = settings.BASE_DIR / "data" / "networks"


def load() -> Network:
    people = ("--demo-people", str(FOLDER / "demo_people.yaml"))
    call_command("load_network", str(FOLDER / "aoce.yaml"), *people, "--shift-to", "today", verbosity=0)
    return Network.objects.get()


def test_story_shows_every_state_and_some_are_late() -> None:
    network = load()
    states = set(Obligation.objects.values_list("state", flat=True))
    assert states == set(ObligationState.values)
    assert Obligation.objects.late(network.today()).count() >= 3
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {MailState.SENT}


def test_story_lies_in_the_past_and_in_order() -> None:
    network = load()
    for row in Obligation.objects.exclude(submitted_at=None):
        assert row.submitted_at.astimezone(network.tz).date() < network.today()
        assert row.approved_at is None or row.submitted_at < row.approved_at
        moments = list(
            StatusChange.objects.filter(kind="obligation", object_id=row.pk).order_by("pk").values_list("at", flat=True)
        )
        assert moments == sorted(moments)


def test_story_has_local_reports_with_the_people_of_their_lists() -> None:
    load()
    reports = {r.meeting.partner.slug: r for r in UlgReport.objects.select_related("meeting__partner")}
    assert {slug: r.state for slug, r in reports.items()} == demo.LOCAL_REPORTS
    for slug, report in reports.items():
        members = LocalGroupMember.objects.filter(partner__slug=slug).count()
        assert report.attendees.count() == (0 if report.state == "draft" else members), slug
    assert reports["budaors"].attendees.filter(kind=None).count() == 0


def test_story_is_told_once() -> None:
    network = load()
    before = list(Obligation.objects.order_by("pk").values_list("state", "submitted_at"))
    assert demo.play(network) == 0
    load()
    assert list(Obligation.objects.order_by("pk").values_list("state", "submitted_at")) == before


def test_story_needs_its_people() -> None:
    call_command("load_network", str(FOLDER / "aoce.yaml"), verbosity=0)
    assert Membership.objects.count() == 0
    assert demo.play(Network.objects.get()) == 0
