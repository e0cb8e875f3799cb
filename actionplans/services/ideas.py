"""Ideas for testing actions: collected, put in order, dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from actionplans import policies
from actionplans.models import TestingIdea

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Partner


def _must_write(actor: Actor, partner: Partner) -> None:
    if actor.network_id != partner.network_id or not policies.can_write_ideas(actor, partner.pk):
        raise PermissionDenied


def save_idea(
    *, actor: Actor, partner: Partner, idea: TestingIdea | None, title: str, what: str, why: str
) -> TestingIdea:
    """Add an idea at the end of the city's list, or change one."""
    _must_write(actor, partner)
    if idea is None:
        last = TestingIdea.objects.filter(partner=partner).aggregate(n=Max("position"))["n"] or 0
        idea = TestingIdea(partner=partner, position=last + 1)
    idea.title, idea.what, idea.why = title, what, why
    idea.save()
    return idea


def move_idea(*, actor: Actor, idea: TestingIdea, by: int) -> None:
    """Move an idea one place up (``by`` -1) or down (1) among those that are not dropped."""
    _must_write(actor, idea.partner)
    with transaction.atomic():
        rows = list(
            TestingIdea.objects.select_for_update().filter(partner=idea.partner, is_dropped=False).exclude(title="")
        )
        at = next((n for n, row in enumerate(rows) if row.pk == idea.pk), None)
        if at is None or not 0 <= at + by < len(rows):
            return
        rows[at], rows[at + by] = rows[at + by], rows[at]
        for position, row in enumerate(rows):
            row.position = position
        TestingIdea.objects.bulk_update(rows, ["position"])


def drop_idea(*, actor: Actor, idea: TestingIdea, dropped: bool) -> None:
    """Put an idea aside, or take it up again; it is not deleted."""
    _must_write(actor, idea.partner)
    idea.is_dropped = dropped
    idea.save(update_fields=["is_dropped"])
