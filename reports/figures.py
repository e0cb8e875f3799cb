"""The figures of a quarter, from what is there: meetings, attendance, obligations, what is next.

Pure reading. The result is plain JSON, so that a published report keeps it as it was::

    {"as_of": "2024-04-05", "start": "2024-01-01", "end": "2024-03-31",
     "meetings": [{"title", "place", "start", "end", "precision", "path"}],
     "ulg": [{"city", "held", "approved", "waiting"}],
     "kinds": ["Civil servants", …],
     "attendance": [{"city", "numbers": [one a kind], "unknown", "total"}],
     "obligations": [{"city", "asked", "met", "met_late", "waiting", "late", "open", "waived"}],
     "next": [{"day", "precision", "what", "who"}],
     "totals": {"meetings", "ulg", "people", "met", "asked", "late"}}

People are counted from approved reports only; what is handed in but not yet accepted is counted as waiting.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, Sum
from django.utils import timezone

from aoce.common.enums import State
from meetings.models import AttendanceCount, Attendee, TransnationalMeeting, UlgReport
from partners.models import Network, Partner
from roadmap.enums import OPEN_STATES, ObligationState, OwedBy, Party
from roadmap.models import Obligation, Task

AHEAD = timedelta(days=92)


def quarter_figures(network: Network, start: date, end: date, path_prefix: str = "") -> dict[str, Any]:
    """Return the figures of the days from ``start`` to ``end``; a fixed number of queries."""
    today = network.today()
    cities = list(Partner.objects.filter(network=network, is_active=True))
    figures: dict[str, Any] = {"as_of": today.isoformat(), "start": start.isoformat(), "end": end.isoformat()}
    figures["meetings"] = _meetings(network, start, end, path_prefix)
    reports = list(
        UlgReport.objects.filter(meeting__partner__network=network, meeting__date__range=(start, end)).select_related(
            "meeting"
        )
    )
    figures["ulg"] = _ulg(cities, reports)
    figures |= _attendance(network, cities, [report.pk for report in reports if report.state == State.APPROVED])
    figures["obligations"] = _obligations(network, cities, start, end, today)
    figures["next"] = _next(network, max(end, today))
    figures["totals"] = {
        "meetings": len(figures["meetings"]),
        "ulg": sum(row["held"] for row in figures["ulg"]),
        "people": sum(row["total"] for row in figures["attendance"]),
        "asked": sum(row["asked"] for row in figures["obligations"]),
        "met": sum(row["met"] for row in figures["obligations"]),
        "late": sum(row["late"] for row in figures["obligations"]),
    }
    return figures


def _meetings(network: Network, start: date, end: date, prefix: str) -> list[dict[str, Any]]:
    rows = TransnationalMeeting.objects.filter(network=network, start__lte=end, end__gte=start)
    return [
        {
            "title": row.title,
            "place": row.place,
            "start": row.start.isoformat(),
            "end": row.end.isoformat(),
            "precision": row.date_precision,
            "path": f"{prefix}meetings/{row.slug}/" if prefix else "",
        }
        for row in rows
    ]


def _ulg(cities: list[Partner], reports: list[UlgReport]) -> list[dict[str, Any]]:
    """Meetings are held when their report is handed in; drafts are the city's own."""
    by_city: dict[int, Counter[str]] = defaultdict(Counter)
    for report in reports:
        by_city[report.meeting.partner_id][report.state] += 1
    return [
        {
            "city": city.name,
            "held": sum(by_city[city.pk][state] for state in (State.SUBMITTED, State.CHANGES, State.APPROVED)),
            "approved": by_city[city.pk][State.APPROVED],
            "waiting": by_city[city.pk][State.SUBMITTED],
        }
        for city in cities
    ]


def _attendance(network: Network, cities: list[Partner], report_ids: list[int]) -> dict[str, Any]:
    kinds = list(network.stakeholder_kinds.all())
    place = {kind.pk: n for n, kind in enumerate(kinds)}
    numbers: dict[int, list[int]] = {city.pk: [0] * len(kinds) for city in cities}
    unknown: Counter[int] = Counter()
    people = Attendee.objects.filter(report__in=report_ids).values_list("report__meeting__partner_id", "kind_id")
    for city, kind in people:
        if kind is None:
            unknown[city] += 1
        else:
            numbers[city][place[kind]] += 1
    counted = AttendanceCount.objects.filter(report__in=report_ids).values("report__meeting__partner_id", "kind_id")
    for row in counted.annotate(n=Sum("people")):
        numbers[row["report__meeting__partner_id"]][place[row["kind_id"]]] += row["n"]
    rows = [
        {
            "city": city.name,
            "numbers": numbers[city.pk],
            "unknown": unknown[city.pk],
            "total": sum(numbers[city.pk]) + unknown[city.pk],
        }
        for city in cities
    ]
    return {"kinds": [kind.name for kind in kinds], "attendance": rows}


def _obligations(network: Network, cities: list[Partner], start: date, end: date, today: date) -> list[dict[str, Any]]:
    """What was due in the quarter. Met late: handed in after its day."""
    rows = Obligation.objects.filter(network=network, party=Party.PARTNER).with_due()
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows.filter(due_on__range=(start, end)):
        count = counts[row.partner_id]
        if row.state == ObligationState.WAIVED:
            count["waived"] += 1
            continue
        count["asked"] += 1
        if row.state == ObligationState.APPROVED:
            count["met"] += 1
            handed = timezone.localdate(row.submitted_at, network.tz) if row.submitted_at else None
            count["met_late"] += handed is not None and handed > row.due_on
        elif row.state == ObligationState.SUBMITTED:
            count["waiting"] += 1
        elif row.state in OPEN_STATES and row.due_on < today:
            count["late"] += 1
        else:
            count["open"] += 1
    keys = ("asked", "met", "met_late", "waiting", "late", "open", "waived")
    return [{"city": city.name, **{key: counts[city.pk][key] for key in keys}} for city in cities]


def _next(network: Network, after: date) -> list[dict[str, Any]]:
    """What is due, and which meetings take place, in the three months after ``after``."""
    until = after + AHEAD
    tasks = Task.objects.filter(track__period__network=network, track__period__state="published")
    tasks = tasks.filter(due__gt=after, due__lte=until).exclude(owed_by=OwedBy.NOBODY)
    found = [{"day": t.due.isoformat(), "precision": t.due_precision, "what": t.title, "who": t.owed_by} for t in tasks]
    meetings = TransnationalMeeting.objects.filter(Q(start__gt=after), network=network, start__lte=until)
    found += [
        {"day": m.start.isoformat(), "precision": m.date_precision, "what": m.title, "who": "all"} for m in meetings
    ]
    return sorted(found, key=lambda row: (row["day"], row["what"]))
