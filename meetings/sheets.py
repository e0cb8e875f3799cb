"""The code on a printed attendance list, and finding it again on a scan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import IO

import pypdfium2
import zxingcpp
from django.utils.crypto import constant_time_compare, salted_hmac
from PIL import Image, UnidentifiedImageError

from aoce.common.files.inspect import PDFIUM
from meetings.passes import Pass

SALT = "meetings.sheet"
#: So much of the seal is printed: nobody's secrets hang on it, and a small code survives a bad scan.
SEAL = 16
#: The id has at most as many digits as the database counts; a day that is none was never printed.
CODE = re.compile(r"(?P<plain>(?P<meeting>\d{1,18}):(?P<day>\d{8})):(?P<seal>[0-9A-F]{16})")
#: So many pages of a scan are looked at; the code stands on each.
MOST_PAGES = 20
#: Pixels an inch at which a scanned PDF is drawn to be read.
DPI = 200


def _seal(plain: str) -> str:
    return salted_hmac(SALT, plain, algorithm="sha256").hexdigest()[:SEAL].upper()


def sheet_code(meeting_id: int, day: date) -> str:
    """Return what is printed on the list of a meeting's day; capitals and digits, so that the code stays coarse."""
    plain = f"{meeting_id}:{day:%Y%m%d}"
    return f"{plain}:{_seal(plain)}"


def read_sheet_code(text: str) -> Pass | None:
    """Return the meeting and day a code stands for; None for any other code."""
    found = CODE.fullmatch(text)
    if found is None or not constant_time_compare(found["seal"], _seal(found["plain"])):
        return None
    return Pass(int(found["meeting"]), date.fromisoformat(found["day"]))


def _pictures(file: IO[bytes], kind: str) -> Iterator[Image.Image]:
    if kind != "pdf":
        with Image.open(file) as picture:
            yield picture.convert("L")
        return
    with PDFIUM:
        document = pypdfium2.PdfDocument(file.read())
        try:
            for number in range(min(len(document), MOST_PAGES)):
                page = document[number]
                yield page.render(scale=DPI / 72, grayscale=True).to_pil()
                page.close()
        finally:
            document.close()


def code_on(file: IO[bytes], kind: str) -> Pass | None:
    """Return the first of our codes on a scan; ``kind`` is its type. None when there is none that can be read."""
    file.seek(0)
    with suppress(UnidentifiedImageError, OSError, pypdfium2.PdfiumError):
        for picture in _pictures(file, kind):
            for code in zxingcpp.read_barcodes(picture):
                if found := read_sheet_code(code.text):
                    return found
    return None
