"""Forms of the plain hand-in: writing, checking."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from roadmap.forms.obligations import DateInput, text_area

#: Empty lines for points on the checking page; asking for more adds as many again.
POINT_ROWS = 3


class HandInForm(forms.Form):
    """The text, with the version it was read at."""

    text = forms.CharField(
        label=_("What you hand in"),
        help_text=_("Write here, attach files below, or both."),
        required=False,
        strip=False,
        widget=text_area(14),
    )
    read_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def clean_text(self) -> str:
        """Browsers send line ends as two characters; the text keeps one."""
        return self.cleaned_data["text"].replace("\r\n", "\n")


class DecisionForm(forms.Form):
    """A checker's decision."""

    comment = forms.CharField(label=_("Comment, if you want"), required=False, max_length=4000, widget=text_area(3))
    due = forms.DateField(label=_("New day for the answer"), required=False, widget=DateInput())
