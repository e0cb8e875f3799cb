from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = _("Meetings")

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from aoce.common import files
        from aoce.common.navigation import Entry, register
        from meetings import deliverables, finding, workflow  # noqa: F401 - the workflow registers itself
        from meetings.models import (
            AgendaTemplate,
            AttendanceCount,
            Attendee,
            Material,
            MeetingKind,
            MeetingRecord,
            OutsideGuest,
            PartnerNetwork,
            Preparation,
            Rationale,
            Session,
            TransnationalMeeting,
            UlgInvitation,
            UlgMeeting,
            UlgReport,
        )
        from meetings.panels import city_panel
        from meetings.policies import can_list_meetings
        from meetings.services import materials
        from partners import panels
        from roadmap import deliverables as kinds
        from roadmap import events, minimums

        finding.ready()
        panels.register(panels.Panel("meetings/partials/_city.html", city_panel, order=30))
        kinds.register(deliverables.KIND)
        events.register(deliverables.meeting_events)
        events.register(deliverables.ulg_events)
        events.register(deliverables.preparation_events)
        minimums.register({"ulg_meetings": _("ULG meetings")}, deliverables.meetings_held)
        files.register_owner("ulg_report", deliverables.report_files_seen)
        files.register_owner("ulg_sheet", deliverables.sheets_seen)
        files.register_owner("ulg_grid", deliverables.sheets_seen)
        files.register_owner("meeting", deliverables.meeting_seen)
        files.register_owner(materials.OWNER, materials.seen)
        files.register_owner("meeting_certificate", deliverables.certificate_seen)
        files.register_owner("meeting_presence", deliverables.presence_seen)
        files.register_owner("ulg_stream", lambda actor, network_id: actor.leads and actor.network_id == network_id)
        register(
            Entry(label=_("Meetings"), url_name="meetings:list", order=30, shown=can_list_meetings, section="meetings")
        )
        auditlog.register(TransnationalMeeting, m2m_fields={"hosts"})
        auditlog.register(UlgReport, exclude_fields=["version", "changed_in", "updated_at", "updated_by"])
        for model in (
            MeetingKind,
            AgendaTemplate,
            Material,
            MeetingRecord,
            Preparation,
            Rationale,
            Session,
            UlgMeeting,
            UlgInvitation,
            Attendee,
            AttendanceCount,
            OutsideGuest,
            PartnerNetwork,
        ):
            auditlog.register(model)
