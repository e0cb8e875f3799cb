"""The demonstration's meetings: the network's last one with its record, the next in preparation, local ones planned."""

from __future__ import annotations

import datetime as dt

from meetings.enums import Answer, Before, Part, SignedBy
from meetings.models import ChecklistTemplate, Presence, TransnationalMeeting, TravelMode, UlgInvitation
from meetings.services import invitations, participation, planning, preparation, record
from partners.actors import Actor
from partners.models import Network, Partner

#: Cities that have planned their next meeting; the last one has invited nobody yet.
PLANNING = ("genk", "gdansk", "budaors", "quart-de-poblet", "kekava")
TITLES = (
    "What we bring to the next network meeting",
    "Our learning needs",
    "Who travels, and with which questions",
)
AGENDA = "Welcome\nWhat happened since we last met\nWhat we want to learn from the other cities\nWho comes along"
ANSWERS = (Answer.YES, Answer.YES, Answer.NO, Answer.MAYBE, "", Answer.YES)


COMING = (
    ("Civil servant", Part.STAFF, (("train", 900),)),
    ("Change-maker", Part.MEMBER, (("train", 300), ("plane", 1800))),
)
INTRODUCTION = (
    "Each city showed its practices at a market in the town hall. By the evening everybody had found two cities to ask."
)
DECISIONS = (
    "Every city sends its learning needs before the Online Academy. The working groups form at the next meeting."
)
NEXT = "The Lead Expert reads the needs and drafts the rationale of the next meeting."
CONCLUSION = "What travels is the way people are asked, not the project itself."
RATIONALE = (
    "Most cities asked how ideas of citizens reach the daily work of a city, and who decides what happens to them.\n\n"
    "Two hosts show two answers, so the meeting has two parts; one train between them saves two flights for everybody."
)


def _around(network: Network) -> tuple[TransnationalMeeting | None, TransnationalMeeting | None]:
    """Return the network's last Core Network Meeting and its next one."""
    today = network.today()
    rows = TransnationalMeeting.objects.filter(network=network, kind__code="cnm").order_by("start")
    return rows.filter(end__lt=today).last(), rows.filter(start__gt=today).first()


def play_network_meetings(network: Network, lead: Actor, expert: Actor) -> int:
    """Tell who came to the last meeting and what came of it, and begin to prepare the next; returns how many."""
    last, coming = _around(network)
    if last is not None:
        modes = {mode.code: mode.pk for mode in TravelMode.objects.filter(network=network)}
        for city in Partner.objects.filter(network=network, is_active=True):
            for who, part, legs in COMING:
                row = participation.register(
                    actor=lead,
                    meeting=last,
                    partner=city,
                    name=f"{who} of {city}",
                    organisation=city.organisation,
                    part=part,
                    legs=[(modes[code], km) for code, km in legs if code in modes],
                )
                days = (last.end - last.start).days + 1
                Presence.objects.bulk_create(
                    Presence(participation=row, day=last.start + dt.timedelta(n), how=SignedBy.HOST)
                    for n in range(days)
                )
        last.sessions.update(conclusion=CONCLUSION)
        texts = {"introduction": INTRODUCTION, "decisions": DECISIONS, "next_steps": NEXT}
        record.save_record(actor=lead, meeting=last, read_version=0, **texts)
    if coming is not None:
        draws_on = [last.pk] if last else []
        row = record.save_rationale(actor=expert, meeting=coming, read_version=0, body=RATIONALE, draws_on=draws_on)
        record.move_rationale(actor=expert, rationale=row, step="discuss")
        for template in ChecklistTemplate.objects.filter(network=network, code="cnm"):
            preparation.begin(actor=lead, meeting=coming, template=template)
        for item in coming.preparations.filter(due__lt=network.today()):
            preparation.tick(actor=lead, row=item, done=True)
    return int(last is not None) + int(coming is not None)


def play_local_plans(network: Network, coordinators: dict[int, Actor]) -> int:
    """Plan the cities' next meetings before the network's next one; returns how many."""
    today = network.today()
    cities = Partner.objects.filter(network=network, slug__in=PLANNING, pk__in=coordinators).order_by("position")
    coming = _around(network)[1]
    for index, city in enumerate(cities):
        writer = coordinators[city.pk]
        meeting = planning.plan(
            actor=writer,
            partner=city,
            day=today + dt.timedelta(days=4 + index),
            title=TITLES[index % len(TITLES)],
            place=f"Community centre, {city.name}",
            start_time=dt.time(17, 30),
            end_time=dt.time(19),
            agenda=AGENDA,
            relation=Before.BEFORE if coming else "",
            transnational=coming,
        )
        if city.slug == PLANNING[-1]:
            continue
        members = city.group_members.values_list("pk", flat=True)
        invitations.invite(actor=writer, meeting=meeting, members=list(members))
        for n, row in enumerate(UlgInvitation.objects.filter(meeting=meeting)):
            if given := ANSWERS[n % len(ANSWERS)]:
                invitations.answer(invitation=row, given=given, today=today)
    return len(cities)
