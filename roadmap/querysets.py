"""What each actor may see of the roadmap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from aoce.common.enums import State
from partners.enums import Role
from roadmap.enums import OPEN_STATES, ObligationState, Party, PeriodState

if TYPE_CHECKING:
    from datetime import date

    from partners.actors import Actor


class PeriodQuerySet(models.QuerySet):
    """Half-years."""

    def visible_to(self, actor: Actor) -> Self:
        """Published ones for everyone in the network; drafts for Lead Partner and Lead Expert."""
        if not actor.roles and not actor.is_system:
            return self.none()
        periods = self.filter(network_id=actor.network_id)
        return periods if actor.leads or actor.is_system else periods.filter(state=PeriodState.PUBLISHED)

    def with_counts(self) -> Self:
        """Annotate ``task_count``, and ``obligation_count``: how many obligations its tasks made."""
        tasks = Count("tracks__tasks", distinct=True)
        return self.annotate(task_count=tasks, obligation_count=Count("tracks__tasks__obligations", distinct=True))


class TaskQuerySet(models.QuerySet):
    """Tasks."""

    def visible_to(self, actor: Actor) -> Self:
        """The tasks of the half-years the actor sees."""
        if not actor.roles and not actor.is_system:
            return self.none()
        tasks = self.filter(track__period__network_id=actor.network_id)
        return tasks if actor.leads or actor.is_system else tasks.filter(track__period__state=PeriodState.PUBLISHED)


class ObligationQuerySet(models.QuerySet):
    """Obligations."""

    def with_due(self) -> Self:
        """Annotate ``due_on``: the day it is due for this party."""
        return self.annotate(due_on=Coalesce("due_override", F("task__due")))

    def late(self, today: date) -> Self:
        """Those past their day and still open."""
        return self.with_due().filter(due_on__lt=today, state__in=OPEN_STATES)

    def owed_by(self, actor: Actor) -> Self:
        """What the actor has to hand in themselves."""
        own = Q(party=Party.PARTNER, partner__in=actor.coordinated_partner_ids)
        if actor.is_lead_partner:
            own |= Q(party=Party.LEAD_PARTNER)
        if actor.is_lead_expert:
            own |= Q(party=Party.LEAD_EXPERT)
        return self.filter(network_id=actor.network_id).filter(own)

    def visible_to(self, actor: Actor) -> Self:
        """Leads see all; cities see their own and what the leads owe; observers what is submitted or approved."""
        if actor.is_system:
            return self.filter(network_id=actor.network_id)
        if not actor.has(*Role.values) or actor.roles == frozenset({Role.ADHOC_EXPERT}):
            return self.none()
        rows = self.filter(network_id=actor.network_id)
        if actor.leads:
            return rows
        seen = Q(pk=None)
        if actor.partner_ids:
            seen |= Q(partner__in=actor.partner_ids) | Q(partner=None)
        if actor.has(Role.OBSERVER):
            seen |= Q(state__in=(ObligationState.SUBMITTED, ObligationState.APPROVED))
        return rows.filter(seen)


class HandInQuerySet(models.QuerySet):
    """Plain hand-ins."""

    def visible_to(self, actor: Actor) -> Self:
        """Own city's or own, else no drafts; observers and ULG members what is submitted or approved."""
        if actor.is_system:
            return self.filter(obligation__network_id=actor.network_id)
        if not actor.roles:
            return self.none()
        rows = self.filter(obligation__network_id=actor.network_id)
        seen = Q(pk=None)
        own = Q(obligation__partner__in=actor.coordinated_partner_ids)
        if actor.leads:
            seen |= ~Q(state=State.DRAFT) | Q(obligation__partner__in=actor.partner_ids) | Q(obligation__partner=None)
        if actor.coordinated_partner_ids:
            seen |= own | Q(obligation__partner=None, state=State.APPROVED)
        if actor.has(Role.MEMBER):
            seen |= Q(obligation__partner__in=actor.partner_ids, state__in=(State.SUBMITTED, State.APPROVED))
        if actor.has(Role.OBSERVER):
            seen |= Q(state__in=(State.SUBMITTED, State.APPROVED))
        return rows.filter(seen)
