"""Learning grids: what a city takes home from a meeting or a horizontal theme, and what it does with it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aoce.common.enums import State
from aoce.common.models import StoredFile
from learning.enums import ActionOutcome
from learning.models.matrix import GoodPractice
from meetings.models import Session, TransnationalMeeting
from partners.enums import Role
from partners.models import HorizontalTheme, Network, Partner

if TYPE_CHECKING:
    from partners.actors import Actor

#: States in which a grid is shared with the other cities.
SHARED = (State.SUBMITTED, State.APPROVED)


class GridQuerySet(models.QuerySet):
    """Learning grids."""

    def visible_to(self, actor: Actor) -> Self:
        """Grids handed in are the network's; before, the city's own, those who lead read along, and the hosts."""
        if not actor.is_system and (not actor.roles or actor.roles == frozenset({Role.ADHOC_EXPERT})):
            return self.none()
        rows = self.filter(network_id=actor.network_id)
        if actor.is_system or actor.leads:
            return rows
        shown = Q(state__in=SHARED) | Q(partner__in=actor.partner_ids)
        if actor.partner_ids:
            hosted = TransnationalMeeting.objects.filter(hosts__in=actor.partner_ids)
            shown |= Q(meeting__in=hosted.values("pk"))
        return rows.filter(shown)


class LearningGrid(models.Model):
    """What one city takes home from one meeting, or from one horizontal theme.

    Six for the Core Network Meetings and three for the horizontal themes a partner: Baseline Study, learning grids.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="grids")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="grids", verbose_name=_("City"))
    meeting = models.ForeignKey(TransnationalMeeting, models.CASCADE, null=True, blank=True, related_name="grids")
    horizontal_theme = models.ForeignKey(HorizontalTheme, models.CASCADE, null=True, blank=True, related_name="grids")
    messages = models.TextField(_("Messages to take home"), blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    objects = GridQuerySet.as_manager()

    class Meta:
        ordering = ("partner__position", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(meeting__isnull=False, horizontal_theme__isnull=True)
                | Q(meeting__isnull=True, horizontal_theme__isnull=False),
                name="grid_is_of_a_meeting_or_a_theme",
            ),
            models.UniqueConstraint(fields=("partner", "meeting"), name="grid_once_a_meeting"),
            models.UniqueConstraint(fields=("partner", "horizontal_theme"), name="grid_once_a_theme"),
        )

    def __str__(self) -> str:
        return f"{self.partner}: {self.about}"

    @property
    def about(self) -> TransnationalMeeting | HorizontalTheme:
        """The meeting or the horizontal theme."""
        found = self.meeting or self.horizontal_theme
        if found is None:
            raise ValueError  # the database holds one of them
        return found


class EntryQuerySet(models.QuerySet):
    """Entries of grids."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the grids the actor sees."""
        return self.filter(grid__in=LearningGrid.objects.visible_to(actor).values("pk"))


class GridEntry(models.Model):
    """One lesson: what was learnt, where, what it means for the plan, and what the city does until the next event.

    ``outcome`` is what its last review said of that action; ``uid`` keeps an entry that is sent twice from being two.
    """

    grid = models.ForeignKey(LearningGrid, models.CASCADE, related_name="entries")
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    learnt = models.TextField(_("What we learnt"), max_length=1000)
    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, blank=True, related_name="grid_entries", verbose_name=_("In which session")
    )
    practice = models.ForeignKey(
        GoodPractice, models.SET_NULL, null=True, blank=True, related_name="grid_entries", verbose_name=_("Practice")
    )
    elsewhere = models.CharField(_("Somewhere else"), max_length=200, blank=True)
    relevance = models.TextField(_("What it means for our action plan"), max_length=1000, blank=True)
    action = models.TextField(_("What we do until the next event"), max_length=1000, blank=True)
    who = models.CharField(_("Who does it"), max_length=200, blank=True)
    by_when = models.DateField(_("By when"), null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=ActionOutcome, default=ActionOutcome.OPEN)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=~Q(learnt=""), name="grid_entry_says_what_was_learnt"),
            models.CheckConstraint(
                condition=Q(outcome=ActionOutcome.OPEN) | ~Q(action=""), name="reviewed_grid_entry_has_an_action"
            ),
        )

    def __str__(self) -> str:
        return self.learnt[:80]


class EntryReview(models.Model):
    """What a city says of an entry's action at a later event. Append only."""

    entry = models.ForeignKey(GridEntry, models.CASCADE, related_name="reviews")
    outcome = models.CharField(max_length=10, choices=ActionOutcome)
    note = models.TextField(_("What came of it"), max_length=1000, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.entry}: {self.get_outcome_display()}"


class GridPhoto(models.Model):
    """A photo of the day and what people said about it: photo elicitation."""

    grid = models.ForeignKey(LearningGrid, models.CASCADE, related_name="photos")
    file = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="+")
    alt = models.CharField(_("What the photo shows"), max_length=300, blank=True)
    said = models.TextField(_("What people said about it"), max_length=2000, blank=True)
    entries = models.ManyToManyField(GridEntry, blank=True, related_name="photos", verbose_name=_("Belongs to"))

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.alt or f"{self.pk}"
