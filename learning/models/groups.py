"""Thematic working groups."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from learning.models.matrix import MatrixQuerySet
from partners.models import Network, Partner, SubTheme


class WorkingGroup(models.Model):
    """Cities that work on one sub-theme together: who needs to know, and who can show."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="working_groups")
    sub_theme = models.ForeignKey(SubTheme, models.PROTECT, related_name="working_groups", verbose_name=_("Sub-theme"))
    name = models.CharField(_("Name"), max_length=150, blank=True)
    purpose = models.TextField(_("What it works on"), blank=True)
    partners = models.ManyToManyField(Partner, through="WorkingGroupCity", related_name="working_groups")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MatrixQuerySet.as_manager()

    class Meta:
        ordering = ("sub_theme__theme__position", "sub_theme__position", "pk")
        constraints = (models.UniqueConstraint(fields=("network", "sub_theme"), name="working_group_once"),)

    def __str__(self) -> str:
        return self.name or self.sub_theme.name


class WorkingGroupCity(models.Model):
    """A city in a working group, since when and through whom."""

    group = models.ForeignKey(WorkingGroup, models.CASCADE, related_name="cities")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    joined_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("partner__position", "pk")
        constraints = (models.UniqueConstraint(fields=("group", "partner"), name="city_once_in_working_group"),)

    def __str__(self) -> str:
        return f"{self.partner}: {self.group}"
