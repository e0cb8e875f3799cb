"""Who came: the host ticks names, beginning with those who said they would."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from aoce.common.workflow import WrongStateError
from meetings import policies
from meetings.enums import Answer, SignedHow
from meetings.models import Attendee, UlgMeeting, UlgReport
from meetings.services import attendance, ulg
from meetings.services.participation import SIGNATURE, NotTodayError
from partners.models import LocalGroupMember, Person
from partners.services.persons import Named, person_for

if TYPE_CHECKING:
    from datetime import date

    from partners.actors import Actor


@dataclass(frozen=True)
class Expected:
    """Somebody who may have come; ``ticked`` before the host changes anything, ``present`` is on the list already."""

    person: Person
    answer: str
    ticked: bool
    present: bool


def expected_at(meeting: UlgMeeting, today: date) -> list[Expected]:
    """Return the invited and the city's group of that day by name, each once; who said yes is ticked. Three queries."""
    answers: dict[int, str] = {}
    people: dict[int, Person] = {}
    for row in meeting.invitations.select_related("person__kind", "person__merged_into__kind"):
        person = row.person.merged_into or row.person
        people[person.pk] = person
        answers[person.pk] = row.answer or answers.get(person.pk, "")
    group = LocalGroupMember.objects.filter(partner=meeting.partner_id, person__isnull=False)
    day = meeting.date or today
    for member in group.current(day).select_related("person__kind", "person__merged_into__kind"):
        if member.person is not None:
            person = member.person.merged_into or member.person
            people.setdefault(person.pk, person)
    rows = Attendee.objects.filter(report__meeting=meeting, person__isnull=False).select_related("person")
    present = {row.person.counted_id for row in rows if row.person is not None}
    found = [
        Expected(
            person=person,
            answer=answers.get(pk, ""),
            ticked=answers.get(pk) == Answer.YES or pk in present,
            present=pk in present,
        )
        for pk, person in people.items()
    ]
    return sorted(found, key=lambda e: (e.person.folded, e.person.pk))


def tick(*, actor: Actor, meeting: UlgMeeting, people: Collection[int], today: date) -> tuple[UlgReport, int]:
    """Put these of the expected people (ids) on the attendance list; begins the report if there is none.

    Returns the report and how many were added; who is on the list already is not added twice. Raises PermissionDenied,
    WrongStateError.
    """
    if not policies.can_plan_meeting(actor, meeting.partner_id):
        raise PermissionDenied
    with transaction.atomic():
        report = ulg.start(actor=actor, partner=meeting.partner, meeting=meeting)
        attendance.must_be_writable(actor, report)
        UlgReport.objects.select_for_update().get(pk=report.pk)
        wanted = [e.person for e in expected_at(meeting, today) if e.person.pk in people and not e.present]
        first = report.attendees.count()
        Attendee.objects.bulk_create(
            Attendee(
                report=report,
                person=person,
                name=person.name,
                organisation=person.organisation,
                kind=person.kind,
                how=SignedHow.LISTED,
                position=first + n,
            )
            for n, person in enumerate(wanted)
        )
    return report, len(wanted)


def sign(
    *, actor: Actor, meeting: UlgMeeting, named: Named, today: date, person_id: int = 0, signature: str = ""
) -> Attendee:
    """Put somebody who signed (on a phone, on paper) on the list of the meeting's report; begun if there is none.

    ``person_id`` is who they found themselves to be among ``expected_at``; without it the name decides;
    ``signature`` is the finger's path, "" when the typed name stands for it. Who signs twice is one person: the same
    row comes back, now as signed. Visitors have no account, so the portal itself acts (``Actor.system``); the caller
    has checked the secret they came with. Raises PermissionDenied, NotTodayError, WrongStateError.
    """
    drawn = signature if SIGNATURE.match(signature) else ""
    partner = meeting.partner
    is_portal = actor.is_system and actor.network_id == partner.network_id
    if not is_portal and not policies.can_plan_meeting(actor, partner.pk):
        raise PermissionDenied
    if meeting.date != today:
        raise NotTodayError
    with transaction.atomic():
        report = ulg.start(actor=actor, partner=partner, meeting=meeting)
        row = UlgReport.objects.select_for_update().get(pk=report.pk)
        if row.state not in policies.OPEN:
            raise WrongStateError(_("The report of this meeting is handed in. The city adds who is missing there."))
        known = {e.person.pk: e.person for e in expected_at(meeting, today)}
        person = known.get(person_id) or person_for(network_id=partner.network_id, partner_id=partner.pk, named=named)
        same = Attendee.objects.filter(report=row).filter(
            Q(person=person) | Q(person__merged_into=person) | Q(person=person.merged_into_id or 0)
        )
        attendee = same.first()
        if attendee is None:
            return Attendee.objects.create(
                report=row,
                person=person,
                name=person.name if person_id in known else named.name[:150],
                organisation=named.organisation[:200] or person.organisation,
                kind_id=named.kind_id or person.kind_id,
                how=SignedHow.SIGNED,
                signature=drawn,
                position=row.attendees.count(),
            )
        if attendee.how == SignedHow.LISTED or (drawn and not attendee.signature):
            attendee.how, attendee.signature = SignedHow.SIGNED, drawn
            attendee.save(update_fields=["how", "signature"])
        return attendee
