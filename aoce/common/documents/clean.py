"""Long texts as HTML: what may stand in them, and their blocks."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import partial

import nh3
from django.utils.html import escape
from lxml import html as lxml_html
from lxml.html import HtmlElement

from aoce.common import richtext

TAGS = (richtext.TAGS - {"h4"}) | {
    *("h4", "h5", "table", "thead", "tbody", "tr", "th", "td", "caption"),
    *("figure", "figcaption", "img", "sup", "sub"),
}
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
BLOCKS = ("p", "h3", "h4", "h5", "ul", "ol", "blockquote", "table", "figure")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
#: The address of a stored file within the portal.
FILE = re.compile(r"^(?:https?://[^/]+)?(/n/[\w-]+/files/([0-9a-f-]{36})/)$")
#: Cells span no more than this; a paste that says otherwise is broken.
WIDEST = 30


def parse(text: str) -> HtmlElement:
    """Return HTML as the children of one ``div``."""
    return lxml_html.fragment_fromstring(text, create_parent="div")


def written(parent: HtmlElement) -> str:
    """Return what stands in a parent as HTML."""
    inner = "".join(lxml_html.tostring(child, encoding="unicode") for child in parent)
    return escape(parent.text or "") + inner


def _attribute(allowed: Collection[str], tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        found = FILE.match(value.strip())
        return found.group(1) if found and found.group(2) in allowed else None
    if name in ("colspan", "rowspan"):
        return value if value.isdecimal() and 1 < int(value) <= WIDEST else None
    if name == "scope":
        return value if value in ("row", "col") else None
    return value


def clean_document(text: str, *, pictures: Collection[str] = ()) -> str:
    """Return clean HTML of what an editor, a paste, a DOCX or a plain textarea sent.

    Tables, pictures and headings of three levels (h3 to h5) stay beside what ``richtext.clean_html`` keeps. A picture
    stays only if it is one of the stored files whose ids are in ``pictures``; nothing else is ever fetched or shown.
    """
    text = text.replace("\r\n", "\n").strip()
    if text and not re.search(r"</?[a-zA-Z][^>]*>", text):
        text = richtext.from_marks(text)
    text = re.sub(r"<!--.*?-->|<!\[.*?\]>", "", text, flags=re.DOTALL)  # what Word writes for itself
    for tag, by in (("b", "strong"), ("i", "em"), ("del", ""), ("s", "")):
        text = re.sub(rf"<(/?){tag}(?:\s[^>]*)?>", rf"<\g<1>{by}>" if by else "", text, flags=re.IGNORECASE)
    text = _level_headings(text)
    cleaned = nh3.clean(
        text,
        tags=TAGS,
        clean_content_tags={"script", "style", "title", "template"},
        attributes=ATTRIBUTES,
        attribute_filter=partial(_attribute, pictures),
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return _tidy(cleaned)


def _level_headings(text: str) -> str:
    """Begin headings at h3, whatever level they came with, and leave out none in between."""
    levels = sorted({int(n) for n in re.findall(r"<h([1-6])\b", text, flags=re.IGNORECASE)})
    new = {level: min(3 + at, 5) for at, level in enumerate(levels)}
    if levels and min(levels) >= min(new.values()) and max(levels) <= max(new.values()):
        return text
    return re.sub(
        r"<(/?)h([1-6])\b[^>]*>", lambda m: f"<{m[1]}h{new.get(int(m[2]), int(m[2]))}>", text, flags=re.IGNORECASE
    )


def _tidy(text: str) -> str:
    """Take away pictures without an address and blocks with nothing in them; put loose text into paragraphs."""
    if not text.strip():
        return ""
    root = parse(text)
    for picture in [one for one in root.iter("img") if not one.get("src")]:
        picture.drop_tree()
    for one in list(root.iter("figure", "table", "ul", "ol", "blockquote", *HEADINGS)):
        if _is_empty(one):
            one.drop_tree()
    _put_loose_words_into_paragraphs(root)
    while len(root) and _is_empty(root[-1]):
        root[-1].drop_tree()
    return written(root).strip()


def _is_empty(one: HtmlElement) -> bool:
    return one.tag != "img" and one.find(".//img") is None and not one.text_content().strip()


def _put_loose_words_into_paragraphs(root: HtmlElement) -> None:
    """Let only blocks stand side by side: words and marks between them become paragraphs, a picture a figure."""
    loose: HtmlElement | None = None
    if (root.text or "").strip():
        loose = lxml_html.Element("p")
        loose.text = root.text
        root.insert(0, loose)
    root.text = None
    for child in [one for one in root if one is not loose]:
        tail, child.tail = child.tail or "", None
        if child.tag in BLOCKS:
            loose = None
        else:
            if loose is None or child.tag == "img":
                loose = lxml_html.Element("figure" if child.tag == "img" else "p")
                child.addprevious(loose)
            loose.append(child)
            loose = None if child.tag == "img" else loose
        if tail.strip():
            if loose is None:
                loose = lxml_html.Element("p")
                loose.text = tail
                (child if child.getparent() is root else child.getparent()).addnext(loose)
            else:
                child.tail = tail


def blocks_of(text: str) -> list[str]:
    """Return the blocks of clean HTML: paragraphs, headings, lists, tables, pictures, as they follow each other."""
    if not text.strip():
        return []
    found = []
    for child in parse(text):
        child.tail = None
        found.append(lxml_html.tostring(child, encoding="unicode"))
    return found


def pictures_in(text: str) -> list[tuple[str, str]]:
    """Return the pictures of clean HTML as ``(file's id, alternative text)``."""
    if "<img" not in text:
        return []
    found = []
    for picture in parse(text).iter("img"):
        address = FILE.match(picture.get("src", ""))
        if address:
            found.append((address.group(2), (picture.get("alt") or "").strip()))
    return found


def plain_words(text: str) -> str:
    """Return the words of clean HTML, a block a line."""
    return "\n".join(
        line
        for block in blocks_of(text)
        if (line := re.sub(r"\s+", " ", lxml_html.fromstring(block).text_content()).strip())
    )
