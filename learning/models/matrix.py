"""What cities can show each other, and what they need to know: the matrix of practices and needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

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


class GoodPractice(models.Model):
    """A practice a city (``owner``) or an outside place offers to the others."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="practices")
    slug = models.SlugField(max_length=80)
    name = models.CharField(_("Name"), max_length=200)
    owner = models.ForeignKey(Partner, models.CASCADE, null=True, blank=True, related_name="practices")
    place = models.CharField(_("Place"), max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)
    sub_themes = models.ManyToManyField(SubTheme, related_name="practices")
    summary = models.TextField(blank=True)
    note = models.CharField(max_length=300, blank=True)

    objects = MatrixQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("network", "slug"), name="practice_slug_once"),
            models.CheckConstraint(
                condition=models.Q(owner__isnull=False) | ~models.Q(place=""), name="practice_has_owner_or_place"
            ),
        )

    def __str__(self) -> str:
        return self.name


class KnowledgeNeed(models.Model):
    """A city needs to know more about a sub-theme."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="knowledge_needs")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="knowledge_needs")
    sub_theme = models.ForeignKey(SubTheme, models.CASCADE, related_name="knowledge_needs")

    objects = MatrixQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("partner", "sub_theme"), name="knowledge_need_once"),)

    def __str__(self) -> str:
        return f"{self.partner}: {self.sub_theme}"
