"""Other networks that this one works with, and the guests who come from outside."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.models.transnational import TransnationalMeeting
from meetings.querysets import CooperationQuerySet
from partners.models import Network


class PartnerNetwork(models.Model):
    """Another network; its joint events are meetings of ours."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="partner_networks")
    slug = models.SlugField()
    name = models.CharField(_("Name"), max_length=200)
    short_name = models.CharField(_("Short name"), max_length=40, blank=True)
    website = models.URLField(_("Website"), blank=True)
    about = models.TextField(_("What we do together"), blank=True)
    source = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    meetings = models.ManyToManyField(TransnationalMeeting, blank=True, related_name="partner_networks")

    objects = CooperationQuerySet.as_manager()

    class Meta:
        ordering = ("position", "name")
        constraints = (models.UniqueConstraint(fields=("network", "slug"), name="partner_network_slug_once"),)

    def __str__(self) -> str:
        return self.name


class OutsideGuest(models.Model):
    """Somebody from outside the network who takes part in a meeting, and in what of it."""

    meeting = models.ForeignKey(TransnationalMeeting, models.CASCADE, related_name="guests")
    partner_network = models.ForeignKey(
        PartnerNetwork, models.SET_NULL, null=True, blank=True, related_name="guests", verbose_name=_("Network")
    )
    name = models.CharField(_("Name"), max_length=150)
    organisation = models.CharField(_("Organisation"), max_length=200, blank=True)
    part = models.CharField(_("Session, and what they do there"), max_length=200, blank=True)

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name
