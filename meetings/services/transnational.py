"""Transnational meetings: their day, place and hosts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from meetings import policies
from meetings.models import TransnationalMeeting
from partners.models import Partner
from roadmap.services import move_task

if TYPE_CHECKING:
    from partners.actors import Actor


def change(
    *,
    actor: Actor,
    meeting: TransnationalMeeting,
    start: date,
    end: date,
    precision: str,
    place: str,
    is_online: bool,
    hosts: list[Partner],
    description: str,
    source: str,
    settled: bool,
) -> TransnationalMeeting:
    """Set a meeting's date, place and hosts; ``settled`` forgets what else the sources say of its date.

    The roadmap task that stands for it follows: obligations and reminders move with it.
    """
    if not policies.can_edit_meeting(actor, meeting):
        raise PermissionDenied
    with transaction.atomic():
        row = TransnationalMeeting.objects.select_for_update().get(pk=meeting.pk)
        moved = (row.start, row.end, row.date_precision) != (start, end, precision)
        row.start, row.end, row.date_precision = start, end, precision
        row.place, row.is_online, row.description = place, is_online, description
        row.date_source = source
        if moved:
            row.date_text = ""
        if settled:
            row.conflicts = []
        row.save()
        row.hosts.set(hosts)
        if row.task is not None and (moved or settled):
            move_task(actor=actor, task=row.task, start=start, due=end, precision=precision, source=source)
    meeting.refresh_from_db()
    return meeting
