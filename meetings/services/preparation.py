"""The checklist of a meeting: what is to be prepared, by whom, until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from meetings import policies
from meetings.models import ChecklistTemplate, Preparation, TransnationalMeeting
from partners.enums import Role
from partners.models import Membership

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Partner

#: Who a template may name: the first host, the Lead Partner, the Lead Expert; any other word is kept as it is.
HOST, LEAD_PARTNER, LEAD_EXPERT = "host", "lead_partner", "lead_expert"


def _must_write(actor: Actor, meeting: TransnationalMeeting) -> None:
    if not policies.can_write_agenda(actor, meeting):
        raise PermissionDenied


def begin(*, actor: Actor, meeting: TransnationalMeeting, template: ChecklistTemplate) -> int:
    """Add what a template asks for and is not on the list yet; returns how many."""
    _must_write(actor, meeting)
    if template.network_id != meeting.network_id:
        raise PermissionDenied
    host = meeting.hosts.first()
    leads = Membership.objects.live().filter(network=meeting.network_id, role__in=(Role.LEAD_PARTNER, Role.LEAD_EXPERT))
    member = {row.role: row for row in leads.order_by("-pk")}
    roles = {LEAD_PARTNER: member.get(Role.LEAD_PARTNER), LEAD_EXPERT: member.get(Role.LEAD_EXPERT)}
    with transaction.atomic():
        TransnationalMeeting.objects.select_for_update().get(pk=meeting.pk)
        there = set(meeting.preparations.values_list("what", flat=True))
        rows = [
            Preparation(
                meeting=meeting,
                what=item["what"],
                partner=host if item["who"] == HOST else None,
                member=roles.get(item["who"]),
                who="" if item["who"] in (HOST, *roles) else item["who"],
                days=item["days"],
                due=meeting.start + timedelta(days=item["days"]),
            )
            for item in template.items
            if item["what"] not in there
        ]
        Preparation.objects.bulk_create(rows)
    return len(rows)


def save(
    *,
    actor: Actor,
    meeting: TransnationalMeeting,
    row: Preparation | None,
    what: str,
    due: date,
    partner: Partner | None,
    member: Membership | None,
    who: str,
) -> Preparation:
    """Add something to prepare, or change it; a date set by hand no longer follows the meeting."""
    _must_write(actor, meeting)
    row = row or Preparation(meeting=meeting)
    if row.due != due:
        row.days = None
    row.what, row.due, row.who = what, due, who
    row.partner, row.member = (None, member) if member else (partner, None)
    row.save()
    return row


def tick(*, actor: Actor, row: Preparation, done: bool) -> None:
    """Say that something is prepared, or not after all. Who owns it may, and who writes the meeting."""
    if not policies.can_tick_preparation(actor, row):
        raise PermissionDenied
    row.done_at = timezone.now() if done else None
    row.done_by_id = actor.user_id if done else None
    row.save(update_fields=["done_at", "done_by"])


def take_off(*, actor: Actor, row: Preparation) -> None:
    """Take something off the list."""
    _must_write(actor, row.meeting)
    row.delete()


def follow(meeting: TransnationalMeeting) -> None:
    """Move what follows a meeting's first day; called when the meeting moved, in its transaction."""
    rows = list(meeting.preparations.filter(done_at=None).exclude(days=None))
    for row in rows:
        row.due = meeting.start + timedelta(days=row.days or 0)
    Preparation.objects.bulk_update(rows, ["due"])
