"""Reminders: the network's rules, the planned rows, and what people prefer."""

import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aoce.common.models import OutgoingMail
from partners.models import Network
from roadmap.enums import Audience, MailMode, ReminderState
from roadmap.models.obligations import Obligation


class ReminderRule(models.Model):
    """When the network reminds: ``offset_days`` from the due day (negative: before), then every ``repeat_days``."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="reminder_rules")
    offset_days = models.SmallIntegerField(_("Days from the due date"))
    repeat_days = models.PositiveSmallIntegerField(_("Then every … days"), null=True, blank=True)
    audience = models.CharField(_("To"), max_length=20, choices=Audience, default=Audience.PARTY)
    is_active = models.BooleanField(_("In use"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("offset_days", "pk")
        constraints = (
            models.UniqueConstraint(fields=("network", "offset_days", "audience"), name="reminder_rule_once"),
            models.CheckConstraint(
                condition=models.Q(repeat_days=None) | models.Q(repeat_days__gte=1), name="repeat_at_least_daily"
            ),
        )

    def __str__(self) -> str:
        return f"{self.offset_days:+d}"


class Reminder(models.Model):
    """One reminder to one person about one obligation, planned for a day.

    ``due`` is the due date it was planned for: when that moves, the pending row is cancelled and a new one planned.
    """

    obligation = models.ForeignKey(Obligation, models.CASCADE, related_name="reminders")
    rule = models.ForeignKey(ReminderRule, models.SET_NULL, null=True, blank=True, related_name="reminders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders")
    due = models.DateField()
    send_on = models.DateField()
    state = models.CharField(max_length=20, choices=ReminderState, default=ReminderState.PENDING)
    claimed_at = models.DateTimeField(null=True, blank=True)
    mail = models.ForeignKey(OutgoingMail, models.SET_NULL, null=True, blank=True, related_name="reminders")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("send_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("obligation", "rule", "user", "due", "send_on"),
                condition=models.Q(rule__isnull=False),
                name="reminder_planned_once",
            ),
        )
        indexes = (models.Index(fields=("state", "send_on")),)

    def __str__(self) -> str:
        return f"{self.user}: {self.obligation}"


class DigestWeek(models.Model):
    """A week (``2026-W47``) for which a network's digest of what is overdue has been made, with or without mails."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    week = models.CharField(max_length=8)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("network", "week"), name="one_digest_a_week"),)

    def __str__(self) -> str:
        return self.week


class ReminderPreference(models.Model):
    """How one person wants to be reminded, in every network."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminder_preference")
    mode = models.CharField(_("How"), max_length=10, choices=MailMode, default=MailMode.DIGEST)
    paused_until = models.DateField(_("Pause until"), null=True, blank=True)

    def __str__(self) -> str:
        return str(self.user)


def feed_secret() -> str:
    """Return a secret for a calendar address."""
    return secrets.token_urlsafe(24)


class CalendarFeed(models.Model):
    """One person's calendar address in one network; a new secret revokes the old one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds")
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    secret = models.CharField(max_length=64, unique=True, default=feed_secret)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "network"), name="one_feed_a_person_and_network"),)

    def __str__(self) -> str:
        return str(self.user)
