"""Testing actions: ideas, the form a city fills in, and how it goes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actionplans.enums import SHARED, TestingState, Verdict
from actionplans.models.plans import PlanQuerySet
from aoce.common.models import StoredFile
from learning.models import LogAction
from meetings.models import TransnationalMeeting
from partners.enums import Role
from partners.models import Network, Partner

if TYPE_CHECKING:
    from partners.actors import Actor

MONEY = {"max_digits": 11, "decimal_places": 2, "validators": [MinValueValidator(Decimal(0))]}


class TestingIdea(models.Model):
    """Something a city could try out; the first in its list is the one it thinks of most."""

    __test__ = False  # the field's own name, not a test case

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="testing_ideas")
    title = models.TextField(_("Idea"), blank=True)
    what = models.TextField(_("What it is"), blank=True)
    why = models.TextField(_("Why we would try it"), blank=True)
    note = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_dropped = models.BooleanField(default=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.title


class TestingQuerySet(models.QuerySet):
    """Testing actions."""

    def visible_to(self, actor: Actor) -> Self:
        """Handed in: everybody of the network, ad-hoc experts excepted. What is being mended: also those who lead.

        A draft is its city's own.
        """
        if not actor.is_system and (not actor.roles or actor.roles == frozenset({Role.ADHOC_EXPERT})):
            return self.none()
        rows = self.filter(network_id=actor.network_id)
        if actor.is_system:
            return rows
        shown = Q(state__in=SHARED) | Q(partner__in=actor.partner_ids)
        if actor.leads:
            shown |= Q(state=TestingState.CHANGES)
        return rows.filter(shown)


class TestingAction(models.Model):
    """A small action by which a city finds out whether something works before it plans it.

    ``answers`` holds its texts by question code; ``questions`` the form it was handed in with, as ``[code, label]``.
    Money is in euro; ``rate`` is how many units of the city's own currency one euro was on ``rate_on``. Parts of the
    form: Baseline Study, Table 3 and the letter on testing actions (summary, budget, internal capacity, stakeholders,
    timeframe with steps, expected outputs and results).
    """

    __test__ = False  # the field's own name, not a test case

    network = models.ForeignKey(Network, models.CASCADE, related_name="testing_actions")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="testing_actions", verbose_name=_("City"))
    idea = models.ForeignKey(TestingIdea, models.SET_NULL, null=True, blank=True, related_name="actions")
    title = models.CharField(_("Title"), max_length=200)
    answers = models.JSONField(default=dict, blank=True)
    questions = models.JSONField(default=list, blank=True)
    starts = models.DateField(_("Begins"), null=True, blank=True)
    ends = models.DateField(_("Ends"), null=True, blank=True)
    rate = models.DecimalField(_("Units for one euro"), max_digits=10, decimal_places=4, null=True, blank=True)
    rate_on = models.DateField(_("Rate of which day"), null=True, blank=True)
    log_actions = models.ManyToManyField(
        LogAction,
        blank=True,
        related_name="testing_actions",
        verbose_name=_("Actions of the log it tries out"),
    )
    state = models.CharField(max_length=10, choices=TestingState, default=TestingState.DRAFT)
    meeting = models.ForeignKey(
        TransnationalMeeting,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="testing_actions",
        verbose_name=_("Presented at"),
    )
    learnt = models.TextField(_("What we learnt"), blank=True)
    verdict = models.CharField(_("What becomes of it"), max_length=10, choices=Verdict, blank=True)
    enters_plan = models.TextField(_("What of it enters the action plan"), blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = TestingQuerySet.as_manager()

    class Meta:
        ordering = ("partner__position", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=models.F("starts")),
                name="testing_action_ends_after_its_start",
            ),
            models.CheckConstraint(
                condition=~Q(state=TestingState.FINISHED) | (~Q(learnt="") & ~Q(verdict="")),
                name="finished_testing_action_says_what_was_learnt",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Step(models.Model):
    """One step of a testing action. ``done_on`` is when it was ticked."""

    action = models.ForeignKey(TestingAction, models.CASCADE, related_name="steps")
    title = models.CharField(max_length=200)
    owner = models.CharField(max_length=100, blank=True)
    start = models.DateField(null=True, blank=True)
    due = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.title


class BudgetLine(models.Model):
    """What something costs, in euro, and who pays it."""

    action = models.ForeignKey(TestingAction, models.CASCADE, related_name="budget")
    what = models.CharField(max_length=200)
    amount = models.DecimalField(**MONEY)
    source = models.CharField(max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.what


class Measure(models.Model):
    """An expected result and how it is measured: before, aimed at, and after."""

    action = models.ForeignKey(TestingAction, models.CASCADE, related_name="measures")
    what = models.CharField(max_length=200)
    how = models.CharField(max_length=200, blank=True)
    before = models.CharField(max_length=100, blank=True)
    target = models.CharField(max_length=100, blank=True)
    after = models.CharField(max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.what


class ProgressNote(models.Model):
    """What happened on a day while a testing action is under way, with a photo and what was spent, in euro."""

    action = models.ForeignKey(TestingAction, models.CASCADE, related_name="notes")
    day = models.DateField(_("Day"))
    text = models.TextField(_("What happened"), max_length=2000)
    spent = models.DecimalField(_("Spent, in euro"), null=True, blank=True, **MONEY)
    photo = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="+")
    alt = models.CharField(_("What the photo shows"), max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-day", "-pk")

    def __str__(self) -> str:
        return self.text[:80]
