"""Forms of the agenda: one session, and taking over another meeting's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Case, CharField, Value, When
from django.db.models.functions import Concat
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import DateInput, text_area
from meetings.forms.choices import CODE_AND_NAME, NAME, Chosen, offer
from meetings.models import AgendaTemplate, OutsideGuest, Session, SessionKind, TransnationalMeeting
from partners.models import HorizontalTheme, Membership, Partner, Theme

SELECT = {"class": "form-select"}
TEXT = {"class": "form-control"}


class TimeInput(forms.TimeInput):
    """The browser's own time field."""

    input_type = "time"

    def __init__(self) -> None:
        """Write the time as browsers want it."""
        super().__init__(format="%H:%M", attrs={"class": "form-control w-date"})


def chosen(session: Session) -> dict[str, list[int]]:
    """Return the ids of a session's cities, themes, horizontal themes and speakers by field. One query."""
    names = {
        "cities": "partner_id",
        "themes": "theme_id",
        "horizontal_themes": "horizontaltheme_id",
        "members": "membership_id",
        "guests": "outsideguest_id",
    }
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
    kind = forms.TypedChoiceField(
        label=_("Kind"), coerce=lambda pk: SessionKind.objects.get(pk=pk), widget=forms.Select(attrs=SELECT)
    )
    day = forms.DateField(label=_("Day"), required=False, widget=DateInput())
    start = forms.TimeField(label=_("From"), required=False, widget=TimeInput())
    end = forms.TimeField(label=_("To"), required=False, widget=TimeInput())
    place = forms.CharField(label=_("Place"), required=False, max_length=200, widget=forms.TextInput(attrs=TEXT))
    about = forms.CharField(label=_("What happens"), required=False, max_length=4000, widget=text_area(3))
    members = Chosen(label=_("Speakers from the network"))
    guests = Chosen(label=_("Speakers from outside"))
    speakers = forms.CharField(
        label=_("Other speakers"),
        help_text=_("One on each line: name, organisation"),
        required=False,
        max_length=2000,
        widget=text_area(2),
    )
    cities = Chosen(label=_("Cities that present"))
    themes = Chosen(label=_("Themes"))
    horizontal_themes = Chosen(label=_("Horizontal themes"))
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
        place = Case(When(partner=None, then="user__organisation"), default="partner__name")
        speaker = Concat("user__name", Value(", "), place, output_field=CharField())
        guest = Concat("name", Value(", "), "organisation", output_field=CharField())
        offer(
            self,
            kind=(SessionKind.objects.filter(network=network), NAME, "position"),
            cities=(Partner.objects.filter(network=network, is_active=True), NAME, "position"),
            themes=(Theme.objects.filter(network=network), CODE_AND_NAME, "position"),
            horizontal_themes=(HorizontalTheme.objects.filter(network=network), NAME, "position"),
            members=(Membership.objects.live().filter(network=network), speaker, "partner__position"),
            guests=(OutsideGuest.objects.filter(meeting=meeting), guest, "pk"),
        )
        if not self.fields["guests"].choices:
            del self.fields["guests"]
        if meeting.date_precision == "day":
            first, last = date_format(meeting.start, "j F"), date_format(meeting.end, "j F Y")
            self.fields["day"].help_text = gettext("From %(first)s to %(last)s") % {"first": first, "last": last}
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


class PlaceForm(forms.Form):
    """Where a session was dropped: its day, its time, and how long it lasts when it was drawn longer or shorter."""

    day = forms.DateField()
    start = forms.TimeField(input_formats=["%H:%M"])
    minutes = forms.IntegerField(min_value=0, max_value=24 * 60, required=False)
    read_version = forms.IntegerField()


class CopyForm(forms.Form):
    """What to begin an agenda with: a template, or another meeting's sessions."""

    source = forms.ChoiceField(label=_("Take over the sessions of"), widget=forms.Select(attrs=SELECT))

    def __init__(self, *args: Any, meeting: TransnationalMeeting, **kwargs: Any) -> None:
        """Offer the network's templates, and its other meetings that have sessions. Two queries."""
        super().__init__(*args, **kwargs)
        templates = AgendaTemplate.objects.filter(network=meeting.network_id)
        rows = TransnationalMeeting.objects.filter(network=meeting.network_id, sessions__isnull=False)
        meetings = rows.exclude(pk=meeting.pk).distinct()
        self.sources = {f"template-{t.pk}": t for t in templates} | {f"meeting-{m.pk}": m for m in meetings}
        groups = ((_("Templates"), "template-"), (_("Meetings"), "meeting-"))
        self.fields["source"].choices = [
            (name, [(key, str(row)) for key, row in self.sources.items() if key.startswith(start)])
            for name, start in groups
            if any(key.startswith(start) for key in self.sources)
        ]

    def clean_source(self) -> AgendaTemplate | TransnationalMeeting:
        """Return the row that was chosen."""
        return self.sources[self.cleaned_data["source"]]


class TemplateForm(forms.Form):
    """Under which name an agenda is kept to begin others with."""

    name = forms.CharField(label=_("Keep it as a template, named"), max_length=100, widget=forms.TextInput(attrs=TEXT))
