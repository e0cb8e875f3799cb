"""Querysets and policies say the same, for every role."""

from __future__ import annotations

from itertools import combinations

import pytest

from aoce.common.enums import State
from partners.actors import Actor
from partners.enums import CITY_ROLES, Role
from roadmap import policies
from roadmap.enums import ObligationState, Party
from roadmap.models import HandIn, Obligation
from tests.roadmap.factories import HandInFactory
from tests.roadmap.world import Place, make_place

ROLES = [(), *((r,) for r in Role.values), *combinations(Role.values, 2)]


def actors(place: Place) -> list[Actor]:
    """Return an actor for each set of roles, in each city, and the system."""
    found = [Actor.system(place.network.pk)]
    for roles in ROLES:
        for city in (place.own, place.other):
            partners = {city.pk} if set(roles) & set(CITY_ROLES) else set()
            if Role.LEAD_PARTNER in roles:
                partners.add(place.lead.pk)
            coordinated = {city.pk} if Role.COORDINATOR in roles else set()
            found.append(Actor(1, place.network.pk, frozenset(roles), frozenset(partners), frozenset(coordinated)))
    return found


@pytest.fixture
def both(place: Place) -> list[Place]:
    """Our network and another one."""
    return [place, make_place()]


def test_visible_obligations_are_those_one_can_view(both: list[Place]) -> None:
    for place in both:
        for state in ObligationState:
            reason = "held before" if state == ObligationState.WAIVED else ""
            for who in ("own", "other", "lead", Party.LEAD_EXPERT, Party.LEAD_PARTNER):
                place.owes(who, state=state, waived_reason=reason)
    everything = list(Obligation.objects.select_related("task"))
    assert len(everything) == 60
    for actor in actors(both[0]):
        seen = set(Obligation.objects.visible_to(actor))
        assert seen == {o for o in everything if policies.can_view_obligation(actor, o)}, actor


def test_visible_hand_ins_are_those_one_can_view(both: list[Place]) -> None:
    for place in both:
        for state in State:
            for who in ("own", "other", "lead", Party.LEAD_EXPERT, Party.LEAD_PARTNER):
                HandInFactory(obligation=place.owes(who, state=state), state=state)
    everything = list(HandIn.objects.select_related("obligation__task"))
    assert len(everything) == 40
    for actor in actors(both[0]):
        seen = set(HandIn.objects.visible_to(actor))
        assert seen == {h for h in everything if policies.can_view_hand_in(actor, h)}, actor


def test_what_one_owes_is_what_one_hands_in(both: list[Place]) -> None:
    for place in both:
        for who in ("own", "other", "lead", Party.LEAD_EXPERT, Party.LEAD_PARTNER):
            place.owes(who)
    everything = list(Obligation.objects.select_related("task"))
    for actor in actors(both[0])[1:]:
        assert set(Obligation.objects.owed_by(actor)) == {o for o in everything if policies.can_hand_in(actor, o)}


def test_nobody_checks_their_own_lead_task(place: Place) -> None:
    expert, partner = place.owes(Party.LEAD_EXPERT), place.owes(Party.LEAD_PARTNER)
    assert policies.checking_roles(expert) == (Role.LEAD_PARTNER,)
    assert policies.checking_roles(partner) == (Role.LEAD_EXPERT,)
    assert policies.checking_roles(place.owes("own")) == (Role.LEAD_PARTNER, Role.LEAD_EXPERT)
