"""The network's reminder rules and each person's preference."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import Network
from roadmap import policies
from roadmap.enums import ReminderState
from roadmap.models import Reminder, ReminderPreference, ReminderRule
from roadmap.services import planning

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import User


def save_rule(
    *,
    actor: Actor,
    network: Network,
    rule: ReminderRule | None,
    offset_days: int,
    repeat_days: int | None,
    audience: str,
    is_active: bool,
) -> ReminderRule:
    """Add or change a rule, from today on; what it had planned follows at once, what it missed still goes out."""
    if not policies.can_edit_rules(actor, network.pk) or (rule and rule.network_id != network.pk):
        raise PermissionDenied
    rule = rule or ReminderRule(network=network)
    rule.offset_days, rule.repeat_days, rule.audience, rule.is_active = offset_days, repeat_days, audience, is_active
    rule.since = timezone.now()
    with transaction.atomic():
        rule.save()
        waiting = Reminder.objects.filter(rule=rule, state=ReminderState.PENDING)
        (waiting.filter(send_on__gt=network.today()) if is_active else waiting).delete()
        planning.plan(network)
    return rule


def delete_rule(*, actor: Actor, rule: ReminderRule) -> None:
    """Take a rule away with the reminders it had planned; other rules plan theirs for the same days."""
    if not policies.can_edit_rules(actor, rule.network_id):
        raise PermissionDenied
    with transaction.atomic():
        Reminder.objects.filter(rule=rule, state=ReminderState.PENDING).delete()
        network = rule.network
        rule.delete()
        planning.plan(network)


def save_preference(*, user: User, mode: str, paused_until: date | None) -> None:
    """Remember how a person wants to be reminded; it is theirs alone, so no policy is asked."""
    ReminderPreference.objects.update_or_create(user=user, defaults={"mode": mode, "paused_until": paused_until})


def rule_words(rule: ReminderRule) -> str:
    """Say in words when a rule reminds."""
    n = abs(rule.offset_days)
    if rule.offset_days == 0:
        words = _("On the day it is due")
    elif rule.offset_days < 0:
        words = ngettext("%(n)s day before", "%(n)s days before", n) % {"n": n}
    else:
        words = ngettext("%(n)s day after", "%(n)s days after", n) % {"n": n}
    if not rule.repeat_days:
        return words
    if rule.repeat_days == 7:  # noqa: PLR2004 - a week
        return _("%(start)s, then every week") % {"start": words}
    again = ngettext("%(start)s, then every day", "%(start)s, then every %(n)s days", rule.repeat_days)
    return again % {"start": words, "n": rule.repeat_days}
