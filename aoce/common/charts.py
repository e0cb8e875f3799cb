"""Charts drawn on the server as SVG, by Vega and Vega-Lite. Each stands beside the table it draws."""

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
    # Beside the longest bar stands its number.
    x = {"type": "quantitative", "axis": None, "scale": {"domain": [0, most * (1 + (8 * len(str(most)) + 10) / 430)]}}
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


def _drawn(spec: dict[str, Any], how: str) -> str:
    """Return a drawing of the engine; drawn once for the same specification, and kept."""
    key = f"chart:{hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()}"
    drawn = cache.get(key)
    if drawn is None:
        # The drawing engine is heavy: a process that draws nothing does not load it.
        import vl_convert

        drawn = getattr(vl_convert, how)(spec, allowed_base_urls=[])
        cache.set(key, drawn, KEPT_SECONDS)
    return drawn


def bar_chart(bars: Bars) -> str:
    """Return the SVG of stacked bars; drawn once for the same numbers, and kept."""
    return _drawn(_spec(bars), "vegalite_to_svg")


def bars_from(
    rows: Sequence[tuple[str, Sequence[int]]],
    groups: Sequence[str],
    unit: str,
    fills: Sequence[tuple[str, str]] = FILLS,
) -> Bars:
    """Return bars from ``(category, numbers by group)`` rows."""
    return Bars(tuple(name for name, _ in rows), tuple(groups), tuple(tuple(n) for _, n in rows), unit, tuple(fills))


# --- Flows ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Flow:
    """Where things come from and what they became: ``values[left][right]`` are whole numbers of ``unit``."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    values: tuple[tuple[int, ...], ...]
    unit: str


FLOW_WIDTH, FLOW_HEIGHT, FLOW_GAP, FLOW_BAR = 360, 240, 14, 12


def spoken_flow(flow: Flow) -> str:
    """Return the flow as a sentence."""
    parts = []
    for name, numbers in zip(flow.left, flow.values, strict=True):
        inside = ", ".join(f"{to} {n}" for to, n in zip(flow.right, numbers, strict=True) if n)
        parts.append(f"{name} {sum(numbers)} ({inside})")
    return f"{flow.unit}: " + "; ".join(parts) + "."


def _column(sizes: Sequence[int], scale: float) -> list[float]:
    """Return where each part of a column begins, from the top, with a gap between."""
    found, at = [], 0.0
    for size in sizes:
        found.append(at)
        at += size * scale + (FLOW_GAP if size else 0)
    return found


def _flow_spec(flow: Flow) -> dict[str, Any]:
    lefts = [sum(numbers) for numbers in flow.values]
    rights = [sum(numbers[m] for numbers in flow.values) for m in range(len(flow.right))]
    parts = max(sum(1 for n in lefts if n), sum(1 for n in rights if n))
    scale = (FLOW_HEIGHT - FLOW_GAP * (parts - 1)) / (sum(lefts) or 1)
    starts, ends = _column(lefts, scale), _column(rights, scale)
    left_at, right_at = list(starts), list(ends)
    bands, nodes = [], []
    middle = FLOW_WIDTH / 2
    for n, numbers in enumerate(flow.values):
        for m, size in enumerate(numbers):
            if not size:
                continue
            a, b, high = left_at[n], right_at[m], size * scale
            left_at[n] += high
            right_at[m] += high
            path = (
                f"M{FLOW_BAR},{a:.1f}C{middle},{a:.1f} {middle},{b:.1f} {FLOW_WIDTH - FLOW_BAR},{b:.1f}"
                f"V{b + high:.1f}C{middle},{b + high:.1f} {middle},{a + high:.1f} {FLOW_BAR},{a + high:.1f}Z"
            )
            bands.append({"path": path, "fill": FILLS[n % len(FILLS)][0]})
    for names, sizes, tops, x, side in (
        (flow.left, lefts, starts, 0, "right"),
        (flow.right, rights, ends, FLOW_WIDTH - FLOW_BAR, "left"),
    ):
        nodes += [
            {"x": x, "y": top, "h": size * scale, "words": f"{name} {size}", "side": side}
            for name, size, top in zip(names, sizes, tops, strict=True)
            if size
        ]
    room = 7.2 * max((len(node["words"]) for node in nodes), default=1)

    def text(side: str, at: float) -> dict[str, Any]:
        return {
            "type": "text",
            "from": {"data": side},
            "encode": {
                "enter": {
                    "x": {"value": at},
                    "y": {"signal": "datum.y + datum.h / 2"},
                    "text": {"field": "words"},
                    "align": {"value": side},
                    "baseline": {"value": "middle"},
                    "fontSize": {"value": 12},
                    "font": {"value": FONT},
                    "fill": {"value": "#14212a"},
                }
            },
        }

    return {
        "$schema": "https://vega.github.io/schema/vega/v5.json",
        "width": FLOW_WIDTH,
        "height": FLOW_HEIGHT,
        "padding": {"left": room, "right": room, "top": 6, "bottom": 6},
        "data": [
            {"name": "bands", "values": bands},
            {"name": "nodes", "values": nodes},
            {"name": "right", "source": "nodes", "transform": [{"type": "filter", "expr": "datum.side == 'right'"}]},
            {"name": "left", "source": "nodes", "transform": [{"type": "filter", "expr": "datum.side == 'left'"}]},
        ],
        "marks": [
            {
                "type": "path",
                "from": {"data": "bands"},
                "encode": {
                    "enter": {
                        "path": {"field": "path"},
                        "fill": {"field": "fill"},
                        "fillOpacity": {"value": 0.45},
                    }
                },
            },
            {
                "type": "rect",
                "from": {"data": "nodes"},
                "encode": {
                    "enter": {
                        "x": {"field": "x"},
                        "y": {"field": "y"},
                        "height": {"field": "h"},
                        "width": {"value": FLOW_BAR},
                        "fill": {"value": "#14212a"},
                    }
                },
            },
            text("right", -8),
            text("left", FLOW_WIDTH + 8),
        ],
    }


def flow_chart(flow: Flow) -> str:
    """Return the SVG of a flow; drawn once for the same numbers, and kept."""
    return _drawn(_flow_spec(flow), "vega_to_svg")


def drawing(chart: Bars | Flow) -> str:
    """Return the SVG of a chart; drawn once for the same numbers, and kept."""
    return flow_chart(chart) if isinstance(chart, Flow) else bar_chart(chart)


def chart_image(chart: Bars | Flow, *, src: str = "") -> SafeString:
    """Return the picture with its words: from ``src``, an address that answers with the SVG, or with the SVG inside."""
    if not src:
        src = f"data:image/svg+xml;base64,{base64.b64encode(drawing(chart).encode()).decode()}"
    words = spoken_flow(chart) if isinstance(chart, Flow) else spoken(chart)
    return format_html('<img class="chart" src="{}" alt="{}">', src, words)
