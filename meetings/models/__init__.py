"""Transnational meetings, local (ULG) meetings, their reports and who was there."""

from meetings.models.agenda import AgendaEdition, AgendaTemplate, Session, SessionKind
from meetings.models.attendance import AttendanceCount, AttendanceSheet, Attendee
from meetings.models.cooperation import OutsideGuest, PartnerNetwork
from meetings.models.participation import Participation, Presence, SpecialNeeds, TravelLeg, TravelMode
from meetings.models.record import (
    ChecklistTemplate,
    Material,
    MeetingRecord,
    Preparation,
    Rationale,
    RationaleComment,
)
from meetings.models.transnational import MeetingKind, TransnationalMeeting
from meetings.models.ulg import UlgInvitation, UlgMeeting, UlgReport

__all__ = [
    "AgendaEdition",
    "AgendaTemplate",
    "AttendanceCount",
    "AttendanceSheet",
    "Attendee",
    "ChecklistTemplate",
    "Material",
    "MeetingKind",
    "MeetingRecord",
    "OutsideGuest",
    "Participation",
    "PartnerNetwork",
    "Preparation",
    "Presence",
    "Rationale",
    "RationaleComment",
    "Session",
    "SessionKind",
    "SpecialNeeds",
    "TransnationalMeeting",
    "TravelLeg",
    "TravelMode",
    "UlgInvitation",
    "UlgMeeting",
    "UlgReport",
]
