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
from roadmap.services.plan import copy_period, create_period, delete_task, move_task, publish_period, save_task

__all__ = [
    "complete",
    "copy_period",
    "create_period",
    "delete_task",
    "move_due",
    "move_task",
    "open_obligations",
    "publish_period",
    "record_submission",
    "remind_now",
    "save_task",
    "sync_obligations",
    "unwaive",
    "waive",
]
