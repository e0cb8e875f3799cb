"""Text with headings, lists and links: written in an editor or as plain paragraphs, cleaned on the way in."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3
from django.utils.html import escape

TAGS = {"p", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "br", "blockquote"}
ATTRIBUTES = {"a": {"href"}}
RENAMED = (
    (r"<(/?)b>", r"<\1strong>"),
    (r"<(/?)i>", r"<\1em>"),
    (r"<(/?)h[12]\b[^>]*>", r"<\1h3>"),
    (r"<(/?)h[56]>", r"<\1h4>"),
)


def clean_html(text: str) -> str:
    """Return clean HTML of what an editor, a paste or a plain textarea sent.

    Only the tags above stay; scripts, styles, pictures and addresses other than http(s) and mailto go. Text without any
    tags becomes paragraphs, as in :func:`from_marks`.
    """
    text = text.replace("\r\n", "\n").strip()
    if text and not re.search(r"</?[a-zA-Z][^>]*>", text):
        text = from_marks(text)
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
    broken = re.sub(r"</(p|h3|h4|li|blockquote)>|<br ?/?>", "\n", html)
    words = nh3.clean(broken, tags=set())
    return re.sub(r"\n{2,}", "\n", words).strip()


# --- Without the editor -----------------------------------------------------------------------------------------------
#
# Who has no JavaScript writes marks as in a mail: "## " before a heading, "- " or "1. " before each point of a list,
# "> " before what somebody said, **strong**, *stressed*, [words](https://…). An empty line parts paragraphs. Where a
# text may hold them: a table has a line a row, "| one | two |", the first is its head; ![words](address) is a picture.

HEADINGS = {"h3": "## ", "h4": "### ", "h5": "#### "}
INLINE = {"strong": "**", "em": "*"}
BLOCKS = ("p", "h3", "h4", "h5", "ul", "ol", "blockquote", "table", "figure")


def from_marks(text: str) -> str:
    """Return the HTML of plain text with marks. It is not cleaned yet: addresses are what somebody typed."""
    return "".join(_block(block) for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()))


def _block(block: str) -> str:
    lines = [line.strip() for line in block.split("\n") if line.strip()]
    for tag, mark in (("ul", r"[-•*] +"), ("ol", r"\d+[.)] +")):
        if lines and all(re.match(mark, line) for line in lines):
            points = "".join(f"<li><p>{_inline(re.sub(mark, '', line, count=1))}</p></li>" for line in lines)
            return f"<{tag}>{points}</{tag}>"
    if lines and all(line.startswith("|") for line in lines):
        return _table([[cell.strip() for cell in line.strip("|").split("|")] for line in lines])
    words = "\n".join(lines)
    if picture := re.match(r"!\[([^\]\n]*)\]\(([^)\s]+)\)(.*)$", words, re.DOTALL):
        alt, address, caption = (escape(part.strip()) for part in picture.groups())
        below = f"<figcaption>{caption}</figcaption>" if caption else ""
        return f'<figure><img src="{address}" alt="{alt}">{below}</figure>'
    for tag, mark in HEADINGS.items():
        if words.startswith(mark):
            return f"<{tag}>{_inline(words.removeprefix(mark))}</{tag}>"
    if words.startswith("> "):
        return f"<blockquote><p>{_inline(re.sub('^> ?', '', words, flags=re.MULTILINE))}</p></blockquote>"
    return f"<p>{_inline(words)}</p>" if words else ""


def _table(rows: list[list[str]]) -> str:
    head = "".join(f"<th>{_inline(cell)}</th>" for cell in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>" for row in rows[1:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _inline(words: str) -> str:
    words = escape(words)
    words = re.sub(r"\[([^\]\n]+)\]\(([^)\s]+)\)", r'<a href="\2">\1</a>', words)
    words = re.sub(r"\*\*(\S(?:[^*]*\S)?)\*\*", r"<strong>\1</strong>", words)
    words = re.sub(r"(?<![*\w])\*(\S(?:[^*]*\S)?)\*(?![*\w])", r"<em>\1</em>", words)
    return words.replace("\n", "<br>")


class _Marks(HTMLParser):
    """Writes clean HTML as plain text with marks; lists inside lists become one."""

    def __init__(self) -> None:
        super().__init__()
        self.out: list[str] = []
        self.lists: list[int] = []  # of each open list: the number of its next point, 0 for bullets
        self.address = ""
        self.in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ul", "ol"):
            self.lists.append(1 if tag == "ol" else 0)
        elif tag == "li" and self.lists:
            number = self.lists[-1]
            self.lists[-1] += number > 0
            self.out.append(f"\n{number}. " if number else "\n- ")
        elif tag == "tr":
            self.out.append("\n|")
        elif tag in ("td", "th"):
            self.in_cell = True
            self.out.append(" ")
        elif tag == "img":
            known = dict(attrs)
            self.out.append(f"![{known.get('alt') or ''}]({known.get('src') or ''}) ")
        elif self.in_cell and tag not in INLINE:
            self.out.append(" ")
        elif tag == "a":
            self.address = dict(attrs).get("href") or ""
            self.out.append("[" if self.address else "")
        else:
            marks = {**HEADINGS, **INLINE, "blockquote": "> ", "br": " " if self.lists else "\n"}
            self.out.append(marks.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        if tag == "a" and self.address:
            self.out.append(f"]({self.address})")
        elif tag in INLINE:
            self.out.append(INLINE[tag])
        elif tag in ("td", "th"):
            self.in_cell = False
            self.out.append(" |")
        elif tag in BLOCKS and not self.lists and not self.in_cell:
            self.out.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.out.append(data.replace("\n", " ").replace("|", "/") if self.in_cell else data)


def to_marks(html: str) -> str:
    """Return clean HTML as plain text with marks, for a plain textarea; :func:`from_marks` turns it back."""
    marks = _Marks()
    marks.feed(html)
    return re.sub(r"\n{3,}", "\n\n", "".join(marks.out)).strip()
