"""Every city's reports as one text to read: filtered, in the order of their days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from aoce.common.enums import State
from meetings.figures import Attendance, attendance_of
from meetings.models import AttendanceCount, Attendee, UlgReport
from meetings.policies import SHARED
from partners.models import StakeholderKind

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network

#: What the stream holds: everything that was handed in once.
HANDED_IN = (*SHARED, State.CHANGES)


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to read; empty means all."""

    city: str = ""
    state: str = ""
    first: date | None = None
    last: date | None = None


@dataclass
class Entry:
    """One report of the stream, with who was there in numbers."""

    report: UlgReport
    attendance: Attendance
    topics: list[str] = field(default_factory=list)


def reports_for(actor: Actor, wanted: Wanted) -> QuerySet[UlgReport]:
    """Return the handed-in reports the actor sees, the newest meeting first."""
    rows = UlgReport.objects.visible_to(actor).filter(state__in=HANDED_IN)
    if wanted.city:
        rows = rows.filter(meeting__partner__slug=wanted.city)
    if wanted.state in HANDED_IN:
        rows = rows.filter(state=wanted.state)
    if wanted.first:
        rows = rows.filter(meeting__date__gte=wanted.first)
    if wanted.last:
        rows = rows.filter(meeting__date__lte=wanted.last)
    rows = rows.select_related("meeting__partner", "meeting__transnational")
    return rows.order_by("-meeting__date", "meeting__partner__position", "-pk")


def entries_of(network: Network, reports: Iterable[UlgReport]) -> list[Entry]:
    """Return reports with their numbers of people. Three queries."""
    rows = list(reports)
    kinds = list(StakeholderKind.objects.filter(network=network))
    people: dict[int, list[Attendee]] = {}
    for person in Attendee.objects.filter(report__in=rows):
        people.setdefault(person.report_id, []).append(person)
    counts: dict[int, list[AttendanceCount]] = {}
    for count in AttendanceCount.objects.filter(report__in=rows):
        counts.setdefault(count.report_id, []).append(count)
    return [
        Entry(
            report=report,
            attendance=attendance_of(kinds, people.get(report.pk, []), counts.get(report.pk, [])),
            topics=[line.strip() for line in report.topics.splitlines() if line.strip()],
        )
        for report in rows
    ]
