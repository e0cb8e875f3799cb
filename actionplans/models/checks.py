"""The quality check: criteria judged, remarks beside the text, the letter that goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actionplans.enums import Judgement
from actionplans.models.templates import Criterion
from aoce.common.models import StoredFile, SubmittedVersion
from aoce.common.models.subject import AboutObject

if TYPE_CHECKING:
    from partners.actors import Actor


class QualityCheck(AboutObject):
    """The check of one version that was handed in.

    ``letter`` is what the city gets; ``despite`` says why it was approved although a needed criterion is open.
    """

    content = models.OneToOneField(SubmittedVersion, models.CASCADE, related_name="+")
    letter = models.TextField(_("Letter to the city"), blank=True)
    despite = models.TextField(_("Why it is approved all the same"), blank=True)
    file = models.OneToOneField(StoredFile, models.SET_NULL, null=True, related_name="+")
    checker = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=20, blank=True)

    class Meta(AboutObject.Meta):
        ordering = ("-begun_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_at=None, decision="") | (Q(decided_at__isnull=False) & ~Q(decision="")),
                name="decided_check_says_what",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.decision}"


class Finding(models.Model):
    """How one criterion is met in a version, and what to do about it."""

    check_of = models.ForeignKey(QualityCheck, models.CASCADE, related_name="findings")
    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="findings")
    judgement = models.CharField(max_length=10, choices=Judgement, blank=True)
    suggestion = models.TextField(blank=True)

    class Meta:
        ordering = ("criterion__position", "pk")
        constraints = (models.UniqueConstraint(fields=("check_of", "criterion"), name="finding_once"),)

    def __str__(self) -> str:
        return f"{self.criterion}: {self.judgement}"


class RemarkQuerySet(models.QuerySet):
    """Remarks beside a text."""

    def visible_to(self, actor: Actor) -> Self:
        """Return those of the network; internal ones only for Lead Expert and Lead Partner."""
        rows = self.filter(network_id=actor.network_id)
        return rows if actor.leads else rows.filter(is_internal=False)


class Remark(AboutObject):
    """A remark beside a part of a text, or a reply to one.

    ``place`` is the part's code, ``quote`` the words it is about ("" for the whole part); where they are found again in
    a later version, the remark stands there. ``replacement`` is a text that may be taken over in place of the quote.
    """

    place = models.CharField(max_length=60)
    quote = models.TextField(blank=True)
    text = models.TextField(_("Remark"))
    replacement = models.TextField(_("Suggested text"), blank=True)
    is_internal = models.BooleanField(_("For Lead Expert and Lead Partner only"), default=False)
    reply_to = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="replies")
    number = models.PositiveIntegerField(default=0)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)

    answers: list[Remark]  # the replies to it, where services.remarks has read them

    objects = RemarkQuerySet.as_manager()

    class Meta(AboutObject.Meta):
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.text[:80]
