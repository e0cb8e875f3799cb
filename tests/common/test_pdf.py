"""PDFs: tagged and titled, of the portal's own files only, and the same every time."""

from __future__ import annotations

import gc
import socket
from io import BytesIO
from typing import Any

import pypdf
import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from lxml import etree

from aoce.common.pdf import Attachment, OutsideAddressError, render_pdf
from aoce.common.typesetting import collection_held_off, html_to_pdf

PAGE = """<!doctype html><html lang="lv"><head><meta charset="utf-8"><title>Ķekava, Gdańsk, Iași</title>
<link rel="stylesheet" href="static/css/report.css"></head><body><main><h1>Ķekava ń ș ő</h1><h2>Second</h2>
<table><thead><tr><th scope="col">City</th></tr></thead><tbody><tr><td>Genk</td></tr></tbody></table>
{}</main></body></html>"""
#: A picture that itself wants a picture.
NESTED = (
    '<img alt="x" src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 width=%229%22 height=%229%22'
    '%3E%3Cimage href=%22https://example.org/x.png%22 width=%229%22 height=%229%22/%3E%3C/svg%3E">'
)
DATA = [
    Attachment("b.json", b"{}", "All figures"),
    Attachment("a.csv", "city\nĶekava\n".encode(), "People"),
]


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Let every try to open a connection be an error, and remember it."""
    tried: list[Any] = []

    def refuse(*args: Any, **_kwargs: Any) -> None:
        tried.append(args)
        raise AssertionError(f"a connection was opened: {args}")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tried


def tags_of(node: Any) -> list[str]:
    """Return the tags of a structure tree, from its root down."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [tag for kid in node for tag in tags_of(kid)]
    if not isinstance(node, dict):
        return []
    return [*([node["/S"]] if "/S" in node else []), *(tags_of(node["/K"]) if "/K" in node else [])]


def test_pdf_is_tagged_titled_and_in_its_language() -> None:
    found = pypdf.PdfReader(BytesIO(html_to_pdf(PAGE.format(""))))
    root = found.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or str(root["/MarkInfo"]["/Marked"]).lower() == "true"
    assert root["/Lang"] == "lv"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert found.metadata is not None
    assert found.metadata.title == "Ķekava, Gdańsk, Iași"
    kept = etree.fromstring(root["/Metadata"].get_data())
    (whole,) = kept.findall("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF")
    said = {name: value for one in whole for name, value in one.attrib.items()}
    assert said["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
    assert said["{http://www.aiim.org/pdfa/ns/id/}part"] == "3"
    assert said["{http://www.aiim.org/pdfa/ns/id/}conformance"] == "A"
    tags = tags_of(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/Table", "/THead", "/TH", "/TD"} <= set(tags)
    assert [entry.title for entry in found.outline if not isinstance(entry, list)] == ["Ķekava ń ș ő"]


def test_pdf_letters_of_every_city_come_out_right() -> None:
    found = pypdf.PdfReader(BytesIO(html_to_pdf(PAGE.format(""))))
    assert "Ķekava ń ș ő" in found.pages[0].extract_text()
    fonts = {font["/BaseFont"].split("+")[1] for font in found.pages[0]["/Resources"]["/Font"].values() if font}
    assert all(name.startswith("Sofia-Sans-PDF") for name in fonts)


def test_pdf_carries_its_data() -> None:
    found = pypdf.PdfReader(BytesIO(html_to_pdf(PAGE.format(""), DATA)))
    assert {name: bytes(parts[0]) for name, parts in found.attachments.items()} == {
        "a.csv": "city\nĶekava\n".encode(),
        "b.json": b"{}",
    }


def test_pdf_of_the_same_page_has_the_same_bytes_at_any_time() -> None:
    first = html_to_pdf(PAGE.format(""), DATA)
    with time_machine.travel("2031-01-01T00:00:00Z"):
        assert html_to_pdf(PAGE.format(""), DATA) == first
    assert html_to_pdf(PAGE.format("<p>More</p>"), DATA) != first


@pytest.mark.parametrize(
    "inside",
    [
        '<img alt="x" src="https://example.org/x.png">',
        '<img alt="x" src="http://127.0.0.1:9/x.png">',
        '<img alt="x" src="//example.org/x.png">',
        '<img alt="x" src="ftp://example.org/x.png">',
        '<img alt="x" src="file:///etc/passwd">',
        '<img alt="x" src="static/../../../etc/passwd">',
        '<img alt="x" src="static/%2e%2e/%2e%2e/manage.py">',
        '<img alt="x" src="stored/1/secret.png">',
        '<img alt="x" src="n/aoce/">',
        "<style>@import url(https://example.org/x.css);</style>",
        "<style>p { background: url(https://example.org/x.png) }</style><p>x</p>",
        '<link rel="stylesheet" href="https://example.org/x.css">',
        '<link rel="attachment" href="file:///etc/passwd">',
        NESTED,
    ],
)
def test_pdf_opens_nothing_from_outside(inside: str, offline: list[Any]) -> None:
    with pytest.raises(OutsideAddressError):
        html_to_pdf(PAGE.format(inside))
    assert offline == []


def test_pdf_opens_only_the_stored_files_it_is_given(offline: list[Any]) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    name = default_storage.save("1/picture.svg", ContentFile(svg))
    page = PAGE.format(f'<img alt="A picture" src="stored/{name}">')
    assert html_to_pdf(page, stored=[name]).startswith(b"%PDF")
    with pytest.raises(OutsideAddressError):
        html_to_pdf(page, stored=["1/another.svg"])
    assert offline == []


def test_pdf_of_a_template_is_in_the_language_asked_for() -> None:
    content = render_pdf(
        template="pdf/base.html", context={"network": {"name": "AoCE"}}, language="nl", title="Verslag"
    )
    found = pypdf.PdfReader(BytesIO(content))
    assert found.trailer["/Root"]["/Lang"] == "nl"
    assert found.metadata is not None
    assert found.metadata.title == "Verslag | AoCE"


def test_garbage_collection_is_held_off_and_comes_back() -> None:
    assert gc.isenabled()
    during = []

    def fail() -> None:
        with collection_held_off():
            during.append(gc.isenabled())
            raise ValueError("anything")

    with pytest.raises(ValueError, match="anything"):
        fail()
    assert during == [False]
    assert gc.isenabled()
