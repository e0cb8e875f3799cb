"""The roadmap: half-years, their tasks, who owes what, and the reminders that follow."""

from roadmap.models.obligations import HandIn, Obligation
from roadmap.models.plan import Period, Task, Track
from roadmap.models.reminders import CalendarFeed, DigestWeek, Reminder, ReminderPlan, ReminderPreference, ReminderRule

__all__ = [
    "CalendarFeed",
    "DigestWeek",
    "HandIn",
    "Obligation",
    "Period",
    "Reminder",
    "ReminderPlan",
    "ReminderPreference",
    "ReminderRule",
    "Task",
    "Track",
]
