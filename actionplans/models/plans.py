"""Each city's Integrated Action Plan: its focus, its chapters, its actions, how integrated it is, its editions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actionplans.enums import PlanState, Readiness
from actionplans.models.templates import IntegrationAspect, TemplateChapter
from aoce.common.models import StoredFile, SubmittedVersion
from learning.models import LogAction
from partners.enums import Role
from partners.models import HorizontalTheme, Partner

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network

#: How far an aspect of the integrated approach is: 0 not at all, 3 fully.
HIGHEST = 3


class PlanQuerySet(models.QuerySet):
    """Plans, and ideas for testing actions."""

    def visible_to(self, actor: Actor) -> Self:
        """Everyone in the network, ad-hoc experts excepted: foci and ideas are shared between the cities.

        What a plan says is read as ``policies.can_read_draft`` and its versions allow.
        """
        if not actor.is_system and (not actor.roles or actor.roles == frozenset({Role.ADHOC_EXPERT})):
            return self.none()
        return self.filter(partner__network_id=actor.network_id)


class ActionPlan(models.Model):
    """A city's Integrated Action Plan. ``note`` says why there is no focus yet; ``edition`` is the last published."""

    partner = models.OneToOneField(Partner, models.CASCADE, related_name="action_plan")
    focus = models.TextField(_("Focus"), blank=True)
    note = models.CharField(max_length=200, blank=True)
    title = models.CharField(_("Title"), max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=PlanState, default=PlanState.DRAFT)
    begun_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ("partner__position",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state=PlanState.APPROVED, approved_at__isnull=False)
                | (~Q(state=PlanState.APPROVED) & Q(approved_at=None)),
                name="approved_plan_has_its_moment",
            ),
        )

    def __str__(self) -> str:
        return self.title or str(_("Action plan of %(city)s") % {"city": self.partner})

    @property
    def network(self) -> Network:
        """The network of its city."""
        return self.partner.network


class Chapter(models.Model):
    """What a city wrote in one chapter, as clean HTML; ``sources`` are one a line, ``[1]`` in the text is the first."""

    plan = models.ForeignKey(ActionPlan, models.CASCADE, related_name="chapters")
    template = models.ForeignKey(TemplateChapter, models.PROTECT, related_name="chapters")
    body = models.TextField(_("Text"), blank=True)
    sources = models.TextField(_("Sources, one a line"), blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("template__position", "pk")
        constraints = (models.UniqueConstraint(fields=("plan", "template"), name="chapter_once"),)

    def __str__(self) -> str:
        return str(self.template)


class PlanAction(models.Model):
    """An action of the plan, made of one of the learning log or new.

    ``rows`` holds its lines by part, each line by column: ``steps`` (title, owner, start, due), ``costs`` (what,
    amount in euro, source), ``indicators`` (what, baseline, target, how), ``risks`` (what, likelihood and impact from
    1 to 3, answer). Days are ISO, amounts decimal numbers as text.
    """

    plan = models.ForeignKey(ActionPlan, models.CASCADE, related_name="actions")
    log_action = models.ForeignKey(
        LogAction,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="plan_actions",
        verbose_name=_("Action of the learning log"),
    )
    number = models.PositiveSmallIntegerField()
    title = models.CharField(_("Title"), max_length=200)
    description = models.TextField(_("What happens"), blank=True)
    result = models.TextField(_("Intended result"), blank=True)
    owner = models.CharField(_("Owner"), max_length=200, blank=True)
    partners = models.TextField(_("Partners"), blank=True)
    readiness = models.CharField(_("How ready it is"), max_length=10, choices=Readiness, blank=True)
    starts = models.DateField(_("Begins"), null=True, blank=True)
    ends = models.DateField(_("Ends"), null=True, blank=True)
    strategies = models.TextField(_("Strategies it links to"), blank=True)
    horizontal_themes = models.ManyToManyField(
        HorizontalTheme, blank=True, related_name="plan_actions", verbose_name=_("Horizontal themes")
    )
    rows = models.JSONField(default=dict, blank=True)
    is_out = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("plan", "number"), name="plan_action_number_once"),
            models.UniqueConstraint(
                fields=("plan", "log_action"), condition=Q(log_action__isnull=False), name="log_action_once_in_plan"
            ),
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=models.F("starts")),
                name="plan_action_ends_after_its_start",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Assessment(models.Model):
    """How far one aspect of the integrated approach is in a plan, before and after, with what shows it."""

    plan = models.ForeignKey(ActionPlan, models.CASCADE, related_name="assessments")
    aspect = models.ForeignKey(IntegrationAspect, models.CASCADE, related_name="assessments")
    before = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(HIGHEST)])
    after = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(HIGHEST)])
    evidence = models.TextField(blank=True)

    class Meta:
        ordering = ("aspect__position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("plan", "aspect"), name="assessed_once"),
            models.CheckConstraint(
                condition=(Q(before=None) | Q(before__lte=HIGHEST)) & (Q(after=None) | Q(after__lte=HIGHEST)),
                name="assessment_in_its_range",
            ),
        )

    def __str__(self) -> str:
        return f"{self.aspect}: {self.before} → {self.after}"


class PlanEdition(models.Model):
    """A published edition of a plan: what it says is its version, and never changes. A later one is a new edition."""

    plan = models.ForeignKey(ActionPlan, models.CASCADE, related_name="editions")
    number = models.PositiveSmallIntegerField()
    content = models.OneToOneField(SubmittedVersion, models.PROTECT, related_name="+")
    file = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    presented_on = models.DateField(_("Public meeting on"), null=True, blank=True)
    presented_at = models.CharField(_("Place of the public meeting"), max_length=200, blank=True)
    presented_note = models.TextField(_("What came of the public meeting"), blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=("plan", "number"), name="plan_edition_once"),)

    def __str__(self) -> str:
        return f"{self.plan}, {self.number}"
