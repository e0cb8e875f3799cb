"""A city's own row of the matrix: needs added, changed, and ended when they are met."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from aoce.common.workflow import WrongStateError
from learning import policies
from learning.models import KnowledgeNeed
from learning.services.needs import NeedThereAlreadyError
from partners.models import Partner

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import SubTheme


def add_need(*, actor: Actor, partner: Partner, sub_theme: SubTheme, reason: str, today: date) -> KnowledgeNeed:
    """Say that a city needs to know more about a sub-theme. Raises NeedThereAlreadyError when it says so already."""
    if partner.network_id != actor.network_id or not policies.can_keep_row(actor, partner.pk):
        raise PermissionDenied
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        if KnowledgeNeed.objects.open().filter(partner=partner, sub_theme=sub_theme).exists():
            raise NeedThereAlreadyError
        return KnowledgeNeed.objects.create(
            network_id=partner.network_id, partner=partner, sub_theme=sub_theme, reason=reason.strip(), since=today
        )


def word_need(*, actor: Actor, need: KnowledgeNeed, reason: str) -> None:
    """Change the sentence of a need."""
    _must_end(actor, need)
    need.reason = reason.strip()
    need.save(update_fields=["reason"])


def end_need(*, actor: Actor, need: KnowledgeNeed, is_met: bool, note: str, today: date) -> None:
    """Take a need out of the row: it was met, or it is none any more. It stays in the history."""
    _must_end(actor, need)
    ended = KnowledgeNeed.objects.open().filter(pk=need.pk)
    if not ended.update(ended_on=today, is_met=is_met, ended_note=note.strip()[:300]):
        raise WrongStateError(_("This need has ended already."))
    need.refresh_from_db()


def _must_end(actor: Actor, need: KnowledgeNeed) -> None:
    if need.network_id != actor.network_id or not policies.can_keep_row(actor, need.partner_id):
        raise PermissionDenied
    if need.ended_on is not None:
        raise WrongStateError(_("This need has ended already."))
