"""Who may do what with quarterly reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from partners.enums import Role
from reports.enums import ReportState

if TYPE_CHECKING:
    from partners.actors import Actor
    from reports.models import QuarterlyReport


def can_list_reports(actor: Actor) -> bool:
    """Everyone in the network sees the list; what stands in it is ``visible_to``'s."""
    return bool(actor.roles)


def can_view_report(actor: Actor, report: QuarterlyReport) -> bool:
    """The rule of ``QuarterlyReportQuerySet.visible_to`` for one report."""
    if report.network_id != actor.network_id or not (actor.roles or actor.is_system):
        return False
    if actor.leads or actor.is_system or report.state == ReportState.PUBLISHED:
        return True
    if actor.roles == frozenset({Role.ADHOC_EXPERT}):
        return False
    if report.state == ReportState.APPROVED:
        return True
    return report.state == ReportState.SUBMITTED and actor.has(Role.OBSERVER)


def can_write_report(actor: Actor, report: QuarterlyReport) -> bool:
    """Lead Expert and Lead Partner write it together."""
    return report.network_id == actor.network_id and actor.leads


def can_create_report(actor: Actor, network_id: int) -> bool:
    """Who writes reports begins one."""
    return network_id == actor.network_id and actor.leads


def can_approve_report(actor: Actor, report: QuarterlyReport) -> bool:
    """The Lead Partner approves, returns and publishes."""
    return report.network_id == actor.network_id and actor.is_lead_partner
