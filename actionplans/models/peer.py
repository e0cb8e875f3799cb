"""Peer review: cities read what other cities handed in, and say what they think."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from actionplans.enums import RoundState, Subject, Wish
from actionplans.models.templates import TemplateRow
from aoce.common.models import SubmittedVersion
from meetings.models import TransnationalMeeting
from partners.enums import Role
from partners.models import Network, Partner

if TYPE_CHECKING:
    from partners.actors import Actor


class PeerQuestion(TemplateRow):
    """A question that reviewers answer, for one kind of thing."""

    subject = models.CharField(max_length=20, choices=Subject)


class RoundQuerySet(models.QuerySet):
    """Rounds of peer review."""

    def visible_to(self, actor: Actor) -> Self:
        """Everybody of the network, ad-hoc experts excepted; who leads also what is being planned."""
        if not actor.is_system and (not actor.roles or actor.roles == frozenset({Role.ADHOC_EXPERT})):
            return self.none()
        rows = self.filter(network_id=actor.network_id)
        return rows if actor.is_system or actor.leads else rows.exclude(state=RoundState.PLANNED)


class ReviewRound(models.Model):
    """A round of peer review for a meeting. ``questions`` are kept as they were asked: ``[code, label, help]``.

    ``reciprocal`` and ``themes`` say how pairs are proposed; ``each`` how many others a city reviews.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="review_rounds")
    meeting = models.ForeignKey(
        TransnationalMeeting,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="review_rounds",
        verbose_name=_("Meeting"),
    )
    title = models.CharField(_("Title"), max_length=150)
    subject = models.CharField(_("What is reviewed"), max_length=20, choices=Subject, default=Subject.PLAN)
    state = models.CharField(max_length=10, choices=RoundState, default=RoundState.PLANNED)
    questions = models.JSONField(default=list)
    each = models.PositiveSmallIntegerField(_("How many others each city reviews"), default=2)
    reciprocal = models.CharField(
        _("Two cities that review each other"), max_length=6, choices=Wish, default=Wish.AVOID
    )
    themes = models.CharField(_("Cities with the same needs"), max_length=6, choices=Wish, default=Wish.ANY)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (models.CheckConstraint(condition=Q(each__gte=1, each__lte=5), name="reviews_of_each_city"),)

    def __str__(self) -> str:
        return self.title


class PeerReview(models.Model):
    """What one city says of another's work. ``content`` is the version it read; ``replies`` answer its ``answers``."""

    round = models.ForeignKey(ReviewRound, models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(Partner, models.CASCADE, related_name="reviews_written", verbose_name=_("Reviewer"))
    reviewed = models.ForeignKey(Partner, models.CASCADE, related_name="reviews_got", verbose_name=_("Reviewed"))
    content = models.ForeignKey(SubmittedVersion, models.SET_NULL, null=True, related_name="+")
    answers = models.JSONField(default=dict, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    thanks = models.TextField(_("Thanks"), blank=True)
    replies = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("reviewer__position", "reviewed__position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("round", "reviewer", "reviewed"), name="reviewed_once_in_a_round"),
            models.CheckConstraint(condition=~Q(reviewer=F("reviewed")), name="no_city_reviews_itself"),
        )

    def __str__(self) -> str:
        return f"{self.reviewer} → {self.reviewed}"


class AgreedChange(models.Model):
    """Something a city agreed to change after a review: a task of its own."""

    review = models.ForeignKey(PeerReview, models.CASCADE, related_name="changes")
    text = models.CharField(_("What will change"), max_length=300)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.text
