"""The form in which a city asks for a practice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import text_area
from partners.models import Partner


class AskForm(forms.Form):
    """Who asks, and what."""

    partner = forms.ModelChoiceField(
        label=_("City that asks"),
        queryset=Partner.objects.none(),
        empty_label=None,
        widget=forms.Select({"class": "form-select"}),
    )
    message = forms.CharField(
        label=_("What you would like to know"),
        help_text=_("And how you would like to meet: a call, a visit, at the next meeting."),
        max_length=2000,
        widget=text_area(4),
    )

    def __init__(self, *args: Any, cities: QuerySet[Partner], **kwargs: Any) -> None:
        """Offer the cities this person may ask for."""
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = cities
