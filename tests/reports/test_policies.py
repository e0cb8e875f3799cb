"""Who may do what with a quarterly report, in each state."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from aoce.common.workflow import NotAllowedError, WrongStateError
from reports import policies, services
from reports.enums import ReportState
from reports.models import QuarterlyReport
from reports.workflow import QUARTERLY
from tests.reports.factories import QuarterlyReportFactory
from tests.roadmap.world import PEOPLE, Place, make_place

R = ReportState
LEADS = {"lead_partner", "lead_expert", "system"}
MAY_VIEW = {
    R.DRAFT: LEADS,
    R.CHANGES: LEADS,
    R.SUBMITTED: LEADS | {"observer"},
    R.APPROVED: LEADS | {"observer", "coordinator", "other_coordinator", "member"},
    R.PUBLISHED: LEADS | {"observer", "coordinator", "other_coordinator", "member", "adhoc_expert"},
}
STEPS = {
    "submit": ({R.DRAFT, R.CHANGES}, {"lead_partner", "lead_expert"}),
    "ask_changes": ({R.SUBMITTED, R.APPROVED}, {"lead_partner"}),
    "approve": ({R.SUBMITTED}, {"lead_partner"}),
    "publish": ({R.APPROVED}, {"lead_partner"}),
}
EVERYONE = (*PEOPLE, "system")


def in_state(place: Place, state: str) -> QuarterlyReport:
    """Return a report of the place in a state, as far as policies look at it."""
    report = QuarterlyReportFactory.build(network=place.network, state=state)
    report.network_id = place.network.pk
    return report


@pytest.mark.parametrize("state", R.values)
@pytest.mark.parametrize("name", EVERYONE)
def test_viewing_follows_the_state(place: Place, name: str, state: str) -> None:
    actor = place.actor(name)
    assert policies.can_view_report(actor, in_state(place, state)) == (name in MAY_VIEW[R(state)])


@pytest.mark.parametrize("name", EVERYONE)
def test_queryset_and_policy_agree(place: Place, name: str) -> None:
    actor = place.actor(name)
    for n, state in enumerate(R.values):
        if state != R.PUBLISHED:  # the database wants its file
            QuarterlyReportFactory(network=place.network, year=2025, quarter=n + 1, state=state)
    QuarterlyReportFactory(network=make_place().network, state=R.APPROVED)
    every = QuarterlyReport.objects.all()
    seen = set(QuarterlyReport.objects.visible_to(actor))
    assert seen == {report for report in every if policies.can_view_report(actor, report)}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", EVERYONE)
@pytest.mark.parametrize("state", R.values)
def test_steps_are_for_their_roles_and_states(place: Place, name: str, step: str, state: str) -> None:
    states, people = STEPS[step]
    report, actor = in_state(place, state), place.actor(name)
    if name not in people:
        with pytest.raises(NotAllowedError):
            QUARTERLY.check(actor, report, step, "comment")
    elif state not in states:
        with pytest.raises(WrongStateError):
            QUARTERLY.check(actor, report, step, "comment")
    else:
        assert QUARTERLY.check(actor, report, step, "comment").name == step


@pytest.mark.parametrize("name", PEOPLE)
def test_writing_is_for_the_leads(place: Place, report: QuarterlyReport, name: str) -> None:
    actor = place.actor(name)
    allowed = name in LEADS
    calls = [
        lambda: services.create_report(actor=actor, network=place.network, year=2024, quarter=2),
        lambda: services.save_section(actor=actor, report=report, code="summary", body="Text", read_version=1),
        lambda: services.start_render(actor=actor, report=report, language="en"),
    ]
    for call in calls:
        if allowed:
            call()
        else:
            with pytest.raises(PermissionDenied):
                call()


def test_leads_of_another_network_may_nothing(report: QuarterlyReport) -> None:
    actor = make_place().actor("lead_partner")
    assert not policies.can_view_report(actor, report)
    assert not policies.can_write_report(actor, report)
    assert not policies.can_approve_report(actor, report)
    assert not policies.can_create_report(actor, report.network_id)
    assert not QuarterlyReport.objects.visible_to(actor).exists()
