"""What is asked for, edited by the Lead Expert: added, changed, put in order, retired. One way for every list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from actionplans import policies
from actionplans.models import Criterion, FormQuestion, PeerQuestion, TemplateChapter
from actionplans.models.templates import TemplateRow

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network

Row = TypeVar("Row", bound=TemplateRow)
#: Parts of the form and of plans that are not questions or chapters: what their codes may not be.
RESERVED = frozenset(
    ("title", "starts", "ends", "rate", "time", "steps", "budget", "measures", "actions", "integration")
)


def asked(model: type[Row], network: Network) -> list[Row]:
    """Return what is asked for, in its order. One query."""
    return list(model._default_manager.filter(network=network, is_retired=False))


def questions_of(network: Network) -> list[FormQuestion]:
    """Return the questions of the form for testing actions. One query."""
    return asked(FormQuestion, network)


def criteria_of(network: Network, subject: str) -> list[Criterion]:
    """Return the criteria a kind of thing is checked by. One query."""
    return list(Criterion.objects.filter(network=network, subject=subject, is_retired=False))


def _must_edit(actor: Actor, network_id: int) -> None:
    if actor.network_id != network_id or not policies.can_edit_form(actor):
        raise PermissionDenied


def save_row(
    *, actor: Actor, network: Network, model: type[Row], row: Row | None, values: dict[str, Any], **fixed: Any
) -> Row:
    """Add a row at the end of its list, or change one. What was handed in before keeps the words it was asked with."""
    _must_edit(actor, network.pk)
    if row is None:
        rows = model._default_manager.filter(network=network)
        taken = {*rows.values_list("code", flat=True), *RESERVED}
        stem = slugify(values["label"])[:30] or "part"
        code = next(c for c in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if c not in taken)
        last = rows.aggregate(n=Max("position"))["n"] or 0
        row = model(network=network, code=code, position=last + 1, **fixed)
    changed = any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    if changed and isinstance(row, TemplateChapter):
        row.changed_at = timezone.now()
    row.save()
    return row


def move_row(*, actor: Actor, row: TemplateRow, by: int) -> None:
    """Move a row one place up (``by`` -1) or down (1) in its list."""
    _must_edit(actor, row.network_id)
    model = type(row)
    with transaction.atomic():
        found = model._default_manager.select_for_update().filter(network=row.network_id, is_retired=False)
        if isinstance(row, Criterion | PeerQuestion):
            found = found.filter(subject=row.subject)
        rows = list(found)
        at = next((n for n, one in enumerate(rows) if one.pk == row.pk), None)
        if at is None or not 0 <= at + by < len(rows):
            return
        rows[at], rows[at + by] = rows[at + by], rows[at]
        for position, one in enumerate(rows):
            one.position = position
        model._default_manager.bulk_update(rows, ["position"])


def retire_row(*, actor: Actor, row: TemplateRow, retired: bool) -> None:
    """Ask for something no more, or again; what was written for it stays."""
    _must_edit(actor, row.network_id)
    row.is_retired = retired
    row.save(update_fields=["is_retired"])
