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
    """When the network reminds: ``offset_days`` from the due day (negative: before), then every ``repeat_days``.

    ``since`` is when the rule became what it is: it does not reach back to days before.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="reminder_rules")
    offset_days = models.SmallIntegerField(_("Days from the due date"))
    repeat_days = models.PositiveSmallIntegerField(_("Then every … days"), null=True, blank=True)
    audience = models.CharField(_("To"), max_length=20, choices=Audience, default=Audience.PARTY)
    is_active = models.BooleanField(_("In use"), default=True)
    since = models.DateTimeField(default=timezone.now, editable=False)

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
    """One reminder to one person about one obligation, for a day: planned by a rule, or asked for by hand.

    ``due`` is the due date it was planned for: when that moves, the waiting row goes and a new one is planned. Rows
    that are on their way or out stay for ever; whichever rule asks, a person is reminded of a thing once a day.
    """

    obligation = models.ForeignKey(Obligation, models.CASCADE, related_name="reminders")
    rule = models.ForeignKey(ReminderRule, models.SET_NULL, null=True, blank=True, related_name="reminders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders")
    due = models.DateField()
    send_on = models.DateField()
    by_hand = models.BooleanField(default=False)
    state = models.CharField(max_length=20, choices=ReminderState, default=ReminderState.PENDING)
    claimed_at = models.DateTimeField(null=True, blank=True)
    mail = models.ForeignKey(OutgoingMail, models.SET_NULL, null=True, blank=True, related_name="reminders")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("send_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("obligation", "user", "due", "send_on"),
                condition=models.Q(by_hand=False),
                name="reminder_planned_once",
            ),
            models.UniqueConstraint(
                fields=("obligation", "user", "send_on"),
                condition=models.Q(by_hand=True) & ~models.Q(state="failed"),
                name="reminder_by_hand_once_a_day",
            ),
        )
        indexes = (models.Index(fields=("state", "send_on")),)

    def __str__(self) -> str:
        return f"{self.user}: {self.obligation}"


class ReminderPlan(models.Model):
    """From what a network's reminders were planned last; while it is the same there is nothing to plan."""

    network = models.OneToOneField(Network, models.CASCADE, related_name="+")
    made_from = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.network)


class DigestWeek(models.Model):
    """A week (``2026-W47``) in which somebody had a network's digest of what is overdue, or nothing was."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    week = models.CharField(max_length=8)
    mail = models.ForeignKey(OutgoingMail, models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("network", "user", "week"), name="one_digest_a_week"),)

    def __str__(self) -> str:
        return f"{self.user}: {self.week}"


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
