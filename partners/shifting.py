"""Moving a network's dates by whole months, so that a demonstration of a past network is about today.

See ``docs/decisions/0002-date-shift.md``.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

MONTHS = tuple(calendar.month_name[1:])
_NAMES = "|".join(MONTHS)
_MONTH = re.compile(rf"\b({_NAMES})\b(?: (\d{{4}})\b)?")
_PERIOD_TITLE = re.compile(rf"({_NAMES})(?: \d{{4}})? to ({_NAMES}) \d{{4}}")
_YEARS_SLUG = re.compile(r"\d{4}-[12]")
#: The month that stands for a part of the year when it is moved.
_PARTS = {"start of": 2, "early": 2, "spring": 4, "summer": 7, "autumn": 10, "late": 11, "winter": 1}
_PART = re.compile(rf"\b({'|'.join(_PARTS)})( \d{{4}})\b", re.IGNORECASE)
_SEASONS = {12: "winter", 3: "spring", 6: "summer", 9: "autumn"}
QUARTER = 3
DECEMBER = 12


def months_between(earlier: dt.date, later: dt.date) -> int:
    """Return the whole calendar months from one date's month to another's."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


@dataclass(frozen=True)
class DateShift:
    """A move by whole months (0: leave everything as it is)."""

    months: int = 0

    def day(self, value: dt.date) -> dt.date:
        """Return the date moved; the last day of a month stays the last day of a month."""
        if not self.months:
            return value
        year, month = divmod(value.year * 12 + value.month - 1 + self.months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        was_last = value.day == calendar.monthrange(value.year, value.month)[1]
        return dt.date(year, month + 1, last if was_last else min(value.day, last))

    def quarter(self, year: int, quarter: int) -> tuple[int, int]:
        """Return the calendar quarter that holds the moved middle month of this one."""
        moved = self.day(dt.date(year, quarter * QUARTER - 1, 1))
        return moved.year, (moved.month - 1) // QUARTER + 1

    def by_quarters(self) -> DateShift:
        """Return the move that takes whole quarters to whole quarters, as :meth:`quarter` does."""
        year, quarter = self.quarter(2024, 1)
        return DateShift(((year - 2024) * 4 + quarter - 1) * QUARTER)

    def text(self, value: str) -> str:
        """Return a text in which every named month, and every part of a year with its year, is moved."""
        if not self.months:
            return value
        return _PART.sub(self._part, _MONTH.sub(self._month, value))

    def _month(self, found: re.Match[str]) -> str:
        name, year = found.groups()
        moved = self.day(dt.date(int(year or 2024), MONTHS.index(name) + 1, 1))
        return f"{MONTHS[moved.month - 1]} {moved.year}" if year else MONTHS[moved.month - 1]

    def _part(self, found: re.Match[str]) -> str:
        name, year = found.group(1), int(found.group(2))
        moved = self.day(dt.date(year, _PARTS[name.lower()], 1))
        third = 0 if moved.month <= 4 else 2 if moved.month >= 9 else 1  # noqa: PLR2004 - thirds of a year
        if name.lower() == "start of":
            word = ("start of", "middle of", "end of")[third]
        elif name.lower() in {"early", "late"}:
            word = ("early", "mid", "late")[third]
        else:
            word = _SEASONS[moved.month // 3 * 3 or DECEMBER]
        word = word.capitalize() if name[0].isupper() else word
        return f"{word}{'-' if word.lower() == 'mid' else ' '}{moved.year}"

    def period_title(self, title: str, start: dt.date, end: dt.date) -> str:
        """Return a half-year's title; one that only names its months is made anew from its (moved) dates."""
        if not self.months or not _PERIOD_TITLE.fullmatch(title):
            return self.text(title)
        first = MONTHS[start.month - 1]
        if start.year != end.year:
            first = f"{first} {start.year}"
        return f"{first} to {MONTHS[end.month - 1]} {end.year}"

    def period_slug(self, slug: str, start: dt.date) -> str:
        """Return a half-year's slug; ``2024-1`` follows the (moved) first day."""
        if not self.months or not _YEARS_SLUG.fullmatch(slug):
            return slug
        return f"{start.year}-{1 if start.month <= 6 else 2}"  # noqa: PLR2004 - halves of a year
