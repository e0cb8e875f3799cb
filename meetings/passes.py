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
    """Which meeting, and which of its days."""

    meeting_id: int
    day: date


def _code(meeting_id: int, day: date, salt: str) -> str:
    return signing.dumps([meeting_id, day.isoformat()], salt=salt)


def _read(code: str, salt: str, seconds: int) -> Pass | None:
    try:
        meeting_id, day = signing.loads(code, salt=salt, max_age=seconds)
    except signing.BadSignature:
        return None
    return Pass(meeting_id, date.fromisoformat(day))


def wall_code(meeting_id: int, day: date) -> str:
    """Return the code to show on the wall now."""
    return _code(meeting_id, day, WALL)


def read_wall_code(code: str) -> Pass | None:
    """Return what a wall's code opens; None when it is none, or was shown too long ago."""
    return _read(code, WALL, WALL_SECONDS)


def page_pass(found: Pass) -> str:
    """Return the pass a page gets that was opened with a wall's code."""
    return _code(found.meeting_id, found.day, PAGE)


def read_page_pass(code: str) -> Pass | None:
    """Return what a page may sign for; None when it was not opened with a wall's code, or long ago."""
    return _read(code, PAGE, PAGE_SECONDS)
