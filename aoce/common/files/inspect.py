"""What an uploaded file really is, whatever its name says; and a sentence for each one that cannot be taken."""

from __future__ import annotations

import codecs
import threading
import warnings
import zipfile
import zlib
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
from PIL import Image, ImageFile, UnidentifiedImageError

pillow_heif.register_heif_opener()

#: Type → its media type. The names are those of the settings ``UPLOAD_…_TYPES``.
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
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
#: PDFium is not thread-safe, and whether Pillow forgives cut files is one switch for all (WeasyPrint turns it on).
PDFIUM, PILLOW = threading.Lock(), threading.Lock()


HEIC_BRANDS = frozenset(b"ftyp" + brand for brand in (b"heic", b"heix", b"mif1", b"msf1", b"heif", b"hevc", b"heim"))


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


def _pdf_pages(data: bytes) -> int:
    """Return how many pages a PDF has; each is opened, so that a broken one is found. PdfiumError when it cannot be."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(data)
        try:
            pages = len(document)
            for number in range(min(pages, settings.UPLOAD_MAX_PAGES)):
                document[number].close()
        finally:
            document.close()
    return pages


def _pdf(file: IO[bytes], name: str) -> Inspected:
    data = file.read()
    damaged = _("“%(name)s” is damaged and cannot be opened. Export or scan it again, then upload it.")
    try:
        pages = _pdf_pages(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise _refuse(
                _("“%(name)s” is protected by a password. Save it without one, then upload it again."), name
            ) from error
        raise _refuse(damaged, name) from error
    # PDFium mends files that were cut off in transfer; what is missing from them stays missing.
    if b"%%EOF" not in data:
        raise _refuse(damaged, name)
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
    large = _("“%(name)s” is too large a picture. Save it smaller, then upload it.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is stricter
            image = Image.open(file)
        with image:
            kind = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "HEIF": "heic"}.get(image.format or "", "")
            if image.width * image.height > MAX_PIXELS:
                raise _refuse(large, name)
            if kind == "jpg":
                # Read whole, but at an eighth of its size: enough to find what is missing, with little memory.
                image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
            with PILLOW:
                forgiving, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
                try:
                    image.load()
                finally:
                    ImageFile.LOAD_TRUNCATED_IMAGES = forgiving
    except Image.DecompressionBombError as error:
        raise _refuse(large, name) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
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
    if "ppt/presentation.xml" in names:
        return "pptx"
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
            if any(entry.filename.endswith("vbaProject.bin") for entry in entries):
                raise _refuse(_("“%(name)s” contains macros. Save it without macros, then upload it again."), name)
            if kind == "odt" and b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise _refuse(
                    _("“%(name)s” is protected by a password. Save it without one, then upload it again."), name
                )
            if archive.testzip() is not None:
                raise zipfile.BadZipFile  # noqa: TRY301 - the same answer as for a broken one
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError) as error:
        raise _refuse(_("“%(name)s” is damaged and cannot be opened. Save it again, then upload it."), name) from error
    return Inspected(kind, MEDIA_TYPES.get(kind, "application/zip"))


def _text(file: IO[bytes]) -> Inspected | None:
    """Return CSV if the bytes read as text with columns or lines; None otherwise."""
    sample = file.read(64 * 1024)
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = sample.decode("utf-16", errors="ignore")
    elif b"\x00" in sample:
        return None
    else:
        try:
            text = codecs.getincrementaldecoder("utf-8-sig")().decode(sample)
        except UnicodeDecodeError:
            text = sample.decode("cp1252", errors="replace")
    if text.lstrip()[:1] in ("<", "{"):
        return None  # a web page, a drawing, data of a program: text, but no list
    printable = sum(c.isprintable() or c in "\r\n\t" for c in text)
    if not text.strip() or printable / len(text) < 0.95:  # noqa: PLR2004 - nearly all of it
        return None
    return Inspected("csv", MEDIA_TYPES["csv"])


def _judge(file: IO[bytes], name: str) -> Inspected | None:
    """Find the type by content; None when it is none of those the portal knows."""
    head = file.read(64)
    file.seek(0)
    if b"%PDF-" in head:
        return _pdf(file, name)
    if head.startswith(b"PK"):
        return _zipped(file, name)
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG")) or head[4:12] in HEIC_BRANDS:
        return _image(file, name)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        # The container of old Office files and of ones protected by a password.
        raise _refuse(
            _("“%(name)s” is an old or protected Office file. Save it as DOCX or XLSX without a password."), name
        )
    return _text(file)


def _described(file: IO[bytes], name: str) -> str:
    """Name what a file that is none of ours seems to be, for the sentence that refuses it."""
    file.seek(0)
    try:
        matches = puremagic.magic_string(file.read(4096), name)
    except (puremagic.PureError, ValueError):
        matches = []
    return matches[0].name if matches and matches[0].name else _("something else")


def _kind_words(kind: str) -> str:
    """Name a type in a sentence; what reads as text may be a list or not."""
    return _("plain text") if kind == "csv" else kind.upper()


def inspect_upload(upload: UploadedFile, allowed: list[str]) -> Inspected:
    """Return what an upload is; raise UploadRefusedError with a sentence when it cannot be taken.

    ``allowed`` lists types as in ``MEDIA_TYPES``. The file is left at its start.
    """
    name = upload.name or _("The file")
    size = upload.size or 0
    if size == 0:
        raise _refuse(_("“%(name)s” is empty. Check the file on your computer, then upload it again."), name)
    if size > settings.UPLOAD_MAX_BYTES:
        raise _refuse(
            _("“%(name)s” has %(size)s; the limit is %(limit)s. Save it smaller or split it."),
            name,
            size=filesizeformat(size),
            limit=filesizeformat(settings.UPLOAD_MAX_BYTES),
        )
    upload.seek(0)
    found = _judge(upload, name)
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    ending = ENDINGS.get(ending, ending)
    what = _kind_words(found.kind) if found and found.kind else _described(upload, name)
    if ending in allowed and (found is None or ending != found.kind):
        raise _refuse(
            _("“%(name)s” is not what its name says: it is %(what)s. Open it, save it as %(ending)s and upload that."),
            name,
            what=what,
            ending=ending.upper(),
        )
    if found is None or found.kind not in allowed:
        raise _refuse(
            _("“%(name)s” is %(what)s. Here you can upload %(allowed)s."),
            name,
            what=what,
            allowed=allowed_words(allowed),
        )
    if ending in MEDIA_TYPES and ending != found.kind:
        raise _refuse(
            _("“%(name)s” is not what its name says: it is %(what)s. Give it the right ending, then upload it again."),
            name,
            what=what,
        )
    upload.seek(0)
    return found
