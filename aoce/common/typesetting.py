"""HTML to PDF by WeasyPrint, without a look outside. See :mod:`aoce.common.pdf`, which loads it when it is needed."""

from __future__ import annotations

import gc
import hashlib
import io
import mimetypes
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pydyf
import weasyprint
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from aoce.common.pdf import Attachment, OutsideAddressError

#: Attached files carry no clock: the same input gives the same bytes.
NO_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


class _RefusedError(FatalURLFetchingError):
    """Stops WeasyPrint, which takes other exceptions for a missing picture."""


def base_url() -> str:
    """Return the address that relative links of a page are relative to: the portal's."""
    return f"{settings.SITE_URL}/"


def static_path(name: str) -> Path | None:
    """Return where one of the portal's static files lies; None when it is none of them."""
    try:
        found = finders.find(name)
    except SuspiciousFileOperation:
        return None
    return Path(found) if found else None


class OwnFetcher(URLFetcher):
    """Opens static files, the stored files it is given and ``data:`` addresses; refuses all else without asking it."""

    def __init__(self, stored: Sequence[str] = ()) -> None:
        """Take the names, in the storage, of the files the page may show."""
        super().__init__(allowed_protocols=("data",), allow_redirects=False)
        self.stored = frozenset(stored)
        self.refused: list[str] = []

    def refuse(self, why: str) -> _RefusedError:
        """Return what ends the rendering; kept as well, for pictures inside pictures are drawn whatever happens."""
        self.refused.append(why)
        return _RefusedError(why)

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Return the bytes of one of the portal's own files; end the rendering otherwise."""
        if url.startswith("data:"):
            return super().fetch(url, headers)
        if not url.startswith(base_url()):
            raise self.refuse(f"nothing is fetched from outside: {url[:200]}")
        path = unquote(urlsplit(url).path).lstrip("/")
        name = path.partition("/")[2]
        if path.startswith("static/"):
            found = static_path(name)
            if found is None:
                raise self.refuse(f"no such static file: {name}")
            body = found.read_bytes()
        elif path.startswith("stored/") and name in self.stored:
            with default_storage.open(name) as file:
                body = file.read()
        else:
            raise self.refuse(f"not one of the page's files: {url[:200]}")
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return URLFetcherResponse(url, body, {"Content-Type": kind})


@contextmanager
def clock_held() -> Iterator[None]:
    """Let the fonts inside the PDF carry no time: fontTools writes the moment of saving, unless it is told one."""
    was = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(NO_MOMENT.timestamp()))
    try:
        yield
    finally:
        if was is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = was


#: What makes a PDF/A-3a also a PDF/UA-1: the part, and what the word is (a schema PDF/A does not know by itself).
ALSO_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 the file keeps to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


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


def _also_ua(_document: weasyprint.Document, pdf: pydyf.PDF) -> None:
    """Say in a PDF/A-3a that it is PDF/UA-1 too, and describe the word, as ISO 19005-3, 6.6.2.3, asks."""
    for found in pdf.objects:
        if isinstance(found, pydyf.Stream) and found.extra.get("Type") == "/Metadata":
            found.stream = [part.replace(b"</rdf:RDF>", ALSO_UA + b"</rdf:RDF>") for part in found.stream]


def html_to_pdf(html: str, attachments: Sequence[Attachment] = (), stored: Sequence[str] = ()) -> bytes:
    """Return a whole HTML page as PDF/A-3a and PDF/UA-1, titled and in the language as the page says.

    Equal input gives equal bytes.

    ``stored`` names the stored files (``StoredFile.file.name``) that the page shows as ``stored/<name>``.
    Raises OutsideAddressError if the page wants anything else that is not the portal's.
    """
    # The names of embedded files stand in a sorted tree.
    files = [
        weasyprint.Attachment(
            file_obj=io.BytesIO(file.content),
            name=file.name,
            description=file.description,
            created=NO_MOMENT,
            modified=NO_MOMENT,
            relationship="Data",
        )
        for file in sorted(attachments, key=lambda file: file.name)
    ]
    identity = hashlib.sha256(html.encode())
    for file in attachments:
        identity.update(file.content)
    fetcher = OwnFetcher(stored)
    with collection_held_off(), clock_held():
        page = weasyprint.HTML(string=html, base_url=base_url(), url_fetcher=fetcher)
        try:
            content = page.write_pdf(
                finisher=_also_ua,
                pdf_variant="pdf/a-3a",
                attachments=files or None,
                pdf_identifier=identity.hexdigest()[:32].encode(),
            )
        except _RefusedError as refused:
            raise OutsideAddressError(str(refused)) from None
    if fetcher.refused:
        raise OutsideAddressError(fetcher.refused[0])
    return content
