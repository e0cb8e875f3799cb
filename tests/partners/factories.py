"""Networks, cities and people for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory
from allauth.account.models import EmailAddress

from partners.actors import Actor
from partners.enums import FactKind, Role
from partners.middleware import actor_from
from partners.models import (
    Invitation,
    LocalGroupMember,
    Membership,
    Network,
    Partner,
    PartnerFact,
    StakeholderKind,
    SubTheme,
    Theme,
    User,
)

PASSWORD = "unusual-words-here"


class NetworkFactory(factory.django.DjangoModelFactory):
    """Makes a network."""

    class Meta:
        model = Network

    slug = factory.Sequence(lambda n: f"net{n}")
    name = factory.Sequence(lambda n: f"Network {n}")
    short_name = factory.Sequence(lambda n: f"N{n}")
    start = date(2024, 1, 1)
    end = date(2099, 12, 31)
    languages = ["en", "nl"]


class PartnerFactory(factory.django.DjangoModelFactory):
    """Makes a partner."""

    class Meta:
        model = Partner

    network = factory.SubFactory(NetworkFactory)
    slug = factory.Sequence(lambda n: f"city{n}")
    name = factory.Sequence(lambda n: f"City {n}")
    country = "BE"
    latitude = "50.966"
    longitude = factory.Sequence(lambda n: f"{n % 20}.5")
    position = factory.Sequence(lambda n: n)


class PartnerFactFactory(factory.django.DjangoModelFactory):
    """Makes a partner fact."""

    class Meta:
        model = PartnerFact

    partner = factory.SubFactory(PartnerFactory)
    kind = FactKind.POPULATION
    printed = "67.614"
    value = 67614
    unit = "people"


class UserFactory(factory.django.DjangoModelFactory):
    """Makes a user."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@city.example")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def address(self, create: bool, _extracted: Any, **_kwargs: Any) -> None:
        """Verify the address, as accepting an invitation does."""
        if create:
            EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)


class MembershipFactory(factory.django.DjangoModelFactory):
    """Makes a membership."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    network = factory.SubFactory(NetworkFactory)
    role = Role.OBSERVER
    partner = None


class StakeholderKindFactory(factory.django.DjangoModelFactory):
    """Makes a stakeholder kind."""

    class Meta:
        model = StakeholderKind

    network = factory.SubFactory(NetworkFactory)
    code = factory.Sequence(lambda n: f"kind{n}")
    name = factory.Sequence(lambda n: f"Kind {n}")


class LocalGroupMemberFactory(factory.django.DjangoModelFactory):
    """Makes a local group member."""

    class Meta:
        model = LocalGroupMember

    partner = factory.SubFactory(PartnerFactory)
    name = factory.Sequence(lambda n: f"Neighbour {n}")


class InvitationFactory(factory.django.DjangoModelFactory):
    """Makes a invitation."""

    class Meta:
        model = Invitation

    network = factory.SubFactory(NetworkFactory)
    email = factory.Sequence(lambda n: f"new{n}@city.example")
    role = Role.OBSERVER


class ThemeFactory(factory.django.DjangoModelFactory):
    """Makes a theme."""

    class Meta:
        model = Theme

    network = factory.SubFactory(NetworkFactory)
    code = factory.Sequence(lambda n: f"{n}")
    name = factory.Sequence(lambda n: f"Theme {n}")


class SubThemeFactory(factory.django.DjangoModelFactory):
    """Makes a sub theme."""

    class Meta:
        model = SubTheme

    theme = factory.SubFactory(ThemeFactory)
    code = factory.Sequence(lambda n: f"{n}.1")
    name = factory.Sequence(lambda n: f"Sub-theme {n}")


def person(network: Network, role: str, partner: Partner | None = None, **fields: Any) -> User:
    """Make somebody with this role."""
    user = UserFactory(**fields)
    MembershipFactory(user=user, network=network, role=role, partner=partner)
    return user


def actor_of(user: User, network: Network) -> Actor:
    """Return the actor somebody is in a network; without roles if they are not in it."""
    rows = list(Membership.objects.of_user_in(user.pk, network.slug))
    return actor_from(rows) if rows else Actor(user.pk, network.pk)
