"""Charts: drawn once, with numbers on their bars and words for who does not see them."""

from __future__ import annotations

from typing import Any

import pytest
import vl_convert
from lxml import etree

from aoce.common.charts import FILLS, STATE_FILLS, bar_chart, bars_from, chart_image, spoken

ROWS = [("Ķekava", [4, 0]), ("Iași", [1, 2])]


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast of two colours."""

    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    a, b = sorted((light(one), light(other)))
    return (b + 0.05) / (a + 0.05)


def test_chart_says_its_numbers_in_words() -> None:
    bars = bars_from(ROWS, ["Officials", "Citizens"], "People")
    assert spoken(bars) == "People: Ķekava 4 (Officials 4); Iași 3 (Officials 1, Citizens 2)."
    assert 'alt="People: Ķekava 4 (Officials 4); Iași 3' in chart_image(bars)


def test_chart_has_names_and_numbers_on_its_bars() -> None:
    root = etree.fromstring(bar_chart(bars_from(ROWS, ["Officials", "Citizens"], "People")).encode())
    texts = [text for text in root.itertext() if text.strip()]
    assert {"Ķekava", "Iași", "Officials", "Citizens"} <= set(texts)
    assert sorted(text for text in texts if text.isdigit()) == ["1", "2", "3", "4", "4"]


def test_chart_is_drawn_once_for_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []

    def draw(spec: Any, **_kwargs: Any) -> str:
        drawn.append(spec)
        return "<svg/>"

    monkeypatch.setattr(vl_convert, "vegalite_to_svg", draw)
    for value in (7, 7, 8):
        bar_chart(bars_from([("Genk", [value])], ["All"], "People"))
    assert len(drawn) == 2


def test_chart_words_are_escaped() -> None:
    image = chart_image(bars_from([('"><b>', [1])], ["All"], "People"), src="/x.svg")
    assert image == '<img class="chart" src="/x.svg" alt="People: &quot;&gt;&lt;b&gt; 1.">'


@pytest.mark.parametrize("fill", [*FILLS, *STATE_FILLS.values()])
def test_numbers_can_be_read_on_their_bar(fill: tuple[str, str]) -> None:
    assert contrast(*fill) >= 4.5
