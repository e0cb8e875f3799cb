"""What each actor may see of a network, as querysets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from partners.enums import Role

if TYPE_CHECKING:
    from datetime import date

    from partners.actors import Actor


class NetworkQuerySet(models.QuerySet):
    """Networks."""

    def visible_to(self, actor: Actor) -> Self:
        """The actor's own network."""
        return self.filter(pk=actor.network_id) if actor.roles or actor.is_system else self.none()


class PartnerQuerySet(models.QuerySet):
    """Partner cities."""

    def visible_to(self, actor: Actor) -> Self:
        """All cities of the network, for everyone in it."""
        if not actor.roles and not actor.is_system:
            return self.none()
        return self.filter(network_id=actor.network_id)


class MembershipQuerySet(models.QuerySet):
    """Who is what."""

    def live(self) -> Self:
        """Memberships in force today."""
        today = timezone.localdate()
        return self.filter(is_active=True, user__is_active=True).filter(Q(expires=None) | Q(expires__gte=today))

    def of_user_in(self, user_id: int, slug: str) -> Self:
        """One user's live memberships in one network, with what an Actor needs, in one query."""
        partners = self.model._meta.get_field("partner").related_model
        cities = partners.objects.filter(network=OuterRef("network"), is_active=True).order_by()
        lead = cities.filter(is_lead=True)
        leader = (
            self.model.objects.live()
            .filter(network=OuterRef("network"), role=Role.LEAD_PARTNER)
            .order_by("pk")
            .values("user__email")
        )
        networks = (
            self.model.objects.filter(user=OuterRef("user"), is_active=True)
            .order_by()
            .values("user")
            .annotate(n=Count("network", distinct=True))
            .values("n")
        )
        return (
            self.live()
            .filter(user_id=user_id, network__slug=slug)
            .select_related("network", "partner")
            .annotate(
                lead_partner_id=Subquery(lead.values("pk")[:1]),
                lead_position=Subquery(lead.values("position")[:1]),
                city_count=Subquery(cities.values("network").annotate(n=Count("pk")).values("n")),
                lead_email=Subquery(leader[:1]),
                network_count=Subquery(networks),
            )
            .order_by("pk")
        )

    def visible_to(self, actor: Actor) -> Self:
        """Everybody in the network sees who is who; ULG members their own city's people and the network's."""
        if not actor.roles and not actor.is_system:
            return self.none()
        people = self.filter(network_id=actor.network_id)
        if actor.roles == frozenset({Role.MEMBER}):
            return people.filter(Q(partner=None) | Q(partner__in=actor.partner_ids) | Q(role=Role.COORDINATOR))
        return people

    def of_role(self, role: str) -> Self:
        """Live memberships with this role."""
        return self.live().filter(role=role)


class PartnerFactQuerySet(models.QuerySet):
    """Facts about cities."""

    def visible_to(self, actor: Actor) -> Self:
        """All facts of the network's cities, for everyone in it."""
        if not actor.roles and not actor.is_system:
            return self.none()
        return self.filter(partner__network_id=actor.network_id)


class LocalGroupMemberQuerySet(models.QuerySet):
    """People in local groups."""

    def current(self, today: date) -> Self:
        """Those in the group on this day."""
        return self.filter(Q(since=None) | Q(since__lte=today), Q(until=None) | Q(until__gte=today))

    def visible_to(self, actor: Actor) -> Self:
        """Names stay with the city and those who lead the network; everybody else sees numbers only."""
        if not actor.roles and not actor.is_system:
            return self.none()
        rows = self.filter(partner__network_id=actor.network_id)
        return rows if actor.leads or actor.is_system else rows.filter(partner__in=actor.partner_ids)


class PersonQuerySet(models.QuerySet):
    """People of the network, with or without an account."""

    def standing(self) -> Self:
        """One row a human: those not merged into another."""
        return self.filter(merged_into=None)

    def visible_to(self, actor: Actor) -> Self:
        """Names stay with the city and those who lead the network; people of no city with those who lead it."""
        if not actor.roles and not actor.is_system:
            return self.none()
        rows = self.filter(network_id=actor.network_id)
        return rows if actor.leads or actor.is_system else rows.filter(partner__in=actor.partner_ids)


class InvitationQuerySet(models.QuerySet):
    """Invitations."""

    def open(self) -> Self:
        """Neither accepted, revoked nor past their date."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())

    def visible_to(self, actor: Actor) -> Self:
        """Only the Lead Partner invites, so only they see invitations."""
        return self.filter(network_id=actor.network_id) if actor.is_lead_partner else self.none()
