"""Forms of the agenda: one session, and taking over another meeting's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Value
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import DateInput, text_area
from meetings.models import Session, SessionKind, TransnationalMeeting
from partners.models import HorizontalTheme, Partner, Theme

SELECT = {"class": "form-select"}
TEXT = {"class": "form-control"}


class TimeInput(forms.TimeInput):
    """The browser's own time field."""

    input_type = "time"

    def __init__(self) -> None:
        """Write the time as browsers want it."""
        super().__init__(format="%H:%M", attrs={"class": "form-control w-date"})


def chosen(session: Session) -> dict[str, list[int]]:
    """Return the ids of a session's cities, themes and horizontal themes by field. One query."""
    names = {"cities": "partner_id", "themes": "theme_id", "horizontal_themes": "horizontaltheme_id"}
    found: dict[str, list[int]] = {name: [] for name in names}
    first, *rest = (
        getattr(Session, name).through.objects.filter(session=session).order_by().values_list(Value(name), column)
        for name, column in names.items()
    )
    for name, pk in first.union(*rest, all=True):
        found[name].append(pk)
    return found


class SessionForm(forms.Form):
    """One session. Day and times may stay open; then it stands below the agenda until it has a place."""

    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(attrs=TEXT))
    kind = forms.ModelChoiceField(
        label=_("Kind"), queryset=SessionKind.objects.none(), empty_label=None, widget=forms.Select(attrs=SELECT)
    )
    day = forms.DateField(label=_("Day"), required=False, widget=DateInput())
    start = forms.TimeField(label=_("From"), required=False, widget=TimeInput())
    end = forms.TimeField(label=_("To"), required=False, widget=TimeInput())
    place = forms.CharField(label=_("Place"), required=False, max_length=200, widget=forms.TextInput(attrs=TEXT))
    about = forms.CharField(label=_("What happens"), required=False, max_length=4000, widget=text_area(3))
    speakers = forms.CharField(
        label=_("Speakers"),
        help_text=_("One on each line: name, organisation"),
        required=False,
        max_length=2000,
        widget=text_area(2),
    )
    cities = forms.ModelMultipleChoiceField(
        label=_("Cities that present"),
        required=False,
        queryset=Partner.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    themes = forms.ModelMultipleChoiceField(
        label=_("Themes"), required=False, queryset=Theme.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    horizontal_themes = forms.ModelMultipleChoiceField(
        label=_("Horizontal themes"),
        required=False,
        queryset=HorizontalTheme.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    conclusion = forms.CharField(
        label=_("What came of it"),
        help_text=_("Afterwards, for the record of the meeting"),
        required=False,
        max_length=4000,
        widget=text_area(3),
    )
    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, meeting: TransnationalMeeting, session: Session | None = None, **kwargs: Any
    ) -> None:
        """Offer the network's kinds, cities and themes; begin with what the session says."""
        super().__init__(*args, **kwargs)
        network = meeting.network_id
        self.meeting = meeting
        self.fields["kind"].queryset = SessionKind.objects.filter(network=network)
        self.fields["cities"].queryset = Partner.objects.filter(network=network, is_active=True)
        self.fields["themes"].queryset = Theme.objects.filter(network=network)
        self.fields["horizontal_themes"].queryset = HorizontalTheme.objects.filter(network=network)
        if meeting.date_precision == "day":
            first, last = date_format(meeting.start, "j F"), date_format(meeting.end, "j F Y")
            self.fields["day"].help_text = _now("From %(first)s to %(last)s") % {"first": first, "last": last}
        if session:
            names = ("title", "day", "start", "end", "place", "about", "speakers", "conclusion")
            self.initial |= {name: getattr(session, name) for name in names}
            self.initial |= {"kind": session.kind_id, "read_version": session.version}
            self.initial |= chosen(session)

    def clean(self) -> dict[str, Any]:
        """A time needs a day, an end needs a beginning before it."""
        data = super().clean() or {}
        day, start, end = data.get("day"), data.get("start"), data.get("end")
        if start and not day and "day" not in self.errors:
            self.add_error("day", _("Say on which day, or leave the time open."))
        if end and not start and "start" not in self.errors:
            self.add_error("start", _("Say when it begins."))
        if start and end and end <= start:
            self.add_error("end", _("It ends before it begins. Mend one of the two times."))
        return data


class CopyForm(forms.Form):
    """Which meeting's agenda to begin with."""

    source = forms.ModelChoiceField(
        label=_("Take over the sessions of"),
        queryset=TransnationalMeeting.objects.none(),
        empty_label=None,
        widget=forms.Select(attrs=SELECT),
    )

    def __init__(self, *args: Any, meeting: TransnationalMeeting, **kwargs: Any) -> None:
        """Offer the other meetings that have sessions."""
        super().__init__(*args, **kwargs)
        rows = TransnationalMeeting.objects.filter(network=meeting.network_id, sessions__isnull=False)
        self.fields["source"].queryset = rows.exclude(pk=meeting.pk).distinct()
