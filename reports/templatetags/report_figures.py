"""Putting a report's figures into tables and pictures."""

import math
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aoce.common.charts import bars_from, chart_image
from roadmap.enums import OwedBy

register = template.Library()


@register.simple_tag
def attendance_chart(figures: dict[str, Any]) -> SafeString:
    """Draw people by city and kind, as stacked bars with numbers."""
    unknown = any(row["unknown"] for row in figures["attendance"])
    groups = [*figures["kinds"], *([_("Not known")] if unknown else [])]
    rows = [
        (row["city"], [*row["numbers"], *([row["unknown"]] if unknown else [])])
        for row in figures["attendance"]
        if row["total"]
    ]
    return chart_image(bars_from(rows, groups, _("People")))


@register.filter
def local_rows(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one row a city: its local meetings and the people at them."""
    return [held | people for held, people in zip(figures["ulg"], figures["attendance"], strict=True)]


@register.filter
def local_totals(figures: dict[str, Any]) -> list[int]:
    """Return the sums of :func:`local_rows`, column by column."""
    rows = local_rows(figures)
    kinds = [sum(row["numbers"][n] for row in rows) for n in range(len(figures["kinds"]))]
    held, approved, unknown, total = (sum(row[key] for row in rows) for key in ("held", "approved", "unknown", "total"))
    return [held, approved, *kinds, unknown, total]


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
