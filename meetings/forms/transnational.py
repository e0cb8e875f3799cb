"""Setting a transnational meeting's date, place and hosts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import DateInput, text_area
from meetings.forms.choices import CODE_AND_NAME, NAME, Chosen, offer
from meetings.models import MeetingKind, TransnationalMeeting
from partners.enums import DatePrecision
from partners.models import HorizontalTheme, Network, Partner, Theme
from roadmap.models import Task

TEXT = forms.TextInput(attrs={"class": "form-control"})


class MeetingForm(forms.Form):
    """What Lead Partner and Lead Expert set."""

    title = forms.CharField(label=_("Title"), max_length=200, widget=TEXT)
    kind = forms.TypedChoiceField(
        label=_("Kind"),
        coerce=lambda pk: MeetingKind.objects.get(pk=pk),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    number = forms.IntegerField(
        label=_("Number"),
        help_text=_("Which meeting of its kind it is, if they are counted"),
        required=False,
        min_value=1,
        max_value=99,
        widget=forms.NumberInput(attrs={"class": "form-control w-date"}),
    )
    task = forms.ModelChoiceField(
        label=_("Task of the roadmap"),
        help_text=_("The task moves with the meeting."),
        required=False,
        queryset=Task.objects.none(),
        empty_label=_("None"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
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
    link = forms.URLField(
        label=_("Link to join"),
        help_text=_("Everybody who sees the meeting sees it."),
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "form-control"}),
    )
    hosts = Chosen(label=_("Hosts"))
    themes = Chosen(label=_("Themes"))
    horizontal_themes = Chosen(label=_("Horizontal themes"))
    description = forms.CharField(label=_("What it is for"), required=False, max_length=4000, widget=text_area(4))

    def __init__(
        self, *args: Any, network: Network, meeting: TransnationalMeeting | None = None, **kwargs: Any
    ) -> None:
        """Offer the network's cities, kinds, themes, and the tasks that stand for no other meeting.

        There is only something to settle where the sources differ.
        """
        super().__init__(*args, **kwargs)
        offer(
            self,
            kind=(MeetingKind.objects.filter(network=network), NAME, "position"),
            hosts=(Partner.objects.filter(network=network, is_active=True), NAME, "position"),
            themes=(Theme.objects.filter(network=network), CODE_AND_NAME, "position"),
            horizontal_themes=(HorizontalTheme.objects.filter(network=network), NAME, "position"),
        )
        own = meeting.task_id if meeting else None
        free = Task.objects.filter(track__period__network=network).filter(Q(meeting=None) | Q(pk=own))
        self.fields["task"].queryset = free.select_related("track__period").order_by("start", "pk")
        self.fields["task"].label_from_instance = lambda task: f"{task} ({task.track.period})"
        if meeting is None or not meeting.conflicts:
            del self.fields["settled"]

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        data = super().clean() or {}
        if data.get("start") and data.get("end") and data["end"] < data["start"]:
            self.add_error("end", _("The last day is before the first. Correct one of the two."))
        return data
