"""The rule “a local meeting before and after each transnational event”: what is held, planned and missing, by city."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from meetings.enums import Before
from meetings.models import TransnationalMeeting, UlgMeeting
from meetings.policies import SHARED
from partners.models import Partner

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from partners.actors import Actor
    from partners.models import Network

#: Where a slot stands → the shape it is drawn with, and the word.
WORDS: dict[str, tuple[str, Any]] = {
    "held": ("approved", _("Held")),
    "unreported": ("changes", _("Held, no report yet")),
    "planned": ("draft", _("Planned")),
    "missing": ("overdue", _("Missing")),
    "to_plan": ("none", _("To plan")),
}


@dataclass
class Slot:
    """The place of one local meeting: before or after one event."""

    event: TransnationalMeeting
    relation: str
    meeting: UlgMeeting | None = None
    state: str = "to_plan"

    @property
    def shape(self) -> str:
        """Return the shape it is drawn with."""
        return WORDS[self.state][0]

    @property
    def word(self) -> Any:
        """Return the state's word."""
        return WORDS[self.state][1]

    @property
    def label(self) -> str:
        """Return “before …” or “after …” in words."""
        words = _("before %(event)s") if self.relation == Before.BEFORE else _("after %(event)s")
        return str(words) % {"event": self.event}


@dataclass
class CityCoverage:
    """One city: a slot for each event's two sides, and every meeting it has."""

    city: Partner
    needed: int
    slots: list[Slot] = field(default_factory=list)
    meetings: list[UlgMeeting] = field(default_factory=list)
    held: int = 0
    unreported: int = 0
    planned: int = 0

    @property
    def missing(self) -> list[Slot]:
        """Return the slots nothing can fill any more, or nothing does yet."""
        return [slot for slot in self.slots if slot.state == "missing"]

    @property
    def to_plan(self) -> list[Slot]:
        """Return the slots that still can be planned."""
        return [slot for slot in self.slots if slot.state == "to_plan"]

    @property
    def short(self) -> int:
        """Return how many meetings the city is short of, also counting what is planned."""
        return max(0, self.needed - self.held - self.unreported - self.planned)


def state_of(meeting: UlgMeeting, today: date) -> str:
    """Say where a local meeting stands: held (reported), unreported, or planned."""
    report = getattr(meeting, "report", None)
    if report is not None and report.state in SHARED:
        return "held"
    return "unreported" if meeting.date is not None and meeting.date <= today else "planned"


def _fill(slots: list[Slot], meetings: list[UlgMeeting]) -> None:
    """Give each slot its meeting: what names its event first, then by day, one meeting one slot."""
    free: list[tuple[date, UlgMeeting]] = []
    by_key = {(slot.event.pk, slot.relation): slot for slot in slots}
    for meeting in meetings:
        slot = by_key.get((meeting.transnational_id or 0, meeting.relation))
        if slot is not None and slot.meeting is None:
            slot.meeting = meeting
        elif meeting.transnational_id is None and meeting.date is not None:
            free.append((meeting.date, meeting))
    events = [slot.event for slot in slots if slot.relation == Before.BEFORE]
    for day, meeting in free:
        # The gap it lies in: after the last event that is over, before the next that has not begun.
        behind = [event for event in events if event.end <= day]
        ahead = [event for event in events if event.start >= day]
        sides = [(behind[-1].pk, Before.AFTER)] if behind else []
        sides += [(ahead[0].pk, Before.BEFORE)] if ahead else []
        for side in sides:
            if by_key[side].meeting is None:
                by_key[side].meeting = meeting
                break


def _is_over(slot: Slot, events: list[TransnationalMeeting], today: date) -> bool:
    """Say whether no meeting can fill a slot any more: its event has begun, or the next one has."""
    if slot.relation == Before.BEFORE:
        return slot.event.start <= today
    later = [event for event in events if event.start > slot.event.end]
    return bool(later) and later[0].start <= today


def coverage_of(
    city: Partner, events: list[TransnationalMeeting], meetings: Iterable[UlgMeeting], needed: int, today: date
) -> CityCoverage:
    """Return one city's slots, filled. ``meetings`` are not called off, with their report; pure."""
    rows = sorted(meetings, key=lambda m: (m.date is None, m.date or today, m.number))
    found = CityCoverage(city, needed, meetings=rows)
    found.slots = [Slot(event, side) for event in events for side in (Before.BEFORE, Before.AFTER)]
    _fill(found.slots, rows)
    for slot in found.slots:
        if slot.meeting is not None:
            slot.state = state_of(slot.meeting, today)
        elif _is_over(slot, events, today):
            slot.state = "missing"
    for meeting in rows:
        state = state_of(meeting, today)
        found.held += state == "held"
        found.unreported += state == "unreported"
        found.planned += state == "planned"
    return found


def events_of(actor: Actor, network: Network) -> list[TransnationalMeeting]:
    """Return the meetings local groups meet around, in their order. One query."""
    rows = TransnationalMeeting.objects.visible_to(actor).filter(kind__code__in=network.local_around)
    return list(rows.order_by("start", "pk"))


def coverage_for(actor: Actor, network: Network, cities: list[Partner]) -> list[CityCoverage]:
    """Return every one of these cities, as far as the actor sees their meetings. Two queries."""
    events = events_of(actor, network)
    needed = network.minimums.get("ulg_meetings", 0)
    today = network.today()
    by_city: dict[int, list[UlgMeeting]] = {city.pk: [] for city in cities}
    rows = UlgMeeting.objects.visible_to(actor).standing().filter(partner__in=cities)
    for meeting in rows.select_related("report"):
        by_city[meeting.partner_id].append(meeting)
    return [coverage_of(city, events, by_city[city.pk], needed, today) for city in cities]
