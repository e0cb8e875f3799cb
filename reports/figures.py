"""The figures of a quarter, from what is there: meetings, attendance, obligations, what is next.

Pure reading. The result is plain JSON, so that a published report keeps it as it was::

    {"as_of": "2024-04-05", "start": "2024-01-01", "end": "2024-03-31",
     "meetings": [{"title", "place", "start", "end", "precision", "path", "people", "cities"}],
     "ulg": [{"city", "held", "approved", "waiting", "returned"}],
     "reports": [{"city", "date", "title", "place", "state", "people", "path"}],
     "kinds": ["Civil servants", …],
     "attendance": [{"city", "numbers": [one a kind], "unknown", "total", "waiting", "no_organisation",
                     "named", "persons"}],
     "obligations": [{"city", "asked", "met", "met_late", "waiting", "late", "open", "waived"}],
     "lessons": {"cities": [{"city", "lessons", "embedded", "to_review", "unreviewed", "actions", "without_lesson"}],
                 "flow": [[numbers, see learning.threads.Embedding]], "untouched": [themes]},
     "next_start": "2024-04-01", "next_end": "2024-06-30",
     "next": [{"day", "precision", "what", "who"}],
     "totals": {"meetings", "ulg", "people", "waiting_people", "named", "persons", "planned_ulg",
                "met", "asked", "late", "next"},
     "sources": {"meetings": address in the portal, "ulg", "obligations", "next"}}

People are counted from approved reports only; those of reports not yet accepted stand apart, as ``waiting``. ``total``
counts attendances; of the ``named`` ones among them, ``persons`` are the different people, each counted once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import CharField, Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from aoce.common.enums import State
from learning.threads import embedding_of
from meetings.figures import Counted, counted_once
from meetings.models import AttendanceCount, Attendee, Participation, TransnationalMeeting, UlgReport
from partners.actors import Actor
from partners.models import Network, Partner
from roadmap.enums import OPEN_STATES, ObligationState, OwedBy, Party, PeriodState
from roadmap.models import Obligation, Task

#: States in which a local meeting is reported; a draft is the city's own.
REPORTED = (State.SUBMITTED, State.CHANGES, State.APPROVED)
#: Where a figure comes from: key → the page of the portal it can be checked on.
SOURCES = {
    "meetings": "meetings:list",
    "ulg": "meetings:ulg_list",
    "obligations": "roadmap:board",
    "next": "roadmap:plan",
    "lessons": "learning:threads",
}


def quarter_end(day: date) -> date:
    """Return the last day of a day's quarter."""
    last = (day.month + 2) // 3 * 3
    return date(day.year + last // 12, last % 12 + 1, 1) - timedelta(days=1)


def quarter_figures(network: Network, start: date, end: date, *, lessons: bool = True) -> dict[str, Any]:
    """Return the figures of the days from ``start`` to ``end``; a fixed number of queries.

    Without ``lessons``, what became of lessons is left out: a page that does not show it saves a query.
    """
    today = network.today()
    after = end + timedelta(days=1)
    ahead = quarter_end(after)
    planned = Q(ulg_meetings__planned_at__isnull=False, ulg_meetings__cancelled_at=None)
    planned &= Q(ulg_meetings__date__range=(after, ahead))
    rows_of_cities = Partner.objects.filter(network=network, is_active=True)
    # Counting forgets the usual order.
    cities = list(rows_of_cities.annotate(planned=Count("ulg_meetings", filter=planned)).order_by("position", "name"))
    rows = UlgReport.objects.filter(
        meeting__partner__in=cities, meeting__date__range=(start, end), state__in=REPORTED
    ).select_related("meeting__partner")
    reports = list(rows.order_by("meeting__partner__position", "meeting__date", "pk"))
    people = _people(network, reports)
    meetings, tasks = _dates(network, start, after, ahead)
    figures: dict[str, Any] = {
        "as_of": today.isoformat(),
        "start": start.isoformat(),
        "end": end.isoformat(),
        "meetings": _meetings(network, [row for row in meetings if row.start <= end]),
        "ulg": _ulg(cities, reports),
        "reports": _reports(network, reports, people["of_report"]),
        "kinds": people["kinds"],
        "attendance": _attendance(cities, people),
        "obligations": _obligations(network, cities, start, end, today),
        "next_start": after.isoformat(),
        "next_end": ahead.isoformat(),
        "next": _next([row for row in meetings if row.start > end], tasks),
        "sources": {key: reverse(name, kwargs={"network": network.slug}) for key, name in SOURCES.items()},
    }
    if lessons:
        figures["lessons"] = _lessons(network)
    figures["totals"] = {
        "meetings": len(figures["meetings"]),
        "ulg": len(reports),
        "people": sum(row["total"] for row in figures["attendance"]),
        "waiting_people": sum(row["waiting"] for row in figures["attendance"]),
        "named": sum(row["named"] for row in figures["attendance"]),
        "persons": sum(row["persons"] for row in figures["attendance"]),
        "planned_ulg": sum(city.planned for city in cities),
        "asked": sum(row["asked"] for row in figures["obligations"]),
        "met": sum(row["met"] for row in figures["obligations"]),
        "late": sum(row["late"] for row in figures["obligations"]),
        "next": len(figures["next"]),
    }
    return figures


def _lessons(network: Network) -> dict[str, Any]:
    """Return what became of all lessons so far. One query."""
    found = embedding_of(Actor.system(network.pk), network)
    keys = ("city", "lessons", "embedded", "to_review", "unreviewed", "actions", "without_lesson")
    return {
        "cities": [{key: getattr(row, key) for key in keys} for row in found.cities],
        "flow": found.numbers,
        "untouched": found.untouched,
    }


class Dated(NamedTuple):
    """A meeting (with a slug) or a task of the roadmap, as far as it has a place in time."""

    title: str
    place: str
    start: date
    end: date
    precision: str
    slug: str
    who: str
    people: int
    cities: int


def _dates(network: Network, start: date, after: date, ahead: date) -> tuple[list[Dated], list[Dated]]:
    """Return the meetings from ``start`` and the tasks due from ``after`` on, both until ``ahead``; one query."""
    meetings = TransnationalMeeting.objects.filter(network=network, start__lte=ahead, end__gte=start)
    tasks = Task.objects.filter(track__period__network=network, track__period__state=PeriodState.PUBLISHED)
    tasks = tasks.filter(due__range=(after, ahead)).exclude(owed_by=OwedBy.NOBODY)
    text = CharField()
    there = Participation.objects.filter(meeting=OuterRef("pk"), presences__isnull=False).order_by()
    people, cities = (
        Coalesce(Subquery(there.values("meeting").annotate(n=Count(name, distinct=True)).values("n")), 0)
        for name in ("pk", "partner")
    )
    everybody = Value("all", output_field=text)
    rows = meetings.order_by().values_list(
        "title", "place", "start", "end", "date_precision", "slug", everybody, people, cities
    )
    nothing, none = Value("", output_field=text), Value(0)
    more = tasks.order_by().values_list("title", nothing, "due", "due", "due_precision", nothing, "owed_by", none, none)
    found = sorted((Dated(*row) for row in rows.union(more, all=True)), key=lambda row: (row.start, row.title))
    return [row for row in found if row.slug], [row for row in found if not row.slug]


def _meetings(network: Network, rows: list[Dated]) -> list[dict[str, Any]]:
    """Return the network's meetings of which at least one day is in the quarter."""
    return [
        {
            "title": row.title,
            "place": row.place,
            "start": row.start.isoformat(),
            "end": row.end.isoformat(),
            "precision": row.precision,
            "path": reverse("meetings:detail", kwargs={"network": network.slug, "slug": row.slug}),
            "people": row.people,
            "cities": row.cities,
        }
        for row in rows
    ]


def _ulg(cities: list[Partner], reports: list[UlgReport]) -> list[dict[str, Any]]:
    """Count a city's local meetings: held is reported."""
    by_city: dict[int, Counter[str]] = defaultdict(Counter)
    for report in reports:
        by_city[report.meeting.partner_id][report.state] += 1
    return [
        {
            "city": city.name,
            "held": sum(by_city[city.pk].values()),
            "approved": by_city[city.pk][State.APPROVED],
            "waiting": by_city[city.pk][State.SUBMITTED],
            "returned": by_city[city.pk][State.CHANGES],
        }
        for city in cities
    ]


def _reports(network: Network, reports: list[UlgReport], people: Counter[int]) -> list[dict[str, Any]]:
    """Return each reported meeting: what the numbers by city are made of."""
    return [
        {
            "city": report.meeting.partner.name,
            "date": f"{report.meeting.date:%Y-%m-%d}",
            "title": str(report.meeting),
            "place": report.meeting.place,
            "state": report.state,
            "people": people[report.pk],
            "path": reverse("meetings:ulg_detail", kwargs={"network": network.slug, "pk": report.pk}),
        }
        for report in reports
    ]


def _people(network: Network, reports: list[UlgReport]) -> dict[str, Any]:
    """Count people by city and kind, from lists and from numbers typed in for scans."""
    by_pk = {report.pk: report for report in reports}
    kinds = list(network.stakeholder_kinds.all())
    found: dict[str, Any] = {
        "kinds": [kind.name for kind in kinds],
        "numbers": defaultdict(Counter),  # city → kind's place, None for not known → people
        "waiting": Counter(),
        "no_organisation": Counter(),
        "of_report": Counter(),
        "once": counted_once(report.pk for report in reports if report.state == State.APPROVED),
    }
    place = {kind.pk: n for n, kind in enumerate(kinds)}

    def count(report_id: int, kind_id: int | None, n: int) -> None:
        report = by_pk[report_id]
        found["of_report"][report_id] += n
        if report.state == State.APPROVED:
            found["numbers"][report.meeting.partner_id][place[kind_id] if kind_id else None] += n
        else:
            found["waiting"][report.meeting.partner_id] += n

    listed = Attendee.objects.filter(report__in=by_pk).order_by().values("report_id", "kind_id")
    listed = listed.annotate(people=Count("pk"), none=Count("pk", filter=Q(organisation__regex=r"^\s*$")))
    typed = AttendanceCount.objects.filter(report__in=by_pk).annotate(none=Value(0))
    columns = ("report_id", "kind_id", "people", "none")
    for report_id, kind_id, n, none in listed.values_list(*columns).union(typed.values_list(*columns), all=True):
        count(report_id, kind_id, n)
        found["no_organisation"][by_pk[report_id].meeting.partner_id] += none
    return found


def _attendance(cities: list[Partner], people: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for city in cities:
        numbers = people["numbers"][city.pk]
        once = people["once"].get(city.pk, Counted())
        rows.append(
            {
                "city": city.name,
                "numbers": [numbers[n] for n in range(len(people["kinds"]))],
                "unknown": numbers[None],
                "total": sum(numbers.values()),
                "waiting": people["waiting"][city.pk],
                "no_organisation": people["no_organisation"][city.pk],
                "named": once.attendances,
                "persons": once.people,
            }
        )
    return rows


def _obligations(network: Network, cities: list[Partner], start: date, end: date, today: date) -> list[dict[str, Any]]:
    """Count what was due in the quarter, by city. Met late is handed in after its day and accepted."""
    rows: Any = Obligation.objects.filter(network=network, party=Party.PARTNER).with_due()
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


def _next(meetings: list[Dated], tasks: list[Dated]) -> list[dict[str, Any]]:
    """Return what is due, and which meetings begin, in the quarter after the report's."""
    return [
        {"day": row.start.isoformat(), "precision": row.precision, "what": row.title, "who": row.who}
        for row in sorted([*meetings, *tasks], key=lambda row: (row.start, row.title))
    ]
