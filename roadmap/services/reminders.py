"""Reminders: what is planned (:mod:`roadmap.services.planning`) gathered into one mail a person and day, sent once.

Exactly once, whatever dies when: a row is planned under a unique constraint; the rows of one mail and the mail itself
are written in one transaction, which takes the rows by ``UPDATE … WHERE state = pending``; the mail's ``once_key``
allows one a person and day; the outbox sends it and knows what became of it. A mail that could not be handed over is
written anew the next day, or when something in it is in by then, so nobody reads of yesterday.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from aoce.common import mail as outbox
from aoce.common.enums import MailState
from aoce.common.models import OutgoingMail
from partners.enums import Role
from partners.models import Membership, Network
from roadmap import policies
from roadmap.deliverables import url_for
from roadmap.enums import OPEN_STATES, MailMode, PeriodState, ReminderState
from roadmap.models import DigestWeek, Obligation, Reminder, ReminderPlan, ReminderPreference
from roadmap.services.planning import BATCH, addressed, each, open_obligations_of, paused, recipients_of

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import User

PURPOSES = ("reminder", "digest")


@dataclass(frozen=True)
class Line:
    """One thing in a reminder mail."""

    title: str
    city: str
    due: date
    days_late: int
    url: str
    reason: str


def line_for(network: Network, obligation: Obligation, today: date) -> Line:
    """Return what a mail says of one obligation, with the address that opens the right form."""
    return Line(
        title=obligation.task.title,
        city=obligation.partner.name if obligation.partner else "",
        due=obligation.due,
        days_late=obligation.days_late(today),
        url=f"{settings.SITE_URL}{url_for(network.slug, obligation)}",
        reason=obligation.due_reason,
    )


def start_of(day: date, network: Network) -> datetime:
    """Return the moment a day begins in the network's time zone."""
    return datetime.combine(day, time(), network.tz)


def drop_outdated(network: Network, today: date) -> None:
    """Take away today's rows of what is in by now, of what is due on another day, and of people who left.

    The rows are found first and deleted by key and state alone: a row taken meanwhile for a mail stays. Planning runs
    again after it.
    """
    people = recipients_of(network)
    rows = Reminder.objects.filter(obligation__network=network, state=ReminderState.PENDING, send_on__lte=today)
    gone = []
    for pk, state, by_hand, due, owed, override, user, audience, party, city in rows.values_list(
        "pk",
        "obligation__state",
        "by_hand",
        "due",
        "obligation__task__due",
        "obligation__due_override",
        "user_id",
        "rule__audience",
        "obligation__party",
        "obligation__partner_id",
    ):
        moved = due != (override or owed) and not by_hand
        if state not in OPEN_STATES or moved or user not in addressed(people, audience or "party", party, city):
            gone.append(pk)
    for start in range(0, len(gone), BATCH):
        Reminder.objects.filter(pk__in=gone[start : start + BATCH], state=ReminderState.PENDING).delete()
    if gone:
        ReminderPlan.objects.filter(network=network).delete()


def take_back_unsent(network: Network, today: date) -> None:
    """Undo mails that never went out and say what is no longer so: of an earlier day, or of things that are in.

    Their rows wait again, and the next mail is written from them. A mail somebody sent again by hand stays as it is.
    """
    waiting = OutgoingMail.objects.filter(network=network, state=MailState.PENDING)
    old = models.Q(created_at__lt=start_of(today, network))
    done = models.Exists(Reminder.objects.filter(mail=models.OuterRef("pk")).exclude(obligation__state__in=OPEN_STATES))
    for mail in waiting.filter(old | done, purpose__in=PURPOSES):
        if any(entry["what"] == "again" for entry in mail.log):
            continue
        with transaction.atomic():
            reminders = list(Reminder.objects.filter(mail=mail).values_list("pk", flat=True))
            if outbox.take_back(mail.pk):
                Reminder.objects.filter(pk__in=reminders).update(state=ReminderState.PENDING, claimed_at=None)


def write_mail(
    *, network: Network, user: User, reminders: list[Reminder], today: date, once_key: str | None
) -> OutgoingMail | None:
    """Take the rows and write their mail in one transaction.

    None if somebody else took them, if today's mail to this person exists, or if all of it is in by now: the
    obligations are locked while their state is read, so nothing is mailed of what was handed in a moment ago.
    """
    with transaction.atomic():
        wanted = {reminder.obligation_id for reminder in reminders}
        rows = Obligation.objects.select_for_update(of=("self",), no_key=True).filter(
            pk__in=wanted, state__in=OPEN_STATES
        )
        still = {row.pk: row for row in rows.order_by("pk").select_related("task")}
        partners = {r.obligation_id: r.obligation.partner for r in reminders}
        ids = [reminder.pk for reminder in reminders if reminder.obligation_id in still]
        if not ids:
            return None
        taken = Reminder.objects.filter(pk__in=ids, state=ReminderState.PENDING).update(
            state=ReminderState.CLAIMED, claimed_at=timezone.now()
        )
        if taken != len(ids):
            transaction.set_rollback(True)
            return None
        for row in still.values():
            row.partner = partners[row.pk]
        lines = sorted(
            (line_for(network, row, today) for row in still.values()), key=lambda line: (line.due, line.title)
        )
        mail = outbox.queue(
            to_user=user,
            network=network,
            purpose="reminder",
            template="reminder",
            context={
                "late": [line for line in lines if line.days_late],
                "coming": [line for line in lines if not line.days_late],
                "count": len(lines),
                "first": lines[0],
                "today": today,
            },
            once_key=once_key,
            soon=False,
        )
        Reminder.objects.filter(pk__in=ids).update(mail=mail)
        return mail


def write_once(
    *, network: Network, user: User, reminders: list[Reminder], today: date, once_key: str | None
) -> OutgoingMail | None:
    """Do as ``write_mail``; None as well if another process wrote this very mail at the same moment."""
    try:
        return write_mail(network=network, user=user, reminders=reminders, today=today, once_key=once_key)
    except IntegrityError:
        if once_key and OutgoingMail.objects.filter(once_key=once_key).exists():
            return None
        raise


def key_of(network: Network, user_id: int, today: date, obligation_id: int | None = None) -> str:
    """Return the key of a person's mail of a day, or of their mail of a day about one thing."""
    key = f"reminder:{network.pk}:{user_id}:{today.isoformat()}"
    return f"{key}:{obligation_id}" if obligation_id else key


def send_due(network: Network) -> int:
    """Write the mails of today for one network; returns how many. The outbox's sweep sends them over one connection.

    A person who has had today's mail gets what came up since tomorrow; one who pauses, on the day after.
    """
    today = network.today()
    take_back_unsent(network, today)
    drop_outdated(network, today)
    due = Reminder.objects.filter(obligation__network=network, state=ReminderState.PENDING, send_on__lte=today)
    rows = due.exclude(user__in=paused(today).values("user")).select_related("obligation__partner", "user")
    reminders = list(rows.order_by("user_id", "send_on", "pk"))
    users = {reminder.user_id for reminder in reminders}
    single = set(
        ReminderPreference.objects.filter(user__in=users, mode=MailMode.SINGLE).values_list("user_id", flat=True)
    )
    groups: dict[str, list[Reminder]] = defaultdict(list)
    for reminder in reminders:
        thing = reminder.obligation_id if reminder.user_id in single else None
        groups[key_of(network, reminder.user_id, today, thing)].append(reminder)
    for key in OutgoingMail.objects.filter(once_key__in=list(groups)).values_list("once_key", flat=True):
        del groups[str(key)]
    written = []

    def write(key: str) -> None:
        group = groups[key]
        mail = write_once(network=network, user=group[0].user, reminders=group, today=today, once_key=key)
        written.extend([mail] if mail else [])

    each(write, groups)
    return len(written)


def send_digest(network: Network) -> None:
    """Write the Lead Partner's digest of what is overdue, once a week and person, in the network's time zone.

    On Monday, or on the first day after it that the portal runs and the person does not pause.
    """
    today = network.today()
    year, number, _day = today.isocalendar()
    week = f"{year}-W{number:02d}"
    had = DigestWeek.objects.filter(network=network, week=week).values("user")
    leads = Membership.objects.live().filter(network=network, role=Role.LEAD_PARTNER).select_related("user")
    people = {m.user_id: m.user for m in leads.exclude(user__in=had).exclude(user__in=paused(today).values("user"))}
    if not people:
        return
    rows = open_obligations_of(network).filter(due_on__lt=today).select_related("task", "partner")
    lines = [line_for(network, row, today) for row in rows.order_by("due_on", "partner__position", "pk")]

    def write(user: User) -> None:
        with transaction.atomic():
            row, created = DigestWeek.objects.get_or_create(network=network, user=user, week=week)
            if created and lines:
                row.mail = outbox.queue(
                    to_user=user,
                    network=network,
                    purpose="digest",
                    template="overdue_digest",
                    context={"lines": lines, "count": len(lines), "today": today},
                    soon=False,
                )
                row.save(update_fields=["mail"])

    each(write, people.values())


def is_day(network: Network) -> bool:
    """Whether people of the network are up: a day's mails wait for ``REMINDER_HOUR``, in the network's time zone."""
    return timezone.localtime(timezone=network.tz).hour >= settings.REMINDER_HOUR


def send_all() -> None:
    """Write and send what is due in every network; let reminders know what became of their mails."""
    # Somewhere it may be tomorrow already; each network looks at its own day.
    due = Reminder.objects.filter(state=ReminderState.PENDING, send_on__lte=timezone.now().date() + timedelta(days=1))
    unsent = OutgoingMail.objects.filter(state=MailState.PENDING, purpose__in=PURPOSES)
    busy = models.Q(pk__in=due.values("obligation__network")) | models.Q(pk__in=unsent.values("network"))
    try:
        each(send_due, filter(is_day, Network.objects.filter(busy)))
        each(send_digest, filter(is_day, Network.objects.filter(periods__state=PeriodState.PUBLISHED).distinct()))
    finally:
        outbox.sweep()
        settle()


def settle() -> None:
    """Let each reminder's state follow its mail's."""
    for mail_state, state in (
        (MailState.SENT, ReminderState.SENT),
        (MailState.FAILED, ReminderState.FAILED),
        (MailState.UNKNOWN, ReminderState.UNKNOWN),
        (MailState.PENDING, ReminderState.CLAIMED),
    ):
        others = {ReminderState.CLAIMED, ReminderState.FAILED, ReminderState.UNKNOWN} - {state}
        Reminder.objects.filter(state__in=others, mail__state=mail_state).update(state=state)


def remind_now(*, actor: Actor, obligation_ids: Iterable[int]) -> int:
    """Write to whoever owes these, at once, whatever the rules and pauses say; returns how many mails.

    What a rule had planned for today goes with it. Nobody is reminded by hand twice a day of the same thing.
    """
    rows = Obligation.objects.filter(pk__in=list(obligation_ids), state__in=OPEN_STATES)
    obligations = list(rows.select_related("task", "partner", "network"))
    if not all(policies.can_manage_obligation(actor, obligation) for obligation in obligations):
        raise PermissionDenied
    if not obligations:
        return 0
    network = obligations[0].network
    people, today = recipients_of(network), network.today()
    waiting = Reminder.objects.filter(
        obligation__in=obligations, state=ReminderState.PENDING, by_hand=False, send_on__lte=today
    ).select_related("obligation__partner")
    with transaction.atomic():
        made = [
            Reminder(
                obligation=obligation,
                user_id=user,
                due=obligation.due,
                send_on=today,
                by_hand=True,
                requested_by_id=actor.user_id,
            )
            for obligation in obligations
            for user in people.get((obligation.party, obligation.partner_id), {})
        ]
        Reminder.objects.bulk_create(made, ignore_conflicts=True)
        asked = Reminder.objects.filter(
            obligation__in=obligations, state=ReminderState.PENDING, by_hand=True, send_on=today
        )
        by_user: dict[User, list[Reminder]] = defaultdict(list)
        for row in asked.select_related("obligation__partner", "user").order_by("user_id", "pk"):
            by_user[row.user].append(row)
        for row in waiting.filter(user__in=list(by_user)).order_by("pk"):
            by_user[row.user].append(row)
        mails = [
            write_mail(network=network, user=user, reminders=group, today=today, once_key=None)
            for user, group in by_user.items()
        ]
        written = [mail.pk for mail in mails if mail]
        outbox.send_soon(written)
    return len(written)


def reminders_of(obligation: Obligation) -> models.QuerySet[Reminder]:
    """Return what was sent about an obligation and what is planned, the latest first."""
    return (
        Reminder.objects.filter(obligation=obligation)
        .select_related("user", "mail", "rule", "requested_by")
        .order_by("-send_on", "-pk")
    )
