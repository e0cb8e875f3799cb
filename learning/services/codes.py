"""Codes that people type from a wall: surveys and skills rounds share them."""

from __future__ import annotations

from learning.models import SkillRound, Survey


def free_code() -> str:
    """Return a code that no survey and no round has."""
    while True:
        code = Survey.free_code()
        if not SkillRound.objects.filter(code=code).exists():
            return code
