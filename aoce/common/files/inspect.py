"""What an uploaded file really is, whatever its name says; and a sentence for each one that cannot be taken."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

import pillow_heif
import puremagic
import pypdfium2
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

pillow_heif.register_heif_opener()

#: Type → its media type. The names are those of the settings ``UPLOAD_…_TYPES``.
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "jpg": "image/jpeg",
    "png": "image/png",
    "heic": "image/heic",
}
ENDINGS = {"jpeg": "jpg", "heif": "heic", "txt": "csv"}
#: Limits of what a zip may unfold to: bombs are small outside and huge inside.
ZIP_MAX_ENTRIES = 5000
ZIP_MAX_BYTES = 300 * 1024 * 1024
ZIP_MAX_RATIO = 200
MAX_PIXELS = 100_000_000
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


class UploadRefusedError(Exception):
    """A file that cannot be taken; its text is a translated sentence that says why and what to do."""


@dataclass(frozen=True)
class Inspected:
    """What a file is: its type (a key of ``MEDIA_TYPES``), media type, and pages if it has pages."""

    kind: str
    content_type: str
    pages: int | None = None


def allowed_words(allowed: list[str]) -> str:
    """Return the allowed types as people write them: ``PDF, DOCX, ODT``."""
    return ", ".join(kind.upper() for kind in allowed)


def _refuse(sentence: str, name: str, **words: object) -> UploadRefusedError:
    return UploadRefusedError(sentence % {"name": name, **words})


def _pdf(file: IO[bytes], name: str) -> Inspected:
    try:
        document = pypdfium2.PdfDocument(file.read())
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise _refuse(
                _("“%(name)s” is protected by a password. Save it without one, then upload it again."), name
            ) from error
        raise _refuse(
            _("“%(name)s” is damaged and cannot be opened. Export or scan it again, then upload it."), name
        ) from error
    try:
        pages = len(document)
    finally:
        document.close()
    if pages == 0:
        raise _refuse(_("“%(name)s” has no pages. Export or scan it again, then upload it."), name)
    if pages > settings.UPLOAD_MAX_PAGES:
        raise _refuse(
            _("“%(name)s” has %(pages)s pages; the limit is %(limit)s. Upload only the pages that belong here."),
            name,
            pages=pages,
            limit=settings.UPLOAD_MAX_PAGES,
        )
    return Inspected("pdf", MEDIA_TYPES["pdf"], pages)


def _image(file: IO[bytes], name: str) -> Inspected:
    try:
        with Image.open(file) as image:
            kind = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "HEIF": "heic"}.get(image.format or "", "")
            if image.width * image.height > MAX_PIXELS:
                raise _refuse(_("“%(name)s” is too large a picture. Save it smaller, then upload it."), name)
            image.load()
    except Image.DecompressionBombError as error:
        raise _refuse(_("“%(name)s” is too large a picture. Save it smaller, then upload it."), name) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise _refuse(
            _("“%(name)s” is damaged and cannot be shown. Take or scan the picture again, then upload it."), name
        ) from error
    return Inspected(kind, MEDIA_TYPES.get(kind, "application/octet-stream"), 1)


def _zip_kind(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "mimetype" in names and archive.read("mimetype").strip() == MEDIA_TYPES["odt"].encode():
        return "odt"
    return ""


def _zipped(file: IO[bytes], name: str) -> Inspected:
    bomb = _("“%(name)s” unpacks to far more than it should. Open it, save it again, then upload it.")
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            packed = max(1, sum(entry.compress_size for entry in entries))
            too_dense = unpacked > 10 * 1024 * 1024 and unpacked / packed > ZIP_MAX_RATIO
            if len(entries) > ZIP_MAX_ENTRIES or unpacked > ZIP_MAX_BYTES or too_dense:
                raise _refuse(bomb, name)
            if any(entry.flag_bits & 1 for entry in entries):
                raise _refuse(
                    _("“%(name)s” is protected by a password. Save it without one, then upload it again."), name
                )
            kind = _zip_kind(archive)
            if archive.testzip() is not None:
                raise zipfile.BadZipFile  # noqa: TRY301 - the same answer as for a broken one
    except (zipfile.BadZipFile, EOFError, KeyError, NotImplementedError) as error:
        raise _refuse(_("“%(name)s” is damaged and cannot be opened. Save it again, then upload it."), name) from error
    return Inspected(kind, MEDIA_TYPES.get(kind, "application/zip"))


def _text(file: IO[bytes]) -> Inspected | None:
    """Return CSV if the bytes read as text with columns or lines; None otherwise."""
    sample = file.read(64 * 1024)
    if b"\x00" in sample.replace(b"\xff\xfe", b"", 1) and not sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    try:
        text = sample.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = sample.decode("cp1252", errors="replace")
    printable = sum(c.isprintable() or c in "\r\n\t" for c in text)
    if not text.strip() or printable / len(text) < 0.95:  # noqa: PLR2004 - nearly all of it
        return None
    next(csv.reader(io.StringIO(text)), None)
    return Inspected("csv", MEDIA_TYPES["csv"])


def _judge(file: IO[bytes], name: str) -> Inspected | None:
    """Find the type by content; None when it is none of those the portal knows."""
    head = file.read(64)
    file.seek(0)
    if b"%PDF-" in head:
        return _pdf(file, name)
    if head.startswith(b"PK"):
        return _zipped(file, name)
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG")) or head[4:12] in {
        b"ftypheic",
        b"ftypheix",
        b"ftypmif1",
        b"ftypheif",
        b"ftyphevc",
    }:
        return _image(file, name)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        # The container of old Office files and of ones protected by a password.
        raise _refuse(
            _("“%(name)s” is an old or protected Office file. Save it as DOCX or XLSX without a password."), name
        )
    found = _text(file)
    if found:
        return found
    return None


def _described(file: IO[bytes], name: str) -> str:
    """Name what a file that is none of ours seems to be, for the sentence that refuses it."""
    file.seek(0)
    try:
        matches = puremagic.magic_string(file.read(4096), name)
    except (puremagic.PureError, ValueError):
        matches = []
    return matches[0].name if matches and matches[0].name else _("something else")


def inspect_upload(upload: UploadedFile, allowed: list[str]) -> Inspected:
    """Return what an upload is; raise UploadRefusedError with a sentence when it cannot be taken.

    ``allowed`` lists types as in ``MEDIA_TYPES``. The file is left at its start.
    """
    name = upload.name or _("The file")
    if upload.size == 0:
        raise _refuse(_("“%(name)s” is empty. Check the file on your computer, then upload it again."), name)
    if (upload.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise _refuse(
            _("“%(name)s” has %(size)s; the limit is %(limit)s. Save it smaller or split it."),
            name,
            size=filesizeformat(upload.size),
            limit=filesizeformat(settings.UPLOAD_MAX_BYTES),
        )
    upload.seek(0)
    found = _judge(upload, name)
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    ending = ENDINGS.get(ending, ending)
    if found is None or found.kind not in allowed:
        what = found.kind.upper() if found and found.kind else _described(upload, name)
        raise _refuse(
            _("“%(name)s” is %(what)s. Here you can upload %(allowed)s."),
            name,
            what=what,
            allowed=allowed_words(allowed),
        )
    if ending in MEDIA_TYPES and ending != found.kind:
        raise _refuse(
            _("“%(name)s” is not what its name says: it is %(what)s. Give it the right ending, or save it again."),
            name,
            what=found.kind.upper(),
        )
    upload.seek(0)
    return found
