"""Publishing an approved plan, and where it was presented."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from actionplans import policies
from actionplans.enums import PlanState
from actionplans.models import ActionPlan, PlanEdition
from actionplans.services.plans import KIND, locked
from aoce.common.enums import JobState
from aoce.common.jobs import start_job
from aoce.common.models import Job
from aoce.common.workflow import WrongStateError

if TYPE_CHECKING:
    from partners.actors import Actor

EDITION_FILE = "plan_edition"


def start_publishing(*, actor: Actor, plan: ActionPlan, language: str) -> Job:
    """Ask the worker to print and publish an approved plan; the work that is under way already, if it is."""
    from actionplans.tasks import publish_plan  # tasks call services

    if not policies.can_publish_plan(actor, plan):
        raise PermissionDenied
    with transaction.atomic():
        row = locked(plan)
        if row.state != PlanState.APPROVED:
            raise WrongStateError(_("Only an approved plan can be published."))
        same = Job.objects.filter(kind=KIND, object_id=row.pk, state__in=(JobState.QUEUED, JobState.RUNNING)).first()
        if same is not None:  # pressed twice
            return same
        return start_job(
            actor=actor,
            network_id=row.partner.network_id,
            kind=KIND,
            object_id=row.pk,
            title=_("Publish: %(plan)s") % {"plan": row},
            task=publish_plan,
            back_url=reverse("actionplans:plan", kwargs={"network": row.network.slug, "city": row.partner.slug}),
            plan_pk=row.pk,
            language=language,
        )


def record_meeting(*, actor: Actor, edition: PlanEdition, day: date, place: str, note: str) -> None:
    """Write down at which public meeting an edition was presented: its city's coordinators, or who checks plans."""
    if not policies.can_reopen_plan(actor, edition.plan):
        raise PermissionDenied
    edition.presented_on, edition.presented_at, edition.presented_note = day, place.strip(), note.strip()
    edition.save(update_fields=["presented_on", "presented_at", "presented_note"])


def edition_seen(actor: Actor, plan_id: int) -> bool:
    """Say whether an actor downloads a plan's editions: everybody of its network, for they are public."""
    return ActionPlan.objects.filter(pk=plan_id, partner__network=actor.network_id).exists()
