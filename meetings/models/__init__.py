"""Transnational meetings, local (ULG) meetings, their reports and who was there."""

from meetings.models.agenda import AgendaEdition, Session, SessionKind
from meetings.models.attendance import AttendanceCount, AttendanceSheet, Attendee
from meetings.models.cooperation import OutsideGuest, PartnerNetwork
from meetings.models.participation import Participation, Presence, SpecialNeeds
from meetings.models.transnational import TransnationalMeeting
from meetings.models.ulg import UlgInvitation, UlgMeeting, UlgReport

__all__ = [
    "AgendaEdition",
    "AttendanceCount",
    "AttendanceSheet",
    "Attendee",
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
