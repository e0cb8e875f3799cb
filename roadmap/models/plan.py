"""The roadmap table: months are columns, tracks are rows, tasks stand in between."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.enums import DatePrecision
from partners.models import Network, Partner
from roadmap.enums import OwedBy, PeriodState, TrackGroup
from roadmap.querysets import PeriodQuerySet, TaskQuerySet


class Period(models.Model):
    """A half-year of the network's plan.

    ``published_plan`` is the plan as it was published: a list of ``{"id", "title", "track", "start", "due",
    "due_precision", "owed_by"}`` (dates ISO), against which the page shows what changed since.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="periods")
    slug = models.SlugField()
    title = models.CharField(_("Title"), max_length=100)
    start = models.DateField(_("First day"))
    end = models.DateField(_("Last day"))
    state = models.CharField(max_length=20, choices=PeriodState, default=PeriodState.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    published_plan = models.JSONField(default=list, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ("start",)
        constraints = (
            models.UniqueConstraint(fields=("network", "slug"), name="period_slug_once"),
            models.CheckConstraint(condition=models.Q(end__gte=models.F("start")), name="period_ends_after_start"),
            models.CheckConstraint(
                condition=models.Q(state="draft", published_at=None)
                | models.Q(state="published", published_at__isnull=False),
                name="published_period_has_its_moment",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Track(models.Model):
    """A row of the table."""

    period = models.ForeignKey(Period, models.CASCADE, related_name="tracks")
    code = models.SlugField()
    name = models.CharField(_("Name"), max_length=100)
    group = models.CharField(_("Group"), max_length=20, choices=TrackGroup)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=("period", "code"), name="track_code_once"),)

    def __str__(self) -> str:
        return self.name


class Task(models.Model):
    """Something the plan asks for, over one or more months.

    ``deliverable`` names the kind that fulfils it (see ``roadmap.deliverables``); empty for events. ``source`` says
    where the date comes from; ``conflict`` what else the sources say, until the Lead Partner settles it.
    """

    track = models.ForeignKey(Track, models.CASCADE, related_name="tasks")
    code = models.SlugField(max_length=80)
    title = models.CharField(_("Title"), max_length=200)
    description = models.TextField(_("What is asked"), blank=True)
    start = models.DateField(_("Starts"))
    due = models.DateField(_("Due"))
    due_precision = models.CharField(_("How exact"), max_length=10, choices=DatePrecision, default=DatePrecision.DAY)
    owed_by = models.CharField(_("Owed by"), max_length=20, choices=OwedBy, default=OwedBy.EACH_PARTNER)
    hosts = models.ManyToManyField(Partner, blank=True, related_name="hosted_tasks", verbose_name=_("Hosts"))
    deliverable = models.CharField(_("What is handed in"), max_length=40, blank=True)
    source = models.CharField(_("Source of the date"), max_length=200, blank=True)
    conflict = models.CharField(_("To settle"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ("start", "position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("track", "code"), name="task_code_once"),
            models.CheckConstraint(condition=models.Q(due__gte=models.F("start")), name="task_due_after_start"),
        )

    def __str__(self) -> str:
        return self.title
