"""A partner city and what is known of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.enums import FactKind
from partners.models.network import Network, validate_time_zone
from partners.querysets import PartnerFactQuerySet, PartnerQuerySet


class Partner(models.Model):
    """A city (or its association) that takes part in a network."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="partners")
    slug = models.SlugField()
    name = models.CharField(max_length=100)
    organisation = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, help_text=_("ISO 3166-1 code of two letters"))
    region = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=64, default="Europe/Brussels", validators=[validate_time_zone])
    currency = models.CharField(max_length=3, default="EUR")
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    is_lead = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    profile_participation = models.TextField(_("Participation"), blank=True)
    profile_practice = models.TextField(_("In practice"), blank=True)
    profile_forward = models.TextField(_("Moving forward"), blank=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ("position", "name")
        constraints = (
            models.UniqueConstraint(fields=("network", "slug"), name="partner_slug_once"),
            models.UniqueConstraint(
                fields=("network",), condition=models.Q(is_lead=True, is_active=True), name="one_active_lead_partner"
            ),
        )

    def __str__(self) -> str:
        return self.name


class PartnerFact(models.Model):
    """One of the eight facts about a city: typed, and as its source prints it.

    ``value`` is the main number in ``unit``; ``figures`` lists further ones as
    ``{"label", "printed", "value", "unit"}``. ``printed`` is never corrected: what cannot be right is marked doubtful.
    """

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="facts")
    kind = models.CharField(max_length=20, choices=FactKind)
    printed = models.CharField(max_length=300, blank=True)
    value = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    figures = models.JSONField(default=list, blank=True)
    summary = models.TextField(blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)
    source_date = models.DateField(null=True, blank=True)
    is_doubtful = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = PartnerFactQuerySet.as_manager()

    class Meta:
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=("partner", "kind"), name="fact_kind_once"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.printed or self.summary}"
