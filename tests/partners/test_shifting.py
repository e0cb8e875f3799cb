"""Moving dates and the words for them by whole months."""

from __future__ import annotations

import calendar
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.shifting import DateShift, months_between


@pytest.mark.parametrize(
    ("day", "months", "moved"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-01-31", 13, "2025-02-28"),
        ("2024-02-29", 1, "2024-03-31"),
        ("2024-01-30", 1, "2024-02-29"),
        ("2024-04-30", -2, "2024-02-29"),
        ("2024-12-15", 1, "2025-01-15"),
        ("2024-03-08", 0, "2024-03-08"),
    ],
)
def test_day_moves_by_whole_months(day: str, months: int, moved: str) -> None:
    assert DateShift(months).day(dt.date.fromisoformat(day)) == dt.date.fromisoformat(moved)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2050, 12, 31)), st.integers(-200, 200))
def test_move_lands_in_the_right_month_and_keeps_its_end(day: dt.date, months: int) -> None:
    moved = DateShift(months).day(day)
    assert months_between(day, moved) == months
    if day.day == calendar.monthrange(day.year, day.month)[1]:
        assert moved.day == calendar.monthrange(moved.year, moved.month)[1]


@given(st.lists(st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)), min_size=2, max_size=2), st.integers(0, 60))
def test_move_keeps_the_order_of_days(days: list[dt.date], months: int) -> None:
    first, second = sorted(days)
    assert DateShift(months).day(first) <= DateShift(months).day(second)


@given(st.integers(-100, 100))
def test_quarters_stay_six_different_ones_in_a_row(months: int) -> None:
    shift = DateShift(months)
    asked = [(2024, 1), (2024, 2), (2024, 3), (2024, 4), (2025, 1), (2025, 2)]
    moved = [y * 4 + q - 1 for y, q in (shift.quarter(*one) for one in asked)]
    assert moved == list(range(moved[0], moved[0] + 6))


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("13–16 November 2023", "13–16 August 2026"),
        ("July 2024 in Table 3, June 2024 in Annex 1.", "April 2027 in Table 3, March 2027 in Annex 1."),
        ("Between autumn 2024 and spring 2025", "Between summer 2027 and winter 2028"),
        ("at the start of 2024", "at the end of 2026"),
        ("Polarisation may be the subject", "Polarisation may be the subject"),
    ],
)
def test_words_for_months_move_along(text: str, moved: str) -> None:
    assert DateShift(33).text(text) == moved


def test_real_dates_change_no_word() -> None:
    assert DateShift().text("July 2024") == "July 2024"
    assert DateShift().period_slug("2024-1", dt.date(2024, 1, 1)) == "2024-1"
