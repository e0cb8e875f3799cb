"""Proofs that a meeting took place: signed lists scanned, and participant lists of online platforms."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aoce.common.files import files_of, store_upload
from aoce.common.files.inspect import inspect_upload
from aoce.common.models import StoredFile
from meetings import policies
from meetings.enums import Part, SignedBy
from meetings.lists.online import Match, match_people, read_platform_list
from meetings.models import Participation, Presence, TransnationalMeeting
from meetings.presence_files import PRESENCE_FILE
from meetings.services.participation import NotTodayError, add_unexpected, today_at
from meetings.sheets import code_on
from partners.models import Membership, Network, Person
from partners.services.persons import Named, persons_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.files.uploadedfile import UploadedFile

    from meetings.passes import Pass
    from partners.actors import Actor

SCANS = ["pdf", "jpg", "png", "heic"]
LISTS = ["csv"]
#: What a file is for until somebody says of which day it is.
OPEN_SCAN, OPEN_LIST = "scan", "online"


class OtherSheetError(Exception):
    """The scan is of another meeting; ``found`` says which, when it is one the network has."""

    def __init__(self, found: TransnationalMeeting | None, day: date) -> None:
        """Hold whose list it is."""
        super().__init__()
        self.found, self.day = found, day


@dataclass(frozen=True)
class Proof:
    """A file that proves a day; ``day`` is None while it is not known."""

    file: StoredFile
    day: date | None


def _must_host(actor: Actor, meeting: TransnationalMeeting) -> None:
    if not policies.can_write_agenda(actor, meeting):
        raise PermissionDenied


def _is_day(meeting: TransnationalMeeting, day: date) -> bool:
    return meeting.start <= day <= meeting.end


def proofs_of(meeting: TransnationalMeeting) -> list[Proof]:
    """Return the scans and online lists of a meeting, those without a day first. One query."""
    found = []
    for file in files_of(PRESENCE_FILE, meeting.pk):
        what, _colon, day = file.purpose.partition(":")
        if what in (OPEN_SCAN, OPEN_LIST):
            found.append(Proof(file, date.fromisoformat(day) if day else None))
    return sorted(found, key=lambda proof: proof.day or date.min)


def take_in(*, actor: Actor, meeting: TransnationalMeeting, upload: UploadedFile) -> Proof:
    """Keep a scan or an online list. A scan goes to the day whose code is printed on it, when it can be read.

    Raises UploadRefusedError for what cannot be taken, ListUnreadableError for a list that is none, OtherSheetError for
    the list of another meeting: nothing is kept of these.
    """
    _must_host(actor, meeting)
    kind = inspect_upload(upload, [*SCANS, *LISTS]).kind
    purpose, day = OPEN_LIST, None
    if kind in LISTS:
        read_platform_list(upload.read())
        _know_members(meeting.network_id)
    else:
        code = code_on(upload, kind)
        _must_be_ours(meeting, code)
        day = code.day if code else None
        purpose = f"{OPEN_SCAN}:{day.isoformat()}" if day else OPEN_SCAN
    upload.seek(0)
    file = store_upload(
        actor=actor,
        network_id=meeting.network_id,
        owner_kind=PRESENCE_FILE,
        owner_id=meeting.pk,
        upload=upload,
        allowed=[*SCANS, *LISTS],
        purpose=purpose,
    )
    return Proof(file, day)


def _know_members(network_id: int) -> None:
    """Let the network's own people be found on a list: each has a row among the persons."""
    by_city: dict[int | None, list[Named]] = defaultdict(list)
    for member in Membership.objects.live().filter(network=network_id).select_related("user"):
        by_city[member.partner_id].append(Named(name=member.user.name, email=member.user.email))
    with transaction.atomic():
        Network.objects.select_for_update().get(pk=network_id)
        for partner_id, people in by_city.items():
            persons_for(network_id=network_id, partner_id=partner_id, people=people)


def _must_be_ours(meeting: TransnationalMeeting, code: Pass | None) -> None:
    if code is None or (code.meeting_id == meeting.pk and _is_day(meeting, code.day)):
        return
    rows = TransnationalMeeting.objects.filter(network=meeting.network_id, pk=code.meeting_id)
    raise OtherSheetError(rows.first(), code.day)


def set_day(*, actor: Actor, meeting: TransnationalMeeting, file: StoredFile, day: date) -> None:
    """Say of which day a scan is whose code could not be read. Raises NotTodayError for a day of no meeting's."""
    _must_host(actor, meeting)
    if not _is_day(meeting, day):
        raise NotTodayError
    file.purpose = f"{file.purpose.partition(':')[0]}:{day.isoformat()}"
    file.save(update_fields=["purpose"])


def matches_of(meeting: TransnationalMeeting, file: StoredFile) -> list[Match]:
    """Return who is on a kept online list, matched with the people the network knows; those registered come first."""
    people = list(Person.objects.filter(network=meeting.network_id).select_related("partner"))
    here = set(Participation.objects.filter(meeting=meeting).values_list("person_id", flat=True))
    people.sort(key=lambda person: person.pk not in here)
    with file.file.open("rb") as opened:
        return match_people(read_platform_list(opened.read()).people, people)


def take_over(
    *, actor: Actor, meeting: TransnationalMeeting, file: StoredFile, day: date, chosen: Mapping[int, int | None]
) -> int:
    """Write down as present on a day who is on an online list; returns how many were not yet.

    ``chosen`` says for places on the list who it is, by the person's id, or None for somebody new; who is left out of
    it is left out. Taking the same list over twice changes nothing more. Raises NotTodayError.
    """
    _must_host(actor, meeting)
    if not _is_day(meeting, day) or day > today_at(meeting):
        raise NotTodayError
    people = {p.pk: p for p in Person.objects.filter(network=meeting.network_id, pk__in=set(chosen.values()) - {None})}
    with file.file.open("rb") as opened:
        joined = read_platform_list(opened.read()).people
    added = 0
    with transaction.atomic():
        TransnationalMeeting.objects.select_for_update().get(pk=meeting.pk)
        for place, pk in chosen.items():
            person = people.get(pk) if pk else None
            if person is None:
                row = add_unexpected(meeting, None, joined[place].name, "")
            else:
                values = {"partner_id": person.partner_id, "name": person.name, "organisation": person.organisation}
                values["part"] = Part.MEMBER if person.partner_id else Part.GUEST
                row, _made = Participation.objects.get_or_create(meeting=meeting, person=person, defaults=values)
            _presence, made = Presence.objects.get_or_create(
                participation=row, day=day, defaults={"how": SignedBy.ONLINE, "by_id": actor.user_id}
            )
            added += made
        set_day(actor=actor, meeting=meeting, file=file, day=day)
    return added
