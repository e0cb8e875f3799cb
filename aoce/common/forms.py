"""Form parts that every app uses: the date field, the text field, and what a checker decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_prose_editor.widgets import ProseEditorWidget

#: Empty lines for points on a checking page; asking for more adds as many again.
POINT_ROWS = 3


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self) -> None:
        """Write the day as browsers want it."""
        super().__init__(format="%Y-%m-%d", attrs={"class": "form-control w-date"})


#: What the rich-text editor offers everywhere.
EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Link": {"protocols": ["http", "https", "mailto"]},
    "Blockquote": True,
    "History": True,
}


def rich_text(rows: int = 14, **more: Any) -> ProseEditorWidget:
    """Return the rich-text editor; ``more`` are further extensions, or others in place of those above."""
    return ProseEditorWidget(config={"extensions": {**EXTENSIONS, **more}}, preset="configurable", attrs={"rows": rows})


def text_area(rows: int = 2) -> forms.Textarea:
    """Return a text field of that height."""
    return forms.Textarea(attrs={"class": "form-control", "rows": rows})


class DecisionForm(forms.Form):
    """What a checker decides, with the number of the version they read (none when nothing was frozen)."""

    comment = forms.CharField(label=_("Comment, if you want"), required=False, max_length=4000, widget=text_area(3))
    due = forms.DateField(label=_("New day for the answer"), required=False, widget=DateInput())
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def points_in(post: QueryDict) -> list[tuple[str, str]]:
    """Return the points to address that a checking page sends, ``(where, text)`` each."""
    return list(zip(post.getlist("where"), post.getlist("point"), strict=False))


def point_rows(points: list[tuple[str, str]] | None, *, more: bool = False) -> list[tuple[str, str]]:
    """Return the lines to show for points: what was typed, and empty ones when there is nothing or more are asked."""
    empty = [("", "")] * POINT_ROWS
    return [*(points or []), *(empty if more or not points else [])]
