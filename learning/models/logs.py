"""Learning logs: each city's table of actions, and the columns the network gave it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from learning.enums import LogState
from learning.models.grids import GridEntry
from learning.models.matrix import GoodPractice
from learning.models.needs import LearningNeed
from meetings.models import TransnationalMeeting
from partners.enums import Role
from partners.models import HorizontalTheme, Network, Partner

if TYPE_CHECKING:
    from partners.actors import Actor


class LogColumn(models.Model):
    """A column of the network's action tables. A retired one is asked for no more; what stands in it stays."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="log_columns")
    code = models.SlugField(max_length=30)
    name = models.CharField(_("Name"), max_length=60)
    help = models.CharField(_("What to write there"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_retired = models.BooleanField(default=False)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("network", "code"), name="log_column_once"),
            models.UniqueConstraint(fields=("network", "name"), name="log_column_name_once"),
        )

    def __str__(self) -> str:
        return self.name


class LogQuerySet(models.QuerySet):
    """Actions of learning logs."""

    def visible_to(self, actor: Actor) -> Self:
        """Everyone in the network, ad-hoc experts and observers excepted: tables are presented while they grow.

        Observers read what a city has selected for its plan.
        """
        if not actor.is_system and (not actor.roles or actor.roles == frozenset({Role.ADHOC_EXPERT})):
            return self.none()
        rows = self.filter(network_id=actor.network_id)
        return rows.filter(state=LogState.SELECTED) if actor.is_observer_only else rows


class LogAction(models.Model):
    """One action a city thinks of. ``cells`` holds its texts by the code of their column.

    Fields as in URBACT's action tables; which columns there are is the network's choice (``LogColumn``).
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="log_actions")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="log_actions", verbose_name=_("City"))
    number = models.PositiveSmallIntegerField()
    meeting = models.ForeignKey(
        TransnationalMeeting,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="log_actions",
        verbose_name=_("Drafted after"),
    )
    title = models.CharField(_("Action"), max_length=200)
    cells = models.JSONField(default=dict, blank=True)
    horizontal_themes = models.ManyToManyField(
        HorizontalTheme, blank=True, related_name="log_actions", verbose_name=_("Horizontal themes")
    )
    entries = models.ManyToManyField(GridEntry, blank=True, related_name="log_actions", verbose_name=_("Lessons"))
    needs = models.ManyToManyField(
        LearningNeed, blank=True, related_name="log_actions", verbose_name=_("Learning needs")
    )
    practices = models.ManyToManyField(
        GoodPractice, blank=True, related_name="log_actions", verbose_name=_("Good practices")
    )
    state = models.CharField(max_length=10, choices=LogState, default=LogState.DRAFT)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = LogQuerySet.as_manager()

    class Meta:
        ordering = ("partner__position", "number")
        constraints = (
            models.UniqueConstraint(fields=("partner", "number"), name="log_action_number_once"),
            models.CheckConstraint(
                condition=Q(state=LogState.MERGED, merged_into__isnull=False)
                | (~Q(state=LogState.MERGED) & Q(merged_into__isnull=True)),
                name="merged_action_says_into_which",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="log_action_has_a_title"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def shape(self) -> str:
        """The mark its state is drawn with."""
        return SHAPES[self.state]


#: Each state's mark, among those the portal draws.
SHAPES = {
    LogState.DRAFT: "draft",
    LogState.SELECTED: "approved",
    LogState.MERGED: "waived",
    LogState.DROPPED: "waived",
}
