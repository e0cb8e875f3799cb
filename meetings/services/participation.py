"""Who comes to a transnational meeting: registered by their city, present by day, needs forgotten afterwards."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from meetings import policies
from meetings.enums import Part, SignedBy
from meetings.models import Participation, Presence, SpecialNeeds, TransnationalMeeting, TravelLeg, TravelMode
from meetings.zones import zone_of
from partners.services.persons import Named, person_for

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Partner

#: A signature drawn with a finger: moves and lines on a field of 600 by 200, as an SVG path.
SIGNATURE = re.compile(r"^(?:[ML]\d{1,4} \d{1,4}){2,2000}$")
#: Needs are forgotten so many days after a meeting.
FORGET_DAYS = 7


class NotTodayError(Exception):
    """The day is none of the meeting's, or not today at its place."""


def today_at(meeting: TransnationalMeeting) -> date:
    """Return today's date at the meeting's place: the first host's, else the network's."""
    return timezone.localdate(timezone=zone_of(meeting))


def add_unexpected(
    meeting: TransnationalMeeting, partner: Partner | None, name: str, organisation: str
) -> Participation:
    """Return somebody's row at a meeting, made if nobody expected them."""
    named = Named(name=name[:150], organisation=organisation[:200])
    person = person_for(network_id=meeting.network_id, partner_id=partner.pk if partner else None, named=named)
    found, _made = Participation.objects.get_or_create(
        meeting=meeting,
        person=person,
        defaults={"partner": partner, "name": name[:150], "organisation": organisation[:200], "part": Part.GUEST},
    )
    return found


def register(
    *,
    actor: Actor,
    meeting: TransnationalMeeting,
    partner: Partner | None,
    name: str,
    organisation: str,
    part: str,
    diet: str = "",
    access: str = "",
    legs: Sequence[tuple[int, int]] = (),
) -> Participation:
    """Register somebody for a city (or from outside). The same person again is changed, not doubled.

    ``legs`` is how they travel: a mode's id and kilometres, there and back together.
    """
    if not policies.can_register(actor, meeting, partner.pk if partner else None):
        raise PermissionDenied
    with transaction.atomic():
        found = add_unexpected(meeting, partner, name, organisation)
        found.name, found.organisation, found.part = name, organisation, part
        found.registered_by_id = actor.user_id
        found.save()
        if diet or access:
            SpecialNeeds.objects.update_or_create(participation=found, defaults={"diet": diet, "access": access})
        else:
            SpecialNeeds.objects.filter(participation=found).delete()
        found.legs.all().delete()
        known = set(TravelMode.objects.filter(network=meeting.network_id).values_list("pk", flat=True))
        TravelLeg.objects.bulk_create(
            TravelLeg(participation=found, mode_id=mode, km=km) for mode, km in legs if mode in known
        )
    return found


def withdraw(*, actor: Actor, participation: Participation) -> None:
    """Take somebody off the list again, unless they were there already."""
    if not policies.can_register(actor, participation.meeting, participation.partner_id):
        raise PermissionDenied
    if participation.presences.exists():
        raise PermissionDenied
    participation.delete()


def tick(*, actor: Actor, meeting: TransnationalMeeting, day: date, present: Collection[int]) -> int:
    """Say who was there on a day, by the host; what people signed themselves stays. Returns how many are present."""
    if not policies.can_write_agenda(actor, meeting):
        raise PermissionDenied
    if not meeting.start <= day <= meeting.end or day > today_at(meeting):
        raise NotTodayError
    with transaction.atomic():
        TransnationalMeeting.objects.select_for_update().get(pk=meeting.pk)
        rows = Participation.objects.filter(meeting=meeting)
        ticked = Presence.objects.filter(participation__meeting=meeting, day=day, how=SignedBy.HOST)
        ticked.exclude(participation__in=present).delete()
        Presence.objects.bulk_create(
            [
                Presence(participation=row, day=day, how=SignedBy.HOST, by_id=actor.user_id)
                for row in rows.filter(pk__in=present)
            ],
            ignore_conflicts=True,
        )
        return Presence.objects.filter(participation__meeting=meeting, day=day).count()


def sign(
    *,
    meeting: TransnationalMeeting,
    day: date,
    participation_id: int,
    partner: Partner | None,
    name: str,
    organisation: str,
    signature: str,
) -> Presence:
    """Take a visitor's own signature for today; who signs twice is one person and one presence.

    The caller has checked the pass they came with. ``participation_id`` is who they found themselves to be, else the
    name decides; ``signature`` is the finger's path, "" when the typed name stands for it. Raises NotTodayError.
    """
    if day != today_at(meeting) or not meeting.start <= day <= meeting.end:
        raise NotTodayError
    drawn = signature if SIGNATURE.match(signature) else ""
    with transaction.atomic():
        row = Participation.objects.filter(meeting=meeting, pk=participation_id).first()
        row = row or add_unexpected(meeting, partner, name, organisation)
        found, _made = Presence.objects.get_or_create(
            participation=row,
            day=day,
            defaults={"how": SignedBy.FINGER if drawn else SignedBy.TYPED, "signature": drawn},
        )
        if found.how == SignedBy.HOST or (drawn and not found.signature):
            found.how, found.signature = (SignedBy.FINGER if drawn else SignedBy.TYPED), drawn
            found.save(update_fields=["how", "signature"])
    return found


def forget_needs(*, today: date) -> int:
    """Delete diet and access needs of meetings that are over; returns how many."""
    over = SpecialNeeds.objects.filter(participation__meeting__end__lt=today - timedelta(days=FORGET_DAYS))
    return over.delete()[0]


@dataclass
class Travel:
    """How far people of a city, or all, travelled: people who told, kilometres, kilograms of CO2 equivalent."""

    name: str
    people: int = 0
    km: int = 0
    grams: int = 0

    @property
    def kg(self) -> int:
        """Kilograms, rounded."""
        return round(self.grams / 1000)


def travel_of(meeting: TransnationalMeeting) -> tuple[list[Travel], Travel, list[str]]:
    """Return the journeys by city, all together, and where the factors come from. One query."""
    rows = TravelLeg.objects.filter(participation__meeting=meeting).select_related("mode", "participation__partner")
    cities: dict[str, Travel] = {}
    together, told, sources = Travel(""), set(), set()
    for leg in rows.order_by("participation__partner__position", "pk"):
        name = str(leg.participation.partner or "")
        city = cities.setdefault(name, Travel(name))
        first = leg.participation_id not in told
        told.add(leg.participation_id)
        for one in (city, together):
            one.people += first
            one.km += leg.km
            one.grams += leg.km * leg.mode.grams
        sources |= {leg.mode.source} - {""}
    return list(cities.values()), together, sorted(sources)


def summary_of(meeting: TransnationalMeeting) -> dict[str, int]:
    """Return how many come, and from how many cities. One query."""
    counted = Counter(Participation.objects.filter(meeting=meeting).values_list("partner_id", flat=True))
    return {"people": sum(counted.values()), "cities": len([pk for pk in counted if pk])}
