"""What querysets show is exactly what policies allow, for every role and mixture of roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners import policies
from partners.actors import Actor
from partners.enums import CITY_ROLES, Role
from partners.models import Invitation, LocalGroupMember, Membership, Partner, PartnerFact
from tests.partners.factories import (
    InvitationFactory,
    LocalGroupMemberFactory,
    MembershipFactory,
    NetworkFactory,
    PartnerFactFactory,
    PartnerFactory,
)

PAIRS: list[tuple[type[models.Model], Callable[[Actor, Any], bool]]] = [
    (Partner, policies.can_view_partner),
    (PartnerFact, policies.can_view_fact),
    (Membership, policies.can_view_membership),
    (Invitation, policies.can_view_invitation),
    (LocalGroupMember, policies.can_view_group_member),
]


@pytest.fixture
def two_networks(db: None) -> list[list[Partner]]:  # noqa: ARG001 - opens the database
    """Make two networks with two cities each, and everything this app has of them."""
    networks = [NetworkFactory(), NetworkFactory()]
    cities = [[PartnerFactory(network=n), PartnerFactory(network=n)] for n in networks]
    for network, own in zip(networks, cities, strict=True):
        for city in own:
            PartnerFactFactory(partner=city)
            LocalGroupMemberFactory(partner=city)
            for role in CITY_ROLES:
                MembershipFactory(network=network, role=role, partner=city)
        for role in set(Role) - set(CITY_ROLES):
            MembershipFactory(network=network, role=role)
        InvitationFactory(network=network)
    return cities


@given(
    roles=st.frozensets(st.sampled_from(Role.values)),
    own=st.sampled_from([(), (0,), (1,), (0, 1)]),
    where=st.sampled_from([0, 1]),
    is_system=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=120)
def test_queryset_and_policy_agree(
    two_networks: list[list[Partner]], roles: frozenset[str], own: tuple[int, ...], where: int, is_system: bool
) -> None:
    cities = two_networks[where]
    ids = frozenset(cities[i].pk for i in own) if roles & set(CITY_ROLES) else frozenset()
    actor = Actor(
        user_id=None,
        network_id=cities[0].network_id,
        roles=frozenset() if is_system else roles,
        partner_ids=ids,
        coordinated_partner_ids=ids if Role.COORDINATOR in roles else frozenset(),
        is_system=is_system,
    )
    for model, may_view in PAIRS:
        seen = set(model._default_manager.visible_to(actor))  # type: ignore[attr-defined]
        assert seen == {o for o in model._default_manager.all() if may_view(actor, o)}, model


def test_nobody_sees_anything_without_a_role(two_networks: list[list[Partner]]) -> None:
    actor = Actor(user_id=1, network_id=two_networks[0][0].network_id)
    for model, _may_view in PAIRS:
        assert not model._default_manager.visible_to(actor).exists()  # type: ignore[attr-defined]


def test_only_lead_partner_and_own_coordinator_edit_a_city(two_networks: list[list[Partner]]) -> None:
    city, other = two_networks[0]
    network = city.network_id
    lead = Actor(1, network, roles=frozenset({Role.LEAD_PARTNER}))
    own = Actor(
        2,
        network,
        roles=frozenset({Role.COORDINATOR}),
        partner_ids=frozenset({city.pk}),
        coordinated_partner_ids=frozenset({city.pk}),
    )
    expert = Actor(3, network, roles=frozenset({Role.LEAD_EXPERT}))
    assert [policies.can_edit_partner(a, city) for a in (lead, own, expert)] == [True, True, False]
    assert [policies.can_edit_partner(a, other) for a in (lead, own, expert)] == [True, False, False]
    far = two_networks[1][0]
    assert [policies.can_edit_partner(a, far) for a in (lead, own, expert)] == [False, False, False]
