"""What action plans do by themselves: letters become PDFs."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="actionplans.print_letter", time_limit=120, soft_time_limit=100)
def print_letter(*, check_pk: int) -> None:
    """Keep the letter of a check as PDF; once, however often it runs."""
    from actionplans.letters import keep_letter  # the rendering library is the worker's alone

    keep_letter(check_pk)
