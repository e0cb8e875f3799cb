"""Transnational meetings: added, and their day, place and hosts changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import chain, count
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify

from meetings import policies
from meetings.models import MeetingKind, TransnationalMeeting
from meetings.services.preparation import follow
from partners.models import Network
from roadmap.models import Task
from roadmap.services import move_task

if TYPE_CHECKING:
    from partners.actors import Actor

#: Addresses beside the meetings'.
RESERVED = {"local", "other-networks", "new"}


@dataclass(frozen=True)
class Facts:
    """What Lead Partner and Lead Expert say of a meeting; hosts and themes by their ids."""

    title: str
    kind: MeetingKind
    number: int | None
    start: date
    end: date
    precision: str
    source: str
    place: str
    link: str
    is_online: bool
    description: str
    task: Task | None
    hosts: Collection[int]
    themes: Collection[int]
    horizontal_themes: Collection[int]


def _write(row: TransnationalMeeting, facts: Facts) -> None:
    row.title, row.kind, row.number = facts.title, facts.kind, facts.number
    row.start, row.end, row.date_precision = facts.start, facts.end, facts.precision
    row.date_source, row.task = facts.source, facts.task
    row.place, row.link, row.is_online, row.description = facts.place, facts.link, facts.is_online, facts.description
    row.save()
    row.hosts.set(facts.hosts)
    row.themes.set(facts.themes)
    row.horizontal_themes.set(facts.horizontal_themes)


def _move_task(actor: Actor, row: TransnationalMeeting) -> None:
    if row.task is not None:
        move_task(
            actor=actor,
            task=row.task,
            start=row.start,
            due=row.end,
            precision=row.date_precision,
            source=row.date_source,
        )


def add(*, actor: Actor, network: Network, facts: Facts) -> TransnationalMeeting:
    """Add a meeting. The roadmap task that stands for it gets its dates."""
    if not policies.can_add_meeting(actor) or actor.network_id != network.pk:
        raise PermissionDenied
    with transaction.atomic():
        Network.objects.select_for_update().get(pk=network.pk)
        taken = set(network.meetings.values_list("slug", flat=True)) | RESERVED
        stem = slugify(facts.title)[:40] or "meeting"
        slug = next(s for s in chain([stem], (f"{stem}-{n}" for n in count(2))) if s not in taken)
        row = TransnationalMeeting(network=network, slug=slug)
        _write(row, facts)
        _move_task(actor, row)
    return row


def change(*, actor: Actor, meeting: TransnationalMeeting, facts: Facts, settled: bool) -> TransnationalMeeting:
    """Change what is said of a meeting; ``settled`` forgets what else the sources say of its date.

    The roadmap task that stands for it follows: obligations and reminders move with it.
    """
    if not policies.can_edit_meeting(actor, meeting):
        raise PermissionDenied
    with transaction.atomic():
        row = TransnationalMeeting.objects.select_for_update().get(pk=meeting.pk)
        before = (row.start, row.end, row.date_precision)
        moved = before != (facts.start, facts.end, facts.precision)
        if moved:
            row.date_text = ""
        if settled:
            row.conflicts = []
        linked = facts.task is not None and facts.task.pk != row.task_id
        _write(row, facts)
        if moved or settled or linked:
            _move_task(actor, row)
        if moved:
            follow(row)
    meeting.refresh_from_db()
    return meeting
