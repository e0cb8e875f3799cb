"""What may be done with the roadmap. Every service is keyword-only, takes ``actor`` and checks the policy."""

from roadmap.services.obligations import (
    complete,
    move_due,
    open_obligations,
    record_submission,
    remind_now,
    sync_obligations,
    unwaive,
    waive,
)

__all__ = [
    "complete",
    "move_due",
    "open_obligations",
    "record_submission",
    "remind_now",
    "sync_obligations",
    "unwaive",
    "waive",
]
