"""Forms of quarterly reports."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import rich_text
from aoce.common.richtext import from_marks


class SectionForm(forms.Form):
    """One section's text, with the version it was read at."""

    body = forms.CharField(
        label=_("Text"),
        required=False,
        widget=rich_text(),
    )
    read_version = forms.IntegerField(widget=forms.HiddenInput)


class PlainSectionForm(SectionForm):
    """The same without the editor: plain text with marks."""

    body = forms.CharField(
        label=_("Text"),
        required=False,
        help_text=_(
            "An empty line between paragraphs. Marks: ## before a heading, - before each point of a list, "
            "**strong**, [words](https://address)."
        ),
        widget=forms.Textarea(attrs={"rows": 18, "class": "form-control"}),
    )
    plain = forms.BooleanField(widget=forms.HiddenInput, initial=True)

    def clean_body(self) -> str:
        """Return the HTML of what was typed."""
        return from_marks(self.cleaned_data["body"])


class ReturnForm(forms.Form):
    """What the Lead Partner wants changed: a comment, and one point a line."""

    comment = forms.CharField(
        label=_("Comment"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=4000
    )
    points = forms.CharField(
        label=_("Points to address"),
        required=False,
        help_text=_("One a line. The Lead Expert answers each."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=8000,
    )


class NewReportForm(forms.Form):
    """Which quarter a new report is about."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    quarter = forms.TypedChoiceField(
        label=_("Quarter"),
        coerce=int,
        choices=[
            (1, _("January to March")),
            (2, _("April to June")),
            (3, _("July to September")),
            (4, _("October to December")),
        ],
    )
