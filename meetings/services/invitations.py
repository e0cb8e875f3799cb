"""Asking people to a local meeting by mail, and their answer without signing in."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from aoce.common import mail
from aoce.common.workflow import WrongStateError
from meetings import policies
from meetings.enums import Answer
from meetings.models import UlgInvitation, UlgMeeting
from meetings.services.planning import must_be_ahead
from meetings.ulg_calendar import calendar_file
from partners.models import LocalGroupMember
from partners.services.persons import Named, person_for

if TYPE_CHECKING:
    from datetime import date

    from partners.actors import Actor

SALT = "meetings.ulg-invitation"


class TooLateError(Exception):
    """The meeting is over or called off: nobody answers any more."""


def token_of(invitation: UlgInvitation) -> str:
    """Return the secret part of somebody's answer address: signed, so that it cannot be guessed."""
    return signing.Signer(salt=SALT).sign(str(invitation.pk)).replace(":", ".")


def find(token: str) -> UlgInvitation | None:
    """Return the invitation an address stands for, None for one that was made up or taken back."""
    pk, _dot, signature = token.partition(".")
    try:
        signing.Signer(salt=SALT).unsign(f"{pk}:{signature}")
    except signing.BadSignature:
        return None
    rows = UlgInvitation.objects.select_related("person", "meeting__partner__network")
    return rows.filter(pk=pk).first()


def answer_url(invitation: UlgInvitation) -> str:
    """Return the whole address of somebody's answer page."""
    return settings.SITE_URL + reverse("answers:answer", kwargs={"token": token_of(invitation)})


def _mail(invitation: UlgInvitation, meeting: UlgMeeting, template: str) -> None:
    partner = meeting.partner
    url = answer_url(invitation)
    with translation.override(mail.language_for(partner.language)):
        title = f"{partner}: {meeting}"
    text = calendar_file(meeting, title=title, url=url, now=timezone.now())
    mail.queue(
        to=invitation.email,
        network=partner.network,
        purpose=template,
        template=template,
        language=partner.language,
        context={"meeting": meeting, "city": partner, "person": invitation.person, "url": url},
        attachments=[{"name": "meeting.ics", "content_type": "text/calendar", "text": text}],
        once_key=f"{template}-{invitation.pk}-{meeting.sequence}",
    )


def invite(*, actor: Actor, meeting: UlgMeeting, members: Collection[int]) -> int:
    """Invite members of the local group (ids) who have an e-mail and are not invited yet; returns how many.

    Raises PermissionDenied; WrongStateError when the meeting is called off or reported.
    """
    if not policies.can_plan_meeting(actor, meeting.partner_id):
        raise PermissionDenied
    with transaction.atomic():
        row = UlgMeeting.objects.select_for_update().get(pk=meeting.pk)
        must_be_ahead(row)
        meeting.refresh_from_db()
        partner = meeting.partner
        known: set[int | None] = set(meeting.invitations.values_list("person", flat=True))
        invited = 0
        rows = LocalGroupMember.objects.select_for_update(of=("self",)).filter(partner=partner, pk__in=members)
        for member in rows.exclude(email="").order_by("pk"):
            if member.person_id is None:
                named = Named(member.name, member.organisation, member.kind_id, member.email)
                member.person = person_for(network_id=partner.network_id, partner_id=partner.pk, named=named)
                member.save(update_fields=["person"])
            if member.person_id in known:
                continue
            known.add(member.person_id)
            invitation = UlgInvitation.objects.create(
                meeting=meeting, person_id=member.person_id, email=member.email, told=meeting.sequence
            )
            _mail(invitation, meeting, "ulg_invitation")
            invited += 1
    return invited


def tell(*, meeting: UlgMeeting, template: str) -> int:
    """Write to everybody who has not heard of the meeting's newest facts, once; the caller checked who may."""
    rows = meeting.invitations.select_related("person").filter(told__lt=meeting.sequence)
    told = 0
    for invitation in rows:
        _mail(invitation, meeting, template)
        told += 1
    rows.update(told=meeting.sequence)
    return told


def tell_changes(*, actor: Actor, meeting: UlgMeeting) -> int:
    """Tell the invited what changed since they last heard; returns how many are told."""
    if not policies.can_plan_meeting(actor, meeting.partner_id):
        raise PermissionDenied
    with transaction.atomic():
        row = UlgMeeting.objects.select_for_update().get(pk=meeting.pk)
        must_be_ahead(row)
        meeting.refresh_from_db()
        return tell(meeting=meeting, template="ulg_changed")


def withdraw(*, actor: Actor, invitation: UlgInvitation) -> None:
    """Take an invitation back: its address leads nowhere from now on."""
    if not policies.can_plan_meeting(actor, invitation.meeting.partner_id):
        raise PermissionDenied
    invitation.delete()


def untold(meeting: UlgMeeting) -> int:
    """Return how many of the invited heard of earlier facts only. One query."""
    return UlgInvitation.objects.filter(meeting=meeting, told__lt=F("meeting__sequence")).count()


def answer(*, invitation: UlgInvitation, given: str, today: date) -> None:
    """Keep what somebody answers; the address itself says who they are. They may change it until the day is over.

    Raises TooLateError; WrongStateError for an answer that is none.
    """
    if given not in Answer.values:
        raise WrongStateError(_("Choose yes, maybe or no."))
    with transaction.atomic():
        meeting = UlgMeeting.objects.select_for_update().get(pk=invitation.meeting_id)
        if meeting.cancelled_at or (meeting.date and meeting.date < today):
            raise TooLateError
        invitation.answer, invitation.answered_at = given, timezone.now()
        invitation.save(update_fields=["answer", "answered_at"])
