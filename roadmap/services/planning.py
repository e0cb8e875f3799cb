"""Which reminders go to whom, on which day: planned as rows under a unique constraint, and shown ahead.

A row is one obligation, person, due date and day; planning again adds and takes away what differs, so it may run at any
moment and as often as it likes.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone

from aoce.common.models import OutgoingMail
from partners.enums import Role
from partners.models import Membership, Network
from roadmap.enums import OPEN_STATES, Audience, Party, PeriodState, ReminderState
from roadmap.models import Obligation, Reminder, ReminderPlan, ReminderPreference, ReminderRule
from roadmap.occurrences import occurrences

if TYPE_CHECKING:
    from partners.models import User

#: How far ahead rows are planned.
AHEAD = timedelta(days=14)
BATCH = 2000
PARTY_OF_ROLE = {
    Role.COORDINATOR: Party.PARTNER,
    Role.LEAD_EXPERT: Party.LEAD_EXPERT,
    Role.LEAD_PARTNER: Party.LEAD_PARTNER,
}

#: Who owes something: a city's coordinators or a lead's people, with the day each of them came.
Recipients = dict[tuple[str, int | None], dict[int, date]]


def recipients_of(network: Network) -> Recipients:
    """Return ``{user id: first day}`` by party (``("partner", city id)``, ``("lead_expert", None)`` …); one query."""
    found: Recipients = defaultdict(dict)
    people = Membership.objects.live().filter(network=network, role__in=PARTY_OF_ROLE).order_by("user_id", "-pk")
    for role, partner, user, since in people.values_list("role", "partner_id", "user_id", "created_at"):
        party = PARTY_OF_ROLE[Role(role)]
        found[party, partner][user] = timezone.localdate(since, network.tz)
    return found


def addressed(people: Recipients, audience: str, party: str, partner_id: int | None) -> dict[int, date]:
    """Return who a rule for this audience writes to about something this party owes."""
    return people.get((party, partner_id) if audience == Audience.PARTY else (Party.LEAD_PARTNER, None), {})


def open_obligations_of(network: Network) -> models.QuerySet[Obligation]:
    """Return what is still open in the network's published half-years, with ``due_on``."""
    rows = Obligation.objects.filter(network=network, state__in=OPEN_STATES)
    return rows.filter(task__track__period__state=PeriodState.PUBLISHED).with_due()


def planned(
    *,
    network: Network,
    rules: list[ReminderRule],
    people: Recipients,
    last: date,
    ids: Iterable[int] | None = None,
) -> Iterator[Reminder]:
    """Yield the unsaved reminders up to ``last``, those of days that were missed among them.

    Nobody is reminded for a day before the rule, the obligation or their own membership began.
    """
    today = network.today()
    since = {rule.pk: timezone.localdate(rule.since, network.tz) for rule in rules}
    rows = open_obligations_of(network).order_by("pk")
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    for pk, party, city, due, created in rows.values_list("pk", "party", "partner_id", "due_on", "created_at").iterator(
        BATCH
    ):
        known = timezone.localdate(created, network.tz)
        for rule in rules:
            for user, joined in addressed(people, rule.audience, party, city).items():
                for day in occurrences(
                    offset_days=rule.offset_days,
                    repeat_days=rule.repeat_days,
                    due=due,
                    since=max(known, joined, since[rule.pk]),
                    today=today,
                    last=last,
                ):
                    yield Reminder(obligation_id=pk, rule=rule, user_id=user, due=due, send_on=day)


def active_rules(network: Network) -> list[ReminderRule]:
    """Return the rules in use."""
    return list(ReminderRule.objects.filter(network=network, is_active=True))


def plan(network: Network, *, ids: Iterable[int] | None = None) -> None:
    """Write the rows of the coming days, and of days that were missed; any number of times, each row once.

    Three queries and one for each 2,000 rows, however many obligations there are.
    """
    rules = active_rules(network)
    if not rules:
        return
    batch: list[Reminder] = []
    last = network.today() + AHEAD
    for reminder in planned(network=network, rules=rules, people=recipients_of(network), last=last, ids=ids):
        batch.append(reminder)
        if len(batch) == BATCH:
            Reminder.objects.bulk_create(batch, ignore_conflicts=True)
            batch = []
    Reminder.objects.bulk_create(batch, ignore_conflicts=True)


def made_from(network: Network) -> str:
    """Return a mark of everything planning looks at: the day, the rules, the people, the obligations."""
    rules = ReminderRule.objects.filter(network=network, is_active=True)
    parts = [
        network.today(),
        list(rules.values_list("pk", "offset_days", "repeat_days", "audience", "since")),
        sorted((str(key), sorted(users.items())) for key, users in recipients_of(network).items()),
        open_obligations_of(network).aggregate(models.Count("pk"), models.Max("created_at"), models.Max("changed_at")),
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def plan_if_needed(network: Network) -> None:
    """Plan, unless nothing has changed since the last time."""
    mark = made_from(network)
    if not ReminderPlan.objects.filter(network=network, made_from=mark).exists():
        plan(network)
        ReminderPlan.objects.update_or_create(network=network, defaults={"made_from": mark})


def each(work: Callable[[Any], object], things: Iterable[Any]) -> None:
    """Do ``work`` for each thing; what goes wrong with one is raised at the end and does not keep others waiting."""
    errors = []
    for thing in things:
        try:
            work(thing)
        except Exception as error:  # noqa: BLE001 - raised below
            error.add_note(f"while at work on {thing!r}")
            errors.append(error)
    if errors:
        raise ExceptionGroup("Some of it could not be done", errors)


def plan_all() -> None:
    """Plan for every network that has rules."""
    each(plan_if_needed, Network.objects.filter(reminder_rules__is_active=True).distinct())


def replan(obligation_ids: Iterable[int]) -> None:
    """Let the waiting reminders of these obligations follow a new date, a new state or a new rule, at once."""
    ids = list(obligation_ids)
    with transaction.atomic():
        Reminder.objects.filter(obligation__in=ids, state=ReminderState.PENDING, by_hand=False).delete()
        for network in Network.objects.filter(obligations__in=ids).distinct():
            plan(network, ids=ids)


def paused(today: date) -> models.QuerySet[ReminderPreference]:
    """Return the preferences of people who pause today; as a filter's subquery or for their ids."""
    return ReminderPreference.objects.filter(paused_until__gte=today)


@dataclass(frozen=True)
class Preview:
    """What one person gets on one day."""

    day: date
    user: User
    obligations: list[Obligation]


def preview(network: Network, days: int = 30, rules: list[ReminderRule] | None = None) -> list[Preview]:
    """Return who gets what in the coming days, in order; planned as ``plan`` does, pauses looked at.

    Seven queries, or eight without the network's ``rules`` (those not in use are left out).
    """
    today = network.today()
    last = today + timedelta(days=days)
    rules = active_rules(network) if rules is None else [rule for rule in rules if rule.is_active]
    found = list(planned(network=network, rules=rules, people=recipients_of(network), last=last))
    out = set(
        Reminder.objects.filter(obligation__network=network, by_hand=False)
        .exclude(state=ReminderState.PENDING)
        .values_list("obligation_id", "user_id", "due", "send_on")
    )
    pauses: dict[int, date] = dict(paused(today).values_list("user_id", "paused_until"))  # type: ignore[arg-type]
    mailed = set(
        OutgoingMail.objects.filter(
            network=network, purpose="reminder", once_key__endswith=f":{today.isoformat()}"
        ).values_list("user_id", flat=True)
    )
    grouped: dict[tuple[date, int], set[int]] = defaultdict(set)
    for row in found:
        if (row.obligation_id, row.user_id, row.due, row.send_on) in out:
            continue
        free = today + timedelta(days=1) if row.user_id in mailed else today
        if row.user_id in pauses:
            free = max(free, pauses[row.user_id] + timedelta(days=1))
        day = max(row.send_on, free)
        if day <= last:
            grouped[day, row.user_id].add(row.obligation_id)
    obligations = Obligation.objects.select_related("task", "partner").in_bulk(set().union(*grouped.values()))
    people = Membership.objects.filter(network=network).select_related("user")
    users = {m.user_id: m.user for m in people}
    return [
        Preview(day, users[user], sorted((obligations[pk] for pk in pks), key=lambda o: (o.due, o.pk)))
        for (day, user), pks in sorted(grouped.items(), key=lambda item: (item[0][0], str(users[item[0][1]])))
    ]
