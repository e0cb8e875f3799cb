"""The demonstration's coming local meetings: planned, people invited, some of them have answered."""

from __future__ import annotations

import datetime as dt

from meetings.enums import Answer, Before
from meetings.models import TransnationalMeeting, UlgInvitation
from meetings.services import invitations, planning
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


def play_local_plans(network: Network, coordinators: dict[int, Actor]) -> int:
    """Plan the cities' next meetings before the network's next one; returns how many."""
    today = network.today()
    cities = Partner.objects.filter(network=network, slug__in=PLANNING, pk__in=coordinators).order_by("position")
    coming = (
        TransnationalMeeting.objects.filter(network=network, kind__code="cnm", start__gt=today)
        .order_by("start")
        .first()
    )
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
