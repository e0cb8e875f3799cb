"""Who owes what: one row a task and party, and the plain way to hand something in."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aoce.common.enums import State
from partners.models import Network, Partner
from roadmap.enums import OPEN_STATES, ObligationState, Party
from roadmap.models.plan import Task
from roadmap.querysets import HandInQuerySet, ObligationQuerySet


class Obligation(models.Model):
    """What one party owes for one task.

    Due is ``due_override`` if the Lead Partner moved it (``due_reason`` says why, to the city), else the task's.
    ``deliverable`` and ``deliverable_id`` name what fulfilled it; its state follows that thing's state.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="obligations")
    task = models.ForeignKey(Task, models.CASCADE, related_name="obligations")
    party = models.CharField(max_length=20, choices=Party)
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, blank=True, related_name="obligations")
    due_override = models.DateField(_("Due for this city"), null=True, blank=True)
    due_reason = models.CharField(_("Reason"), max_length=300, blank=True)
    state = models.CharField(max_length=20, choices=ObligationState, default=ObligationState.NONE)
    waived_reason = models.CharField(_("Why it is not needed"), max_length=300, blank=True)
    deliverable = models.CharField(max_length=40, blank=True)
    deliverable_id = models.PositiveBigIntegerField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        ordering = ("task__due", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("task", "partner"), condition=models.Q(party="partner"), name="obligation_once_a_city"
            ),
            models.UniqueConstraint(
                fields=("task", "party"), condition=models.Q(partner=None), name="obligation_once_a_lead"
            ),
            models.CheckConstraint(
                condition=models.Q(party="partner", partner__isnull=False)
                | (~models.Q(party="partner") & models.Q(partner__isnull=True)),
                name="obligation_partner_party_has_partner",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="waived") | ~models.Q(waived_reason=""), name="waived_has_a_reason"
            ),
            models.CheckConstraint(
                condition=models.Q(due_override=None) | ~models.Q(due_reason=""), name="moved_due_has_a_reason"
            ),
        )
        indexes = (
            models.Index(fields=("network", "state")),
            models.Index(fields=("deliverable", "deliverable_id")),
        )

    def __str__(self) -> str:
        return f"{self.task}: {self.partner or self.get_party_display()}"

    @property
    def due(self) -> date:
        """The day it is due for this party, a date in the network's time zone."""
        return self.due_override or self.task.due

    def days_late(self, today: date) -> int:
        """Return how many days it is late on ``today``; 0 when it is in, not needed, or not yet due."""
        return max(0, (today - self.due).days) if self.state in OPEN_STATES else 0


class HandIn(models.Model):
    """The plain deliverable: a text and files, for every task that has no form of its own."""

    obligation = models.OneToOneField(Obligation, models.CASCADE, related_name="hand_in")
    text = models.TextField(_("What you hand in"), blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    objects = HandInQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.obligation)
