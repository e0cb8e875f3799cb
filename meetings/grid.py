"""An agenda as a time grid: each day a column, each quarter of an hour a row, what overlaps side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from meetings.agenda import Agenda, Line

#: The hours a day shows at least.
FIRST, LAST = 9, 17
#: More sessions at once than this share the last lane.
MOST_LANES = 6
#: The tallest session that the style sheet can draw, in quarters of an hour.
MOST_ROWS = 64
QUARTER = 15


@dataclass
class Cell:
    """One session: from which row, over how many, in which lane, over how many."""

    line: Line
    row: int
    rows: int
    lane: int
    lanes: int


@dataclass
class Column:
    """One day: the hours down its side ``(row, words)``, its sessions, how many lanes they need."""

    day: date
    hours: list[tuple[int, str]]
    cells: list[Cell]
    lanes: int
    first: int
    untimed: list[Line]
    is_today: bool
    places: str


@dataclass
class Grid:
    """The days of an agenda, and the sessions that have none."""

    columns: list[Column]
    unplaced: list[Line]


def _quarters(moment: time) -> int:
    return (moment.hour * 60 + moment.minute) // QUARTER


def _ends(line: Line, usual: int = 4) -> int:
    start, end = line.session.start, line.session.end
    if start is None:
        return 0
    if end is None:
        return _quarters(start) + usual
    last = (end.hour * 60 + end.minute + QUARTER - 1) // QUARTER
    return max(last, _quarters(start) + 1)


def _lanes(lines: list[Line]) -> dict[int, int]:
    """Give each session that overlaps the first lane that is free; by position in ``lines``."""
    free: list[int] = []
    found = {}
    for n, line in enumerate(lines):
        start = _quarters(line.session.start) if line.session.start else 0
        lane = next((i for i, until in enumerate(free) if until <= start), len(free))
        lane = min(lane, MOST_LANES - 1)
        if lane == len(free):
            free.append(0)
        free[lane] = _ends(line)
        found[n] = lane + 1
    return found


def grid_of(agenda: Agenda) -> Grid:
    """Lay an agenda out. No query."""
    timed = [line for day in agenda.days for line in day.lines if line.session.start]
    first = min([FIRST, *(line.session.start.hour for line in timed if line.session.start)])
    last = max([LAST, *((_ends(line) + 3) // 4 for line in timed)])
    columns = []
    for day in agenda.days:
        blocks = [[line for line in block if line.session.start] for block in day.blocks]
        laid = [(block, _lanes(block)) for block in blocks if block]
        most = max([1, *(max(lanes.values()) for _block, lanes in laid)])
        cells = []
        for block, lanes in laid:
            wide = max(lanes.values())
            for n, line in enumerate(block):
                start = _quarters(line.session.start) if line.session.start else 0
                over = most - wide + 1 if lanes[n] == wide else 1
                cells.append(Cell(line, start - first * 4 + 1, min(_ends(line) - start, MOST_ROWS), lanes[n], over))
        hours = [((hour - first) * 4 + 1, f"{hour:02}:00") for hour in range(first, last)]
        untimed = [line for line in day.lines if not line.session.start]
        columns.append(Column(day.day, hours, cells, most, first, untimed, day.is_today, day.places))
    return Grid(columns, agenda.unplaced)
