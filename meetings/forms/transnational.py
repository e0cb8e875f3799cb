"""Setting a transnational meeting's date, place and hosts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import DateInput, text_area
from meetings.models import TransnationalMeeting
from partners.enums import DatePrecision
from partners.models import Partner

TEXT = forms.TextInput(attrs={"class": "form-control"})


class MeetingForm(forms.Form):
    """What Lead Partner and Lead Expert set."""

    start = forms.DateField(label=_("First day"), widget=DateInput())
    end = forms.DateField(label=_("Last day"), widget=DateInput())
    precision = forms.ChoiceField(
        label=_("How exact"),
        help_text=_("With “Month”, the page says the month and that the day is open."),
        choices=DatePrecision,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    settled = forms.BooleanField(
        label=_("This settles the date: forget what else the sources say"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    source = forms.CharField(
        label=_("Source of the date"),
        help_text=_("Who said so, and where, for example: agreed at the steering meeting of 3 May"),
        required=False,
        max_length=200,
        widget=TEXT,
    )
    place = forms.CharField(label=_("Place"), required=False, max_length=200, widget=TEXT)
    is_online = forms.BooleanField(
        label=_("Online"), required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )
    hosts = forms.ModelMultipleChoiceField(
        label=_("Hosts"), required=False, queryset=Partner.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    description = forms.CharField(label=_("What it is for"), required=False, max_length=4000, widget=text_area(4))

    def __init__(self, *args: Any, meeting: TransnationalMeeting, **kwargs: Any) -> None:
        """Offer the network's cities; there is only something to settle where the sources differ."""
        super().__init__(*args, **kwargs)
        self.fields["hosts"].queryset = Partner.objects.filter(network=meeting.network_id, is_active=True)
        if not meeting.conflicts:
            del self.fields["settled"]

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        data = super().clean() or {}
        if data.get("start") and data.get("end") and data["end"] < data["start"]:
            self.add_error("end", _("The last day is before the first. Correct one of the two."))
        return data
