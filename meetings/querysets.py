"""What each actor may see of meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from aoce.common.enums import State
from meetings.enums import Consent, MaterialKind
from partners.enums import Role

if TYPE_CHECKING:
    from partners.actors import Actor


class TransnationalMeetingQuerySet(models.QuerySet):
    """Transnational meetings."""

    def visible_to(self, actor: Actor) -> Self:
        """Everyone in the network; an ad-hoc expert only those shared with them."""
        if not actor.roles and not actor.is_system:
            return self.none()
        rows = self.filter(network_id=actor.network_id)
        if actor.roles == frozenset({Role.ADHOC_EXPERT}):
            return rows.filter(experts__in=actor.membership_ids).distinct()
        return rows


def seen_report(actor: Actor, prefix: str = "") -> Q:
    """Return the condition under which the actor sees a report; ``prefix`` leads from the model to the report."""
    partner, state = f"{prefix}meeting__partner__in", f"{prefix}state"
    seen = Q(pk=None)
    if actor.leads:
        seen |= ~Q(**{state: State.DRAFT}) | Q(**{partner: actor.partner_ids})
    if actor.coordinated_partner_ids:
        seen |= Q(**{partner: actor.coordinated_partner_ids})
    if actor.has(Role.MEMBER):
        seen |= Q(**{partner: actor.partner_ids, f"{state}__in": (State.SUBMITTED, State.APPROVED)})
    if actor.has(Role.OBSERVER):
        seen |= Q(**{f"{state}__in": (State.SUBMITTED, State.APPROVED)})
    return seen


class UlgMeetingQuerySet(models.QuerySet):
    """Local meetings."""

    def standing(self) -> Self:
        """Those not called off."""
        return self.filter(cancelled_at=None)

    def visible_to(self, actor: Actor) -> Self:
        """Own city's; planned ones for the own group and those who lead; and those whose report the actor may see."""
        if actor.is_system:
            return self.filter(partner__network_id=actor.network_id)
        if not actor.roles:
            return self.none()
        rows = self.filter(partner__network_id=actor.network_id)
        planned = Q(planned_at__isnull=False)
        own = Q(partner__in=actor.coordinated_partner_ids) | (planned & Q(partner__in=actor.partner_ids))
        if actor.leads:
            own |= planned
        reports = self.model._meta.get_field("report").related_model.objects.visible_to(actor)
        return rows.filter(own | Q(report__in=reports))


class MaterialQuerySet(models.QuerySet):
    """Documents and photos of meetings."""

    def shown(self) -> Self:
        """Those for everybody who sees the meeting: photos only with their text and the consent of who is on them."""
        return self.filter(~Q(kind=MaterialKind.PHOTO) | (~Q(text="") & Q(consent__in=Consent.cleared())))


class CooperationQuerySet(models.QuerySet):
    """Other networks."""

    def visible_to(self, actor: Actor) -> Self:
        """Everyone in the network, ad-hoc experts excepted."""
        if not actor.is_system and (not actor.roles or actor.roles == frozenset({Role.ADHOC_EXPERT})):
            return self.none()
        return self.filter(network_id=actor.network_id)


class UlgInvitationQuerySet(models.QuerySet):
    """Who is asked to come to local meetings."""

    def visible_to(self, actor: Actor) -> Self:
        """Names stay with the city and those who lead the network."""
        if not actor.roles and not actor.is_system:
            return self.none()
        rows = self.filter(meeting__partner__network_id=actor.network_id)
        return rows if actor.leads or actor.is_system else rows.filter(meeting__partner__in=actor.partner_ids)


class UlgReportQuerySet(models.QuerySet):
    """Reports about local meetings."""

    def visible_to(self, actor: Actor) -> Self:
        """Own city's; drafts of other cities never; observers what is submitted or approved."""
        if actor.is_system:
            return self.filter(meeting__partner__network_id=actor.network_id)
        if not actor.roles:
            return self.none()
        return self.filter(meeting__partner__network_id=actor.network_id).filter(seen_report(actor))
