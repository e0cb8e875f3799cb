"""What is written of a meeting by several people: its rationale, and its record afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aoce.common import review
from meetings import policies
from meetings.enums import RationaleState
from meetings.models import MeetingRecord, Rationale, RationaleComment, TransnationalMeeting
from meetings.workflow import RATIONALE

if TYPE_CHECKING:
    from collections.abc import Collection

    from partners.actors import Actor

LABELS = {"body": "Rationale", "draws_on": "Draws on"}


class TextChangedError(Exception):
    """Somebody else saved this text since it was read."""


def rationale_of(meeting: TransnationalMeeting) -> Rationale:
    """Return a meeting's rationale; a new one, not saved, while nobody wrote any."""
    return Rationale.objects.filter(meeting=meeting).first() or Rationale(meeting=meeting, version=0)


def record_of(meeting: TransnationalMeeting) -> MeetingRecord:
    """Return what is written of a meeting afterwards; a new one, not saved, while nobody wrote anything."""
    return MeetingRecord.objects.filter(meeting=meeting).first() or MeetingRecord(meeting=meeting, version=0)


def _save(row: Rationale | MeetingRecord, actor: Actor, read_version: int, **texts: str) -> None:
    """Write texts that were read at ``read_version``; the caller holds the lock. Raises TextChangedError."""
    if row.version != read_version:
        raise TextChangedError
    for name, text in texts.items():
        setattr(row, name, text)
    row.version += 1
    row.updated_by_id = actor.user_id
    row.save()


def save_rationale(
    *, actor: Actor, meeting: TransnationalMeeting, read_version: int, body: str, draws_on: Collection[int]
) -> Rationale:
    """Write a meeting's rationale. While it is discussed, each saving is a version that stays.

    Raises TextChangedError when somebody else saved it since it was read.
    """
    with transaction.atomic():
        TransnationalMeeting.objects.select_for_update().get(pk=meeting.pk)
        row = rationale_of(meeting)
        if not policies.can_write_rationale(actor, row):
            raise PermissionDenied
        _save(row, actor, read_version, body=body)
        own = TransnationalMeeting.objects.filter(network=meeting.network_id, pk__in=draws_on)
        row.draws_on.set(own.exclude(pk=meeting.pk))
        if row.state != RationaleState.DRAFT:
            _keep_version(actor, row)
    return row


def _keep_version(actor: Actor, row: Rationale) -> None:
    data = {"body": row.body, "draws_on": ", ".join(str(meeting) for meeting in row.draws_on.all())}
    network = row.meeting.network_id
    review.record_version(
        actor=actor, network_id=network, kind=RATIONALE.kind, object_id=row.pk, data=data, labels=LABELS
    )


def move_rationale(*, actor: Actor, rationale: Rationale, step: str, comment: str = "") -> None:
    """Put it up for discussion, make it final, open it again; what stands then is a version. Raises as a workflow."""
    with transaction.atomic():
        RATIONALE.apply(actor=actor, obj=rationale, name=step, comment=comment)
        _keep_version(actor, rationale)


def comment_rationale(*, actor: Actor, rationale: Rationale, text: str) -> RationaleComment:
    """Say something of a rationale under discussion."""
    if not policies.can_comment_rationale(actor, rationale):
        raise PermissionDenied
    return RationaleComment.objects.create(rationale=rationale, user_id=actor.user_id, text=text)


def save_record(*, actor: Actor, meeting: TransnationalMeeting, read_version: int, **texts: Any) -> MeetingRecord:
    """Write ``introduction``, ``decisions``, ``next_steps``. Raises TextChangedError."""
    if not policies.can_write_agenda(actor, meeting):
        raise PermissionDenied
    with transaction.atomic():
        TransnationalMeeting.objects.select_for_update().get(pk=meeting.pk)
        row = record_of(meeting)
        _save(row, actor, read_version, **texts)
    return row
