"""What the network owes to the outside."""

from reports.models.quarterly import QuarterlyReport, QuarterlyReportQuerySet, ReportSection

__all__ = ["QuarterlyReport", "QuarterlyReportQuerySet", "ReportSection"]
