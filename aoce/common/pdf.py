"""PDF from templates, by WeasyPrint: tagged (PDF/UA), with data attached, and without a look outside.

Only ever called by the worker. Pictures and fonts come from the portal's own static folders and from stored files;
every other address is refused and fails the rendering.
"""

from __future__ import annotations

import gc
import mimetypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import weasyprint
from django.conf import settings
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

#: The address under which a page's parts lie: ``static/…`` for the portal's own, ``stored/…`` for stored files.
BASE_URL = "portal://local/"


class OutsideAddressError(Exception):
    """A page wanted something from outside; nothing was fetched."""


class _RefusedError(FatalURLFetchingError):
    """Stops WeasyPrint, which takes other exceptions for a missing picture."""


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF: the data behind its tables."""

    name: str
    content: bytes
    description: str


def static_path(name: str) -> Path:
    """Return where one of the portal's own static files lies; _RefusedError when it is none of them."""
    for entry in settings.STATICFILES_DIRS:
        prefix, folder = entry if isinstance(entry, tuple) else ("", entry)
        inside = name.removeprefix(f"{prefix}/") if prefix else name
        if prefix and inside == name:
            continue
        path = (Path(folder) / inside).resolve()
        if path.is_file() and path.is_relative_to(Path(folder).resolve()):
            return path
    raise _RefusedError(f"no such static file: {name}")


class OwnFetcher(URLFetcher):
    """Fetches what belongs to the portal, and refuses everything else without asking it."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Return the bytes of a ``data:`` address, a static or a stored file; stop the rendering otherwise."""
        if url.startswith("data:"):
            return super().fetch(url, headers)
        if not url.startswith(BASE_URL):
            raise _RefusedError(f"nothing is fetched from outside: {url}")
        path = unquote(urlsplit(url).path).lstrip("/")
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        if path.startswith("static/"):
            body = static_path(path.removeprefix("static/")).read_bytes()
        elif path.startswith("stored/"):
            with default_storage.open(path.removeprefix("stored/")) as file:
                body = file.read()
        else:
            raise _RefusedError(f"not one of the portal's files: {url}")
        return URLFetcherResponse(url, body, {"Content-Type": kind})


@contextmanager
def collection_held_off() -> Iterator[None]:
    """Hold garbage collection off: a rendering makes millions of objects that all live until its end."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def html_to_pdf(html: str, attachments: Sequence[Attachment] = ()) -> bytes:
    """Return the PDF/UA-1 of a whole HTML page. Its title and language are the page's; the same page gives equal bytes.

    Raises OutsideAddressError if the page wants anything from outside.
    """
    files = [
        weasyprint.Attachment(
            file_obj=_named(file.content, file.name), name=file.name, description=file.description, relationship="Data"
        )
        for file in attachments
    ]
    with collection_held_off():
        page = weasyprint.HTML(string=html, base_url=BASE_URL, url_fetcher=OwnFetcher())
        try:
            return page.write_pdf(pdf_variant="pdf/ua-1", attachments=files or None, pdf_identifier=b"portal")
        except _RefusedError as refused:
            raise OutsideAddressError(str(refused)) from None


def _named(content: bytes, name: str) -> Any:
    from io import BytesIO

    file = BytesIO(content)
    file.name = name
    return file


def render_pdf(
    *, template: str, context: dict[str, Any], language: str, title: str, attachments: Sequence[Attachment] = ()
) -> bytes:
    """Return the PDF of a template (extending ``pdf/base.html``) in a language; as :func:`html_to_pdf`."""
    with translation.override(language):
        html = render_to_string(template, {"title": title, "pdf_language": language, "for_pdf": True, **context})
    return html_to_pdf(html, attachments)
