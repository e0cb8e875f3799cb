"""What action plans tell the roadmap: the form of a testing action as a deliverable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy

from partners.enums import Role
from roadmap.deliverables import DeliverableKind

if TYPE_CHECKING:
    from roadmap.models import Obligation


def start_url(slug: str, obligation: Obligation) -> str:
    """Return the address that leads to the form a city owes."""
    return f"{reverse('actionplans:testing_start', kwargs={'network': slug})}?obligation={obligation.pk}"


def detail_url(slug: str, action_id: int) -> str:
    """Return the page of a testing action, for who wrote it and for who checks it."""
    return reverse("actionplans:testing", kwargs={"network": slug, "pk": action_id})


KIND = DeliverableKind(
    code="testing_action",
    label=gettext_lazy("Testing action"),
    start_url=start_url,
    detail_url=detail_url,
    checked_by=(Role.LEAD_EXPERT, Role.LEAD_PARTNER),
)
