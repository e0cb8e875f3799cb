"""Forms about one obligation."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import DateInput, text_area


class MoveDueForm(forms.Form):
    """Another day for one party, with a reason it reads."""

    due = forms.DateField(label=_("New day"), widget=DateInput())
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The city sees it beside the new day."),
        max_length=300,
        widget=text_area(),
    )


class WaiveForm(forms.Form):
    """It is not needed from this party."""

    reason = forms.CharField(
        label=_("Why it is not needed"), help_text=_("The city sees it."), max_length=300, widget=text_area()
    )


class CommentForm(forms.Form):
    """A comment if wanted."""

    comment = forms.CharField(label=_("Comment"), required=False, max_length=2000, widget=text_area())
