"""Published editions of a plan: rendered once, never changed."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from actionplans import policies
from actionplans.content import actions_of, parts_of
from actionplans.enums import PlanState
from actionplans.models import ActionPlan, PlanEdition
from actionplans.papers import plan_sheet
from actionplans.services.editions import EDITION_FILE
from actionplans.services.plans import KIND, locked
from aoce.common.files import store_bytes
from aoce.common.pdf import render_pdf
from aoce.common.review import latest_versions
from aoce.common.workflow import WrongStateError
from learning.services.matrix_pdf import actor_of


def publish(*, user_id: int | None, plan_pk: int, language: str) -> PlanEdition:
    """Publish the approved version of a plan with its PDF; the edition it has already, if it is published.

    Raises PermissionDenied, WrongStateError when it is not approved.
    """
    plan = ActionPlan.objects.select_related("partner__network").get(pk=plan_pk)
    actor = actor_of(user_id, plan.network)
    version, _before = latest_versions(KIND, plan.pk)
    if not policies.can_publish_plan(actor, plan):
        raise PermissionDenied
    if plan.state != PlanState.APPROVED or version is None:
        raise WrongStateError(_("Only an approved plan can be published."))
    there = PlanEdition.objects.filter(plan=plan, content=version).select_related("file").first()
    if there is not None:
        return there
    number = plan.editions.count() + 1
    with translation.override(language):
        sheet = plan_sheet(
            plan, parts_of(version), actions_of(version), version=version, is_draft=False, edition=number
        )
    context = {"network": plan.network, "today": plan.network.today(), **sheet.context}
    content = render_pdf(
        template="pdf/plan.html", context=context, language=language, title=sheet.title, stored=sheet.stored
    )
    with transaction.atomic():
        row = locked(plan)
        newest, _before = latest_versions(KIND, plan.pk)
        if row.state != PlanState.APPROVED or newest is None or newest.pk != version.pk:
            raise WrongStateError(_("The plan changed while it was printed. Look at it, then publish it again."))
        edition, made = PlanEdition.objects.get_or_create(
            plan=row, content=version, defaults={"number": number, "published_by_id": actor.user_id}
        )
        if made:
            edition.file = store_bytes(
                actor=actor,
                network_id=plan.partner.network_id,
                owner_kind=EDITION_FILE,
                owner_id=row.pk,
                name=f"{plan.network.slug}-{plan.partner.slug}-action-plan-{number}.pdf",
                content=content,
                content_type="application/pdf",
                purpose=EDITION_FILE,
            )
            edition.save(update_fields=["file"])
    return edition
