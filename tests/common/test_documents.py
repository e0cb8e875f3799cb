"""Long texts: cleaned, compared, taken from and written as DOCX."""

from __future__ import annotations

import io
import zipfile

import pytest

from aoce.common.documents import (
    DocxError,
    blocks_of,
    clean_document,
    compare_documents,
    counted,
    pictures_in,
    plain_words,
    read_docx,
    write_docx,
)
from aoce.common.richtext import from_marks, to_marks
from tests.common.files_made import picture

FILE = "11111111-2222-3333-4444-555555555555"
ADDRESS = f"/n/aoce/files/{FILE}/"
OTHER = "/n/aoce/files/99999999-2222-3333-4444-555555555555/"
TABLE = "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("<p>Hi<script>alert(1)</script></p>", "<p>Hi</p>"),
        ('<p onclick="x()" style="color:red" class="MsoNormal">Hi</p>', "<p>Hi</p>"),
        ('<p>Hi</p><img src="https://tracker.example/p.gif" width="1">', "<p>Hi</p>"),
        ('<p>Hi</p><img src="data:image/png;base64,iVBORw0KGgo=" alt="x">', "<p>Hi</p>"),
        ('<figure><img src="file:///C:/a.png" alt="x"></figure><p>Hi</p>', "<p>Hi</p>"),
        (f'<figure><img src="{OTHER}" alt="Another plan\'s"></figure><p>Hi</p>', "<p>Hi</p>"),
        (
            f'<figure><img src="{ADDRESS}" alt="Ours" onerror="x()"></figure>',
            f'<figure><img src="{ADDRESS}" alt="Ours"></figure>',
        ),
        ("<!--[if gte mso 9]><xml>x</xml><![endif]--><p>Hi<o:p></o:p></p>", "<p>Hi</p>"),
        ("<h1>One</h1><h2>Two</h2><h4>Three</h4>", "<h3>One</h3><h4>Two</h4><h5>Three</h5>"),
        ("<h4>Only</h4>", "<h3>Only</h3>"),
        ("Loose <b>words</b>", "<p>Loose <strong>words</strong></p>"),
        ("<p>Hi</p><p></p><p> </p>", "<p>Hi</p>"),
        ("<p>Hi</p>loose <em>words</em> again<p>Bye</p>", "<p>Hi</p><p>loose <em>words</em> again</p><p>Bye</p>"),
        (f'<img src="{ADDRESS}" alt="A">tail', f'<figure><img src="{ADDRESS}" alt="A"></figure><p>tail</p>'),
        (TABLE.replace("<td>1", '<td colspan="2000" style="x">1'), TABLE),
        ('<td colspan="2">x</td>', "<p>x</p>"),
        ('<a href="javascript:x()">go</a>', '<p><a rel="noopener noreferrer">go</a></p>'),
        ('<iframe src="https://x.example"></iframe><svg><script>1</script></svg><p>Hi</p>', "<p>Hi</p>"),
        ("", ""),
    ],
)
def test_what_is_pasted_comes_out_clean(sent: str, kept: str) -> None:
    assert clean_document(sent, pictures={FILE}) == kept


def test_cleaning_twice_changes_nothing() -> None:
    once = clean_document(
        f'<h3>A</h3>{TABLE}<ul><li>x</li></ul><p>[1] <sup>2</sup></p><figure><img src="{ADDRESS}" alt="B"></figure>',
        pictures={FILE},
    )
    assert clean_document(once, pictures={FILE}) == once


def test_words_and_pictures_of_a_text() -> None:
    text = f'<h3>A</h3><p>b <em>c</em></p>{TABLE}<figure><img src="{ADDRESS}" alt=" A bench "></figure>'
    assert pictures_in(text) == [(FILE, "A bench")]
    assert len(blocks_of(text)) == 4
    assert plain_words(text).split()[:3] == ["A", "b", "c"]


def test_plain_text_with_marks_holds_tables_and_pictures() -> None:
    text = f'<h3>Head</h3><p>Words</p>{TABLE}<figure><img src="{ADDRESS}" alt="A bench"></figure>'
    marks = to_marks(text)
    assert "| A | B |" in marks
    assert f"![A bench]({ADDRESS})" in marks
    assert clean_document(from_marks(marks), pictures={FILE}) == clean_document(text, pictures={FILE})


# --- Compare ----------------------------------------------------------------------------------------------------------


def test_compare_says_what_was_added_removed_changed_and_moved() -> None:
    end = "<p>The last but one.</p><p>And the very last of all.</p>"
    move = "<p>This one moves to the end.</p>"
    old = f"<p>The first stays.</p><p>We met twice in town.</p>{move}<p>Gone altogether.</p>{end}"
    new = f"<p>The first stays.</p><p>We met three times in town.</p><p>Come anew, at length.</p>{end}{move}"
    changes = compare_documents(old, new)
    assert counted(changes) == {"added": 1, "removed": 1, "changed": 1, "moved": 1}
    by_kind = {change.kind: str(change.html) for change in changes if change.kind != "same"}
    assert "<ins>" in by_kind["changed"]
    assert "three times" in by_kind["changed"]
    assert "<del>" in by_kind["changed"]
    assert "[added: " in by_kind["added"]  # said to who does not see colours
    assert "[removed: " in by_kind["removed"]
    assert by_kind["moved"] == "<p>This one moves to the end.</p>"


def test_compare_marks_tables_row_by_row_and_cell_by_cell() -> None:
    new = TABLE.replace("<td>2</td></tr>", "<td>3</td></tr><tr><td>x</td><td>y</td></tr>")
    (change,) = compare_documents(TABLE, new)
    html = str(change.html)
    assert change.kind == "changed"
    assert html.count("<ins>") == 3  # the cell's new number, both cells of the new row
    assert html.count("<del>") == 1
    assert "<th>A</th>" in html


def test_compare_takes_rows_out_where_they_stood() -> None:
    three = TABLE.replace("</tbody>", "<tr><td>3</td><td>4</td></tr><tr><td>5</td><td>6</td></tr></tbody>")
    two = TABLE.replace("</tbody>", "<tr><td>5</td><td>6</td></tr></tbody>")
    (change,) = compare_documents(three, two)
    html = str(change.html)
    assert html.count("<del>") == 2
    assert html.index("3") < html.index("5")


def test_compare_shows_a_picture_that_was_replaced() -> None:
    old = f'<figure><img src="{ADDRESS}" alt="A bench"><figcaption>In the park</figcaption></figure>'
    changes = compare_documents(old, old.replace("A bench", "A long bench"))
    html = "".join(str(change.html) for change in changes)
    assert html.count("<img") == 2
    assert html.index("<del>") < html.index("<ins>")


def test_compare_of_the_same_is_the_same() -> None:
    assert counted(compare_documents(TABLE, TABLE)) == {}
    assert compare_documents("", "") == []


# --- DOCX -------------------------------------------------------------------------------------------------------------

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def docx(body: str, *, rels: str = "", more: dict[str, bytes] | None = None) -> bytes:
    """Return a DOCX as small as word processors accept it; ``body`` is what stands in ``w:body``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        kinds = (
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
            '<Override PartName="/word/document.xml" ContentType='
            '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
        )
        file.writestr("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types">{kinds}</Types>')
        target = f'<Relationship Id="r1" Type="{RELS}/officeDocument" Target="word/document.xml"/>'
        file.writestr("_rels/.rels", f'<Relationships xmlns="{PACKAGE}/relationships">{target}</Relationships>')
        file.writestr(
            "word/_rels/document.xml.rels", f'<Relationships xmlns="{PACKAGE}/relationships">{rels}</Relationships>'
        )
        spaces = f'xmlns:w="{WORD}" xmlns:r="{RELS}"'
        file.writestr("word/document.xml", f"<w:document {spaces}><w:body>{body}</w:body></w:document>")
        for name, content in (more or {}).items():
            file.writestr(name, content)
    return out.getvalue()


def drawing(kind: str, rel: str) -> str:
    """Return a picture in a DOCX: ``embed`` for one inside, ``link`` for one that lies elsewhere."""
    main = "http://schemas.openxmlformats.org/drawingml/2006"
    return (
        f'<w:p><w:r><w:drawing><wp:inline xmlns:wp="{main}/wordprocessingDrawing"><wp:extent cx="9525" cy="9525"/>'
        f'<wp:docPr id="1" name="p" descr="A bench"/><a:graphic xmlns:a="{main}/main">'
        f'<a:graphicData uri="{main}/picture">'
        f'<pic:pic xmlns:pic="{main}/picture"><pic:nvPicPr><pic:cNvPr id="1" name="p" descr="A bench"/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:{kind}="{rel}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r></w:p>"
    )


def paragraph(text: str, style: str = "") -> str:
    """Return a paragraph of a DOCX."""
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{look}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_what_is_written_as_docx_is_read_back() -> None:
    figure = f'<figure><img src="{ADDRESS}" alt="A bench"><figcaption>In the park</figcaption></figure>'
    text = f"<h3>Needs</h3><p>People <strong>ask</strong> [1].</p>{TABLE}<ul><li><p>x</p></li></ul>{figure}"
    written = write_docx(
        html=f"<h2>Chapter</h2>{text}", title="Plan", language="en", pictures={ADDRESS: ("image/png", picture("PNG"))}
    )
    with zipfile.ZipFile(io.BytesIO(written)) as file:
        body = file.read("word/document.xml").decode()
        styles = file.read("word/styles.xml").decode()
    assert 'w:val="Heading1"' in body
    assert 'descr="A bench"' in body
    assert "<w:tblHeader" in body  # screen readers hear the head of the table
    assert "tblBorders" in styles
    found = read_docx(written)
    assert list(found.pictures) == ["picture-1"]
    back = clean_document(found.html.replace('src="picture-1"', f'src="{ADDRESS}"'), pictures={FILE})
    assert back.startswith("<h3>Chapter</h3>")
    for part in (
        "<h4>Needs</h4>",
        "<strong>ask</strong>",
        "<th>A</th>",
        "<td>2</td>",
        "<li>",
        'alt="A bench"',
        "In the park",
    ):
        assert part in back


def test_footnotes_become_sources() -> None:
    note = f'<w:footnote w:id="2">{paragraph("Register of the city")}</w:footnote>'
    notes = f'<w:footnotes xmlns:w="{WORD}">{note}</w:footnotes>'.encode()
    body = '<w:p><w:r><w:t>Seven of ten</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    rel = f'<Relationship Id="r9" Type="{RELS}/footnotes" Target="footnotes.xml"/>'
    found = read_docx(docx(body, rels=rel, more={"word/footnotes.xml": notes}))
    assert found.notes == ["Register of the city"]
    assert clean_document(found.html) == "<p>Seven of ten[1]</p>"


def test_a_linked_picture_is_left_out_and_never_fetched() -> None:
    rel = f'<Relationship Id="r5" Type="{RELS}/image" Target="http://127.0.0.1:9/p.png" TargetMode="External"/>'
    found = read_docx(docx(paragraph("Words") + drawing("link", "r5") + drawing("embed", "r5"), rels=rel))
    assert found.pictures == {}
    assert "<img" not in clean_document(found.html)
    assert "Words" in found.html


def test_a_broken_docx_is_refused_with_a_sentence() -> None:
    with pytest.raises(DocxError, match="could not be read"):
        read_docx(b"PK\x03\x04 this is no archive")
    with pytest.raises(DocxError):
        read_docx(docx("<w:p>")[:-20])
