"""Codes stored in the roadmap tables."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PeriodState(models.TextChoices):
    """A half-year's plan is drafted, then published; publishing makes the obligations."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class TrackGroup(models.TextChoices):
    """The two groups of rows of the roadmap table."""

    PARTNERS = "partners", _("Partners' tasks")
    LEAD_EXPERT = "lead_expert", _("Lead Expert tasks")


class OwedBy(models.TextChoices):
    """Who owes what a task asks for."""

    EACH_PARTNER = "each_partner", _("Each city")
    HOSTS = "hosts", _("The hosts")
    LEAD_EXPERT = "lead_expert", _("Lead Expert")
    LEAD_PARTNER = "lead_partner", _("Lead Partner")
    NOBODY = "nobody", _("Nobody: it is an event")


class Party(models.TextChoices):
    """Who one obligation falls to."""

    PARTNER = "partner", _("City")
    LEAD_EXPERT = "lead_expert", _("Lead Expert")
    LEAD_PARTNER = "lead_partner", _("Lead Partner")


class ObligationState(models.TextChoices):
    """Where an obligation stands. “Late” is computed from the due date, never stored."""

    NONE = "none", _("Not started")
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    CHANGES = "changes", _("Changes requested")
    APPROVED = "approved", _("Approved")
    WAIVED = "waived", _("Not needed")


#: States in which somebody still has to act before the thing is in.
OPEN_STATES = (ObligationState.NONE, ObligationState.DRAFT, ObligationState.CHANGES)


class Audience(models.TextChoices):
    """Who a reminder rule writes to."""

    PARTY = "party", _("Whoever owes it")
    LEAD_PARTNER = "lead_partner", _("Lead Partner")


class ReminderState(models.TextChoices):
    """What became of a planned reminder."""

    PENDING = "pending", _("Planned")
    CLAIMED = "claimed", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Refused")
    UNKNOWN = "unknown", _("Unknown")


class MailMode(models.TextChoices):
    """How somebody wants their reminders."""

    DIGEST = "digest", _("One mail a day")
    SINGLE = "single", _("One mail for each thing")
