"""Local meetings and the report a city hands in about each."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from aoce.common.enums import State
from meetings.enums import Before
from meetings.models.transnational import TransnationalMeeting
from meetings.querysets import UlgMeetingQuerySet, UlgReportQuerySet
from partners.models import Partner


class UlgMeeting(models.Model):
    """A meeting of one city's local group."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="ulg_meetings")
    number = models.PositiveSmallIntegerField(_("Number"))
    title = models.CharField(_("Title"), max_length=200, blank=True)
    date = models.DateField(_("Date of the meeting"), null=True, blank=True)
    place = models.CharField(_("Place"), max_length=200, blank=True)
    relation = models.CharField(_("Prepares or follows"), max_length=10, choices=Before, blank=True)
    transnational = models.ForeignKey(
        TransnationalMeeting, models.SET_NULL, null=True, blank=True, related_name="ulg_meetings"
    )

    objects = UlgMeetingQuerySet.as_manager()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("partner", "number"), name="ulg_meeting_number_once"),)

    def __str__(self) -> str:
        return self.title or str(_("ULG meeting %(number)s") % {"number": self.number})


class UlgReport(models.Model):
    """What a city reports about one local meeting.

    ``version`` counts the saves of the report and of its meeting's facts together; ``changed_in`` maps each field that
    was changed to the version it was last changed in, so that two people in different fields do not disturb each other.
    """

    meeting = models.OneToOneField(UlgMeeting, models.CASCADE, related_name="report")
    topics = models.TextField(_("Main topics"), blank=True)
    decisions = models.TextField(_("What the group decided"), blank=True)
    lessons = models.TextField(_("What you learnt that other cities could use"), blank=True)
    grid_shared = models.BooleanField(_("We shared the learning grid with the group"), default=False)
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    changed_in = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = UlgReportQuerySet.as_manager()

    class Meta:
        ordering = ("-meeting__date",)

    def __str__(self) -> str:
        return str(self.meeting)
