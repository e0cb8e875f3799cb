"""Rows every floor uses: files, state changes, versions, remarks, mails, jobs."""

from aoce.common.models.files import StoredFile
from aoce.common.models.jobs import Job
from aoce.common.models.mail import OutgoingMail
from aoce.common.models.review import DraftConflict, ReviewPoint, StatusChange, SubmittedVersion

__all__ = [
    "DraftConflict",
    "Job",
    "OutgoingMail",
    "ReviewPoint",
    "StatusChange",
    "StoredFile",
    "SubmittedVersion",
]
