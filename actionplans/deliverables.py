"""What action plans tell the roadmap: testing actions and plans as deliverables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy

from partners.enums import Role
from roadmap.deliverables import DeliverableKind

if TYPE_CHECKING:
    from roadmap.models import Obligation


def testing_start(slug: str, obligation: Obligation) -> str:
    """Return the address that leads to the form a city owes."""
    return f"{reverse('actionplans:testing_start', kwargs={'network': slug})}?obligation={obligation.pk}"


def testing_detail(slug: str, action_id: int) -> str:
    """Return the page of a testing action, for who wrote it and for who checks it."""
    return reverse("actionplans:testing", kwargs={"network": slug, "pk": action_id})


def plan_start(slug: str, obligation: Obligation) -> str:
    """Return the address that leads to the plan a city owes."""
    return f"{reverse('actionplans:plan_start', kwargs={'network': slug})}?obligation={obligation.pk}"


def plan_detail(slug: str, plan_id: int) -> str:
    """Return the address that leads to a plan by its number."""
    return f"{reverse('actionplans:plan_start', kwargs={'network': slug})}?plan={plan_id}"


TESTING = DeliverableKind(
    code="testing_action",
    label=gettext_lazy("Testing action"),
    start_url=testing_start,
    detail_url=testing_detail,
    checked_by=(Role.LEAD_EXPERT, Role.LEAD_PARTNER),
)
PLAN = DeliverableKind(
    code="action_plan",
    label=gettext_lazy("Integrated Action Plan"),
    start_url=plan_start,
    detail_url=plan_detail,
    checked_by=(Role.LEAD_EXPERT, Role.LEAD_PARTNER),
)
