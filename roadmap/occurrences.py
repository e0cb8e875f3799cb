"""On which days a rule reminds of something due: pure arithmetic, shared by planning and preview."""

from __future__ import annotations

from datetime import date, timedelta


def occurrences(
    *, offset_days: int, repeat_days: int | None, due: date, since: date, today: date, last: date
) -> list[date]:
    """Return the days from ``since`` to ``last`` on which a rule reminds of something due on ``due``.

    ``offset_days`` counts from the due day (negative: before); with ``repeat_days`` it comes again that often. Of a
    repeated rule's days up to ``today`` only the latest counts: reminders that were missed are made up for once.
    """
    day = due + timedelta(days=offset_days)
    if repeat_days is None:
        return [day] if since <= day <= last else []
    if day < today:
        day += timedelta(days=(today - day).days // repeat_days * repeat_days)
    if day < since:
        day += timedelta(days=-(-(since - day).days // repeat_days) * repeat_days)
    days = []
    while day <= last:
        days.append(day)
        day += timedelta(days=repeat_days)
    return days
