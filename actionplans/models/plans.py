"""What each city's action plan is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.enums import Role
from partners.models import Partner

if TYPE_CHECKING:
    from partners.actors import Actor


class PlanQuerySet(models.QuerySet):
    """Plans and testing actions."""

    def visible_to(self, actor: Actor) -> Self:
        """Everyone in the network, ad-hoc experts excepted: foci and ideas are shared between the cities."""
        if not actor.is_system and (not actor.roles or actor.roles == frozenset({Role.ADHOC_EXPERT})):
            return self.none()
        return self.filter(partner__network_id=actor.network_id)


class ActionPlan(models.Model):
    """A city's Integrated Action Plan: for now its focus; ``note`` when the focus is not yet known."""

    partner = models.OneToOneField(Partner, models.CASCADE, related_name="action_plan")
    focus = models.TextField(_("Focus"), blank=True)
    note = models.CharField(max_length=200, blank=True)

    objects = PlanQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.partner}: {self.focus}"
