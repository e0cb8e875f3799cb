"""Local meetings and the report a city hands in about each."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from aoce.common.enums import State
from aoce.common.models import StoredFile
from meetings.enums import Answer, Before
from meetings.models.transnational import TransnationalMeeting
from meetings.querysets import UlgInvitationQuerySet, UlgMeetingQuerySet, UlgReportQuerySet
from partners.models import LocalSubGroup, Partner, Person


class UlgMeeting(models.Model):
    """A meeting of one city's local group: planned, held, or called off; reported in its ``report``.

    ``planned_at`` says since when the city shows it as planned; a meeting that was only reported has none. ``sequence``
    counts what members were told about, as calendars want it.
    """

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="ulg_meetings")
    number = models.PositiveSmallIntegerField(_("Number"))
    title = models.CharField(_("Title"), max_length=200, blank=True)
    date = models.DateField(_("Date of the meeting"), null=True, blank=True)
    place = models.CharField(_("Place"), max_length=200, blank=True)
    start_time = models.TimeField(_("From"), null=True, blank=True)
    end_time = models.TimeField(_("To"), null=True, blank=True)
    agenda = models.TextField(_("Agenda"), blank=True)
    sub_group = models.ForeignKey(
        LocalSubGroup, models.SET_NULL, null=True, blank=True, related_name="meetings", verbose_name=_("Sub-group")
    )
    planned_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    relation = models.CharField(_("Prepares or follows"), max_length=10, choices=Before, blank=True)
    transnational = models.ForeignKey(
        TransnationalMeeting, models.SET_NULL, null=True, blank=True, related_name="ulg_meetings"
    )

    objects = UlgMeetingQuerySet.as_manager()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("partner", "number"), name="ulg_meeting_number_once"),
            models.CheckConstraint(
                condition=models.Q(end_time__isnull=True)
                | models.Q(start_time__isnull=True)
                | models.Q(end_time__gt=models.F("start_time")),
                name="ulg_meeting_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return self.title or str(_("ULG meeting %(number)s") % {"number": self.number})


class UlgInvitation(models.Model):
    """Somebody asked to come to a local meeting, and what they answered without signing in.

    The address in the mail is ``pk`` signed; deleting the row makes it lead nowhere. ``told`` is the ``sequence`` of
    the meeting that the last mail to them spoke of.
    """

    meeting = models.ForeignKey(UlgMeeting, models.CASCADE, related_name="invitations")
    person = models.ForeignKey(Person, models.CASCADE, related_name="ulg_invitations")
    email = models.EmailField(_("E-mail"))
    answer = models.CharField(_("Answer"), max_length=5, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    told = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UlgInvitationQuerySet.as_manager()

    class Meta:
        ordering = ("person__name", "pk")
        constraints = (models.UniqueConstraint(fields=("meeting", "person"), name="ulg_invitation_once"),)

    def __str__(self) -> str:
        return f"{self.person}: {self.meeting}"


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
    grid_shared_on = models.DateField(_("Shared on"), null=True, blank=True)
    grid_proof = models.OneToOneField(
        StoredFile, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Proof")
    )
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
