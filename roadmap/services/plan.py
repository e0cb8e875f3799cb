"""The half-year's plan: written by Lead Partner and Lead Expert, published, copied to the next half-year."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import slugify

from aoce.common.models import DraftConflict
from partners.enums import DatePrecision
from partners.models import Partner
from roadmap import policies
from roadmap.enums import ObligationState, PeriodState
from roadmap.models import Obligation, Period, Task, Track
from roadmap.services.obligations import parties, replan, sync_obligations
from roadmap.workflow import PERIOD

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network

#: What a conflict about a task is kept under.
KIND = "task"


class TaskChangedError(Exception):
    """Somebody else saved this task since it was read; ``conflict`` keeps what this person wanted it to say."""

    def __init__(self, task: Task, conflict: DraftConflict) -> None:
        """Keep the task as it is now, and the stored conflict."""
        super().__init__("the task has changed")
        self.task = task
        self.conflict = conflict


class TaskBegunError(Exception):
    """Somebody has begun what the task asks for, so it cannot be taken away."""


class TrackInUseError(Exception):
    """The row still has tasks, so it cannot be taken away."""


def add_months(day: date, months: int) -> date:
    """Move a day by whole months; the last day of a month stays the last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    was_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if was_last else min(day.day, last))


def snapshot(period: Period) -> list[dict[str, Any]]:
    """Return the plan as ``published_plan`` keeps it."""
    tasks = Task.objects.filter(track__period=period).select_related("track")
    return [
        {
            "id": task.pk,
            "title": task.title,
            "track": task.track.name,
            "start": task.start.isoformat(),
            "due": task.due.isoformat(),
            "due_precision": task.due_precision,
            "owed_by": task.owed_by,
        }
        for task in tasks
    ]


def _require_edit(actor: Actor, network_id: int) -> None:
    if not policies.can_edit_plan(actor, network_id):
        raise PermissionDenied


def _after_change(actor: Actor, period: Period, task: Task | None = None) -> None:
    """Let a published half-year's obligations and reminders follow its tasks, or this one of them."""
    if period.state != PeriodState.PUBLISHED:
        return
    sync_obligations(actor=actor, period=period)
    changed = Obligation.objects.filter(task__track__period=period)
    replan((changed.filter(task=task) if task else changed).values_list("pk", flat=True))


def free_code(taken: models.QuerySet[Any], title: str, room: int) -> str:
    """Return a code made from a title that nobody in ``taken`` has."""
    stem = slugify(title)[: room - 4] or "x"
    code, n = stem, 1
    while taken.filter(code=code).exists():
        n += 1
        code = f"{stem}-{n}"
    return code


# --- Half-years -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Publication:
    """What publishing a half-year makes: its obligations, for how many cities, and how many of them are new."""

    obligations: int
    cities: int
    of_cities: int
    of_leads: int
    created: int


def preview_publication(period: Period) -> Publication:
    """Return what publishing this half-year would make, without making it (four queries)."""
    cities = list(Partner.objects.filter(network_id=period.network_id, is_active=True))
    tasks = Task.objects.filter(track__period=period).prefetch_related("hosts")
    wanted = {(task.pk, *party) for task in tasks for party in parties(task, cities)}
    have = set(Obligation.objects.filter(task__track__period=period).values_list("task_id", "party", "partner_id"))
    partners = [partner for _task, _party, partner in wanted if partner]
    return Publication(
        obligations=len(wanted),
        cities=len(set(partners)),
        of_cities=len(partners),
        of_leads=len(wanted) - len(partners),
        created=len(wanted - have),
    )


def publish_period(*, actor: Actor, period: Period) -> None:
    """Publish the half-year, or publish it anew after changes; makes its obligations.

    What is published is remembered, so that the page can show what changed since. Writes a StatusChange.
    """
    with transaction.atomic():
        published = {"published_at": timezone.now(), "published_plan": snapshot(period), "version": period.version + 1}
        PERIOD.apply(actor=actor, obj=period, name="publish", fields=published)
        _after_change(actor, period)


def create_period(*, actor: Actor, network: Network, title: str, start: date, end: date) -> Period:
    """Begin an empty half-year as a draft."""
    _require_edit(actor, network.pk)
    slug = f"{start.year}-{1 if start.month <= 6 else 2}"  # noqa: PLR2004 - June
    n = 1
    while Period.objects.filter(network=network, slug=slug).exists():
        n += 1
        slug = f"{start.year}-{start.month:02d}-{n}"
    return Period.objects.create(network=network, slug=slug, title=title, start=start, end=end)


def save_period(*, actor: Actor, period: Period, title: str, start: date, end: date) -> None:
    """Give the half-year another title or other days; its tasks stay where they are."""
    _require_edit(actor, period.network_id)
    period.title, period.start, period.end = title, start, end
    period.save(update_fields=["title", "start", "end"])


def copy_period(*, actor: Actor, period: Period, title: str, start: date, end: date | None = None) -> Period:
    """Begin the next half-year as a draft with this one's tracks and tasks, moved by whole months.

    Codes and hosts are kept; obligations, sources of dates and what was to settle are not. Without ``end`` the new one
    is as long as this one.
    """
    months = (start.year - period.start.year) * 12 + start.month - period.start.month
    with transaction.atomic():
        new = create_period(
            actor=actor,
            network=period.network,
            title=title,
            start=start,
            end=end or add_months(period.end, months),
        )
        for track in period.tracks.prefetch_related("tasks__hosts"):
            twin = Track.objects.create(
                period=new, code=track.code, name=track.name, group=track.group, position=track.position
            )
            for task in track.tasks.all():
                copied = Task.objects.create(
                    track=twin,
                    code=task.code,
                    title=task.title,
                    description=task.description,
                    start=add_months(task.start, months),
                    due=add_months(task.due, months),
                    due_precision=task.due_precision,
                    owed_by=task.owed_by,
                    deliverable=task.deliverable,
                    position=task.position,
                    updated_by_id=actor.user_id,
                )
                copied.hosts.set(task.hosts.all())
    return new


def delete_period(*, actor: Actor, period: Period) -> None:
    """Take a draft away with all in it; raises WrongStateError for what was published."""
    PERIOD.check(actor, period, "discard")
    period.delete()


# --- Rows -------------------------------------------------------------------------------------------------------------


def save_track(*, actor: Actor, period: Period, track: Track | None, name: str, group: str) -> Track:
    """Add a row to the table, or rename one."""
    _require_edit(actor, period.network_id)
    if track is None:
        last = period.tracks.aggregate(n=models.Max("position"))["n"]
        code = free_code(Track.objects.filter(period=period), name, 50)
        position = 0 if last is None else last + 1
        return Track.objects.create(period=period, code=code, name=name, group=group, position=position)
    track.name, track.group = name, group
    track.save(update_fields=["name", "group"])
    return track


def move_track(*, actor: Actor, track: Track, up: bool) -> None:
    """Let a row change places with its neighbour of the same group; the first and the last stay."""
    _require_edit(actor, track.period.network_id)
    with transaction.atomic():
        tracks = list(Track.objects.select_for_update().filter(period=track.period))
        group = [row for row in tracks if row.group == track.group]
        place = group.index(track)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(group):
            return
        here, there = tracks.index(track), tracks.index(group[other])
        tracks[here], tracks[there] = tracks[there], tracks[here]
        for position, row in enumerate(tracks):
            row.position = position
        Track.objects.bulk_update(tracks, ["position"])


def delete_track(*, actor: Actor, track: Track) -> None:
    """Take a row away; raises TrackInUseError while it has tasks."""
    _require_edit(actor, track.period.network_id)
    if track.tasks.exists():
        raise TrackInUseError
    track.delete()


# --- Tasks ------------------------------------------------------------------------------------------------------------


def task_values(task: Task) -> dict[str, str]:
    """Return what a task's form shows, each field as text: what a conflict keeps and compares."""
    names = ("title", "description", "due_precision", "owed_by", "deliverable", "source", "conflict")
    found = {name: str(getattr(task, name)) for name in names}
    found |= {"start": task.start.isoformat(), "due": task.due.isoformat(), "track": str(task.track_id)}
    found["hosts"] = ",".join(str(pk) for pk in sorted(host.pk for host in task.hosts.all()))
    return found


def open_conflict(actor: Actor, task: Task) -> DraftConflict | None:
    """Return what this person wanted to save while somebody else did, until they choose."""
    return DraftConflict.objects.filter(kind=KIND, object_id=task.pk, user_id=actor.user_id, resolved_at=None).first()


def settle_conflict(*, actor: Actor, task: Task) -> None:
    """Close this person's conflict about a task: they have chosen."""
    DraftConflict.objects.filter(kind=KIND, object_id=task.pk, user_id=actor.user_id, resolved_at=None).update(
        resolved_at=timezone.now()
    )


def _wanted(task: Task, track: Track, fields: dict[str, Any], hosts: list[Partner]) -> dict[str, str]:
    given = {name: value.isoformat() if isinstance(value, date) else str(value) for name, value in fields.items()}
    given |= {"track": str(track.pk), "hosts": ",".join(str(pk) for pk in sorted(host.pk for host in hosts))}
    return task_values(task) | given


def save_task(
    *,
    actor: Actor,
    track: Track,
    task: Task | None,
    fields: dict[str, Any],
    hosts: list[Partner],
    read_version: int | None = None,
) -> Task:
    """Add a task, or change one; a published half-year's obligations and reminders follow at once.

    ``fields`` are the model's. When the task is no longer at ``read_version`` and says something else than wanted, what
    was wanted is kept as a DraftConflict and TaskChangedError raised; call it outside of your own ``atomic`` block.
    """
    _require_edit(actor, track.period.network_id)
    conflict = None
    with transaction.atomic():
        if task is None:
            task = Task(track=track, code=free_code(Task.objects.filter(track=track), fields["title"], 80))
        else:
            task = Task.objects.select_for_update().select_related("track").get(pk=task.pk)
            if task.track.period_id != track.period_id:
                raise ValueError("the row belongs to another half-year")
            wanted = _wanted(task, track, fields, hosts)
            if wanted == task_values(task):
                settle_conflict(actor=actor, task=task)
                return task
            if read_version is not None and task.version != read_version:
                conflict, _created = DraftConflict.objects.update_or_create(
                    kind=KIND,
                    object_id=task.pk,
                    user_id=actor.user_id,
                    resolved_at=None,
                    defaults={"network_id": track.period.network_id, "base_version": read_version, "data": wanted},
                )
            elif task.track_id != track.pk and Task.objects.filter(track=track, code=task.code).exists():
                task.code = free_code(Task.objects.filter(track=track), task.code, 80)
        if conflict is None:
            for name, value in fields.items():
                setattr(task, name, value)
            task.version += task.pk is not None
            task.track = track
            task.updated_by_id = actor.user_id
            task.save()
            task.hosts.set(hosts)
            settle_conflict(actor=actor, task=task)
            _after_change(actor, track.period, task)
    if conflict is not None:
        raise TaskChangedError(task, conflict)
    return task


def move_task(
    *, actor: Actor, task: Task, start: date, due: date, precision: str = DatePrecision.DAY, source: str = ""
) -> None:
    """Give a task other dates (for instance its meeting's); settles what was open about them.

    Obligations of a published half-year and their reminders follow at once. The dates it has already change nothing.
    """
    _require_edit(actor, task.track.period.network_id)
    with transaction.atomic():
        row = Task.objects.select_for_update().get(pk=task.pk)
        if (row.start, row.due, row.due_precision) != (start, due, precision):
            row.start, row.due, row.due_precision = start, due, precision
            row.source, row.conflict = source or row.source, ""
            row.version += 1
            row.updated_by_id = actor.user_id
            row.save(
                update_fields=[
                    "start",
                    "due",
                    "due_precision",
                    "source",
                    "conflict",
                    "version",
                    "updated_by",
                    "updated_at",
                ]
            )
            _after_change(actor, task.track.period, row)
    task.refresh_from_db()


def delete_task(*, actor: Actor, task: Task) -> None:
    """Take a task away with what nobody began; raises TaskBegunError once somebody has."""
    _require_edit(actor, task.track.period.network_id)
    with transaction.atomic():
        locked = Task.objects.select_for_update().get(pk=task.pk)
        if locked.obligations.exclude(state=ObligationState.NONE).exists():
            raise TaskBegunError
        locked.delete()
