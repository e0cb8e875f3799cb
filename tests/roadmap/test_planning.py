"""Which reminders are planned, for which days, and how they follow what changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from aoce.common.models import OutgoingMail
from partners.enums import Role
from partners.models import Membership
from roadmap.enums import Audience, ObligationState, Party, ReminderState
from roadmap.models import DigestWeek, Reminder, ReminderPreference
from roadmap.occurrences import occurrences
from roadmap.services import move_due, planning, reminder_rules, waive
from tests.partners.factories import PartnerFactory, actor_of, person
from tests.roadmap.factories import ObligationFactory, PeriodFactory, TaskFactory, TrackFactory
from tests.roadmap.reminding import BEGIN, DUE, Small, noon, run

pytestmark = pytest.mark.django_db


# --- Days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset", "repeat", "today", "expected"),
    [
        (-3, None, date(2024, 4, 1), [date(2024, 4, 23)]),
        (0, None, date(2024, 4, 30), [date(2024, 4, 26)]),
        (7, 7, date(2024, 4, 26), [date(2024, 5, 3), date(2024, 5, 10)]),
        (7, 7, date(2024, 5, 3), [date(2024, 5, 3), date(2024, 5, 10), date(2024, 5, 17)]),
        (7, 7, date(2024, 5, 5), [date(2024, 5, 3), date(2024, 5, 10), date(2024, 5, 17)]),
        (7, 7, date(2024, 6, 1), [date(2024, 5, 31), date(2024, 6, 7), date(2024, 6, 14)]),
    ],
)
def test_occurrences_name_the_days_of_a_rule(
    offset: int, repeat: int | None, today: date, expected: list[date]
) -> None:
    found = occurrences(
        offset_days=offset,
        repeat_days=repeat,
        due=DUE,
        since=date(2024, 1, 1),
        today=today,
        last=today + timedelta(days=14) if repeat else date(2024, 12, 31),
    )
    assert found == expected


def test_occurrences_do_not_reach_behind_their_beginning() -> None:
    call = {"due": DUE, "today": date(2024, 5, 20), "last": date(2024, 5, 25)}
    assert occurrences(offset_days=-3, repeat_days=None, since=date(2024, 4, 24), **call) == []
    assert occurrences(offset_days=0, repeat_days=7, since=date(2024, 5, 18), **call) == [date(2024, 5, 24)]


# --- Planning ---------------------------------------------------------------------------------------------------------


def test_planning_writes_each_row_once_however_often_it_runs() -> None:
    small = Small(-14, -3, 0)
    for _ in range(3):
        with time_machine.travel(noon(DUE - timedelta(days=14)), tick=False):
            planning.plan(small.network)
    rows = Reminder.objects.values_list("user", "send_on", "due", "state")
    assert list(rows) == [
        (small.coordinator.pk, DUE - timedelta(days=days), DUE, ReminderState.PENDING) for days in (14, 3, 0)
    ]


def test_planning_writes_to_whoever_owes_it() -> None:
    small = Small(-3)
    expert = person(small.network, Role.LEAD_EXPERT)
    person(small.network, Role.MEMBER, small.city)
    person(small.network, Role.COORDINATOR, PartnerFactory(network=small.network))
    with time_machine.travel(BEGIN, tick=False):
        small.owe(DUE, party=Party.LEAD_EXPERT, partner=None)
        small.owe(DUE, party=Party.LEAD_PARTNER, partner=None)
        Membership.objects.update(created_at=BEGIN)
    with time_machine.travel(noon(DUE - timedelta(days=5)), tick=False):
        planning.plan(small.network)
    assert sorted(Reminder.objects.values_list("obligation__party", "user")) == [
        ("lead_expert", expert.pk),
        ("lead_partner", small.lead.pk),
        ("partner", small.coordinator.pk),
    ]


def test_planning_leaves_drafted_half_years_and_closed_things_alone() -> None:
    small = Small(-3)
    with time_machine.travel(BEGIN, tick=False):
        draft = TrackFactory(period=PeriodFactory(network=small.network, state="draft", published_at=None))
        ObligationFactory(task=TaskFactory(track=draft, due=DUE), network=small.network, partner=small.city)
        small.owe(DUE, state=ObligationState.SUBMITTED)
        small.owe(DUE, state=ObligationState.WAIVED, waived_reason="Elections")
    with time_machine.travel(noon(DUE - timedelta(days=5)), tick=False):
        planning.plan(small.network)
    assert list(Reminder.objects.values_list("obligation", flat=True)) == [small.obligation.pk]


def test_planning_uses_the_same_queries_for_one_and_for_many(django_assert_num_queries: Any) -> None:
    small = Small(-3, 0)
    with time_machine.travel(noon(DUE - timedelta(days=5)), tick=False):
        with django_assert_num_queries(4):
            planning.plan(small.network)
        with time_machine.travel(BEGIN, tick=False):
            for _ in range(20):
                small.owe(DUE)
        with django_assert_num_queries(4):
            planning.plan(small.network)
    assert Reminder.objects.count() == 42


def test_planning_again_costs_four_queries_while_nothing_changes(django_assert_num_queries: Any) -> None:
    small = Small(-3)
    with time_machine.travel(noon(DUE - timedelta(days=5)), tick=False):
        planning.plan_all()
        with django_assert_num_queries(5):
            planning.plan_all()
        newcomer = person(small.network, Role.COORDINATOR, small.city)
        planning.plan_all()
    assert Reminder.objects.filter(user=newcomer).count() == 1


def test_the_database_refuses_the_same_reminder_twice() -> None:
    small = Small(-3)
    row = {"obligation": small.obligation, "user": small.coordinator, "due": DUE, "send_on": DUE}
    Reminder.objects.create(**row, rule=small.rules[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(**row)
    Reminder.objects.create(**row, by_hand=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(**row, by_hand=True)


# --- When something changes -------------------------------------------------------------------------------------------


def test_moving_the_day_moves_what_is_planned() -> None:
    small = Small(-3, 0)
    with time_machine.travel(noon(DUE - timedelta(days=5)), tick=False):
        planning.plan_all()
        move_due(actor=small.actor(), obligation=small.obligation, due=DUE + timedelta(days=5), reason="Elections")
    assert sorted(Reminder.objects.values_list("send_on", flat=True)) == [
        DUE + timedelta(days=2),
        DUE + timedelta(days=5),
    ]
    assert run(DUE - timedelta(days=3)) == []
    (mail,) = run(DUE + timedelta(days=2))
    assert "due 1 May 2024 (Elections)" in mail.body


def test_moving_the_day_and_back_does_not_remind_twice() -> None:
    small = Small(-3)
    assert len(run(DUE - timedelta(days=3))) == 1
    with time_machine.travel(noon(DUE - timedelta(days=2)), tick=False):
        for due in (DUE + timedelta(days=20), None):
            move_due(actor=small.actor(), obligation=small.obligation, due=due, reason="Elections")
    assert run(DUE - timedelta(days=2)) == []


def test_waiving_ends_the_reminders() -> None:
    small = Small(-3)
    with time_machine.travel(noon(DUE - timedelta(days=5)), tick=False):
        planning.plan_all()
        waive(actor=small.actor(), obligation=small.obligation, reason="Elections")
    assert Reminder.objects.count() == 0


def test_a_task_moved_by_any_other_way_is_planned_anew_the_next_day() -> None:
    small = Small(-3)
    with time_machine.travel(noon(DUE - timedelta(days=6)), tick=False):
        planning.plan_all()
    small.obligation.task.due = DUE + timedelta(days=1)
    small.obligation.task.save()
    assert run(DUE - timedelta(days=3)) == []
    assert len(run(DUE - timedelta(days=2))) == 1


def test_a_new_rule_does_not_reach_back() -> None:
    small = Small(0)
    day = DUE - timedelta(days=5)
    with time_machine.travel(noon(day), tick=False):
        reminder_rules.save_rule(
            actor=small.actor(),
            network=small.network,
            rule=None,
            offset_days=-10,
            repeat_days=None,
            audience=Audience.PARTY,
            is_active=True,
        )
    assert run(day) == []
    assert len(run(DUE)) == 1


def test_a_changed_rule_moves_what_it_had_planned() -> None:
    small = Small(-3)
    call = {"actor": small.actor(), "network": small.network, "rule": small.rules[0], "repeat_days": None}
    with time_machine.travel(noon(DUE - timedelta(days=5)), tick=False):
        planning.plan_all()
        reminder_rules.save_rule(**call, offset_days=-2, audience=Audience.PARTY, is_active=True)
        assert list(Reminder.objects.values_list("send_on", flat=True)) == [DUE - timedelta(days=2)]
        reminder_rules.save_rule(**call, offset_days=-2, audience=Audience.PARTY, is_active=False)
    assert Reminder.objects.count() == 0


def test_a_rule_taken_away_and_made_again_does_not_remind_twice() -> None:
    small = Small(-3)
    day = DUE - timedelta(days=3)
    assert len(run(day)) == 1
    with time_machine.travel(noon(day), tick=False):
        reminder_rules.delete_rule(actor=small.actor(), rule=small.rules[0])
        reminder_rules.save_rule(
            actor=small.actor(),
            network=small.network,
            rule=None,
            offset_days=-3,
            repeat_days=None,
            audience=Audience.PARTY,
            is_active=True,
        )
    assert run(day) == []
    assert run(day + timedelta(days=1)) == []


def test_only_the_lead_partner_changes_rules() -> None:
    small = Small(-3)
    actor = actor_of(small.coordinator, small.network)
    with pytest.raises(PermissionDenied):
        reminder_rules.delete_rule(actor=actor, rule=small.rules[0])
    with pytest.raises(PermissionDenied):
        reminder_rules.save_rule(
            actor=actor,
            network=small.network,
            rule=None,
            offset_days=1,
            repeat_days=None,
            audience=Audience.PARTY,
            is_active=True,
        )


# --- Preview ----------------------------------------------------------------------------------------------------------


def test_the_preview_is_what_is_then_sent() -> None:
    small = Small(-14, -3, 0, 3, 7, repeat=7)
    with time_machine.travel(BEGIN, tick=False):
        small.owe(DUE + timedelta(days=4))
        DigestWeek.objects.bulk_create(
            DigestWeek(network=small.network, user=small.lead, week=f"2024-W{week}") for week in range(10, 30)
        )
    start = DUE - timedelta(days=5)
    ReminderPreference.objects.create(user=small.coordinator, paused_until=DUE - timedelta(days=2))
    run(start - timedelta(days=1))
    with time_machine.travel(noon(start), tick=False):
        promised = [(p.day, p.user, [o.pk for o in p.obligations]) for p in planning.preview(small.network)]
    kept = []
    for days in range(31):
        day = start + timedelta(days=days)
        for mail in run(day):
            rows = OutgoingMail.objects.get(message_id=mail.extra_headers["Message-ID"]).reminders
            pks = dict.fromkeys(rows.order_by("obligation__task__due").values_list("obligation", flat=True))
            kept.append((day, small.coordinator, list(pks)))
    assert promised == kept
    assert len(kept) > 4


def test_the_preview_leaves_out_what_went_today() -> None:
    small = Small(-3)
    run(DUE - timedelta(days=3))
    with time_machine.travel(noon(DUE - timedelta(days=3)), tick=False):
        assert planning.preview(small.network) == []
