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
from roadmap.services.plan import (
    copy_period,
    create_period,
    delete_period,
    delete_task,
    delete_track,
    move_task,
    move_track,
    preview_publication,
    publish_period,
    save_period,
    save_task,
    save_track,
)

__all__ = [
    "complete",
    "copy_period",
    "create_period",
    "delete_period",
    "delete_task",
    "delete_track",
    "move_due",
    "move_task",
    "move_track",
    "open_obligations",
    "preview_publication",
    "publish_period",
    "record_submission",
    "remind_now",
    "save_period",
    "save_task",
    "save_track",
    "sync_obligations",
    "unwaive",
    "waive",
]
