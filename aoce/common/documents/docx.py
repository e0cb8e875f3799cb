"""DOCX read and written by pandoc, in its sandbox: it opens no other file and asks no other host."""

from __future__ import annotations

import base64
import binascii
import io
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _
from lxml import etree
from lxml import html as lxml_html

from aoce.common.documents.clean import parse, written

SECONDS = 120
DATA = re.compile(r"^data:image/(png|jpeg|jpg|gif|webp|bmp|tiff);base64,", re.IGNORECASE)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


class DocxError(Exception):
    """The file could not be read or written; the text is a sentence for whoever brought it."""


@dataclass
class Imported:
    """What a DOCX held: HTML not cleaned yet, its pictures by their names in it, its notes, how much was left out."""

    html: str
    pictures: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    left_out: int = 0


def _pandoc(words: Sequence[str], given: bytes, folder: Path | None = None) -> bytes:
    """Run pandoc in its sandbox; with a ``folder``, on HTML of our own, it may open what lies there."""
    import pypandoc  # loads a package of 150 MB: only where a document is read or written

    walls = ["--sandbox"] if folder is None else [f"--resource-path={folder}"]
    try:
        done = subprocess.run(  # noqa: S603 - pandoc by its own path, our options, the document on standard input
            [pypandoc.get_pandoc_path(), *walls, *words],
            input=given,
            cwd=folder,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise DocxError(_("This document takes too long to read. Bring it in chapter by chapter.")) from late
    if done.returncode:
        raise DocxError(_("This document could not be read. Open it in your word processor, save it again as DOCX."))
    return done.stdout


def read_docx(content: bytes) -> Imported:
    """Read a DOCX: its text as HTML, pictures and notes apart. Raises DocxError.

    What the file only points to elsewhere, such as a linked picture, is left out and counted, never fetched.
    """
    html = _pandoc(
        ["--from=docx+styles", "--to=html", "--embed-resources", "--mathml", "--wrap=none"], content
    ).decode()
    if not html.strip():
        return Imported("")
    root = parse(html)
    found = Imported("", notes=_notes(root))
    for number, picture in enumerate(list(root.iter("img")), 1):
        address = picture.get("src", "")
        if DATA.match(address):
            name = f"picture-{number}"
            try:
                found.pictures[name] = base64.b64decode(address.partition(",")[2], validate=True)
            except binascii.Error:
                found.left_out += 1
                picture.drop_tree()
                continue
            picture.set("src", name)
        else:
            found.left_out += 1
            picture.drop_tree()
    for block in [one for one in root.iter("div") if one is not root]:
        block.drop_tag()
    found.html = written(root)
    return found


def _notes(root: lxml_html.HtmlElement) -> list[str]:
    """Take footnotes out of the text: what each says; in the text stays its number, as ``[1]``."""
    for mark in root.xpath(".//a[@role='doc-noteref']"):
        number = re.sub(r"\D", "", mark.get("href", ""))
        mark.text = None
        for child in list(mark):
            mark.remove(child)
        mark.text = f"[{number}]"
        mark.drop_tag()
    texts = []
    for section in root.xpath(".//*[@role='doc-endnotes']"):
        for note in section.iter("li"):
            for back in note.xpath(".//a[@role='doc-backlink']"):
                back.drop_tree()
            texts.append(re.sub(r"\s+", " ", note.text_content()).strip())
        section.drop_tree()
    return texts


def write_docx(*, html: str, title: str, language: str, pictures: Mapping[str, tuple[str, bytes]]) -> bytes:
    """Return clean HTML as DOCX with our styles; ``pictures`` maps an address in it to (content type, bytes)."""
    root = parse(html)
    for table in root.iter("table"):
        table.set("custom-style", "Table")
    head = f"<html lang='{language}'><head><title></title></head><body>"
    page = lxml_html.fromstring(f"{head}</body></html>")
    page.find(".//title").text = title
    page.find("body").extend(list(root))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # As files, not within the text: pandoc takes minutes for a text with 60 pictures in it. Each address is ours.
        for number, picture in enumerate(list(page.iter("img")), 1):
            kept = pictures.get(picture.get("src", ""))
            if kept is None:
                picture.drop_tree()
                continue
            place = folder / f"picture-{number}.{kept[0].partition('/')[2]}"
            place.write_bytes(kept[1])
            picture.set("src", place.name)
        model = folder / "reference.docx"
        model.write_bytes(reference())
        # A chapter's title is h2, as on the page; in the document it is the first level.
        words = [
            "--from=html",
            "--to=docx",
            "--shift-heading-level-by=-1",
            f"--reference-doc={model}",
            f"--metadata=lang:{language}",
            "--output=-",
        ]
        return _pandoc(words, etree.tostring(page, encoding="utf-8", method="html"), folder)


@cache
def reference() -> bytes:
    """Return the document whose styles ours have: pandoc's own, with lines around cells and our colours."""
    plain = _pandoc(["--print-default-data-file=reference.docx"], b"")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            body = source.read(name)
            target.writestr(name, _styled(body) if name == "word/styles.xml" else body)
    return out.getvalue()


def _put(parent: etree._Element, tag: str, **values: str) -> etree._Element:
    """Add an element of the format, in place of one that is there."""
    for old in parent.findall(f"{{{WORD}}}{tag}"):
        parent.remove(old)
    made = etree.SubElement(parent, f"{{{WORD}}}{tag}")
    for name, value in values.items():
        made.set(f"{{{WORD}}}{name}", value)
    return made


def _styled(body: bytes) -> bytes:
    root = etree.fromstring(body)
    names = {"w": WORD}
    for looks in root.findall("w:style[@w:styleId='Table']/w:tblPr", names):
        margin = looks.find("w:tblCellMar", names)
        lines = _put(looks, "tblBorders")
        for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
            _put(lines, side, val="single", sz="4", space="0", color="8E9AA1")
        if margin is not None:  # the order of elements is the format's
            margin.addprevious(lines)
    for colour in root.findall("w:style/w:rPr/w:color", names):
        style = colour.getparent().getparent().get(f"{{{WORD}}}styleId") or ""
        if re.match(r"(Title|Heading[1-4])$", style):
            colour.attrib.clear()
            colour.set(f"{{{WORD}}}val", "0B3F4D")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
