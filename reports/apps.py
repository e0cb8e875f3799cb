from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from partners.actors import Actor


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        """Register the deliverable, its files and the menu's entry."""
        from auditlog.registry import auditlog

        from aoce.common import files
        from aoce.common.navigation import Entry, register
        from partners.enums import Role
        from reports.models import QuarterlyReport, ReportSection
        from reports.policies import can_list_reports
        from roadmap import deliverables

        def list_url(slug: str, _obligation: object) -> str:
            return reverse("reports:list", kwargs={"network": slug})

        def detail_url(slug: str, report_id: int) -> str:
            year, quarter = QuarterlyReport.objects.values_list("year", "quarter").get(pk=report_id)
            return reverse("reports:detail", kwargs={"network": slug, "year": year, "quarter": quarter})

        def report_seen(actor: Actor, report_id: int) -> bool:
            return QuarterlyReport.objects.visible_to(actor).filter(pk=report_id).exists()

        deliverables.register(
            deliverables.DeliverableKind(
                code="quarterly_report",
                label=_("Quarterly report"),
                start_url=list_url,
                detail_url=detail_url,
                checked_by=(Role.LEAD_PARTNER,),
            )
        )
        # The frozen figures are the record of themselves.
        auditlog.register(QuarterlyReport, exclude_fields=["figures"])
        auditlog.register(ReportSection)
        files.register_owner("quarterly_report", report_seen)
        files.register_owner("quarterly_draft", lambda actor, pk: actor.leads and report_seen(actor, pk))
        register(Entry(_("Reports"), "reports:list", 60, shown=can_list_reports, section="reports"))
