"""The half-year's plan on paper: one landscape table, made by the worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pypdfium2
from django.core.exceptions import PermissionDenied
from django.utils import translation
from django.utils.translation import gettext as _

from aoce.common.files import store_bytes
from aoce.common.models import StoredFile
from aoce.common.pdf import render_pdf
from partners.actors import Actor
from partners.middleware import actor_from
from partners.models import Membership
from roadmap.models import Period
from roadmap.plan_table import PlanTable, Slot, TrackRow, table_of

#: Sizes of type to try for each paper, in points: the largest that gets the table onto one sheet is taken.
SIZES = {"A4": ("7.5", "6.75", "6.1"), "A3": ("10.5", "9.5", "8.6")}


@dataclass(frozen=True)
class PaperCell:
    """A cell of the printed table: a task over its months, or nothing over one month."""

    span: int
    slot: Slot | None = None


def lanes_of(line: TrackRow, columns: int) -> list[list[PaperCell]]:
    """Return a track's rows of cells, each row adding up to all the months."""
    rows = []
    for lane in range(line.lanes):
        cells: list[PaperCell] = []
        column = 1
        for slot in sorted((slot for slot in line.slots if slot.lane == lane), key=lambda slot: slot.column):
            cells += [PaperCell(1)] * (slot.column - column)
            cells.append(PaperCell(slot.span, slot))
            column = slot.column + slot.span
        rows.append(cells + [PaperCell(1)] * (columns + 1 - column))
    return rows


def pages_of(content: bytes) -> int:
    """Return how many sheets a PDF has."""
    document = pypdfium2.PdfDocument(content)
    try:
        return len(document)
    finally:
        document.close()


def paper_context(period: Period, table: PlanTable, paper: str) -> dict[str, Any]:
    """Return what the printed table's template needs."""
    columns = len(table.months)
    groups = [(group, [(line, lanes_of(line, columns)) for line in group.tracks]) for group in table.groups]
    return {
        "network": period.network,
        "period": period,
        "table": table,
        "groups": groups,
        "columns": columns + 1,
        "paper": paper,
        "today": period.network.today(),
    }


def render_plan(*, actor: Actor, period: Period, paper: str, language: str) -> bytes:
    """Return the PDF of a half-year the actor may see: the plan, without how far anybody is."""
    if not Period.objects.visible_to(actor).filter(pk=period.pk).exists():
        raise PermissionDenied
    sizes, sheets = SIZES[paper], 1
    with translation.override(language):
        # What everybody in the network may see: an actor with no city and no lead.
        reader = Actor(user_id=None, network_id=period.network_id, is_system=True)
        table = table_of(actor=reader, network=period.network, period=period, cities=[], today=period.network.today())
        if table.to_settle and paper == "A4":
            sheets = 2  # what is to settle stands on a sheet of its own
        title = _("Roadmap, %(title)s") % {"title": period.title}
        context = paper_context(period, table, paper)
    for points in sizes:
        context["points"] = points
        content = render_pdf(template="pdf/roadmap.html", context=context, language=language, title=title)
        if pages_of(content) == sheets:
            return content
    # It needs several sheets whatever the size, so it may as well be easy to read.
    return render_pdf(
        template="pdf/roadmap.html", context=context | {"points": sizes[0]}, language=language, title=title
    )


def render_for(*, user_id: int | None, period_id: int, paper: str, language: str) -> StoredFile:
    """Make the PDF for a person and keep it with the half-year; whoever sees the half-year may download it."""
    period = Period.objects.select_related("network").get(pk=period_id)
    memberships = list(Membership.objects.of_user_in(user_id or 0, period.network.slug))
    actor = actor_from(memberships) if memberships else Actor(user_id, period.network_id)
    content = render_plan(actor=actor, period=period, paper=paper, language=language)
    return store_bytes(
        actor=actor,
        network_id=period.network_id,
        owner_kind="period",
        owner_id=period.pk,
        name=f"{period.network.slug}-roadmap-{period.slug}-{paper}.pdf",
        content=content,
        content_type="application/pdf",
        purpose="roadmap_pdf",
    )
