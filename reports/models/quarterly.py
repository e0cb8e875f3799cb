"""Quarterly Network Reports."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from aoce.common.models import StoredFile
from partners.enums import Role
from partners.models import Network
from reports.enums import ReportState

if TYPE_CHECKING:
    from partners.actors import Actor


class QuarterlyReportQuerySet(models.QuerySet):
    """Quarterly reports."""

    def visible_to(self, actor: Actor) -> Self:
        """Leads all; everyone else in the network what is approved or published, observers also what is submitted."""
        if not actor.roles and not actor.is_system:
            return self.none()
        rows = self.filter(network_id=actor.network_id)
        if actor.leads or actor.is_system:
            return rows
        states = [ReportState.APPROVED, ReportState.PUBLISHED]
        if actor.has(Role.OBSERVER):
            states.append(ReportState.SUBMITTED)
        if actor.roles == frozenset({Role.ADHOC_EXPERT}):
            states = [ReportState.PUBLISHED]
        return rows.filter(state__in=states)

    def published(self) -> Self:
        """What the public may see."""
        return self.filter(state=ReportState.PUBLISHED)


class QuarterlyReport(models.Model):
    """The report of one network for one quarter.

    ``figures`` are frozen when it is published: see ``reports.figures`` for their shape. ``file`` is the rendered PDF.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="quarterly_reports")
    year = models.PositiveSmallIntegerField(_("Year"))
    quarter = models.PositiveSmallIntegerField(_("Quarter"))
    number = models.PositiveSmallIntegerField(_("Number"))
    state = models.CharField(max_length=20, choices=ReportState, default=ReportState.DRAFT)
    figures = models.JSONField(default=dict, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = QuarterlyReportQuerySet.as_manager()

    class Meta:
        ordering = ("year", "quarter")
        constraints = (
            models.UniqueConstraint(fields=("network", "year", "quarter"), name="one_report_a_quarter"),
            models.CheckConstraint(condition=models.Q(quarter__range=(1, 4)), name="quarter_1_to_4"),
            models.CheckConstraint(
                condition=models.Q(state="published", published_at__isnull=False, file__isnull=False)
                | (~models.Q(state="published") & models.Q(published_at=None)),
                name="published_report_has_moment_and_file",
            ),
        )

    def __str__(self) -> str:
        return str(_("Quarterly report %(quarter)s/%(year)s") % {"quarter": self.quarter, "year": self.year})

    @property
    def start(self) -> date:
        """First day of the quarter."""
        return date(self.year, self.quarter * 3 - 2, 1)

    @property
    def end(self) -> date:
        """Last day of the quarter."""
        after = date(self.year + self.quarter // 4, self.quarter % 4 * 3 + 1, 1)
        return after - timedelta(days=1)


class ReportSection(models.Model):
    """One section's narrative, clean HTML; ``version`` guards against two people overwriting each other."""

    report = models.ForeignKey(QuarterlyReport, models.CASCADE, related_name="sections")
    code = models.SlugField()
    title = models.CharField(_("Title"), max_length=200)
    body = models.TextField(_("Text"), blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("report", "code"), name="section_once"),)

    def __str__(self) -> str:
        return self.title
