"""Who was at a local meeting: a scan with numbers, or a list of names."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aoce.common.models import StoredFile
from meetings.enums import SignedHow
from meetings.models.ulg import UlgReport
from partners.models import Person, StakeholderKind


class AttendanceSheet(models.Model):
    """One uploaded sheet: a scan kept as proof, or a list whose rows were taken over.

    ``rows`` holds a list's parsed rows until they are taken over, each as ``meetings.lists.ListRow.as_json``;
    ``taken_over`` says whether its people count, ``sheet_name`` on which sheet of the file they stand.
    """

    report = models.ForeignKey(UlgReport, models.CASCADE, related_name="sheets")
    file = models.OneToOneField(StoredFile, models.CASCADE, related_name="sheet")
    is_list = models.BooleanField(default=False)
    sheet_name = models.CharField(max_length=100, blank=True)
    rows = models.JSONField(default=list, blank=True)
    taken_over = models.BooleanField(default=False)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.file.name


class Attendee(models.Model):
    """Somebody who was there, by name; ``signature`` is a finger's path on a screen (SVG), when there is one."""

    report = models.ForeignKey(UlgReport, models.CASCADE, related_name="attendees")
    sheet = models.ForeignKey(AttendanceSheet, models.CASCADE, null=True, blank=True, related_name="attendees")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="attendances")
    name = models.CharField(_("Name"), max_length=150)
    organisation = models.CharField(_("Organisation"), max_length=200, blank=True)
    kind = models.ForeignKey(StakeholderKind, models.PROTECT, null=True, blank=True, related_name="attendees")
    how = models.CharField(_("How"), max_length=10, choices=SignedHow, default=SignedHow.SIGNED)
    signature = models.TextField(blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name


class AttendanceCount(models.Model):
    """How many of one kind a scan shows, typed in by whoever reports. People on lists are counted from the list."""

    report = models.ForeignKey(UlgReport, models.CASCADE, related_name="counts")
    kind = models.ForeignKey(StakeholderKind, models.PROTECT, related_name="counts")
    people = models.PositiveIntegerField(_("People"), default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("report", "kind"), name="count_once_a_kind"),)

    def __str__(self) -> str:
        return f"{self.kind}: {self.people}"
