"""Where a remark stands in a text: beside the block that holds its words, also in a later version; or nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import html as lxml_html
from rapidfuzz import fuzz

from aoce.common.documents import Change, compare_documents
from aoce.common.documents.clean import written

if TYPE_CHECKING:
    from actionplans.content import Part
    from actionplans.models import Remark

#: From how alike (of 100) changed words are still the words a remark is about.
STILL = 72


def words_of(html: str) -> str:
    """Return the words of a block, on one line."""
    parted = re.sub(r"</(?:td|th|li|p|figcaption)>|<br ?/?>", r"\g<0> ", html)
    return re.sub(r"\s+", " ", lxml_html.fromstring(f"<div>{parted}</div>").text_content()).strip()


@dataclass
class Block:
    """One block of a part: its number there, its change, its words, and the remarks beside it."""

    number: int
    change: Change
    words: str
    remarks: list[Remark] = field(default_factory=list)

    @property
    def quote(self) -> str:
        """The words a remark on the whole block is about."""
        return self.words[:600]


@dataclass
class Discussed:
    """A part of a text with its blocks; ``about_all`` are remarks on the whole part, ``gone`` those without words."""

    code: str
    title: str
    blocks: list[Block]
    about_all: list[Remark] = field(default_factory=list)
    gone: list[Remark] = field(default_factory=list)

    @property
    def has_changes(self) -> bool:
        """Whether a block changed."""
        return any(block.change.kind != "same" for block in self.blocks)


def discussed(parts: Sequence[Part], before: dict[str, str] | None, remarks: Iterable[Remark]) -> list[Discussed]:
    """Return the parts with what changed since ``before`` (code → HTML; None: nothing is marked) and their remarks."""
    by_place: dict[str, list[Remark]] = {}
    for remark in remarks:
        by_place.setdefault(remark.place, []).append(remark)
    found = []
    for part in parts:
        old = str(part.html) if before is None else before.get(part.code, "")
        changes = compare_documents(old, str(part.html))
        blocks = [Block(n, change, words_of(_unmarked(change))) for n, change in enumerate(changes, 1)]
        row = Discussed(part.code, part.title, blocks)
        for remark in by_place.pop(part.code, []):
            _place(row, remark)
        found.append(row)
    lost = [remark for rows in by_place.values() for remark in rows]
    if lost:
        found.append(Discussed("", "", [], gone=lost))
    return found


def _unmarked(change: Change) -> str:
    """Return a block's words without what was taken out, and without what is said to screen readers."""
    if change.kind == "removed":
        return ""
    text = re.sub(r"<del>.*?</del>", "", str(change.html), flags=re.DOTALL)
    return re.sub(r'<span class="visually-hidden">.*?</span>', "", text, flags=re.DOTALL)


def _place(row: Discussed, remark: Remark) -> None:
    if not remark.quote:
        row.about_all.append(remark)
        return
    quote = re.sub(r"\s+", " ", remark.quote).strip()
    block = next((one for one in row.blocks if quote in one.words), None)
    if block is None:
        ratios = [(fuzz.partial_ratio(quote, one.words) if one.words else 0.0, -one.number) for one in row.blocks]
        best = max(ratios, default=(0.0, 0))
        block = row.blocks[-best[1] - 1] if best[0] >= STILL else None
    if block is None:
        row.gone.append(remark)
    else:
        block.remarks.append(remark)


def replace_words(html: str, quote: str, by: str) -> str | None:
    """Return a text in which the first place that says ``quote`` says ``by``; None where it is said nowhere.

    The words may run through bold and links; what replaces them takes the looks of the first of them.
    """
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    wanted = re.sub(r"\s+", " ", quote).strip()
    if not wanted:
        return None
    for block in root:
        pieces = _pieces(block)
        whole = "".join(text for _element, _slot, text in pieces)
        pattern = r"\s+".join(re.escape(word) for word in wanted.split(" "))
        match = re.search(pattern, whole)
        if match is None:
            continue
        at = 0
        for element, slot, text in pieces:
            start, end = max(match.start(), at), min(match.end(), at + len(text))
            if start < end:
                put = by if at <= match.start() < at + len(text) else ""
                setattr(element, slot, text[: start - at] + put + text[end - at :])
            at += len(text)
        return written(root)
    return None


def _pieces(element: lxml_html.HtmlElement) -> list[tuple[lxml_html.HtmlElement, str, str]]:
    """Return the texts of a block in their order: the element they hang on, and whether as its text or its tail."""
    found = [(element, "text", element.text)] if element.text else []
    for child in element:
        found += _pieces(child)
        if child.tail:
            found.append((child, "tail", child.tail))
    return found
