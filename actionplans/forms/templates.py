"""Forms of what is asked for: a question, a chapter, a criterion, an aspect."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import DateInput, text_area

TEXT = {"class": "form-control"}


class RowForm(forms.Form):
    """What every row of a template says."""

    label = forms.CharField(label=_("Title"), max_length=150, widget=forms.TextInput(TEXT))
    help = forms.CharField(label=_("What is meant"), required=False, max_length=300, widget=forms.TextInput(TEXT))


class NeededForm(RowForm):
    """A row that may be needed or not."""

    is_required = forms.BooleanField(
        label=_("Needed"),
        required=False,
        initial=True,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )


class ChapterForm(NeededForm):
    """A chapter of the plan."""

    guidance = forms.CharField(label=_("Guidance"), required=False, max_length=6000, widget=text_area(5))
    questions = forms.CharField(
        label=_("Questions to answer, one a line"), required=False, max_length=3000, widget=text_area(4)
    )
    least = forms.IntegerField(
        label=_("At least so many words"), required=False, min_value=0, max_value=100000, widget=forms.NumberInput(TEXT)
    )
    most = forms.IntegerField(
        label=_("At most so many words"), required=False, min_value=1, max_value=100000, widget=forms.NumberInput(TEXT)
    )
    due = forms.DateField(
        label=_("Due by"),
        help_text=_("The last day of the half-year in which it has to be handed in for the first time."),
        required=False,
        widget=DateInput(),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for no more than is allowed."""
        data = super().clean() or {}
        if data.get("least") and data.get("most") and data["least"] > data["most"]:
            self.add_error("most", now("This is less than the number above it."))
        return data


def initial_of(form: type[RowForm], row: Any) -> dict[str, Any]:
    """Return what a row says, for its form."""
    return {name: getattr(row, name) for name in form.base_fields}
