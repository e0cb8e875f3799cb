"""What belongs to a good practice: its photos, and what other cities say of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from aoce.common.models import StoredFile
from learning.enums import RemarkKind
from learning.models.matrix import GoodPractice
from partners.models import Partner


class PracticePhoto(models.Model):
    """A photo of a practice, with what it shows for those who do not see it."""

    practice = models.ForeignKey(GoodPractice, models.CASCADE, related_name="photos")
    file = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="+")
    alt = models.CharField(_("What the photo shows"), max_length=300)

    class Meta:
        ordering = ("pk",)
        constraints = (models.CheckConstraint(condition=~models.Q(alt=""), name="practice_photo_says_what_it_shows"),)

    def __str__(self) -> str:
        return self.alt


class PracticeRemark(models.Model):
    """A comment, reflection or lesson on a practice, by a city or by those who lead (no ``partner``)."""

    practice = models.ForeignKey(GoodPractice, models.CASCADE, related_name="remarks")
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, blank=True, related_name="practice_remarks")
    kind = models.CharField(_("This is"), max_length=12, choices=RemarkKind, default=RemarkKind.COMMENT)
    text = models.TextField(_("Your text"), max_length=4000)
    at = models.DateTimeField(auto_now_add=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.text[:80]
