"""What each file is by its content; and a sentence for each that cannot be taken."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import Settings

from aoce.common.files import UploadRefusedError, inspect_upload
from aoce.common.files.inspect import MEDIA_TYPES
from tests.common import files_made as made

ALL = list(MEDIA_TYPES)
REPORT = ["pdf", "docx", "odt"]
SCAN = ["pdf", "jpg", "png", "heic"]
CSV = "Név;Szervezet\nBakó Ágnes;Városháza\n".encode()


def refusal(name: str, content: bytes, allowed: list[str]) -> str:
    with pytest.raises(UploadRefusedError) as caught:
        inspect_upload(made.upload(name, content), allowed)
    return str(caught.value)


def named(value: object) -> str:
    """Name a case by its file. What is in it is made when it is needed: not in each worker, and never in its name."""
    return value if isinstance(value, str) and "." in value and " " not in value else ""


@pytest.mark.parametrize(
    ("name", "content", "kind", "pages"),
    [
        ("report.pdf", lambda: made.pdf(3), "pdf", 3),
        ("Report.PDF", lambda: made.pdf(1), "pdf", 1),
        ("report.docx", made.docx, "docx", None),
        ("report.odt", made.odt, "odt", None),
        ("list.xlsx", lambda: made.xlsx([["Name"], ["Ann Lee"]]), "xlsx", None),
        ("list.csv", CSV, "csv", None),
        ("list.txt", CSV, "csv", None),
        ("list.csv", "Imię;Nazwisko\nŁucja;Żak\n".encode("cp1250"), "csv", None),
        ("list.csv", "Name;Organisation\r\nAnn;X\r\n".encode("utf-16"), "csv", None),
        ("scan.jpg", lambda: made.picture("JPEG"), "jpg", 1),
        ("scan.jpeg", lambda: made.picture("JPEG"), "jpg", 1),
        ("scan.png", lambda: made.picture("PNG"), "png", 1),
        ("IMG_0042.HEIC", lambda: made.picture("HEIF"), "heic", 1),
        ("without ending", made.pdf, "pdf", 1),
    ],
    ids=named,
)
def test_file_is_known_by_its_content(
    name: str, content: bytes | Callable[[], bytes], kind: str, pages: int | None
) -> None:
    upload = made.upload(name, content() if callable(content) else content)
    found = inspect_upload(upload, ALL)
    assert (found.kind, found.content_type, found.pages) == (kind, MEDIA_TYPES[kind], pages)
    assert upload.tell() == 0


@pytest.mark.parametrize(
    ("name", "content", "allowed", "sentence"),
    [
        (
            "empty.pdf",
            b"",
            SCAN,
            "“empty.pdf” is empty. Check the file on your computer, then upload it again.",
        ),
        (
            "scan.pdf",
            lambda: made.picture("JPEG"),
            SCAN,
            "“scan.pdf” is not what its name says: it is JPG. Open it, save it as PDF and upload that.",
        ),
        (
            "minutes.docx",
            lambda: made.xlsx([["x"]]),
            REPORT,
            "“minutes.docx” is not what its name says: it is XLSX. Open it, save it as DOCX and upload that.",
        ),
        (
            "list.pdf",
            lambda: made.xlsx([["x"]]),
            ["xlsx"],
            "“list.pdf” is not what its name says: it is XLSX. Give it the right ending, then upload it again.",
        ),
        (
            "secret.pdf",
            lambda: made.pdf(password="x"),
            SCAN,
            "“secret.pdf” is protected by a password. Save it without one, then upload it again.",
        ),
        (
            "secret.odt",
            lambda: made.odt(encrypted=True),
            REPORT,
            "“secret.odt” is protected by a password. Save it without one, then upload it again.",
        ),
        (
            "secret.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            ["xlsx"],
            "“secret.xlsx” is an old or protected Office file. Save it as DOCX or XLSX without a password.",
        ),
        (
            "cut.pdf",
            lambda: made.pdf(5)[:-200],
            SCAN,
            "“cut.pdf” is damaged and cannot be opened. Export or scan it again, then upload it.",
        ),
        (
            "noise.pdf",
            b"%PDF-1.7\n" + bytes(range(256)) * 20,
            SCAN,
            "“noise.pdf” is damaged and cannot be opened. Export or scan it again, then upload it.",
        ),
        (
            "cut.docx",
            lambda: made.docx()[:-30],
            REPORT,
            "“cut.docx” is damaged and cannot be opened. Save it again, then upload it.",
        ),
        (
            "cut.jpg",
            lambda: made.picture("JPEG", (900, 900))[:30000],
            SCAN,
            "“cut.jpg” is damaged and cannot be shown. Take or scan the picture again, then upload it.",
        ),
        (
            "cut.png",
            lambda: made.picture("PNG", (900, 900))[:30000],
            SCAN,
            "“cut.png” is damaged and cannot be shown. Take or scan the picture again, then upload it.",
        ),
        (
            "cut.heic",
            lambda: made.picture("HEIF")[:2000],
            SCAN,
            "“cut.heic” is damaged and cannot be shown. Take or scan the picture again, then upload it.",
        ),
        (
            "bomb.xlsx",
            made.bomb,
            ["xlsx", "csv"],
            "“bomb.xlsx” unpacks to far more than it should. Open it, save it again, then upload it.",
        ),
        (
            "many.xlsx",
            lambda: made.zipped({f"{n}": b"" for n in range(5001)}),
            ["xlsx"],
            "“many.xlsx” unpacks to far more than it should. Open it, save it again, then upload it.",
        ),
        (
            "macros.xlsx",
            lambda: made.zipped({"xl/workbook.xml": b"<workbook/>", "xl/vbaProject.bin": b"x"}),
            ["xlsx"],
            "“macros.xlsx” contains macros. Save it without macros, then upload it again.",
        ),
        (
            "scan300.pdf",
            lambda: made.pdf(300),
            SCAN,
            "“scan300.pdf” has 300 pages; the limit is 100. Upload only the pages that belong here.",
        ),
        (
            "page.csv",
            b"<html><script>alert(1)</script></html>",
            ["csv"],
            "“page.csv” is not what its name says: it is HTML File. Open it, save it as CSV and upload that.",
        ),
        ("list.csv", CSV, SCAN, "“list.csv” is plain text. Here you can upload PDF, JPG, PNG, HEIC."),
    ],
    ids=named,
)
def test_bad_file_gets_a_sentence(
    name: str, content: bytes | Callable[[], bytes], allowed: list[str], sentence: str
) -> None:
    assert refusal(name, content() if callable(content) else content, allowed) == sentence


def test_file_above_the_limit_is_refused(settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    assert refusal("big.csv", b"a" * 1001, ["csv"]) == (
        "“big.csv” has 1001\xa0bytes; the limit is 1000\xa0bytes. Save it smaller or split it."
    )


def test_cut_picture_is_found_whatever_else_uses_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("PIL.ImageFile.LOAD_TRUNCATED_IMAGES", True)
    assert "is damaged" in refusal("cut.jpg", made.picture("JPEG", (900, 900))[:30000], SCAN)


def test_huge_picture_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aoce.common.files.inspect.MAX_PIXELS", 320 * 200 - 1)
    expected = "“scan.png” is too large a picture. Save it smaller, then upload it."
    assert refusal("scan.png", made.picture("PNG"), SCAN) == expected


def test_page_limit_is_a_setting(settings: Settings) -> None:
    settings.UPLOAD_MAX_PAGES = 2
    assert inspect_upload(made.upload("two.pdf", made.pdf(2)), SCAN).pages == 2
    assert refusal("three.pdf", made.pdf(3), SCAN).startswith("“three.pdf” has 3 pages; the limit is 2.")


def test_sentence_is_in_the_readers_language() -> None:
    from django.utils import translation

    with translation.override("nl"):
        assert "“empty.pdf”" in refusal("empty.pdf", b"", SCAN)
