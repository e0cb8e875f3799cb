"""Transnational meetings, local (ULG) meetings, their reports and who was there."""

from meetings.models.attendance import AttendanceCount, AttendanceSheet, Attendee
from meetings.models.transnational import TransnationalMeeting
from meetings.models.ulg import UlgInvitation, UlgMeeting, UlgReport

__all__ = [
    "AttendanceCount",
    "AttendanceSheet",
    "Attendee",
    "TransnationalMeeting",
    "UlgInvitation",
    "UlgMeeting",
    "UlgReport",
]
