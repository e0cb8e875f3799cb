"""Real files of every kind, and bad ones, made on the spot."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pillow_heif
import pypdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

ODT_TYPE = b"application/vnd.oasis.opendocument.text"


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """Return an upload as a browser sends it."""
    return SimpleUploadedFile(name, content)


def pdf(pages: int = 1, password: str = "") -> bytes:
    """Return a PDF of empty pages."""
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(kind: str, size: tuple[int, int] = (320, 200)) -> bytes:
    """Return a picture: JPEG, PNG or HEIF."""
    pillow_heif.register_heif_opener()
    image = Image.effect_noise(size, 60).convert("RGB")
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of these entries, in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx() -> bytes:
    """Return the bones of a DOCX."""
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})


def odt(*, encrypted: bool = False) -> bytes:
    """Return the bones of an ODT."""
    manifest = b"<manifest><encryption-data/></manifest>" if encrypted else b"<manifest/>"
    return zipped({"mimetype": ODT_TYPE, "META-INF/manifest.xml": manifest, "content.xml": b"<office/>"})


def xlsx(rows: list[list[object]], title: str = "Lista") -> bytes:
    """Return a sheet with these rows."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bomb() -> bytes:
    """Return an XLSX of some kilobytes that unpacks to 50 MB."""
    sheet = b"<worksheet>" + b"0" * (50 * 1024 * 1024) + b"</worksheet>"
    return zipped({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": sheet})
