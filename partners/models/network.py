"""A network and what it works on."""

import zoneinfo
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.querysets import NetworkQuerySet


def default_minimums() -> dict[str, int]:
    """Return the counts a city or the network promises to reach, when the network names none."""
    return {
        "learning_needs": 6,
        "grids_meeting": 6,
        "grids_horizontal": 3,
        "ulg_meetings": 8,
        "quarterly_reports": 6,
        "articles": 3,
    }


def validate_time_zone(value: str) -> None:
    """Refuse a time zone that the tz database does not know."""
    if value not in zoneinfo.available_timezones():
        message = _("“%(value)s” is not a time zone. Use a name such as Europe/Brussels.")
        raise ValidationError(message, "time_zone", {"value": value})


def default_local_around() -> list[str]:
    """Return the kinds of transnational meeting that local groups meet around, when the network names none."""
    return ["cnm"]


class Network(models.Model):
    """A city network: the owner of every other row.

    ``local_around`` lists the kinds of transnational meeting before and after each of which every local group meets.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=40)
    programme = models.CharField(max_length=100, blank=True)
    description = models.TextField(blank=True)
    start = models.DateField()
    end = models.DateField()
    time_zone = models.CharField(max_length=64, default="Europe/Brussels", validators=[validate_time_zone])
    languages = models.JSONField(default=list)
    minimums = models.JSONField(default=default_minimums)
    local_around = models.JSONField(default=default_local_around)
    funding_statement = models.CharField(max_length=200, blank=True)
    funding_programme = models.CharField(max_length=100, blank=True)
    retention_years = models.PositiveSmallIntegerField(default=5)
    date_shift = models.SmallIntegerField(
        default=0, help_text=_("Whole months by which a demonstration moved the dates of the data file")
    )
    answer_days = models.PositiveSmallIntegerField(default=10)

    objects = NetworkQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(condition=models.Q(end__gte=models.F("start")), name="network_ends_after_start"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> zoneinfo.ZoneInfo:
        """The network's time zone; its dates are dates there."""
        return zoneinfo.ZoneInfo(self.time_zone)

    def today(self) -> date:
        """Return today's date in the network's time zone."""
        return timezone.localdate(timezone=self.tz)


class Theme(models.Model):
    """One of the network's themes."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="themes")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        constraints = (models.UniqueConstraint(fields=("network", "code"), name="theme_code_once"),)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class SubTheme(models.Model):
    """A part of a theme: a row of the matrix of practices and needs."""

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="sub_themes")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("theme__position", "position", "code")
        constraints = (models.UniqueConstraint(fields=("theme", "code"), name="sub_theme_code_once"),)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class HorizontalTheme(models.Model):
    """A theme that runs through all the others."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="horizontal_themes")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        constraints = (models.UniqueConstraint(fields=("network", "code"), name="horizontal_theme_code_once"),)

    def __str__(self) -> str:
        return self.name
