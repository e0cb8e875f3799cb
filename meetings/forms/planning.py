"""The form of a planned local meeting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import DateInput, text_area
from meetings.forms.ulg import link_choices
from meetings.models import TransnationalMeeting, UlgMeeting
from partners.models import LocalSubGroup, Partner


class TimeInput(forms.TimeInput):
    """The browser's own time field."""

    input_type = "time"

    def __init__(self) -> None:
        """Write the time as browsers want it."""
        super().__init__(format="%H:%M", attrs={"class": "form-control w-date"})


class PlanForm(forms.Form):
    """Day, hours, place and agenda of a local meeting."""

    title = forms.CharField(label=_("What it is about"), help_text=_("In one line"), required=False, max_length=200)
    date = forms.DateField(label=_("Day"), widget=DateInput())
    start_time = forms.TimeField(label=_("From"), required=False, widget=TimeInput())
    end_time = forms.TimeField(label=_("To"), required=False, widget=TimeInput())
    place = forms.CharField(
        label=_("Place"), help_text=_("An address, a room, or the link of an online meeting"), max_length=200
    )
    agenda = forms.CharField(
        label=_("Agenda"), help_text=_("One item on each line"), required=False, max_length=10000, widget=text_area(5)
    )
    link = forms.ChoiceField(label=_("Prepares or follows"), required=False)
    sub_group = forms.ModelChoiceField(
        LocalSubGroup.objects.none(), label=_("Sub-group"), required=False, empty_label=_("The whole group")
    )

    def __init__(self, *args: Any, partner: Partner, meetings: list[TransnationalMeeting], **kwargs: Any) -> None:
        """Offer the network's meetings and the city's sub-groups; those of cities without any are not asked for."""
        super().__init__(*args, **kwargs)
        self.meetings = {str(m.pk): m for m in meetings}
        self.fields["link"].choices = link_choices(meetings)
        groups = LocalSubGroup.objects.filter(partner=partner)
        if groups.exists():
            self.fields["sub_group"].queryset = groups
        else:
            del self.fields["sub_group"]

    @staticmethod
    def initial_of(meeting: UlgMeeting) -> dict[str, Any]:
        """Return a meeting's fields as the form shows them."""
        link = f"{meeting.relation}:{meeting.transnational_id}" if meeting.transnational_id else ""
        names = ("title", "date", "start_time", "end_time", "place", "agenda", "sub_group")
        return {"link": link, **{name: getattr(meeting, name) for name in names}}

    @property
    def values(self) -> dict[str, Any]:
        """Return the fields as the service wants them."""
        data = dict(self.cleaned_data)
        relation, _colon, pk = data.pop("link").partition(":")
        data["relation"], data["transnational"] = relation, self.meetings.get(pk)
        data.setdefault("sub_group", None)
        return data

    def clean(self) -> dict[str, Any]:
        """Say that a meeting cannot end before it begins."""
        data = super().clean() or self.cleaned_data
        first, last = data.get("start_time"), data.get("end_time")
        if first and last and last <= first:
            self.add_error("end_time", _("It ends before it begins. Enter a later time."))
        return data
