"""A text that was handed in, as paragraphs with their changes marked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

TAGS = re.compile(r"</?(?:ins|del)>")
LINES = re.compile(r"\n\s*")


@dataclass(frozen=True)
class Paragraph:
    """One paragraph with its number."""

    number: int
    html: SafeString


def spoken(html: str) -> str:
    """Add what a screen reader says where text was added or removed."""
    added, removed = escape(_("[added: ")), escape(_("[removed: "))
    end = '<span class="visually-hidden">]</span>'
    return (
        html.replace("<ins>", f'<ins><span class="visually-hidden">{added}</span>')
        .replace("<del>", f'<del><span class="visually-hidden">{removed}</span>')
        .replace("</ins>", f"</ins>{end}")
        .replace("</del>", f"</del>{end}")
    )


def paragraphs(marked: SafeString) -> list[Paragraph]:
    """Split marked-up text (from ``review.compare``) at its line ends; a mark that spans two is closed and opened."""
    found, carried = [], ""
    for line in LINES.split(marked):
        html, opened = carried + line, ""
        for tag in TAGS.findall(html):
            opened = "" if tag.startswith("</") else tag
        if opened:
            html += f"</{opened[1:]}"
        carried = opened
        if strip_tags(html).strip():
            found.append(Paragraph(len(found) + 1, mark_safe(spoken(html))))  # noqa: S308 - escaped by mark_changes
    return found


def word_counts(text: str, marked: str) -> tuple[int, int, int]:
    """Return how many words a text has, and how many were added and removed."""

    def words(tag: str) -> int:
        return sum(len(strip_tags(part).split()) for part in re.findall(rf"<{tag}>(.*?)</{tag}>", marked, re.DOTALL))

    return len(text.split()), words("ins"), words("del")
