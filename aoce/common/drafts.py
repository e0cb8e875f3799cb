"""Two people in one draft lose nothing: a save carries the version it was read at.

A save onto a version that has moved on is not written over it. The person's text is kept as a ``DraftConflict`` until
someone chooses; the page shows both texts side by side.
"""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.utils import timezone

from aoce.common.models import DraftConflict
from aoce.common.workflow import ActorLike


class EditConflictError(Exception):
    """Somebody else saved this draft since it was read. ``conflict`` keeps what this person typed."""

    def __init__(self, conflict: DraftConflict) -> None:
        """Keep the stored conflict."""
        super().__init__("edited by two people")
        self.conflict = conflict


def save_draft(
    *, actor: ActorLike, obj: models.Model, kind: str, network_id: int, read_version: int, changes: dict[str, Any]
) -> bool:
    """Write ``changes`` (field name → new value) if the draft is still at ``read_version``.

    ``obj`` needs ``version``, ``updated_by`` and ``updated_at``. Returns whether anything changed; ``obj`` is updated.
    Fields that somebody else did not touch since are no conflict, but the versions cannot tell: any newer version with
    other values is one. Raises EditConflictError after keeping this person's values; the caller's transaction must not
    be rolled back by it, so call it outside of your own ``atomic`` block.
    """
    with transaction.atomic():
        locked = type(obj)._base_manager.select_for_update().get(pk=obj.pk)
        different = {name: value for name, value in changes.items() if getattr(locked, name) != value}
        conflict = None
        if different and locked.version != read_version:
            conflict, _created = DraftConflict.objects.update_or_create(
                kind=kind,
                object_id=obj.pk,
                user_id=actor.user_id,
                resolved_at=None,
                defaults={
                    "network_id": network_id,
                    "base_version": read_version,
                    "data": {name: str(value) for name, value in different.items()},
                },
            )
        elif different:
            for name, value in different.items():
                setattr(locked, name, value)
            locked.version += 1
            locked.updated_by_id = actor.user_id
            locked.save(update_fields=[*different, "version", "updated_by", "updated_at"])
    obj.refresh_from_db()
    if conflict is not None:
        raise EditConflictError(conflict)
    return bool(different)


def open_conflicts(kind: str, object_id: int) -> models.QuerySet[DraftConflict]:
    """Return the texts that wait for a choice."""
    return DraftConflict.objects.filter(kind=kind, object_id=object_id, resolved_at=None).select_related("user")


def resolve(*, actor: ActorLike, conflict: DraftConflict, obj: models.Model, chosen: dict[str, Any]) -> None:
    """Write the chosen values (field name → value) and close the conflict, in one transaction."""
    with transaction.atomic():
        locked = type(obj)._base_manager.select_for_update().get(pk=obj.pk)
        for name, value in chosen.items():
            setattr(locked, name, value)
        locked.version += 1
        locked.updated_by_id = actor.user_id
        locked.save(update_fields=[*chosen, "version", "updated_by", "updated_at"])
        conflict.resolved_at = timezone.now()
        conflict.save(update_fields=["resolved_at"])
    obj.refresh_from_db()
