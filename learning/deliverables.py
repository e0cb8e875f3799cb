"""What learning tells the roadmap: the learning grid as a deliverable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy

from partners.enums import Role
from roadmap.deliverables import DeliverableKind

if TYPE_CHECKING:
    from roadmap.models import Obligation


def start_url(slug: str, obligation: Obligation) -> str:
    """Return the address that leads to the grid of the meeting an obligation is about."""
    return f"{reverse('learning:grid_start', kwargs={'network': slug})}?obligation={obligation.pk}"


def detail_url(slug: str, grid_id: int) -> str:
    """Return the grid's page, for who wrote it and for who reads it."""
    return reverse("learning:grid_open", kwargs={"network": slug, "pk": grid_id})


KIND = DeliverableKind(
    code="learning_grid",
    label=gettext_lazy("Learning grid"),
    start_url=start_url,
    detail_url=detail_url,
    checked_by=(Role.LEAD_EXPERT,),
)
