"""Who may do what with meetings and local reports: pure functions of an actor and a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aoce.common.enums import State
from meetings.enums import RationaleState
from partners.enums import Role

if TYPE_CHECKING:
    from meetings.models import Preparation, Rationale, TransnationalMeeting, UlgMeeting, UlgReport
    from partners.actors import Actor
    from partners.models import Partner

#: States in which a report can still be written; when it is submitted, it can be amended.
OPEN = (State.DRAFT, State.CHANGES)
SHARED = (State.SUBMITTED, State.APPROVED)


def can_list_meetings(actor: Actor) -> bool:
    """Everybody in the network; an ad-hoc expert sees those shared with them."""
    return bool(actor.roles)


def can_add_meeting(actor: Actor) -> bool:
    """Lead Partner and Lead Expert add meetings."""
    return actor.leads


def can_edit_meeting(actor: Actor, meeting: TransnationalMeeting) -> bool:
    """Lead Partner and Lead Expert set dates, place and hosts."""
    return meeting.network_id == actor.network_id and actor.leads


def can_see_cooperation(actor: Actor) -> bool:
    """Other networks are shown to everybody but ad-hoc experts."""
    return actor.is_system or (bool(actor.roles) and actor.roles != frozenset({Role.ADHOC_EXPERT}))


def can_list_reports(actor: Actor) -> bool:
    """Everybody but ad-hoc experts, who see no local meetings."""
    return bool(actor.roles) and actor.roles != frozenset({Role.ADHOC_EXPERT})


def can_start_report(actor: Actor, partner_id: int | None = None) -> bool:
    """A coordinator, for the own city; without a city: for any."""
    if partner_id is None:
        return bool(actor.coordinated_partner_ids)
    # The portal itself begins it when the first visitor signs in.
    return actor.is_system or partner_id in actor.coordinated_partner_ids


def _in_network(actor: Actor, report: UlgReport) -> bool:
    return report.meeting.partner.network_id == actor.network_id


def can_view_report(actor: Actor, report: UlgReport) -> bool:
    """The rule of ``UlgReportQuerySet.visible_to`` for one report."""
    if not _in_network(actor, report):
        return False
    if actor.is_system:
        return True
    partner, state = report.meeting.partner_id, report.state
    if actor.leads and (state != State.DRAFT or partner in actor.partner_ids):
        return True
    if partner in actor.coordinated_partner_ids:
        return True
    if actor.has(Role.MEMBER) and partner in actor.partner_ids and state in SHARED:
        return True
    return actor.has(Role.OBSERVER) and state in SHARED


def can_view_ulg_meeting(actor: Actor, meeting: UlgMeeting) -> bool:
    """The rule of ``UlgMeetingQuerySet.visible_to`` for one meeting."""
    if meeting.partner.network_id != actor.network_id:
        return False
    if actor.is_system or meeting.partner_id in actor.coordinated_partner_ids:
        return True
    if meeting.planned_at is not None and (actor.leads or meeting.partner_id in actor.partner_ids):
        return True
    report = getattr(meeting, "report", None)
    return report is not None and can_view_report(actor, report)


def can_plan_meeting(actor: Actor, partner_id: int) -> bool:
    """Plan, change, call off, invite: the city's coordinators."""
    return partner_id in actor.coordinated_partner_ids


def can_see_invited(actor: Actor, meeting: UlgMeeting) -> bool:
    """Names stay with the city and those who lead the network."""
    if not can_view_ulg_meeting(actor, meeting):
        return False
    return actor.is_system or actor.leads or meeting.partner_id in actor.partner_ids


def can_view_coverage(actor: Actor) -> bool:
    """How far every city is with its meetings: those who lead, and observers."""
    return actor.leads or actor.has(Role.OBSERVER)


def can_view_city_coverage(actor: Actor, partner: Partner) -> bool:
    """One city's line of time: those who see all cities', and the city itself."""
    if partner.network_id != actor.network_id:
        return False
    return can_view_coverage(actor) or partner.pk in actor.partner_ids


def can_read_stream(actor: Actor) -> bool:
    """Every city's reports in one stream: whoever leads the network."""
    return actor.leads


def can_write_report(actor: Actor, report: UlgReport) -> bool:
    """Write, attach, submit: the city's coordinators."""
    return _in_network(actor, report) and report.meeting.partner_id in actor.coordinated_partner_ids


def can_check_report(actor: Actor, report: UlgReport) -> bool:
    """Accept it, return it, let it serve further obligations: the Lead Partner."""
    return _in_network(actor, report) and actor.is_lead_partner


def can_see_people(actor: Actor, report: UlgReport) -> bool:
    """Names and sheets stay with the city and those who lead the network; everybody else sees numbers."""
    if not can_view_report(actor, report):
        return False
    return actor.is_system or actor.leads or report.meeting.partner_id in actor.partner_ids


def can_write_agenda(actor: Actor, meeting: TransnationalMeeting) -> bool:
    """Lead Partner, Lead Expert and the hosts' coordinators write the agenda together."""
    if meeting.network_id != actor.network_id:
        return False
    hosts = {host.pk for host in meeting.hosts.all()}
    return actor.is_system or actor.leads or bool(hosts & actor.coordinated_partner_ids)


def can_see_participants(actor: Actor) -> bool:
    """Everybody in the network sees how many come from where; ad-hoc experts do not."""
    return actor.is_system or (bool(actor.roles) and actor.roles != frozenset({Role.ADHOC_EXPERT}))


def can_register(actor: Actor, meeting: TransnationalMeeting, partner_id: int | None) -> bool:
    """A city's coordinators register who comes from it; who leads and who hosts, anybody."""
    if meeting.network_id != actor.network_id:
        return False
    return actor.is_system or can_write_agenda(actor, meeting) or partner_id in actor.coordinated_partner_ids


def can_see_names_of(actor: Actor, meeting: TransnationalMeeting, partner_id: int | None) -> bool:
    """Names are seen by who leads, who hosts, and the person's own city."""
    return can_write_agenda(actor, meeting) or partner_id in actor.partner_ids


def can_see_rationale(actor: Actor, rationale: Rationale) -> bool:
    """A draft is for those who write the meeting; from its discussion on, everybody who sees the meeting."""
    if rationale.state == RationaleState.DRAFT:
        return can_write_agenda(actor, rationale.meeting)
    return actor.is_system or bool(actor.roles)


def can_write_rationale(actor: Actor, rationale: Rationale) -> bool:
    """The Lead Expert writes it; Lead Partner and hosts help."""
    return rationale.state != RationaleState.FINAL and can_write_agenda(actor, rationale.meeting)


def can_finish_rationale(actor: Actor, rationale: Rationale) -> bool:
    """Lead Expert and Lead Partner say when it is discussed and when it is final."""
    return can_edit_meeting(actor, rationale.meeting)


def can_comment_rationale(actor: Actor, rationale: Rationale) -> bool:
    """While it is discussed: who leads, and every city's coordinators."""
    if rationale.state != RationaleState.DISCUSSED or rationale.meeting.network_id != actor.network_id:
        return False
    return actor.leads or bool(actor.coordinated_partner_ids)


def can_tick_preparation(actor: Actor, row: Preparation) -> bool:
    """Who writes the meeting, and whose task it is: the person, or the city's coordinators."""
    if can_write_agenda(actor, row.meeting):
        return True
    return row.partner_id in actor.coordinated_partner_ids or row.member_id in actor.membership_ids


def can_see_preparations(actor: Actor) -> bool:
    """Everybody in the network but ad-hoc experts."""
    return can_see_participants(actor)
