"""On which days a rule reminds of something due: pure arithmetic, shared by planning and preview."""

from __future__ import annotations

from datetime import date, timedelta


def occurrences(offset_days: int, repeat_days: int | None, due: date, first: date, last: date) -> list[date]:
    """Return the days from ``first`` to ``last`` on which a rule reminds of something due on ``due``.

    ``offset_days`` counts from the due day (negative: before); with ``repeat_days`` it comes again that often.
    """
    day = due + timedelta(days=offset_days)
    if repeat_days is None:
        return [day] if first <= day <= last else []
    if day < first:
        day += timedelta(days=-(-(first - day).days // repeat_days) * repeat_days)
    days = []
    while day <= last:
        days.append(day)
        day += timedelta(days=repeat_days)
    return days
