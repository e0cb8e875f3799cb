"""The map of a network's cities: drawn on the server, without tiles and without asking another host.

The countries are Natural Earth's (public domain), from the npm package ``world-atlas``.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache as shared_cache

if TYPE_CHECKING:
    from partners.models import Partner

#: Degrees around the outermost cities.
MARGIN = 4
DAY = 60 * 60 * 24
COUNTRIES = settings.NODE_MODULES / "world-atlas"
FONT = "Sofia Sans Variable, Segoe UI, system-ui, Noto Sans, sans-serif"


Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Size:
    """How large the picture is, and its marks and letters in it (px)."""

    width: int
    height: int
    font: int
    mark: int
    #: Which of the package's files: ``50m`` or, coarser, ``110m``.
    detail: str


SIZES = {"wide": Size(760, 560, 17, 12, "50m"), "narrow": Size(380, 320, 13, 9, "110m")}


@dataclass(frozen=True)
class Colours:
    """The portal's tokens as a picture needs them: written out."""

    sea: str
    land: str
    border: str
    city: str
    lead: str
    ink: str


THEMES = {
    "light": Colours("#eaefee", "#ffffff", "#d3dbda", "#0b4f60", "#ffc93c", "#14212a"),
    "dark": Colours("#0c1316", "#182328", "#324048", "#7fcddf", "#ffc93c", "#e8eeee"),
}


@cache
def _countries(detail: str) -> Any:
    return json.loads((COUNTRIES / f"countries-{detail}.json").read_text())


def _spec(points: list[dict[str, Any]], colours: Colours, size: Size) -> dict[str, Any]:
    """Return the Vega specification of the map."""
    longitudes, latitudes = [p["lon"] for p in points], [p["lat"] for p in points]
    west, east = min(longitudes) - MARGIN, max(longitudes) + MARGIN
    south, north = min(latitudes) - MARGIN, max(latitudes) + MARGIN / 2
    frame = {
        "type": "Feature",
        "geometry": {"type": "MultiPoint", "coordinates": [[x, y] for x in (west, east) for y in (south, north)]},
    }
    near = (
        "geoBounds(null, datum)[1][0] > west && geoBounds(null, datum)[0][0] < east"
        " && geoBounds(null, datum)[1][1] > south && geoBounds(null, datum)[0][1] < north"
    )
    for name, value in (("west", west - 25), ("east", east + 25), ("south", south - 12), ("north", north + 12)):
        near = near.replace(f" {name}", f" {value}")
    return {
        "$schema": "https://vega.github.io/schema/vega/v5.json",
        "width": size.width,
        "height": size.height,
        "padding": 0,
        "autosize": "none",
        "background": colours.sea,
        "data": [
            {"name": "frame", "values": [frame]},
            {
                "name": "countries",
                "values": _countries(size.detail),
                "format": {"type": "topojson", "feature": "countries"},
                "transform": [{"type": "filter", "expr": near}],
            },
            {
                "name": "cities",
                "values": points,
                "transform": [{"type": "geopoint", "projection": "view", "fields": ["lon", "lat"]}],
            },
        ],
        "projections": [
            {
                "name": "view",
                "type": "conicConformal",
                "rotate": [-(west + east) / 2, 0],
                "parallels": [(2 * south + north) / 3, (south + 2 * north) / 3],
                "fit": {"signal": "data('frame')"},
                "size": [size.width, size.height],
                "clipExtent": [[-9, -9], [size.width + 9, size.height + 9]],
            }
        ],
        "marks": [
            {
                "type": "shape",
                "from": {"data": "countries"},
                "encode": {
                    "enter": {
                        "fill": {"value": colours.land},
                        "stroke": {"value": colours.border},
                        "strokeWidth": {"value": 1},
                    }
                },
                "transform": [{"type": "geoshape", "projection": "view"}],
            },
            {
                "name": "points",
                "type": "symbol",
                "from": {"data": "cities"},
                "encode": {
                    "enter": {
                        "x": {"field": "x"},
                        "y": {"field": "y"},
                        "shape": {"value": "square"},
                        "size": {"value": size.mark**2},
                        "fill": {"signal": f"datum.lead ? '{colours.lead}' : '{colours.city}'"},
                        "stroke": {"value": colours.ink},
                        "strokeWidth": {"value": 1.5},
                    }
                },
            },
            {
                "type": "text",
                "from": {"data": "cities"},
                "encode": {
                    "enter": {
                        "x": {"field": "x"},
                        "y": {"field": "y"},
                        "dx": {"field": "dx"},
                        "dy": {"field": "dy"},
                        "align": {"field": "align"},
                        "baseline": {"value": "middle"},
                        "text": {"field": "name"},
                        "font": {"value": FONT},
                        "fontSize": {"value": size.font},
                        "fontWeight": {"value": 650},
                        "fill": {"value": colours.ink},
                    }
                },
            },
        ],
    }


def place_labels(points: list[dict[str, Any]], size: Size) -> None:
    """Give each point the side its name stands on, so that names keep off each other and off the marks.

    Widths and positions are estimates (a letter is 0.62 as wide as high); good enough to choose among four sides.
    """
    longitudes, latitudes = [p["lon"] for p in points], [p["lat"] for p in points]
    squeeze = math.cos(math.radians((min(latitudes) + max(latitudes)) / 2))
    scale = min(
        size.width / ((max(longitudes) - min(longitudes) + 2 * MARGIN) * squeeze),
        size.height / (max(latitudes) - min(latitudes) + 1.5 * MARGIN),
    )
    at = [(p["lon"] * squeeze * scale, -p["lat"] * scale) for p in points]
    gap, high = size.mark + 1, size.font * 0.6
    taken = [(x - size.mark * 0.75, y - size.mark * 0.75, x + size.mark * 0.75, y + size.mark * 0.75) for x, y in at]
    for point, (x, y) in zip(points, at, strict=True):
        wide = size.font * 0.62 * len(point["name"])
        down = gap + high - 3
        sides = (
            ("left", gap, 0, (x + gap - 1, y - high, x + gap + wide, y + high)),
            ("right", -gap, 0, (x - gap - wide, y - high, x - gap + 1, y + high)),
            ("center", 0, -down, (x - wide / 2, y - down - high, x + wide / 2, y - down + high)),
            ("center", 0, down, (x - wide / 2, y + down - high, x + wide / 2, y + down + high)),
        )
        free = [side for side in sides if not any(_overlap(side[3], box) for box in taken)]
        align, dx, dy, box = (free or sides)[0]
        taken.append(box)
        point |= {"align": align, "dx": dx, "dy": dy}


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def draw(cities: Iterable[Partner], theme: str = "light", width: str = "wide") -> str:
    """Return the map as SVG in a theme of ``THEMES`` and a size of ``SIZES``, drawn once and then kept.

    Returns "" when no city has coordinates.
    """
    size = SIZES[width]
    points = [
        {"name": c.name, "lat": float(c.latitude), "lon": float(c.longitude), "lead": c.is_lead}
        for c in cities
        if c.latitude is not None and c.longitude is not None
    ]
    if not points:
        return ""
    asked = json.dumps([points, theme, width], sort_keys=True)
    key = f"map-{hashlib.sha256(asked.encode()).hexdigest()}"
    svg = shared_cache.get(key)
    if svg is None:
        import vl_convert

        place_labels(points, size)
        svg = vl_convert.vega_to_svg(_spec(points, THEMES[theme], size))
        # A tenth of a pixel is exact enough, and halves the file.
        svg = re.sub(r"(\d\.\d)\d+", r"\1", svg)
        shared_cache.set(key, svg, 30 * DAY)
    return str(svg)
