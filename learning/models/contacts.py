"""Contacts between cities: one asks for another's practice, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from learning.enums import ContactState
from learning.models.matrix import GoodPractice, KnowledgeNeed
from partners.models import Network, Partner

if TYPE_CHECKING:
    from partners.actors import Actor


class PracticeContactQuerySet(models.QuerySet):
    """Contacts."""

    def visible_to(self, actor: Actor) -> Self:
        """Both cities, and who leads the network."""
        rows = self.filter(network_id=actor.network_id)
        if actor.is_system or actor.leads:
            return rows
        return rows.filter(Q(partner__in=actor.partner_ids) | Q(practice__owner__in=actor.partner_ids))


class PracticeContact(models.Model):
    """A city (``partner``) asks those who have a practice. ``changed_what`` says what it changed in the end."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="practice_contacts")
    practice = models.ForeignKey(GoodPractice, models.CASCADE, related_name="contacts")
    partner = models.ForeignKey(
        Partner, models.CASCADE, related_name="practice_contacts", verbose_name=_("City that asks")
    )
    need = models.ForeignKey(KnowledgeNeed, models.SET_NULL, null=True, blank=True, related_name="contacts")
    message = models.TextField(_("What you would like to know"), max_length=2000)
    state = models.CharField(max_length=10, choices=ContactState, default=ContactState.ASKED)
    changed_what = models.TextField(blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = PracticeContactQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("practice", "partner"), name="practice_asked_once_a_city"),
            models.CheckConstraint(
                condition=~Q(state=ContactState.CHANGED) | ~Q(changed_what=""), name="changed_contact_says_what"
            ),
        )

    def __str__(self) -> str:
        return f"{self.partner}: {self.practice}"

    @property
    def shape(self) -> str:
        """The mark its state is drawn with."""
        return SHAPES[self.state]


#: Each state's mark, among those the portal draws.
SHAPES = {
    ContactState.ASKED: "submitted",
    ContactState.MET: "draft",
    ContactState.TRIED: "draft",
    ContactState.ADOPTED: "approved",
    ContactState.CHANGED: "approved",
    ContactState.ENDED: "waived",
}
