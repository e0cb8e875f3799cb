"""Reminders: planned as rows, gathered into one mail a person and day, sent once.

Exactly once, whatever dies when: a row is planned under a unique constraint; the rows of one mail and the mail itself
are written in one transaction, which takes the rows by ``UPDATE … WHERE state = pending``; the mail's ``once_key``
allows one a person and day; the outbox sends it and knows what became of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.utils import timezone, translation

from aoce.common import mail as outbox
from aoce.common.enums import MailState
from aoce.common.models import OutgoingMail
from partners.enums import Role
from partners.models import Membership, Network
from roadmap import policies
from roadmap.deliverables import url_for
from roadmap.enums import OPEN_STATES, Audience, MailMode, Party, ReminderState
from roadmap.models import DigestWeek, Obligation, Reminder, ReminderPreference, ReminderRule
from roadmap.occurrences import occurrences

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import User

#: How far ahead rows are planned, and how far back a missed day is made up for.
AHEAD = timedelta(days=14)
BACK = timedelta(days=60)
BATCH = 2000

#: Who a mail about an obligation goes to: a city's coordinators, or a lead's people.
Recipients = dict[tuple[str, int | None], list[int]]


def recipients_of(network_id: int) -> Recipients:
    """Return the user ids by party (``("partner", city id)``, ``("lead_expert", None)`` …), in one query."""
    found: Recipients = defaultdict(list)
    people = Membership.objects.live().filter(network_id=network_id).order_by("user_id")
    for role, partner, user in people.values_list("role", "partner_id", "user_id"):
        if role == Role.COORDINATOR:
            found[Party.PARTNER, partner].append(user)
        elif role == Role.LEAD_EXPERT:
            found[Party.LEAD_EXPERT, None].append(user)
        elif role == Role.LEAD_PARTNER:
            found[Party.LEAD_PARTNER, None].append(user)
    return found


@dataclass(frozen=True)
class Due:
    """What planning needs to know of an open obligation."""

    pk: int
    party: str
    partner_id: int | None
    due: date
    known_since: date


def open_obligations_of(network: Network, ids: Iterable[int] | None = None) -> Iterator[Due]:
    """Yield the network's open obligations of published half-years."""
    rows = Obligation.objects.filter(network=network, state__in=OPEN_STATES, task__track__period__state="published")
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    values = rows.with_due().values_list("pk", "party", "partner_id", "due_on", "created_at")
    for pk, party, partner_id, due, created in values.iterator(BATCH):
        yield Due(pk, party, partner_id, due, timezone.localdate(created, network.tz))


def planned(
    *,
    network: Network,
    rules: list[ReminderRule],
    people: Recipients,
    first: date,
    last: date,
    ids: Iterable[int] | None = None,
) -> Iterator[Reminder]:
    """Yield the unsaved reminders that fall between the two days."""
    since = {rule.pk: timezone.localdate(rule.created_at, network.tz) for rule in rules}
    for due in open_obligations_of(network, ids):
        for rule in rules:
            to = (due.party, due.partner_id) if rule.audience == Audience.PARTY else (Party.LEAD_PARTNER, None)
            users = people.get(to, [])
            start = max(first, due.known_since, since[rule.pk])
            for day in occurrences(rule.offset_days, rule.repeat_days, due.due, start, last) if users else ():
                for user in users:
                    yield Reminder(obligation_id=due.pk, rule=rule, user_id=user, due=due.due, send_on=day)


def plan(network: Network, *, ids: Iterable[int] | None = None) -> None:
    """Write the rows of the coming days, and of days that were missed; any number of times, each row once."""
    rules = list(ReminderRule.objects.filter(network=network, is_active=True))
    if not rules:
        return
    today = network.today()
    batch: list[Reminder] = []
    for reminder in planned(
        network=network,
        rules=rules,
        people=recipients_of(network.pk),
        first=today - BACK,
        last=today + AHEAD,
        ids=ids,
    ):
        batch.append(reminder)
        if len(batch) == BATCH:
            Reminder.objects.bulk_create(batch, ignore_conflicts=True)
            batch = []
    Reminder.objects.bulk_create(batch, ignore_conflicts=True)


def plan_all() -> None:
    """Plan for every network that is under way."""
    for network in Network.objects.filter(reminder_rules__is_active=True).distinct():
        plan(network)


def replan(obligation_ids: Iterable[int]) -> None:
    """Let the waiting reminders of these obligations follow a new date, a new state or a new rule, at once."""
    ids = list(obligation_ids)
    with transaction.atomic():
        Reminder.objects.filter(obligation__in=ids, state=ReminderState.PENDING, rule__isnull=False).delete()
        for network in Network.objects.filter(obligations__in=ids).distinct():
            plan(network, ids=ids)


def replan_network(network: Network) -> None:
    """Plan a network's waiting reminders anew, after its rules changed."""
    with transaction.atomic():
        waiting = Reminder.objects.filter(obligation__network=network, state=ReminderState.PENDING, rule__isnull=False)
        waiting.delete()
        plan(network)


# --- Sending ----------------------------------------------------------------------------------------------------------


def still_wanted(network: Network, today: date) -> models.QuerySet[Reminder]:
    """Return the rows to send today: due, of something still open, for the day it is due now, to who is not pausing."""
    rows = Reminder.objects.filter(
        obligation__network=network, state=ReminderState.PENDING, send_on__lte=today, user__is_active=True
    )
    paused = ReminderPreference.objects.filter(user=models.OuterRef("user"), paused_until__gte=today)
    return rows.exclude(models.Exists(paused))


def drop_outdated(network: Network) -> None:
    """Take away waiting rows of what is in by now, or due on another day."""
    rows = Reminder.objects.filter(obligation__network=network, state=ReminderState.PENDING)
    rows.exclude(obligation__state__in=OPEN_STATES).delete()
    moved = models.Q(obligation__due_override=None) & ~models.Q(due=models.F("obligation__task__due"))
    moved |= models.Q(obligation__due_override__isnull=False) & ~models.Q(due=models.F("obligation__due_override"))
    rows.filter(moved, rule__isnull=False).delete()


@dataclass(frozen=True)
class Line:
    """One thing in a reminder mail."""

    title: str
    city: str
    due: date
    days_late: int
    days_left: int
    url: str
    reason: str


def line_for(network: Network, obligation: Obligation, today: date) -> Line:
    """Return what a mail says of one obligation, with the address that opens the right form."""
    path = url_for(network.slug, obligation)
    return Line(
        title=obligation.task.title,
        city=obligation.partner.name if obligation.partner else "",
        due=obligation.due,
        days_late=obligation.days_late(today),
        days_left=(obligation.due - today).days,
        url=f"{settings.SITE_URL}{path}",
        reason=obligation.due_reason,
    )


def write_mail(
    *, network: Network, user: User, reminders: list[Reminder], today: date, once_key: str | None
) -> OutgoingMail | None:
    """Take the rows and write their mail in one transaction; None if they are taken, or today's mail is out."""
    ids = [reminder.pk for reminder in reminders]
    try:
        with transaction.atomic():
            taken = Reminder.objects.filter(pk__in=ids, state=ReminderState.PENDING).update(
                state=ReminderState.CLAIMED, claimed_at=timezone.now()
            )
            if taken != len(ids):
                transaction.set_rollback(True)
                return None
            obligations = {reminder.obligation_id: reminder.obligation for reminder in reminders}
            lines = sorted(
                (line_for(network, obligation, today) for obligation in obligations.values()),
                key=lambda line: (line.due, line.title),
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
    except IntegrityError:
        # Today's mail to this person exists already: what came since waits for tomorrow.
        return None


def send_due(network: Network) -> int:
    """Write the mails of today for one network; returns how many. The outbox's sweep sends them over one connection."""
    today = network.today()
    drop_outdated(network)
    rows = still_wanted(network, today).select_related("obligation__task", "obligation__partner", "user")
    by_user: dict[int, list[Reminder]] = defaultdict(list)
    for reminder in rows.order_by("user_id", "send_on", "pk"):
        by_user[reminder.user_id].append(reminder)
    single = set(
        ReminderPreference.objects.filter(user__in=by_user, mode=MailMode.SINGLE).values_list("user_id", flat=True)
    )
    written = 0
    for user_id, reminders in by_user.items():
        key = f"reminder:{network.pk}:{user_id}:{today.isoformat()}"
        groups: dict[str, list[Reminder]] = defaultdict(list)
        for reminder in reminders:
            groups[f"{key}:{reminder.obligation_id}" if user_id in single else key].append(reminder)
        for once_key, group in groups.items():
            mail = write_mail(network=network, user=group[0].user, reminders=group, today=today, once_key=once_key)
            written += mail is not None
    return written


def send_all() -> None:
    """Write and send what is due in every network; let reminders know what became of their mails."""
    for network in Network.objects.filter(obligations__reminders__state=ReminderState.PENDING).distinct():
        send_due(network)
    for network in Network.objects.filter(obligations__isnull=False).distinct():
        send_digest(network)
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
        Reminder.objects.filter(mail__state=mail_state).exclude(state=state).update(state=state)


def send_digest(network: Network) -> None:
    """Write the Lead Partner's digest of what is overdue, once a week from Monday on, in the network's time zone."""
    today = network.today()
    year, week, _day = today.isocalendar()
    name = f"{year}-W{week:02d}"
    with transaction.atomic():
        _row, created = DigestWeek.objects.get_or_create(network=network, week=name)
        if not created:
            return
        late = list(
            Obligation.objects.filter(network=network)
            .late(today)
            .select_related("task", "partner")
            .order_by("due_on", "partner__position")
        )
        if not late:
            return
        leads = Membership.objects.live().filter(network=network, role=Role.LEAD_PARTNER).select_related("user")
        for membership in leads:
            outbox.queue(
                to_user=membership.user,
                network=network,
                purpose="digest",
                template="overdue_digest",
                context={"lines": [line_for(network, row, today) for row in late], "count": len(late), "today": today},
                once_key=f"digest:{network.pk}:{membership.user_id}:{name}",
                soon=False,
            )


def remind_now(*, actor: Actor, obligation_ids: Iterable[int]) -> int:
    """Write to whoever owes these, now, whatever the rules say; returns how many mails."""
    obligations = list(
        Obligation.objects.filter(pk__in=list(obligation_ids), state__in=OPEN_STATES).select_related(
            "task", "partner", "network"
        )
    )
    if not all(policies.can_manage_obligation(actor, obligation) for obligation in obligations):
        raise PermissionDenied
    if not obligations:
        return 0
    network = obligations[0].network
    people, today = recipients_of(network.pk), network.today()
    with transaction.atomic():
        rows = [
            Reminder(
                obligation=obligation,
                user_id=user,
                due=obligation.due,
                send_on=today,
                requested_by_id=actor.user_id,
            )
            for obligation in obligations
            for user in people.get((obligation.party, obligation.partner_id), [])
        ]
        Reminder.objects.bulk_create(rows)
        by_user: dict[int, list[Reminder]] = defaultdict(list)
        for row in Reminder.objects.filter(pk__in=[r.pk for r in rows]).select_related(
            "obligation__task", "obligation__partner", "user"
        ):
            by_user[row.user_id].append(row)
        mails = [
            write_mail(network=network, user=group[0].user, reminders=group, today=today, once_key=None)
            for group in by_user.values()
        ]
        written = [mail.pk for mail in mails if mail]
        outbox.send_soon(written)
    return len(written)


# --- What the pages show ----------------------------------------------------------------------------------------------


def preview(network: Network, days: int = 30) -> list[dict[str, Any]]:
    """Return who gets what in the coming days: ``{"day", "user", "lines": [obligation]}`` in order; three queries."""
    today = network.today()
    rules = list(ReminderRule.objects.filter(network=network, is_active=True))
    people = recipients_of(network.pk)
    grouped: dict[tuple[date, int], dict[int, Obligation]] = defaultdict(dict)
    reminders = list(
        planned(network=network, rules=rules, people=people, first=today, last=today + timedelta(days=days))
    )
    obligations = Obligation.objects.select_related("task", "partner").in_bulk({r.obligation_id for r in reminders})
    for reminder in reminders:
        grouped[reminder.send_on, reminder.user_id][reminder.obligation_id] = obligations[reminder.obligation_id]
    users = {m.user_id: m.user for m in Membership.objects.filter(network=network).select_related("user")}
    return [
        {"day": day, "user": users[user], "lines": sorted(lines.values(), key=lambda o: o.due)}
        for (day, user), lines in sorted(grouped.items(), key=lambda item: (item[0][0], users[item[0][1]].name))
    ]


def save_rule(
    *,
    actor: Actor,
    network: Network,
    rule: ReminderRule | None,
    offset_days: int,
    repeat_days: int | None,
    audience: str,
    is_active: bool,
) -> ReminderRule:
    """Add or change a rule; waiting reminders follow at once."""
    if not policies.can_edit_rules(actor, network.pk):
        raise PermissionDenied
    rule = rule or ReminderRule(network=network)
    rule.offset_days, rule.repeat_days, rule.audience, rule.is_active = offset_days, repeat_days, audience, is_active
    with transaction.atomic():
        rule.save()
        replan_network(network)
    return rule


def delete_rule(*, actor: Actor, rule: ReminderRule) -> None:
    """Take a rule away with the reminders it had planned."""
    if not policies.can_edit_rules(actor, rule.network_id):
        raise PermissionDenied
    with transaction.atomic():
        network = rule.network
        Reminder.objects.filter(rule=rule, state=ReminderState.PENDING).delete()
        rule.delete()
        replan_network(network)


def save_preference(*, user: User, mode: str, paused_until: date | None) -> None:
    """Remember how a person wants to be reminded."""
    ReminderPreference.objects.update_or_create(user=user, defaults={"mode": mode, "paused_until": paused_until})


def offset_words(rule: ReminderRule) -> str:
    """Say in words when a rule reminds."""
    _ = translation.gettext
    n = abs(rule.offset_days)
    if rule.offset_days == 0:
        words = _("on the day it is due")
    elif rule.offset_days < 0:
        words = translation.ngettext("%(n)s day before", "%(n)s days before", n) % {"n": n}
    else:
        words = translation.ngettext("%(n)s day after", "%(n)s days after", n) % {"n": n}
    if rule.repeat_days:
        words += ", " + translation.ngettext("then every day", "then every %(n)s days", rule.repeat_days) % {
            "n": rule.repeat_days
        }
    return words
