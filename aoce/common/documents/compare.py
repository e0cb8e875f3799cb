"""Two versions of a long text, block by block: what was added, taken out, changed, moved."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from lxml import html as lxml_html
from lxml.html import HtmlElement
from lxml.html.diff import htmldiff
from rapidfuzz import fuzz

from aoce.common.documents.clean import blocks_of
from aoce.common.reading import spoken
from aoce.common.review import mark_changes

#: From how alike (of 100) two blocks are one block that was changed; below it one was taken out and one added.
ALIKE = 45
#: A block of words only.
PLAIN = re.compile(r"^<(p|h3|h4|h5)>[^<]*</\1>$")
SAME, ADDED, REMOVED, CHANGED, MOVED = "same", "added", "removed", "changed", "moved"


@dataclass(frozen=True)
class Change:
    """One block as it stands now or stood before, marked; ``kind`` is one of the words above.

    A moved block stands where it is now; where it was, nothing is shown.
    """

    kind: str
    html: SafeString
    number: int

    @property
    def word(self) -> str:
        """Say what happened to it."""
        return {
            ADDED: _("Added"),
            REMOVED: _("Removed"),
            CHANGED: _("Changed"),
            MOVED: _("Moved"),
        }.get(self.kind, "")


def _bare(block: str) -> str:
    return re.sub(r"\s+", " ", block).strip()


def _text(block: str) -> str:
    return re.sub(r"\s+", " ", lxml_html.fromstring(block).text_content()).strip()


def compare_documents(old: str, new: str) -> list[Change]:
    """Return the blocks of ``new`` in their order, with what was taken out where it stood."""
    before, after = [_bare(b) for b in blocks_of(old)], [_bare(b) for b in blocks_of(new)]
    rows: list[tuple[str, str, str]] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [(SAME, block, block) for block in after[j1:j2]]
        else:
            rows += _paired(before[i1:i2], after[j1:j2])
    gone = Counter(was for kind, was, _now in rows if kind == REMOVED)
    come = Counter(now for kind, _was, now in rows if kind == ADDED)
    moved = gone & come
    left = moved.copy()
    found = []
    for kind, was, now in rows:
        if kind == REMOVED and moved[was]:
            moved[was] -= 1
            continue
        if kind == ADDED and left[now]:
            left[now] -= 1
            found.append((MOVED, was, now))
        else:
            found.append((kind, was, now))
    return [Change(kind, _marked(kind, was, now), n) for n, (kind, was, now) in enumerate(found, 1)]


def _paired(before: list[str], after: list[str]) -> Iterable[tuple[str, str, str]]:
    """Pair blocks that are alike, in their order; the others were taken out or added."""
    start = 0
    words = [_text(block) for block in before]
    for block in after:
        text, tag = _text(block), block[:4]
        best, score = -1, float(ALIKE)
        for at in range(start, len(before)):
            if before[at][:4] != tag and not (block[:3] == "<h3" and before[at][:2] == "<h"):
                continue
            ratio = fuzz.ratio(words[at], text)
            if ratio > score and before[at] not in after:
                best, score = at, ratio
        if best < 0:
            yield ADDED, "", block
            continue
        for at in range(start, best):
            yield REMOVED, before[at], ""
        start = best + 1
        yield CHANGED, before[best], block
    for at in range(start, len(before)):
        yield REMOVED, before[at], ""


def _marked(kind: str, was: str, now: str) -> SafeString:
    if kind in (SAME, MOVED):
        html = now
    elif kind == ADDED:
        html = _whole(now, "ins")
    elif kind == REMOVED:
        html = _whole(was, "del")
    elif now.startswith("<table") and was.startswith("<table"):
        html = _table(was, now)
    elif "<img" in now or "<img" in was:
        html = _whole(was, "del") + _whole(now, "ins")
    elif PLAIN.match(was) and (found := PLAIN.match(now)):
        tag = found.group(1)
        html = f"<{tag}>{mark_changes(_text(was), _text(now))}</{tag}>"
    else:
        html = str(htmldiff(was, now))
    return mark_safe(spoken(html))  # noqa: S308 - both texts are clean HTML, and marks add <ins> and <del> only


def _whole(block: str, mark: str) -> str:
    """Mark everything in a block, inside of its cells, points and paragraphs."""
    root = lxml_html.fromstring(block)
    leaves = list(root.iter("p", "h3", "h4", "h5", "td", "th", "figcaption", "caption", "figure"))
    leaves += [one for one in root.iter("li") if one.find("p") is None]
    for leaf in [one for one in leaves if one.find("p") is None] or [root]:
        _wrap(leaf, mark)
    return lxml_html.tostring(root, encoding="unicode")


def _wrap(element: HtmlElement, mark: str) -> None:
    holder = lxml_html.Element(mark)
    holder.text, element.text = element.text, None
    for child in list(element):
        if child.tag in ("figcaption", "ul", "ol"):
            continue
        holder.append(child)
    element.insert(0, holder)


def _table(was: str, now: str) -> str:
    """Mark a table row by row, and what changed in a row cell by cell."""
    old, new = lxml_html.fromstring(was), lxml_html.fromstring(now)
    old_rows, new_rows = list(old.iter("tr")), list(new.iter("tr"))
    words = [[cell.text_content().strip() for cell in row] for row in old_rows]
    others = [[cell.text_content().strip() for cell in row] for row in new_rows]
    keys, other_keys = ["\x1f".join(row) for row in words], ["\x1f".join(row) for row in others]
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, keys, other_keys, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for before, after in zip_longest(old_rows[i1:i2], new_rows[j1:j2]):
            if after is None:
                _mark_row(before, "del")
                place = new_rows[j2 - 1] if j2 else None
                if place is None:
                    new_rows[0].addprevious(before)
                else:
                    place.addnext(before)
                    new_rows[j2 - 1] = before if j2 == j1 else place
            elif before is None:
                _mark_row(after, "ins")
            else:
                _mark_cells(before, after)
    return lxml_html.tostring(new, encoding="unicode")


def _mark_row(row: HtmlElement, mark: str) -> None:
    row.tail = None
    for cell in row:
        text = cell.text_content().strip()
        for child in list(cell):
            cell.remove(child)
        cell.text = None
        holder = lxml_html.Element(mark)
        holder.text = text
        cell.append(holder)


def _mark_cells(before: HtmlElement, after: HtmlElement) -> None:
    for was, now in zip_longest(list(before), list(after)):
        if now is None:
            gone = lxml_html.fromstring(
                f"<table><tr><td><del>{escape(was.text_content().strip())}</del></td></tr></table>"
            )
            after.append(gone.find(".//td"))
            continue
        text = now.text_content().strip()
        marked = mark_changes(was.text_content().strip() if was is not None else "", text)
        if "<ins>" not in marked and "<del>" not in marked:
            continue
        for child in list(now):
            now.remove(child)
        now.text = None
        holder = lxml_html.fragment_fromstring(str(marked), create_parent="span")
        now.append(holder)


def counted(changes: Iterable[Change]) -> dict[str, int]:
    """Return how many blocks were added, removed, changed and moved; nothing for what did not happen."""
    numbers = Counter(change.kind for change in changes)
    return {kind: numbers[kind] for kind in (ADDED, REMOVED, CHANGED, MOVED) if numbers[kind]}
