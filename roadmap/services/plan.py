"""The half-year's plan: written by Lead Partner and Lead Expert, published, copied to the next half-year."""

from __future__ import annotations

import calendar
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import slugify

from partners.enums import DatePrecision
from roadmap import policies
from roadmap.enums import PeriodState
from roadmap.models import Obligation, Period, Task, Track
from roadmap.services.obligations import replan, sync_obligations
from roadmap.workflow import PERIOD

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network, Partner


class TaskChangedError(Exception):
    """Somebody else saved this task since it was read; ``task`` is as it is now."""

    def __init__(self, task: Task) -> None:
        """Keep the task as it is now."""
        super().__init__("the task has changed")
        self.task = task


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
            "owed_by": task.owed_by,
        }
        for task in tasks
    ]


def _require_edit(actor: Actor, network_id: int) -> None:
    if not policies.can_edit_plan(actor, network_id):
        raise PermissionDenied


def _after_change(actor: Actor, period: Period) -> None:
    """Let a published half-year's obligations and reminders follow its tasks."""
    if period.state == PeriodState.PUBLISHED:
        sync_obligations(actor=actor, period=period)
        replan(Obligation.objects.filter(task__track__period=period).values_list("pk", flat=True))


def free_code(taken: models.QuerySet[Any], title: str, room: int) -> str:
    """Return a code made from a title that nobody in ``taken`` has."""
    stem = slugify(title)[: room - 4] or "x"
    code, n = stem, 1
    while taken.filter(code=code).exists():
        n += 1
        code = f"{stem}-{n}"
    return code


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


def copy_period(*, actor: Actor, period: Period, title: str, start: date) -> Period:
    """Begin the next half-year as a draft with this one's tracks and tasks, moved by whole months; no obligations."""
    months = (start.year - period.start.year) * 12 + start.month - period.start.month
    with transaction.atomic():
        new = create_period(
            actor=actor, network=period.network, title=title, start=start, end=add_months(period.end, months)
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
                )
                copied.hosts.set(task.hosts.all())
    return new


def save_track(*, actor: Actor, period: Period, track: Track | None, name: str, group: str) -> Track:
    """Add a row to the table, or rename one."""
    _require_edit(actor, period.network_id)
    if track is None:
        last = period.tracks.aggregate(n=models.Max("position"))["n"] or 0
        code = free_code(Track.objects.filter(period=period), name, 50)
        return Track.objects.create(period=period, code=code, name=name, group=group, position=last + 1)
    track.name, track.group = name, group
    track.save(update_fields=["name", "group"])
    return track


def delete_track(*, actor: Actor, track: Track) -> None:
    """Take a row away; it must be empty (models.ProtectedError otherwise)."""
    _require_edit(actor, track.period.network_id)
    if track.tasks.exists():
        raise models.ProtectedError("the track has tasks", set(track.tasks.all()))
    track.delete()


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

    ``fields`` are the model's. Raises TaskChangedError, with nothing written, when the task is no longer at
    ``read_version``.
    """
    _require_edit(actor, track.period.network_id)
    with transaction.atomic():
        if task is None:
            task = Task(track=track, code=free_code(Task.objects.filter(track=track), fields["title"], 80))
        else:
            task = Task.objects.select_for_update().get(pk=task.pk)
            if read_version is not None and task.version != read_version:
                raise TaskChangedError(task)
            task.version += 1
        for name, value in fields.items():
            setattr(task, name, value)
        task.track = track
        task.save()
        task.hosts.set(hosts)
        _after_change(actor, track.period)
    return task


def move_task(
    *, actor: Actor, task: Task, start: date, due: date, precision: str = DatePrecision.DAY, source: str = ""
) -> None:
    """Give a task other dates (for instance its meeting's); settles what was open about them."""
    _require_edit(actor, task.track.period.network_id)
    with transaction.atomic():
        task.start, task.due, task.due_precision = start, due, precision
        task.source, task.conflict = source or task.source, ""
        task.version += 1
        task.save(update_fields=["start", "due", "due_precision", "source", "conflict", "version"])
        _after_change(actor, task.track.period)


def delete_task(*, actor: Actor, task: Task) -> None:
    """Take a task away; refused (models.ProtectedError) once somebody has begun what it asks for."""
    period = task.track.period
    _require_edit(actor, period.network_id)
    with transaction.atomic():
        begun = task.obligations.exclude(state="none")
        if begun.exists():
            raise models.ProtectedError("somebody has begun it", set(begun))
        task.delete()
