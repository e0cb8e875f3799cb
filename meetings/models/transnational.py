"""Meetings of the whole network."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.querysets import TransnationalMeetingQuerySet
from partners.enums import DatePrecision
from partners.models import HorizontalTheme, Membership, Network, Partner, Theme
from roadmap.models import Task


class MeetingKind(models.Model):
    """A kind of meeting, as the network calls it: Core Network Meeting, Online Academy."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="meeting_kinds")
    code = models.SlugField(max_length=20)
    name = models.CharField(_("Name"), max_length=100)
    has_grid = models.BooleanField(default=False, help_text="Whether cities take home a learning grid from it.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        constraints = (models.UniqueConstraint(fields=("network", "code"), name="meeting_kind_once"),)

    def __str__(self) -> str:
        return self.name


class TransnationalMeeting(models.Model):
    """A Core Network Meeting, Online Academy, Agents-in-Action meeting or other meeting of the network.

    ``conflicts`` lists what else the sources say of its date: ``{"claim", "ref"}`` each.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="meetings")
    slug = models.SlugField()
    kind = models.ForeignKey(MeetingKind, models.PROTECT, related_name="meetings", verbose_name=_("Kind"))
    number = models.PositiveSmallIntegerField(_("Number"), null=True, blank=True)
    title = models.CharField(_("Title"), max_length=200)
    hosts = models.ManyToManyField(Partner, blank=True, related_name="hosted_meetings", verbose_name=_("Hosts"))
    is_online = models.BooleanField(_("Online"), default=False)
    place = models.CharField(_("Place"), max_length=200, blank=True)
    link = models.URLField(_("Link to join"), max_length=500, blank=True)
    start = models.DateField(_("First day"))
    end = models.DateField(_("Last day"))
    date_precision = models.CharField(_("How exact"), max_length=10, choices=DatePrecision, default=DatePrecision.DAY)
    date_text = models.CharField(_("Date in words"), max_length=100, blank=True)
    date_source = models.CharField(_("Source of the date"), max_length=200, blank=True)
    conflicts = models.JSONField(default=list, blank=True)
    themes = models.ManyToManyField(Theme, blank=True, related_name="meetings", verbose_name=_("Themes"))
    horizontal_themes = models.ManyToManyField(HorizontalTheme, blank=True, related_name="meetings")
    description = models.TextField(_("What it is for"), blank=True)
    task = models.OneToOneField(Task, models.SET_NULL, null=True, blank=True, related_name="meeting")
    experts = models.ManyToManyField(Membership, blank=True, related_name="shared_meetings")

    objects = TransnationalMeetingQuerySet.as_manager()

    class Meta:
        ordering = ("start", "pk")
        constraints = (
            models.UniqueConstraint(fields=("network", "slug"), name="meeting_slug_once"),
            models.CheckConstraint(condition=models.Q(end__gte=models.F("start")), name="meeting_ends_after_start"),
        )

    def __str__(self) -> str:
        return self.title
