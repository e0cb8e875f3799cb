"""What cities can show each other, and what they need to know: the matrix of practices and needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from aoce.common.enums import State
from partners.enums import Role
from partners.models import Network, Partner, SubTheme

if TYPE_CHECKING:
    from partners.actors import Actor


class MatrixQuerySet(models.QuerySet):
    """Practices and needs."""

    def visible_to(self, actor: Actor) -> Self:
        """Everyone in the network, ad-hoc experts excepted: the matrix is shared between the cities."""
        if not actor.is_system and (not actor.roles or actor.roles == frozenset({Role.ADHOC_EXPERT})):
            return self.none()
        return self.filter(network_id=actor.network_id)


class PracticeQuerySet(MatrixQuerySet):
    """Practices."""

    def published(self) -> Self:
        """Those anybody may read: what was approved of them is in ``published``."""
        return self.filter(published_at__isnull=False)


class GoodPractice(models.Model):
    """A practice a city (``owner``) or an outside place offers to the others.

    The fields are what its owner works on. ``published`` is what the Lead Expert approved last: texts by field, the
    names of its sub-themes, and ``[id, alt]`` of its photos. It stays readable while the owner works on the next text.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="practices")
    slug = models.SlugField(max_length=80)
    name = models.CharField(_("Name"), max_length=200)
    owner = models.ForeignKey(Partner, models.CASCADE, null=True, blank=True, related_name="practices")
    place = models.CharField(_("Place"), max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)
    sub_themes = models.ManyToManyField(SubTheme, related_name="practices")
    summary = models.TextField(_("What it is"), blank=True)
    why = models.TextField(_("Why it was begun"), blank=True)
    how = models.TextField(_("How it works"), blank=True)
    for_whom = models.TextField(_("For whom"), blank=True)
    cost = models.TextField(_("What it costs: money, people, time"), blank=True)
    results = models.TextField(_("What came of it"), blank=True)
    lessons = models.TextField(_("What was learnt"), blank=True)
    watch = models.TextField(_("What to watch out for"), blank=True)
    links = models.TextField(_("Links"), blank=True)
    contact = models.TextField(_("Whom to ask"), blank=True)
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published = models.JSONField(default=dict, blank=True)
    published_text = models.TextField(blank=True)

    objects = PracticeQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("network", "slug"), name="practice_slug_once"),
            models.CheckConstraint(
                condition=models.Q(owner__isnull=False) | ~models.Q(place=""), name="practice_has_owner_or_place"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.APPROVED) | models.Q(published_at__isnull=False),
                name="approved_practice_is_published",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def where(self) -> str:
        """The city, or the place outside the network."""
        return self.owner.name if self.owner else self.place


class KnowledgeNeedQuerySet(MatrixQuerySet):
    """Cities' needs in the matrix."""

    def open(self) -> Self:
        """Those that stand in the matrix now."""
        return self.filter(ended_on=None)


class KnowledgeNeed(models.Model):
    """A city needs to know more about a sub-theme: its own row of the matrix.

    ``since`` is empty for what stood there from the beginning. One that has ended was met, or is no need any more.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="knowledge_needs")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="knowledge_needs", verbose_name=_("City"))
    sub_theme = models.ForeignKey(SubTheme, models.CASCADE, related_name="knowledge_needs", verbose_name=_("Sub-theme"))
    reason = models.CharField(_("What you need to know, and why"), max_length=300, blank=True)
    since = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    is_met = models.BooleanField(default=False)
    ended_note = models.CharField(_("By what, or why not"), max_length=300, blank=True)

    objects = KnowledgeNeedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("partner", "sub_theme"), condition=models.Q(ended_on=None), name="knowledge_need_once"
            ),
            models.CheckConstraint(
                condition=models.Q(is_met=False) | models.Q(ended_on__isnull=False), name="met_need_has_a_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.partner}: {self.sub_theme}"
