"""Charts drawn on the server as SVG, by Vega-Lite. Each stands beside the table it draws; numbers stand on its bars."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils.html import format_html
from django.utils.safestring import SafeString

FONT = "Sofia Sans PDF, Sofia Sans PDF Ext, Sofia Sans Variable, Segoe UI, Noto Sans, sans-serif"
#: Fills that part from each other by lightness, each with the colour of the number on it (at least 4.5:1).
FILLS = (
    ("#0b3f4d", "#ffffff"),
    ("#4d93a3", "#0d171c"),
    ("#e3a008", "#0d171c"),
    ("#8e9aa1", "#0d171c"),
    ("#2948a5", "#ffffff"),
    ("#d5b9e0", "#0d171c"),
)
#: Fills by state, where a chart shows states.
STATE_FILLS = {
    "approved": ("#0b3f4d", "#ffffff"),
    "submitted": ("#4d93a3", "#0d171c"),
    "overdue": ("#ad2119", "#ffffff"),
    "open": ("#cbd5d4", "#0d171c"),
}
#: A number stands on its part of a bar from this share of the longest bar on.
SMALLEST_SHARE = 0.03
KEPT_SECONDS = 60 * 60 * 24 * 30


@dataclass(frozen=True)
class Bars:
    """Stacked bars: one a category, parts by group. ``values[category][group]`` are whole numbers of ``unit``.

    ``fills`` are pairs of a group's colour and of the number on it, when they mean something.
    """

    categories: tuple[str, ...]
    groups: tuple[str, ...]
    values: tuple[tuple[int, ...], ...]
    unit: str
    fills: tuple[tuple[str, str], ...] = FILLS

    def fill(self, index: int) -> tuple[str, str]:
        """Return a group's colour and the colour of its numbers."""
        return self.fills[index % len(self.fills)]


def spoken(bars: Bars) -> str:
    """Return the chart as a sentence: what its picture says to who does not see it."""
    parts = []
    for category, numbers in zip(bars.categories, bars.values, strict=True):
        inside = ", ".join(f"{group} {n}" for group, n in zip(bars.groups, numbers, strict=True) if n)
        parts.append(f"{category} {sum(numbers)}" + (f" ({inside})" if inside and len(bars.groups) > 1 else ""))
    return f"{bars.unit}: " + "; ".join(parts) + "."


def _spec(bars: Bars) -> dict[str, Any]:
    rows = []
    for category, numbers in zip(bars.categories, bars.values, strict=True):
        start = 0
        for group, n in zip(bars.groups, numbers, strict=True):
            rows.append({"c": category, "g": group, "n": n, "a": start, "b": start + n, "m": start + n / 2})
            start += n
    totals = [{"c": c, "t": sum(v)} for c, v in zip(bars.categories, bars.values, strict=True)]
    most = max((sum(numbers) for numbers in bars.values), default=1) or 1
    # Where the portal's font is not at hand (a picture in a page loads none), names need room for a wider one.
    room = 7.2 * max((len(name) for name in bars.categories), default=1)
    y = {"field": "c", "type": "nominal", "sort": None, "axis": {"title": None, "minExtent": room}}
    x = {"type": "quantitative", "axis": None, "scale": {"domain": [0, most * 1.08]}}
    color = {
        "field": "g",
        "type": "nominal",
        "sort": list(bars.groups),
        "scale": {"domain": list(bars.groups), "range": [bars.fill(i)[0] for i in range(len(bars.groups))]},
        "legend": {"title": None, "orient": "bottom", "symbolType": "square"} if len(bars.groups) > 1 else None,
    }
    inks = [bars.fill(i)[1] for i in range(len(bars.groups))]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 430,
        "height": {"step": 24},
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "bar", "height": 17, "stroke": "#ffffff", "strokeWidth": 1},
                "encoding": {"y": y, "x": {"field": "a", **x}, "x2": {"field": "b"}, "color": color},
            },
            {
                "data": {"values": rows},
                "transform": [{"filter": f"datum.n / {most} > {SMALLEST_SHARE}"}],
                "mark": {"type": "text", "baseline": "middle", "fontSize": 10.5},
                "encoding": {
                    "y": y,
                    "x": {"field": "m", **x},
                    "text": {"field": "n"},
                    "color": {
                        "field": "g",
                        "type": "nominal",
                        "scale": {"domain": list(bars.groups), "range": inks},
                        "legend": None,
                    },
                },
            },
            {
                "data": {"values": totals},
                "mark": {"type": "text", "align": "left", "dx": 5, "baseline": "middle", "fontWeight": 600},
                "encoding": {"y": y, "x": {"field": "t", **x}, "text": {"field": "t"}},
            },
        ],
        "resolve": {"scale": {"color": "independent"}},
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {"domain": False, "ticks": False, "labelFontSize": 12, "labelColor": "#14212a", "labelLimit": 160},
            "legend": {"labelFontSize": 11, "labelColor": "#14212a"},
            "text": {"color": "#14212a", "fontSize": 12},
        },
    }


def bar_chart(bars: Bars) -> str:
    """Return the SVG of stacked bars; drawn once for the same numbers, and kept."""
    spec = _spec(bars)
    key = f"chart:{hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()}"
    drawn = cache.get(key)
    if drawn is None:
        # The drawing engine is heavy: a process that draws nothing does not load it.
        import vl_convert

        drawn = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
        cache.set(key, drawn, KEPT_SECONDS)
    return drawn


def chart_image(bars: Bars, *, src: str = "") -> SafeString:
    """Return the picture with its words: from ``src``, an address that answers with the SVG, or with the SVG inside."""
    if not src:
        src = f"data:image/svg+xml;base64,{base64.b64encode(bar_chart(bars).encode()).decode()}"
    return format_html('<img class="chart" src="{}" alt="{}">', src, spoken(bars))


def bars_from(
    rows: Sequence[tuple[str, Sequence[int]]],
    groups: Sequence[str],
    unit: str,
    fills: Sequence[tuple[str, str]] = FILLS,
) -> Bars:
    """Return bars from ``(category, numbers by group)`` rows."""
    return Bars(tuple(name for name, _ in rows), tuple(groups), tuple(tuple(n) for _, n in rows), unit, tuple(fills))
