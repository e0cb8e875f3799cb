"""Changing and ending memberships: never the last Lead Partner."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from partners.enums import Role
from partners.models import Membership
from partners.services.people import (
    LastLeadPartnerError,
    change_membership,
    end_membership,
    resume_membership,
    update_profile,
)
from tests.partners.factories import MembershipFactory, NetworkFactory, PartnerFactory, UserFactory, actor_of, person

pytestmark = pytest.mark.django_db


def test_lead_partner_ends_and_resumes_a_membership() -> None:
    network = NetworkFactory()
    lead = person(network, Role.LEAD_PARTNER)
    other = MembershipFactory(network=network)
    end_membership(actor=actor_of(lead, network), membership=other)
    assert not Membership.objects.live().filter(pk=other.pk).exists()
    resume_membership(actor=actor_of(lead, network), membership=other)
    assert Membership.objects.live().filter(pk=other.pk).exists()


def test_last_lead_partner_stays() -> None:
    network = NetworkFactory()
    lead = person(network, Role.LEAD_PARTNER)
    actor, own = actor_of(lead, network), lead.memberships.get()
    with pytest.raises(LastLeadPartnerError):
        end_membership(actor=actor, membership=own)
    with pytest.raises(LastLeadPartnerError):
        change_membership(actor=actor, membership=own, role=Role.OBSERVER)
    with pytest.raises(LastLeadPartnerError):
        change_membership(actor=actor, membership=own, role=Role.LEAD_PARTNER, expires=date(2098, 1, 1))
    own.refresh_from_db()
    assert (own.is_active, own.role, own.expires) == (True, Role.LEAD_PARTNER, None)


def test_lead_partner_who_will_leave_does_not_count_as_another() -> None:
    network = NetworkFactory()
    lead = person(network, Role.LEAD_PARTNER)
    MembershipFactory(network=network, role=Role.LEAD_PARTNER, expires=date(2098, 1, 1))
    with pytest.raises(LastLeadPartnerError):
        end_membership(actor=actor_of(lead, network), membership=lead.memberships.get())


def test_one_of_two_lead_partners_may_go() -> None:
    network = NetworkFactory()
    lead = person(network, Role.LEAD_PARTNER)
    person(network, Role.LEAD_PARTNER)
    end_membership(actor=actor_of(lead, network), membership=lead.memberships.get())
    assert Membership.objects.live().filter(network=network, role=Role.LEAD_PARTNER).count() == 1


def test_role_in_a_city_needs_a_city_of_this_network() -> None:
    network = NetworkFactory()
    actor, other = actor_of(person(network, Role.LEAD_PARTNER), network), MembershipFactory(network=network)
    for city in (None, PartnerFactory()):
        with pytest.raises(ValidationError):
            change_membership(actor=actor, membership=other, role=Role.MEMBER, partner=city)
    city = PartnerFactory(network=network)
    assert change_membership(actor=actor, membership=other, role=Role.MEMBER, partner=city).partner == city
    assert change_membership(actor=actor, membership=other, role=Role.OBSERVER, partner=city).partner is None


def test_nobody_gets_the_same_role_twice() -> None:
    network = NetworkFactory()
    actor = actor_of(person(network, Role.LEAD_PARTNER), network)
    user = UserFactory()
    MembershipFactory(network=network, user=user, role=Role.OBSERVER)
    second = MembershipFactory(network=network, user=user, role=Role.ADHOC_EXPERT)
    with pytest.raises(ValidationError):
        change_membership(actor=actor, membership=second, role=Role.OBSERVER)


@pytest.mark.parametrize("role", [Role.LEAD_EXPERT, Role.OBSERVER, Role.ADHOC_EXPERT])
def test_others_change_nobody(role: str) -> None:
    network = NetworkFactory()
    actor, other = actor_of(person(network, role), network), MembershipFactory(network=network)
    with pytest.raises(PermissionDenied):
        end_membership(actor=actor, membership=other)
    with pytest.raises(PermissionDenied):
        change_membership(actor=actor, membership=other, role=Role.LEAD_PARTNER)


def test_lead_partner_changes_nobody_elsewhere() -> None:
    network = NetworkFactory()
    actor = actor_of(person(network, Role.LEAD_PARTNER), network)
    far = MembershipFactory()
    with pytest.raises(PermissionDenied):
        end_membership(actor=actor, membership=far)


def test_profile_refuses_a_time_zone_there_is_not() -> None:
    user = UserFactory()
    with pytest.raises(ValidationError):
        update_profile(user=user, name="A", organisation="", language="nl", time_zone="Europe/Genk")
    update_profile(user=user, name="A", organisation="City", language="nl", time_zone="Europe/Riga")
    user.refresh_from_db()
    assert (user.name, user.organisation, user.language, user.time_zone) == ("A", "City", "nl", "Europe/Riga")
