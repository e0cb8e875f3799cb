"""The codes of sign-in: one that rotates on the wall, and the pass a page got with it, good for its day.

Nothing is stored: both are signed by the portal. The wall's code is good for as long as a phone needs to open the page
after scanning it; whoever has opened the page may take the rest of the day.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.core import signing

WALL, PAGE = "meetings.sign.wall", "meetings.sign.page"
#: The wall draws a new code this often; a code opens the page for twice as long.
ROTATE_SECONDS = 300
WALL_SECONDS = 2 * ROTATE_SECONDS
PAGE_SECONDS = 24 * 3600


class Pass(NamedTuple):
    """Which meeting, which of its days, and whether it is a city's local one."""

    meeting_id: int
    day: date
    local: bool = False


def _code(found: Pass, salt: str) -> str:
    return signing.dumps([found.meeting_id, found.day.isoformat(), int(found.local)], salt=salt)


def _read(code: str, salt: str, seconds: int) -> Pass | None:
    try:
        meeting_id, day, local = signing.loads(code, salt=salt, max_age=seconds)
    except signing.BadSignature:
        return None
    return Pass(meeting_id, date.fromisoformat(day), bool(local))


def wall_code(meeting_id: int, day: date, *, local: bool = False) -> str:
    """Return the code to show on the wall now."""
    return _code(Pass(meeting_id, day, local), WALL)


def read_wall_code(code: str) -> Pass | None:
    """Return what a wall's code opens; None when it is none, or was shown too long ago."""
    return _read(code, WALL, WALL_SECONDS)


def page_pass(found: Pass) -> str:
    """Return the pass a page gets that was opened with a wall's code."""
    return _code(found, PAGE)


def read_page_pass(code: str) -> Pass | None:
    """Return what a page may sign for; None when it was not opened with a wall's code, or long ago."""
    return _read(code, PAGE, PAGE_SECONDS)
