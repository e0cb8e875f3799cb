"""Who owes what: made from the plan, moved, waived, done, and following what is handed in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from aoce.common.models import StatusChange
from aoce.common.workflow import CommentMissingError, NotAllowedError, WrongStateError
from partners.models import Partner
from roadmap import policies
from roadmap.enums import OPEN_STATES, ObligationState, OwedBy, Party
from roadmap.models import Obligation, Period, Task
from roadmap.workflow import OBLIGATION

if TYPE_CHECKING:
    from partners.actors import Actor

#: The step that leads to each state an obligation can take from the thing handed in for it.
STEPS = {
    ObligationState.NONE: "drop",
    ObligationState.DRAFT: "begin",
    ObligationState.SUBMITTED: "submit",
    ObligationState.CHANGES: "ask_changes",
    ObligationState.APPROVED: "approve",
}
WAYS = {
    (ObligationState.NONE, ObligationState.DRAFT): "begin",
    (ObligationState.SUBMITTED, ObligationState.DRAFT): "take_back",
}
UNWAIVE = {ObligationState.DRAFT: "unwaive_draft", ObligationState.CHANGES: "unwaive_changes"}


class Synced(NamedTuple):
    """How many obligations a plan made and took away."""

    created: int
    removed: int


def parties(task: Task, cities: Iterable[Partner]) -> set[tuple[str, int | None]]:
    """Return who owes what the task asks for: ``(party, partner id)`` each. ``cities`` are the active ones."""
    if task.owed_by == OwedBy.EACH_PARTNER:
        return {(Party.PARTNER, city.pk) for city in cities}
    if task.owed_by == OwedBy.HOSTS:
        return {(Party.PARTNER, host.pk) for host in task.hosts.all() if host.is_active}
    if task.owed_by == OwedBy.LEAD_EXPERT:
        return {(Party.LEAD_EXPERT, None)}
    return {(Party.LEAD_PARTNER, None)} if task.owed_by == OwedBy.LEAD_PARTNER else set()


def sync_obligations(*, actor: Actor, period: Period) -> Synced:
    """Make one obligation a task and party of this half-year; may be run any number of times.

    Takes away what no task asks for any more, if nobody began it, moved its day or waived it. Call it when a half-year
    is published and after each change to a published one.
    """
    if not policies.can_sync_obligations(actor, period.network_id):
        raise PermissionDenied
    with transaction.atomic():
        Period.objects.select_for_update().get(pk=period.pk)
        cities = list(Partner.objects.filter(network_id=period.network_id, is_active=True))
        tasks = Task.objects.filter(track__period=period).prefetch_related("hosts")
        wanted = {(task.pk, *party) for task in tasks for party in parties(task, cities)}
        existing = list(Obligation.objects.filter(task__track__period=period))
        have = {(o.task_id, o.party, o.partner_id) for o in existing}
        gone = [
            o.pk
            for o in existing
            if (o.task_id, o.party, o.partner_id) not in wanted
            and o.state == ObligationState.NONE
            and o.due_override is None
        ]
        Obligation.objects.filter(pk__in=gone).delete()
        missing = sorted(wanted - have, key=lambda key: (key[0], key[1], key[2] or 0))
        Obligation.objects.bulk_create(
            Obligation(network_id=period.network_id, task_id=task, party=party, partner_id=partner)
            for task, party, partner in missing
        )
    return Synced(created=len(missing), removed=len(gone))


def open_obligations(*, partner: Partner, deliverable: str) -> QuerySet[Obligation]:
    """Return what a city still owes that this kind of thing fulfils, the next due first; with ``due_on``.

    One begun already (state draft or changes) is among them: look at its ``deliverable_id``.
    """
    return (
        Obligation.objects.filter(partner=partner, task__deliverable=deliverable, state__in=OPEN_STATES)
        .with_due()
        .select_related("task")
        .order_by("due_on", "pk")
    )


def locked(obligation: Obligation) -> Obligation:
    """Return the obligation read again under a row lock; call it inside a transaction.

    The lock leaves the key alone: reminders may be planned for it meanwhile, and the two never wait for each other.
    """
    rows = Obligation.objects.select_for_update(of=("self",), no_key=True).select_related("task")
    return rows.get(pk=obligation.pk)


def record_submission(
    *, actor: Actor, obligation: Obligation, deliverable: str, deliverable_id: int, state: str
) -> None:
    """Let the obligation follow the thing handed in for it; call it in the transaction that changes that thing.

    ``state`` is the thing's: draft, submitted, changes, approved; ``none`` when it no longer serves this obligation.
    Writes a StatusChange where the state changes. A draft of something that is not needed leaves it so. Raises
    NotAllowedError or WrongStateError.
    """
    now = timezone.now()
    with transaction.atomic():
        row = locked(obligation)
        target = ObligationState(state)
        checked = target in (ObligationState.CHANGES, ObligationState.APPROVED)
        same = (row.state, row.deliverable, row.deliverable_id) == (target, deliverable, deliverable_id)
        if not (policies.can_check if checked and not same else policies.can_record)(actor, row):
            raise NotAllowedError
        if same or (row.state == ObligationState.WAIVED and target in OPEN_STATES):
            return
        row.deliverable, row.deliverable_id = (deliverable, deliverable_id) if state != "none" else ("", None)
        if row.state == ObligationState.WAIVED:
            row.waived_reason = ""
        if target == ObligationState.SUBMITTED or (target == ObligationState.APPROVED and row.submitted_at is None):
            row.submitted_at = now
        row.approved_at = now if target == ObligationState.APPROVED else None
        if row.state != target:
            step = WAYS.get((ObligationState(row.state), target), STEPS[target])
            OBLIGATION.apply(actor=actor, obj=row, name=step)
        row.save(
            update_fields=[
                "deliverable",
                "deliverable_id",
                "waived_reason",
                "submitted_at",
                "approved_at",
                "changed_at",
            ]
        )
    obligation.refresh_from_db()
    replan([obligation.pk])


def replan(obligation_ids: Iterable[int]) -> None:
    """Move the pending reminders of these obligations to where they belong now."""
    from roadmap.services import planning  # both build on this module

    planning.replan(list(obligation_ids))


def set_due(*, actor: Actor, obligation: Obligation, due: date | None, reason: str) -> None:
    """Write another day for this party; the caller has checked who may. See ``move_due``."""
    with transaction.atomic():
        row = locked(obligation)
        if row.state not in OPEN_STATES:
            now = ObligationState(row.state).label
            raise WrongStateError(_("Its day cannot be moved any more: it is now “%(state)s”.") % {"state": now})
        before = row.due
        row.due_override = due if due != row.task.due else None
        row.due_reason = reason.strip() if row.due_override else ""
        row.save(update_fields=["due_override", "due_reason", "changed_at"])
        if row.due != before:
            StatusChange.objects.create(
                network_id=row.network_id,
                kind=OBLIGATION.kind,
                object_id=row.pk,
                transition="move_due",
                source=before.isoformat(),
                target=row.due.isoformat(),
                comment=reason.strip(),
                user_id=actor.user_id,
            )
    obligation.refresh_from_db()
    replan([obligation.pk])


def move_due(*, actor: Actor, obligation: Obligation, due: date | None, reason: str) -> None:
    """Give this party another day, with a reason it reads; None takes the task's day again. Moves its reminders.

    Writes a StatusChange of the step ``move_due`` whose source and target are the old and the new day (ISO).
    """
    if not policies.can_manage_obligation(actor, obligation):
        raise PermissionDenied
    if due is not None and not reason.strip():
        raise CommentMissingError(_("Write a short reason; the city sees it."))
    set_due(actor=actor, obligation=obligation, due=due, reason=reason)


def waive(*, actor: Actor, obligation: Obligation, reason: str) -> None:
    """Say that this party need not hand it in, with a reason it reads; its reminders end."""
    with transaction.atomic():
        row = locked(obligation)
        OBLIGATION.check(actor, row, "waive", reason)
        row.waived_reason = reason.strip()[:300]
        row.save(update_fields=["waived_reason", "changed_at"])
        OBLIGATION.apply(actor=actor, obj=row, name="waive", comment=reason)
    obligation.refresh_from_db()
    replan([obligation.pk])


def unwaive(*, actor: Actor, obligation: Obligation, comment: str = "") -> None:
    """Ask for it after all: it stands again where it stood before it was waived."""
    with transaction.atomic():
        row = locked(obligation)
        last = (
            StatusChange.objects.filter(kind=OBLIGATION.kind, object_id=row.pk, transition="waive")
            .order_by("-pk")
            .values_list("source", flat=True)
            .first()
        )
        step = UNWAIVE.get(ObligationState(last), "unwaive") if last and row.deliverable_id else "unwaive"
        OBLIGATION.apply(actor=actor, obj=row, name=step, comment=comment)
        row.waived_reason = ""
        row.save(update_fields=["waived_reason", "changed_at"])
    obligation.refresh_from_db()
    replan([obligation.pk])


def complete(*, actor: Actor, obligation: Obligation, comment: str = "") -> None:
    """Mark a lead's own task as done, without handing anything in here; its reminders end."""
    with transaction.atomic():
        row = locked(obligation)
        OBLIGATION.apply(actor=actor, obj=row, name="complete", comment=comment)
        row.approved_at = timezone.now()
        row.submitted_at = row.submitted_at or row.approved_at
        row.save(update_fields=["approved_at", "submitted_at", "changed_at"])
    obligation.refresh_from_db()
    replan([obligation.pk])


def remind_now(*, actor: Actor, obligations: Iterable[Obligation]) -> int:
    """Write to whoever owes these, today; returns how many mails. What is in, or not needed, gets none."""
    chosen = [o for o in obligations if o.state in OPEN_STATES]
    if not all(policies.can_manage_obligation(actor, o) for o in chosen):
        raise PermissionDenied
    from roadmap.services import reminders  # both build on this module

    return reminders.remind_now(actor=actor, obligation_ids=[o.pk for o in chosen])
