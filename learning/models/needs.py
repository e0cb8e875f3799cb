"""Learning needs: what a city wants to learn, in its own words."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from learning.enums import NeedOutcome, NeedState
from learning.models.matrix import MatrixQuerySet
from learning.models.survey import Survey
from meetings.models import Session, TransnationalMeeting
from partners.models import Network, Partner, SubTheme


class LearningNeed(models.Model):
    """One need of one city. ``voices`` says how many answers it was made from; it outlives them."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="learning_needs")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="learning_needs", verbose_name=_("City"))
    text = models.CharField(_("What we need to learn"), max_length=300)
    sub_theme = models.ForeignKey(
        SubTheme, models.SET_NULL, null=True, blank=True, related_name="learning_needs", verbose_name=_("Sub-theme")
    )
    meeting = models.ForeignKey(
        TransnationalMeeting, models.SET_NULL, null=True, blank=True, related_name="needs", verbose_name=_("Meeting")
    )
    survey = models.ForeignKey(Survey, models.SET_NULL, null=True, blank=True, related_name="needs")
    voices = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=NeedState, default=NeedState.PROPOSED)
    sessions = models.ManyToManyField(Session, blank=True, related_name="needs", verbose_name=_("Served in"))
    outcome = models.CharField(_("Afterwards"), max_length=10, choices=NeedOutcome, default=NeedOutcome.OPEN)
    outcome_note = models.CharField(_("By what, or what is missing"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = MatrixQuerySet.as_manager()

    class Meta:
        ordering = ("partner__position", "pk")
        constraints = (models.UniqueConstraint(fields=("partner", "text"), name="learning_need_once"),)

    def __str__(self) -> str:
        return self.text
