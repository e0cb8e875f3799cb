"""Putting a report's figures into tables and pictures."""

import math
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from aoce.common.charts import chart_image
from aoce.common.enums import State
from reports.charts import CHARTS
from roadmap.enums import OwedBy

register = template.Library()

SOURCE_WORDS = {
    "meetings": gettext_lazy("the network's meetings"),
    "ulg": gettext_lazy("reports on local meetings, their attendance lists, and for scans the numbers typed in"),
    "obligations": gettext_lazy("the roadmap, who owes what"),
    "next": gettext_lazy("the roadmap"),
    "lessons": gettext_lazy("the cities' learning grids and learning logs"),
}


@register.simple_tag(takes_context=True)
def figure_chart(context: template.Context, name: str) -> SafeString:
    """Draw one of ``reports.charts.CHARTS``: inside a PDF, by its own address on a page."""
    drawn = CHARTS[name](context["figures"])
    if context.get("for_pdf"):
        return chart_image(drawn)
    report, slug = context["report"], context["network"].slug
    where = {"network": slug, "year": report.year, "quarter": report.quarter, "name": name}
    # The language is part of the address: the words in the picture are.
    src = f"{reverse('reports:chart', kwargs=where)}?language={get_language()}"
    return chart_image(drawn, src=src)


@register.simple_tag(takes_context=True)
def source_of(context: template.Context, key: str) -> SafeString:
    """Say where a figure comes from, with a link to the page it can be checked on."""
    path = context["figures"].get("sources", {}).get(key, "")
    words = SOURCE_WORDS[key]
    linked = format_html('<a href="{}{}">{}</a>', context.get("site", ""), path, words) if path else words
    return format_html(_("Source: {}."), linked)


@register.filter
def local_rows(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one row a city: its local meetings and the people at them."""
    return [
        {**held, **people, "waiting_people": people["waiting"]}
        for held, people in zip(figures["ulg"], figures["attendance"], strict=True)
    ]


@register.filter
def lesson_rows(lessons: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the cities that have written a lesson or an action."""
    return [row for row in lessons["cities"] if row["lessons"] or row["actions"]]


@register.filter
def local_totals(figures: dict[str, Any]) -> list[int]:
    """Return the sums of :func:`local_rows`, column by column."""
    rows = local_rows(figures)
    kinds = [sum(row["numbers"][n] for row in rows) for n in range(len(figures["kinds"]))]
    held, approved, unknown, total, waiting = (
        sum(row[key] for row in rows) for key in ("held", "approved", "unknown", "total", "waiting_people")
    )
    return [held, approved, *kinds, unknown, total, waiting]


@register.filter
def due_totals(figures: dict[str, Any]) -> list[int]:
    """Return the sums of what was due, column by column."""
    keys = ("asked", "met", "met_late", "waiting", "late", "open", "waived")
    return [sum(row[key] for row in figures["obligations"]) for key in keys]


@register.filter
def report_state(code: str) -> str:
    """Say where a city's report stands, for readers who do not know the portal's states."""
    return _("Accepted") if code == State.APPROVED else _("Not yet accepted")


@register.filter
def who(code: str) -> str:
    """Say who something is asked of."""
    return _("Everyone") if code == "all" else str(OwedBy(code).label)


@register.simple_tag
def cover_place(index: int, count: int, lead: bool) -> SafeString:  # noqa: FBT001 - a template tag's argument
    """Draw one city's place in the square on the cover."""
    columns = max(1, math.ceil(math.sqrt(count)))
    side = 82 / columns
    x, y = index % columns * side, index // columns * side
    fill = "#ffc93c" if lead else "#ffffff"
    size = round(side - 3.5, 2)
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>', round(x, 2), round(y, 2), size, size, fill
    )
