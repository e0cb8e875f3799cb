"""The mark of the cities: a grid with one place for each, each state its own shape."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, sqrt

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

SHAPES = {
    "on": '<path class="n-on" d="M{x} {y}h5v5h-5z"/>',
    "off": '<path class="n-off" d="M{x} {y}h5v5h-5z"/>',
    "half": '<path class="n-half" d="M{x} {y}h5v5h-5z"/><path class="n-fill" d="M{x} {y}m0 2.5h5v2.5h-5z"/>',
    "sent": '<path class="n-sent" d="M{x} {y}m2.5 0 2.5 5h-5z"/>',
    "late": '<path class="n-late" d="M{x} {y}m2.5-.7 3.2 3.2-3.2 3.2-3.2-3.2z"/>',
    "na": '<path class="n-na" d="M{x} {y}m.5 2h4v1h-4z"/>',
}


@lru_cache(maxsize=512)
def city_mark(marks: tuple[str, ...], label: str) -> SafeString:
    """Draw the mark: the cities in their order, row by row."""
    across = max(1, ceil(sqrt(len(marks))))
    down = max(1, ceil(len(marks) / across))
    shapes = [SHAPES[m].format(x=n % across * 7 + 0.5, y=n // across * 7 + 0.5) for n, m in enumerate(marks)]
    return format_html(
        '<svg class="nine" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        across * 7 - 1,
        down * 7 - 1,
        label,
        mark_safe("".join(shapes)),  # noqa: S308 - built from the constants above
    )
