"""Making, moving, waiving and finishing obligations."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from aoce.common.models import StatusChange
from aoce.common.workflow import CommentMissingError, WrongStateError
from partners.models import Partner
from roadmap import services
from roadmap.enums import ObligationState as O
from roadmap.enums import OwedBy, Party
from roadmap.models import Obligation
from tests.roadmap.world import Place

DAY = date(2024, 5, 10)


def changes(obligation: Obligation) -> list[tuple[str, str, str, str]]:
    """Return the recorded steps."""
    rows = StatusChange.objects.filter(kind="obligation", object_id=obligation.pk)
    return list(rows.values_list("transition", "source", "target", "comment"))


# --- Made from the plan -----------------------------------------------------------------------------------------------


def test_sync_makes_one_obligation_a_task_and_party(place: Place) -> None:
    Partner.objects.filter(pk=place.other.pk).update(is_active=False)
    each, hosts = place.task(), place.task(owed_by=OwedBy.HOSTS)
    hosts.hosts.set([place.own, place.other])
    expert, partner = place.task(owed_by=OwedBy.LEAD_EXPERT), place.task(owed_by=OwedBy.LEAD_PARTNER)
    place.task(owed_by=OwedBy.NOBODY)
    made = services.sync_obligations(actor=place.actor("lead_partner"), period=place.period)
    assert made == (5, 0)
    assert set(Obligation.objects.values_list("task", "party", "partner", "network")) == {
        (each.pk, Party.PARTNER, place.own.pk, place.network.pk),
        (each.pk, Party.PARTNER, place.lead.pk, place.network.pk),
        (hosts.pk, Party.PARTNER, place.own.pk, place.network.pk),
        (expert.pk, Party.LEAD_EXPERT, None, place.network.pk),
        (partner.pk, Party.LEAD_PARTNER, None, place.network.pk),
    }


def test_sync_twice_changes_nothing(place: Place) -> None:
    place.task()
    services.sync_obligations(actor=place.actor("system"), period=place.period)
    before = list(Obligation.objects.values())
    assert services.sync_obligations(actor=place.actor("system"), period=place.period) == (0, 0)
    assert list(Obligation.objects.values()) == before


def test_sync_takes_away_only_what_nobody_touched(place: Place) -> None:
    task = place.task()
    services.sync_obligations(actor=place.actor("system"), period=place.period)
    begun = Obligation.objects.get(partner=place.own)
    Obligation.objects.filter(pk=begun.pk).update(state=O.DRAFT)
    moved = Obligation.objects.get(partner=place.other)
    services.move_due(actor=place.actor("lead_partner"), obligation=moved, due=DAY, reason="Elections")
    task.owed_by = OwedBy.LEAD_EXPERT
    task.save()
    assert services.sync_obligations(actor=place.actor("system"), period=place.period) == (1, 1)
    assert set(Obligation.objects.values_list("partner", flat=True)) == {place.own.pk, place.other.pk, None}


@pytest.mark.parametrize("name", ["coordinator", "member", "observer", "adhoc_expert"])
def test_sync_is_for_who_edits_the_plan(place: Place, name: str) -> None:
    with pytest.raises(PermissionDenied):
        services.sync_obligations(actor=place.actor(name), period=place.period)


# --- Every state × role × action --------------------------------------------------------------------------------------

LEAD = {"lead_partner"}
#: Action → who may, for a city's obligation; and from which states.
CITY = {
    "move_due": (LEAD, {O.NONE, O.DRAFT, O.CHANGES}),
    "waive": (LEAD, {O.NONE, O.DRAFT, O.CHANGES}),
    "unwaive": (LEAD, {O.WAIVED}),
    "complete": (set(), set()),
    "draft": ({"coordinator", "lead_partner", "lead_expert"}, {O.NONE, O.DRAFT, O.SUBMITTED, O.WAIVED}),
    "none": ({"coordinator", "lead_partner", "lead_expert"}, {O.NONE, O.DRAFT, O.CHANGES, O.WAIVED}),
    "submitted": (
        {"coordinator", "lead_partner", "lead_expert"},
        {O.NONE, O.DRAFT, O.CHANGES, O.WAIVED, O.SUBMITTED},
    ),
    "changes": (LEAD | {"lead_expert"}, {O.SUBMITTED, O.APPROVED, O.CHANGES, O.WAIVED}),
    "approved": (LEAD | {"lead_expert"}, {O.NONE, O.DRAFT, O.SUBMITTED, O.CHANGES, O.APPROVED}),
}
EXPERT = CITY | {
    "complete": ({"lead_partner", "lead_expert"}, {O.NONE, O.DRAFT, O.CHANGES}),
    "draft": ({"lead_partner", "lead_expert"}, {O.NONE, O.DRAFT, O.SUBMITTED, O.WAIVED}),
    "none": ({"lead_partner", "lead_expert"}, {O.NONE, O.DRAFT, O.CHANGES, O.WAIVED}),
    "submitted": ({"lead_partner", "lead_expert"}, {O.NONE, O.DRAFT, O.CHANGES, O.WAIVED, O.SUBMITTED}),
    "changes": (LEAD, {O.SUBMITTED, O.APPROVED, O.CHANGES, O.WAIVED}),
    "approved": (LEAD, {O.NONE, O.DRAFT, O.SUBMITTED, O.CHANGES, O.APPROVED}),
}
NAMES = ("lead_partner", "lead_expert", "adhoc_expert", "coordinator", "other_coordinator", "member", "observer")


def act(place: Place, name: str, action: str, obligation: Obligation) -> str:
    """Try the action; return the new state, ``forbidden`` or ``wrong state``."""
    actor = place.actor(name)
    try:
        if action == "move_due":
            services.move_due(actor=actor, obligation=obligation, due=DAY, reason="Elections")
        elif action == "waive":
            services.waive(actor=actor, obligation=obligation, reason="Held before")
        elif action in ("unwaive", "complete"):
            getattr(services, action)(actor=actor, obligation=obligation, comment="")
        else:
            services.record_submission(
                actor=actor, obligation=obligation, deliverable="document", deliverable_id=obligation.pk, state=action
            )
    except PermissionDenied:
        return "forbidden"
    except WrongStateError:
        return "wrong state"
    obligation.refresh_from_db()
    return obligation.state


def after(action: str, state: str) -> str:
    """Return the state an allowed action leads to."""
    if action == "move_due" or (state == O.WAIVED and action in ("none", "draft", "changes")):
        return state
    return {"waive": O.WAIVED, "unwaive": O.NONE, "complete": O.APPROVED}.get(action, action)


@pytest.mark.parametrize("action", CITY)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("who", "table"), [("own", CITY), (Party.LEAD_EXPERT, EXPERT)])
def test_action_answers_as_declared(place: Place, who: str, table: dict, name: str, action: str) -> None:
    people, states = table[action]
    found, expected = {}, {}
    for state in O:
        obligation = place.owes(who, state=state, waived_reason="Held" if state == O.WAIVED else "")
        found[state] = act(place, name, action, obligation)
        expected[state] = after(action, state) if state in states else "wrong state"
        if name not in people:
            expected[state] = "forbidden"
    assert found == expected


# --- What each does ---------------------------------------------------------------------------------------------------


def test_moving_the_day_says_why_and_is_remembered(place: Place) -> None:
    obligation = place.owes()
    actor = place.actor("lead_partner")
    with pytest.raises(CommentMissingError):
        services.move_due(actor=actor, obligation=obligation, due=DAY, reason=" ")
    services.move_due(actor=actor, obligation=obligation, due=DAY, reason="Elections")
    assert (obligation.due, obligation.due_reason) == (DAY, "Elections")
    services.move_due(actor=actor, obligation=obligation, due=None, reason="")
    assert (obligation.due, obligation.due_reason) == (date(2024, 4, 26), "")
    assert changes(obligation) == [
        ("move_due", "2024-04-26", "2024-05-10", "Elections"),
        ("move_due", "2024-05-10", "2024-04-26", ""),
    ]


def test_waiving_needs_a_reason_and_unwaiving_goes_back(place: Place) -> None:
    obligation = place.owes()
    coordinator, actor = place.actor("coordinator"), place.actor("lead_partner")
    services.record_submission(
        actor=coordinator, obligation=obligation, deliverable="document", deliverable_id=7, state="draft"
    )
    with pytest.raises(CommentMissingError):
        services.waive(actor=actor, obligation=obligation, reason="")
    services.waive(actor=actor, obligation=obligation, reason="Held before")
    assert (obligation.state, obligation.waived_reason) == (O.WAIVED, "Held before")
    services.unwaive(actor=actor, obligation=obligation)
    assert (obligation.state, obligation.waived_reason) == (O.DRAFT, "")
    assert [step[:3] for step in changes(obligation)] == [
        ("begin", "none", "draft"),
        ("waive", "draft", "waived"),
        ("unwaive_draft", "waived", "draft"),
    ]


def test_obligation_follows_what_is_handed_in(place: Place) -> None:
    obligation = place.owes()
    steps = [("coordinator", "draft"), ("coordinator", "submitted"), ("lead_partner", "changes")]
    steps += [("coordinator", "submitted"), ("lead_expert", "approved")]
    for name, state in steps:
        services.record_submission(
            actor=place.actor(name), obligation=obligation, deliverable="document", deliverable_id=7, state=state
        )
        assert (obligation.state, obligation.deliverable, obligation.deliverable_id) == (state, "document", 7)
        assert (obligation.approved_at is not None) == (state == "approved")
    assert obligation.submitted_at is not None
    assert [step[0] for step in changes(obligation)] == ["begin", "submit", "ask_changes", "submit", "approve"]


def test_dropping_a_draft_leaves_nothing(place: Place) -> None:
    obligation = place.owes(state=O.DRAFT, deliverable="document", deliverable_id=7)
    services.record_submission(
        actor=place.actor("coordinator"), obligation=obligation, deliverable="", deliverable_id=0, state="none"
    )
    assert (obligation.state, obligation.deliverable, obligation.deliverable_id) == (O.NONE, "", None)


def test_open_obligations_are_the_citys_next_first(place: Place) -> None:
    late = place.owes(task__due=date(2024, 2, 29), task__deliverable="ulg_report")
    later = place.owes(task__due=date(2024, 6, 30), task__deliverable="ulg_report", state=O.CHANGES)
    place.owes("other", task__deliverable="ulg_report")
    place.owes(task__deliverable="document")
    place.owes(task__deliverable="ulg_report", state=O.SUBMITTED)
    place.owes(task__deliverable="ulg_report", state=O.WAIVED, waived_reason="Held")
    assert list(services.open_obligations(partner=place.own, deliverable="ulg_report")) == [late, later]


def test_workflow_of_obligations_is_documented() -> None:
    from aoce.common.management.commands.workflows import document

    text = document()
    assert "## Obligation (`obligation`)" in text
    assert "## Document (`hand_in`)" in text
