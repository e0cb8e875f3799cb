"""What cities say of each other's practices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from learning import policies
from learning.models import GoodPractice, PracticeRemark

if TYPE_CHECKING:
    from partners.actors import Actor


def add(*, actor: Actor, practice: GoodPractice, kind: str, text: str) -> PracticeRemark:
    """Add a comment, reflection or lesson in the name of the actor's city; of nobody's for who leads."""
    if not policies.can_remark(actor, practice):
        raise PermissionDenied
    partner = min(actor.coordinated_partner_ids or actor.partner_ids, default=None)
    return PracticeRemark.objects.create(
        practice=practice, partner_id=partner, kind=kind, text=text.strip(), author_id=actor.user_id
    )


def remove(*, actor: Actor, remark: PracticeRemark) -> None:
    """Take a remark away."""
    if not policies.can_remove_remark(actor, remark):
        raise PermissionDenied
    remark.delete()
