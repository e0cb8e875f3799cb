"""Reminders as mails: gathered, sent once, not sent, and by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail as django_mail
from django.core.exceptions import PermissionDenied
from django.test import override_settings
from django.utils import translation

from aoce.common.enums import MailState
from aoce.common.models import OutgoingMail
from partners.enums import Role
from partners.models import Membership, Network, User
from roadmap.enums import Audience, MailMode, ObligationState, ReminderState
from roadmap.models import DigestWeek, Obligation, Reminder, ReminderPreference, ReminderRule
from roadmap.services import planning, reminders
from tests.partners.factories import MembershipFactory, actor_of, person
from tests.roadmap.reminding import BEGIN, DUE, Small, noon, run, to

pytestmark = pytest.mark.django_db


# --- Sending ----------------------------------------------------------------------------------------------------------


def test_one_mail_a_person_and_day_lists_all_of_it() -> None:
    small = Small(-3, 7)
    with time_machine.travel(BEGIN, tick=False):
        late = small.owe(DUE - timedelta(days=10))
    (mail,) = to(run(DUE - timedelta(days=3)), small.coordinator)
    assert mail.subject == "1 thing is late"
    assert mail.body.startswith("Dear Ștefan Brânză,")
    for thing in (small.obligation, late):
        assert f"* {thing.task.title} (Iași)\n" in mail.body
        assert f"{settings.SITE_URL}/n/{small.network.slug}/obligations/{thing.pk}/hand-in/\n" in mail.body
    assert "was due 16 April 2024, 7 days ago" in mail.body
    assert "due 26 April 2024" in mail.body
    assert run(DUE - timedelta(days=3)) == []
    assert set(Reminder.objects.filter(send_on=DUE - timedelta(days=3)).values_list("state", flat=True)) == {"sent"}


def test_somebody_who_wants_single_mails_gets_one_for_each_thing() -> None:
    small = Small(-3)
    with time_machine.travel(BEGIN, tick=False):
        other = small.owe(DUE)
    ReminderPreference.objects.create(user=small.coordinator, mode=MailMode.SINGLE)
    mails = run(DUE - timedelta(days=3))
    titles = sorted(f"Due 26 April: {thing.task.title}" for thing in (small.obligation, other))
    assert sorted(m.subject for m in mails) == titles
    assert run(DUE - timedelta(days=3)) == []


def test_the_mail_is_in_the_readers_language_and_no_other() -> None:
    small = Small(-3)
    User.objects.filter(pk=small.coordinator.pk).update(language="sk")
    with translation.override("nl"):
        (mail,) = run(DUE - timedelta(days=3))
    assert mail.extra_headers["Content-Language"] == "en"
    assert "due 26 April 2024" in mail.body
    User.objects.filter(pk=small.coordinator.pk).update(language="nl")
    with time_machine.travel(BEGIN, tick=False):
        small.owe(DUE + timedelta(days=1))
    (mail,) = run(DUE - timedelta(days=2))
    assert mail.extra_headers["Content-Language"] == "nl"
    assert "27 april 2024" in mail.body
    assert '<html lang="nl">' in mail.alternatives[0].content


def test_a_day_of_outage_delays_and_never_loses() -> None:
    Small(-3)
    assert len(run(DUE - timedelta(days=1))) == 1


def test_missed_days_of_one_thing_become_one_line() -> None:
    small = Small(-14, -3, 0, 3, 7, repeat=7)
    (mail,) = to(run(DUE + timedelta(days=24)), small.coordinator)
    assert mail.body.count("hand-in/") == 1
    assert "24 days ago" in mail.body
    assert to(run(DUE + timedelta(days=25)), small.coordinator) == []
    assert len(to(run(DUE + timedelta(days=28)), small.coordinator)) == 1


def test_due_follows_the_networks_own_midnight() -> None:
    small = Small(0)
    Network.objects.update(time_zone="Pacific/Auckland")
    # 25 April, 13:00 UTC is the 26th in Auckland.
    with time_machine.travel(datetime(2024, 4, 25, 11, 30, tzinfo=UTC), tick=False):
        planning.plan_all()
        reminders.send_all()
    assert django_mail.outbox == []
    with time_machine.travel(datetime(2024, 4, 25, 12, 30, tzinfo=UTC), tick=False):
        planning.plan_all()
        reminders.send_all()
    assert [m.subject for m in django_mail.outbox] == [f"Due today: {small.obligation.task.title}"]


def test_what_is_in_by_then_is_not_mailed() -> None:
    small = Small(-3)
    with time_machine.travel(noon(DUE - timedelta(days=5)), tick=False):
        planning.plan_all()
    Obligation.objects.update(state=ObligationState.SUBMITTED)
    assert run(DUE - timedelta(days=3)) == []
    assert Reminder.objects.count() == 0
    assert small.obligation.reminders.count() == 0


def test_what_was_handed_in_between_gathering_and_writing_is_not_mailed() -> None:
    small = Small(-3)
    day = DUE - timedelta(days=3)
    with time_machine.travel(noon(day), tick=False):
        planning.plan_all()
        rows = list(Reminder.objects.select_related("obligation__partner"))
        Obligation.objects.update(state=ObligationState.SUBMITTED)
        mail = reminders.write_mail(
            network=small.network, user=small.coordinator, reminders=rows, today=day, once_key="key"
        )
    assert mail is None
    assert [r.state for r in Reminder.objects.all()] == [ReminderState.PENDING]


def test_two_workers_with_the_same_rows_write_one_mail() -> None:
    small = Small(-3)
    day = DUE - timedelta(days=3)
    with time_machine.travel(noon(day), tick=False):
        planning.plan_all()
        rows = list(Reminder.objects.select_related("obligation__partner"))
        call = {"network": small.network, "user": small.coordinator, "reminders": rows, "today": day}
        assert reminders.write_once(**call, once_key="key") is not None
        assert reminders.write_once(**call, once_key="key") is None
        Reminder.objects.update(state=ReminderState.PENDING)
        assert reminders.write_once(**call, once_key="key") is None
    assert OutgoingMail.objects.count() == 1


def test_who_left_the_city_is_not_reminded() -> None:
    small = Small(-3)
    with time_machine.travel(noon(DUE - timedelta(days=5)), tick=False):
        planning.plan_all()
    Membership.objects.filter(user=small.coordinator).update(is_active=False)
    assert run(DUE - timedelta(days=3)) == []
    assert Reminder.objects.count() == 0


def test_who_joins_late_is_reminded_from_then_on() -> None:
    small = Small(-14, -3, 7)
    with time_machine.travel(noon(DUE - timedelta(days=5)), tick=False):
        newcomer = person(small.network, Role.COORDINATOR, small.city)
    run(DUE - timedelta(days=5))
    assert [m.to for m in django_mail.outbox] == [[small.coordinator.email]]
    assert len(to(run(DUE - timedelta(days=3)), newcomer)) == 1


def test_what_came_up_after_todays_mail_waits_for_tomorrow() -> None:
    small = Small(-3)
    assert len(run(DUE - timedelta(days=3))) == 1
    with time_machine.travel(BEGIN, tick=False):
        small.owe(DUE)
    assert run(DUE - timedelta(days=3)) == []
    assert len(run(DUE - timedelta(days=2))) == 1


def test_a_pause_postpones_and_loses_nothing() -> None:
    small = Small(-3, 0)
    ReminderPreference.objects.create(user=small.coordinator, paused_until=DUE + timedelta(days=1))
    for days in (-3, 0, 1):
        assert to(run(DUE + timedelta(days=days)), small.coordinator) == []
    (mail,) = to(run(DUE + timedelta(days=2)), small.coordinator)
    assert mail.body.count("hand-in/") == 1


def test_a_rule_for_the_lead_partner_writes_to_them() -> None:
    small = Small()
    with time_machine.travel(BEGIN, tick=False):
        ReminderRule.objects.create(network=small.network, offset_days=3, audience=Audience.LEAD_PARTNER)
        DigestWeek.objects.create(network=small.network, user=small.lead, week="2024-W18")
    (mail,) = run(DUE + timedelta(days=3))
    assert mail.to == [small.lead.email]


@override_settings(REMINDER_HOUR=6)
def test_mails_of_a_day_wait_for_its_morning_in_the_network() -> None:
    small = Small(0)
    sent = []
    # 26 April, summer time in Brussels: 5:59 and 6:00.
    for moment in (datetime(2024, 4, 26, 3, 59, tzinfo=UTC), datetime(2024, 4, 26, 4, tzinfo=UTC)):
        with time_machine.travel(moment, tick=False):
            planning.plan_all()
            reminders.send_all()
        sent.append(len(to(django_mail.outbox, small.coordinator)))
    assert sent == [0, 1]


# --- A mail that does not go out ------------------------------------------------------------------------------------


def test_a_mail_that_waited_overnight_is_written_anew() -> None:
    small = Small(-3, 0)
    day = DUE - timedelta(days=3)
    with time_machine.travel(noon(day), tick=False):
        planning.plan_all()
        reminders.send_due(small.network)
    first = OutgoingMail.objects.get()
    (mail,) = run(DUE - timedelta(days=2))
    assert not OutgoingMail.objects.filter(pk=first.pk).exists()
    assert OutgoingMail.objects.get().message_id == mail.extra_headers["Message-ID"]
    assert len(run(DUE)) == 1


def test_a_mail_still_waiting_is_undone_when_its_thing_is_in() -> None:
    small = Small(-3)
    with time_machine.travel(noon(DUE - timedelta(days=3)), tick=False):
        planning.plan_all()
        reminders.send_due(small.network)
        Obligation.objects.update(state=ObligationState.SUBMITTED)
    assert run(DUE - timedelta(days=3)) == []
    assert OutgoingMail.objects.count() == 0


@pytest.mark.parametrize(
    ("mail_state", "state"),
    [
        (MailState.SENT, ReminderState.SENT),
        (MailState.FAILED, ReminderState.FAILED),
        (MailState.UNKNOWN, ReminderState.UNKNOWN),
        (MailState.CLAIMED, ReminderState.CLAIMED),
    ],
)
def test_reminders_follow_their_mail(mail_state: MailState, state: ReminderState) -> None:
    small = Small(-3)
    with time_machine.travel(noon(DUE - timedelta(days=3)), tick=False):
        planning.plan_all()
        reminders.send_due(small.network)
        OutgoingMail.objects.update(state=mail_state)
        reminders.settle()
    assert Reminder.objects.get().state == state


def test_unknown_is_never_repeated_by_itself() -> None:
    small = Small(-3)
    with time_machine.travel(noon(DUE - timedelta(days=3)), tick=False):
        planning.plan_all()
        reminders.send_due(small.network)
        OutgoingMail.objects.update(state=MailState.UNKNOWN)
    for days in range(-3, 30):
        assert to(run(DUE + timedelta(days=days)), small.coordinator) == []
    assert Reminder.objects.get().state == ReminderState.UNKNOWN


def test_one_network_that_cannot_be_served_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    small, other = Small(-3), Small(-3)
    line_for = reminders.line_for

    def broken(network: Network, *args: Any) -> Any:
        if network == small.network:
            raise ValueError("broken")
        return line_for(network, *args)

    monkeypatch.setattr(reminders, "line_for", broken)
    with pytest.raises(ExceptionGroup):
        run(DUE - timedelta(days=3))
    assert [m.to for m in django_mail.outbox] == [[other.coordinator.email]]


# --- Digest -----------------------------------------------------------------------------------------------------------

MONDAY = date(2024, 4, 29)


def test_the_digest_lists_what_is_overdue_once_a_week() -> None:
    small = Small()
    (mail,) = run(MONDAY)
    assert mail.to == [small.lead.email]
    assert mail.subject == f"{small.network.short_name}: 1 thing is overdue"
    assert f"* Iași: {small.obligation.task.title}\n  was due 26 April 2024, 3 days ago" in mail.body
    for days in range(7):
        assert run(MONDAY + timedelta(days=days)) == []
    assert len(run(MONDAY + timedelta(days=7))) == 1


def test_nothing_overdue_on_monday_means_no_digest_that_week() -> None:
    Small(due=date(2024, 4, 30))
    assert run(MONDAY) == []
    assert run(MONDAY + timedelta(days=4)) == []
    assert len(run(MONDAY + timedelta(days=7))) == 1


def test_a_missed_monday_is_made_up_for_and_a_pause_kept() -> None:
    small = Small()
    ReminderPreference.objects.create(user=small.lead, paused_until=MONDAY + timedelta(days=1))
    assert run(MONDAY) == []
    assert len(run(MONDAY + timedelta(days=2))) == 1


def test_each_lead_partner_gets_one_digest() -> None:
    small = Small()
    second = person(small.network, Role.LEAD_PARTNER)
    MembershipFactory(user=small.lead, network=small.network, role=Role.LEAD_EXPERT)
    assert sorted(m.to[0] for m in run(MONDAY)) == sorted([small.lead.email, second.email])


# --- By hand ----------------------------------------------------------------------------------------------------------


def test_remind_now_writes_one_mail_a_person(django_capture_on_commit_callbacks: Any) -> None:
    small = Small(-3)
    day = DUE - timedelta(days=10)
    with time_machine.travel(noon(day), tick=False), django_capture_on_commit_callbacks(execute=True):
        other = small.owe(DUE)
        ids = [small.obligation.pk, other.pk]
        assert reminders.remind_now(actor=small.actor(), obligation_ids=ids) == 1
        assert reminders.remind_now(actor=small.actor(), obligation_ids=ids) == 0
    (mail,) = django_mail.outbox
    assert mail.to == [small.coordinator.email]
    assert set(Reminder.objects.values_list("by_hand", "requested_by")) == {(True, small.lead.pk)}
    assert list(reminders.reminders_of(other).values_list("mail", flat=True)) == [OutgoingMail.objects.get().pk]


def test_remind_now_takes_along_what_a_rule_planned_for_today() -> None:
    small = Small(-3)
    day = DUE - timedelta(days=3)
    with time_machine.travel(noon(day), tick=False):
        planning.plan_all()
        reminders.remind_now(actor=small.actor(), obligation_ids=[small.obligation.pk])
    assert len(run(day)) == 1
    assert set(Reminder.objects.values_list("state", flat=True)) == {"sent"}


def test_remind_now_is_the_lead_partners() -> None:
    small = Small(-3)
    with pytest.raises(PermissionDenied):
        reminders.remind_now(actor=actor_of(small.coordinator, small.network), obligation_ids=[small.obligation.pk])
