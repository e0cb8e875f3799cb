"""The form of the plain hand-in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import text_area


class HandInForm(forms.Form):
    """The text, with the version it was read at."""

    is_draft = True

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
