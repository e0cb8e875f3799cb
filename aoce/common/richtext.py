"""Text with headings, lists and links: written in an editor or as plain paragraphs, cleaned on the way in."""

from __future__ import annotations

import re

import nh3
from django.utils.html import escape

TAGS = {
    "p",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "a",
    "br",
    "blockquote",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
ATTRIBUTES = {"a": {"href"}, "th": {"scope", "colspan", "rowspan"}, "td": {"colspan", "rowspan"}}
RENAMED = (
    (r"<(/?)b>", r"<\1strong>"),
    (r"<(/?)i>", r"<\1em>"),
    (r"<(/?)h[12]\b[^>]*>", r"<\1h3>"),
    (r"<(/?)h[56]>", r"<\1h4>"),
)


def clean_html(text: str) -> str:
    """Return clean HTML of what an editor, a paste or a plain textarea sent.

    Only the tags above stay; scripts, styles, pictures and addresses other than http(s) and mailto go. Text without any
    tags becomes paragraphs: an empty line parts them.
    """
    text = text.replace("\r\n", "\n").strip()
    if text and not re.search(r"</?[a-zA-Z][^>]*>", text):
        blocks = [escape(block.strip()).replace("\n", "<br>") for block in re.split(r"\n\s*\n", text)]
        return "".join(f"<p>{block}</p>" for block in blocks if block)
    for pattern, by in RENAMED:
        text = re.sub(pattern, by, text, flags=re.IGNORECASE)
    cleaned = nh3.clean(
        text,
        tags=TAGS,
        clean_content_tags={"script", "style", "title", "template"},
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return "" if not plain_text(cleaned) else cleaned


def plain_text(html: str) -> str:
    """Return the words of clean HTML, blocks on lines of their own."""
    broken = re.sub(r"</(p|h3|h4|li|tr|blockquote)>|<br ?/?>", "\n", html)
    words = nh3.clean(broken, tags=set())
    return re.sub(r"\n{2,}", "\n", words).strip()
