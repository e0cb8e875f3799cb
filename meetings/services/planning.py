"""Local meetings before they are held: planned, moved, called off."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from aoce.common.workflow import WrongStateError
from meetings import policies
from meetings.models import TransnationalMeeting, UlgMeeting
from partners.models import LocalSubGroup, Partner

if TYPE_CHECKING:
    from partners.actors import Actor

#: What people who are invited need to hear of when it changes.
TOLD = ("title", "date", "start_time", "end_time", "place", "agenda")


def next_number(partner: Partner) -> int:
    """Return the number of the city's next meeting; call it under a lock on the city."""
    return (partner.ulg_meetings.aggregate(n=Max("number"))["n"] or 0) + 1


def _checked(meeting: UlgMeeting) -> None:
    partner = meeting.partner
    if meeting.transnational is not None and meeting.transnational.network_id != partner.network_id:
        raise PermissionDenied
    if meeting.sub_group is not None and meeting.sub_group.partner_id != partner.pk:
        raise PermissionDenied
    if bool(meeting.transnational) != bool(meeting.relation):
        raise ValidationError({"link": _("Say which network meeting it prepares or follows, or none.")})
    if meeting.start_time and meeting.end_time and meeting.end_time <= meeting.start_time:
        raise ValidationError({"end_time": _("It ends before it begins. Enter a later time.")})


def plan(
    *,
    actor: Actor,
    partner: Partner,
    day: date,
    title: str = "",
    place: str = "",
    start_time: time | None = None,
    end_time: time | None = None,
    agenda: str = "",
    relation: str = "",
    transnational: TransnationalMeeting | None = None,
    sub_group: LocalSubGroup | None = None,
) -> UlgMeeting:
    """Plan the city's next local meeting. Raises PermissionDenied, ValidationError."""
    if not policies.can_plan_meeting(actor, partner.pk):
        raise PermissionDenied
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        meeting = UlgMeeting(
            partner=partner,
            number=next_number(partner),
            title=title.strip(),
            date=day,
            place=place.strip(),
            start_time=start_time,
            end_time=end_time,
            agenda=agenda.strip(),
            relation=relation,
            transnational=transnational,
            sub_group=sub_group,
            planned_at=timezone.now(),
        )
        _checked(meeting)
        meeting.save()
    return meeting


def change(*, actor: Actor, meeting: UlgMeeting, changes: dict[str, Any]) -> bool:
    """Write changed fields; return whether the people who are invited should hear of it.

    Raises PermissionDenied, ValidationError; WrongStateError when it is called off or reported.
    """
    if not policies.can_plan_meeting(actor, meeting.partner_id):
        raise PermissionDenied
    with transaction.atomic():
        row = UlgMeeting.objects.select_for_update().get(pk=meeting.pk)
        row.partner = meeting.partner
        must_be_ahead(row)
        changed = [name for name, value in changes.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, changes[name])
        _checked(row)
        news = any(name in TOLD for name in changed)
        row.sequence += news
        if changed:
            row.save()
    meeting.refresh_from_db()
    return news


def call_off(*, actor: Actor, meeting: UlgMeeting) -> int:
    """Call a planned meeting off and tell everybody who is invited; returns how many are told.

    Raises PermissionDenied; WrongStateError when it is called off or reported already.
    """
    from meetings.services.invitations import tell

    if not policies.can_plan_meeting(actor, meeting.partner_id):
        raise PermissionDenied
    with transaction.atomic():
        row = UlgMeeting.objects.select_for_update().get(pk=meeting.pk)
        must_be_ahead(row)
        row.cancelled_at = timezone.now()
        row.sequence += 1
        row.save(update_fields=["cancelled_at", "sequence"])
        meeting.refresh_from_db()
        return tell(meeting=meeting, template="ulg_called_off")


def must_be_ahead(meeting: UlgMeeting) -> None:
    """Raise WrongStateError unless the meeting can still be planned: neither called off nor reported."""
    if meeting.cancelled_at is not None:
        raise WrongStateError(_("This meeting was called off. Plan another one."))
    if hasattr(meeting, "report"):
        raise WrongStateError(_("This meeting has a report. Change its facts there."))
