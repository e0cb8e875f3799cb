"""Transnational meetings, local (ULG) meetings, their reports and who was there."""

from meetings.models.agenda import AgendaEdition, AgendaTemplate, Session, SessionKind
from meetings.models.attendance import AttendanceCount, AttendanceSheet, Attendee
from meetings.models.cooperation import OutsideGuest, PartnerNetwork
from meetings.models.participation import Participation, Presence, SpecialNeeds
from meetings.models.transnational import MeetingKind, TransnationalMeeting
from meetings.models.ulg import UlgInvitation, UlgMeeting, UlgReport

__all__ = [
    "AgendaEdition",
    "AgendaTemplate",
    "AttendanceCount",
    "AttendanceSheet",
    "Attendee",
    "MeetingKind",
    "OutsideGuest",
    "Participation",
    "PartnerNetwork",
    "Presence",
    "Session",
    "SessionKind",
    "SpecialNeeds",
    "TransnationalMeeting",
    "UlgInvitation",
    "UlgMeeting",
    "UlgReport",
]
