"""Codes shared by every floor."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a thing that is handed in stands. “Late” is computed, never stored."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    CHANGES = "changes", _("Changes requested")
    APPROVED = "approved", _("Approved")


class MailState(models.TextChoices):
    """What is known of a mail: unknown means the line dropped after the text was handed over."""

    PENDING = "pending", _("Waiting")
    CLAIMED = "claimed", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Refused")
    UNKNOWN = "unknown", _("Unknown")


class JobState(models.TextChoices):
    """Where a piece of long work stands."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class ScanState(models.TextChoices):
    """What the virus scanner said of a file."""

    NOT_SCANNED = "not_scanned", _("Not scanned")
    CLEAN = "clean", _("Clean")
    INFECTED = "infected", _("Infected")
