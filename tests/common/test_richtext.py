"""Rich text is clean when it is kept, and plain text is enough."""

from __future__ import annotations

import pytest
from lxml.html import fragment_fromstring

from aoce.common.richtext import clean_html, from_marks, plain_text, to_marks


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("<p>One <strong>two</strong> <em>three</em></p>", "<p>One <strong>two</strong> <em>three</em></p>"),
        ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
        ("<style>p{color:red}</style><p>a</p>", "<p>a</p>"),
        ('<p onclick="x()" style="color:red" class="y" id="z">a</p>', "<p>a</p>"),
        ('<p><a href="javascript:alert(1)">a</a></p>', '<p><a rel="noopener noreferrer">a</a></p>'),
        ('<p><a href=" JaVaScRiPt:alert(1)">a</a></p>', '<p><a rel="noopener noreferrer">a</a></p>'),
        ('<p><a href="data:text/html,x">a</a></p>', '<p><a rel="noopener noreferrer">a</a></p>'),
        (
            '<p><a href="https://urbact.eu" target="_blank">a</a></p>',
            '<p><a href="https://urbact.eu" rel="noopener noreferrer">a</a></p>',
        ),
        ('<p>a<img src="data:image/png;base64,iVBORw0KGgo=" onerror="x()">b</p>', "<p>ab</p>"),
        ('<p>a</p><iframe src="https://example.org"></iframe><form><input></form>', "<p>a</p>"),
        ("<p>a<svg><script>x</script></svg>b</p>", "<p>ab</p>"),
        ("<h1>Title</h1><h2>Next</h2><h5>Small</h5>", "<h3>Title</h3><h3>Next</h3><h4>Small</h4>"),
        ("<p><b>a</b> <i>b</i></p>", "<p><strong>a</strong> <em>b</em></p>"),
        ("<ul><li>a</li></ul><ol><li>b</li></ol>", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ("<p></p><p> </p>", ""),
        ("", ""),
    ],
)
def test_html_is_cleaned(sent: str, kept: str) -> None:
    assert clean_html(sent) == kept


@pytest.mark.parametrize("sent", ["<p>One <b>two</b></p>", "a\n\nb < c & d", "<h1>x</h1><ul><li>1</li></ul>"])
def test_cleaning_twice_changes_nothing_more(sent: str) -> None:
    assert clean_html(clean_html(sent)) == clean_html(sent)


def test_plain_text_becomes_paragraphs() -> None:
    assert clean_html("Nine cities met.\r\nTwice.\r\n\r\n\r\n5 < 8 & so on") == (
        "<p>Nine cities met.<br>Twice.</p><p>5 &lt; 8 &amp; so on</p>"
    )


def test_words_of_html_keep_their_blocks() -> None:
    assert plain_text("<h3>Title</h3><p>One<br>two</p><ul><li>a</li><li>b</li></ul>") == "Title\nOne\ntwo\na\nb"


MARKED = """## Online Academy

Nine **cities** met, *twice*.
See [the page](https://urbact.eu/x_y).

- workshops
- walks

1. first
2. second

> People accept a "no" & a < b.

### Small"""
HTML = (
    "<h3>Online Academy</h3><p>Nine <strong>cities</strong> met, <em>twice</em>.<br>"
    'See <a href="https://urbact.eu/x_y" rel="noopener noreferrer">the page</a>.</p>'
    "<ul><li><p>workshops</p></li><li><p>walks</p></li></ul><ol><li><p>first</p></li><li><p>second</p></li></ol>"
    '<blockquote><p>People accept a "no" &amp; a &lt; b.</p></blockquote><h4>Small</h4>'
)


def test_plain_text_with_marks_is_html_and_back() -> None:
    assert clean_html(from_marks(MARKED)) == HTML
    assert to_marks(HTML) == MARKED


@pytest.mark.parametrize("text", ["2 * 3 * 4", "a*b*c", "5) only", "- one line\nand more", "[not a link]", "#1"])
def test_plain_text_that_only_looks_like_marks_stays(text: str) -> None:
    assert "<strong>" not in from_marks(text)
    assert "<em>" not in from_marks(text)
    assert "<a" not in from_marks(text)


def test_typed_addresses_are_cleaned_as_all_others() -> None:
    assert "javascript" not in clean_html(from_marks("[a](javascript:alert(1))"))
    quoted = fragment_fromstring(clean_html(from_marks('[a](https://x"onclick="y)')))
    assert {name for link in quoted.iter("a") for name in link.attrib} == {"href", "rel"}
