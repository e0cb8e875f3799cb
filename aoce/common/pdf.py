"""PDF from templates, by WeasyPrint: PDF/A-3a and PDF/UA-1, with data attached, and without a look outside.

Only ever called by the worker. Pictures, styles and fonts come from the portal's own static files and from stored files
that the caller names; every other address is refused before anything is opened, and ends the rendering.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation


class OutsideAddressError(Exception):
    """A page wanted something that is not the portal's own; nothing was fetched."""


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF: the data behind its tables."""

    name: str
    content: bytes
    description: str


def page_html(*, template: str, context: dict[str, Any], language: str, title: str) -> str:
    """Return the HTML that becomes a PDF: of a template that extends ``pdf/base.html``."""
    with translation.override(language):
        return render_to_string(template, {"title": title, "pdf_language": language, "for_pdf": True, **context})


def render_pdf(
    *,
    template: str,
    context: dict[str, Any],
    language: str,
    title: str,
    attachments: Sequence[Attachment] = (),
    stored: Sequence[str] = (),
) -> bytes:
    """Return the PDF of a template (extending ``pdf/base.html``) in a language; see ``html_to_pdf``."""
    # WeasyPrint takes a second to load: a process that makes no PDF does not load it.
    from aoce.common.typesetting import html_to_pdf

    return html_to_pdf(
        page_html(template=template, context=context, language=language, title=title), attachments, stored
    )
