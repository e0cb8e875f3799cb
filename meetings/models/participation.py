"""Who comes to a transnational meeting, what they need, and on which days they were there."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.enums import Part, SignedBy
from meetings.models.transnational import TransnationalMeeting
from partners.models import Network, Partner, Person


class Participation(models.Model):
    """One person at one meeting, for a city or from outside."""

    meeting = models.ForeignKey(TransnationalMeeting, models.CASCADE, related_name="participations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="participations")
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="participations", verbose_name=_("City")
    )
    name = models.CharField(_("Name"), max_length=150)
    organisation = models.CharField(_("Organisation"), max_length=200, blank=True)
    part = models.CharField(_("Comes as"), max_length=12, choices=Part, default=Part.MEMBER)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = (models.F("partner__position").asc(nulls_last=True), "name", "pk")
        constraints = (models.UniqueConstraint(fields=("meeting", "person"), name="person_once_a_meeting"),)

    def __str__(self) -> str:
        return self.name


class SpecialNeeds(models.Model):
    """What somebody must not eat, and what they need to take part; deleted after the meeting."""

    participation = models.OneToOneField(Participation, models.CASCADE, related_name="needs")
    diet = models.CharField(_("Diet"), max_length=200, blank=True)
    access = models.CharField(_("Access"), max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(diet="") | ~Q(access=""), name="special_needs_say_something"),
        )

    def __str__(self) -> str:
        return str(self.participation)


class TravelMode(models.Model):
    """A way to travel; ``grams`` of CO2 equivalent for each kilometre and passenger, with its ``source``."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="travel_modes")
    code = models.SlugField(max_length=30)
    name = models.CharField(_("Name"), max_length=100)
    grams = models.PositiveIntegerField()
    source = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        constraints = (models.UniqueConstraint(fields=("network", "code"), name="travel_mode_once"),)

    def __str__(self) -> str:
        return self.name


class TravelLeg(models.Model):
    """A part of somebody's journey to a meeting and back; ``km`` is both ways together."""

    participation = models.ForeignKey(Participation, models.CASCADE, related_name="legs")
    mode = models.ForeignKey(TravelMode, models.PROTECT, related_name="legs")
    km = models.PositiveIntegerField()

    class Meta:
        ordering = ("pk",)
        constraints = (models.CheckConstraint(condition=Q(km__gt=0), name="travel_leg_has_a_length"),)

    def __str__(self) -> str:
        return f"{self.mode}, {self.km} km"


class Presence(models.Model):
    """A day on which somebody was there; ``signature`` is the path of a finger on a screen (SVG), when there is one."""

    participation = models.ForeignKey(Participation, models.CASCADE, related_name="presences")
    day = models.DateField()
    how = models.CharField(max_length=10, choices=SignedBy)
    signature = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("day", "pk")
        constraints = (models.UniqueConstraint(fields=("participation", "day"), name="present_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.participation}, {self.day}"
