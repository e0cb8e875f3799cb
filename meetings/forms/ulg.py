"""The form of a local report: its fields as text and counts by stakeholder kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import DateInput, text_area
from meetings.enums import Before, SignedHow
from meetings.models import TransnationalMeeting
from meetings.services.attendance import PersonEdit
from meetings.services.drafting import COUNT, LABELS
from partners.models import StakeholderKind

#: Nobody counts more people at a local meeting; a slip of the finger does.
MOST_PEOPLE = 5000
#: Which part of the form a field stands in.
PARTS = {
    "facts": ("title", "date", "place", "link"),
    "talk": ("topics", "decisions", "lessons", "grid_shared", "grid_shared_on"),
}


def link_choices(meetings: list[TransnationalMeeting]) -> list[tuple[str, Any]]:
    """Return “after …” and “before …” each meeting, in groups."""
    groups: list[tuple[str, Any]] = [("", _("No network meeting"))]
    for relation, words in ((Before.AFTER, _("Follows")), (Before.BEFORE, _("Prepares"))):
        rows = [
            (f"{relation}:{m.pk}", f"{m.title}, {m.place}" if m.place and not m.is_online else m.title)
            for m in meetings
        ]
        if rows:
            groups.append((words, rows))
    return groups


class ReportForm(forms.Form):
    """All fields of a report; nothing is required until it is submitted."""

    is_draft = True

    title = forms.CharField(
        label=LABELS["title"],
        help_text=_("What the meeting was about, in one line"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    date = forms.DateField(label=LABELS["date"], required=False, widget=DateInput())
    place = forms.CharField(
        label=LABELS["place"], required=False, max_length=200, widget=forms.TextInput(attrs={"class": "form-control"})
    )
    link = forms.ChoiceField(label=LABELS["link"], required=False, widget=forms.Select(attrs={"class": "form-select"}))
    topics = forms.CharField(
        label=LABELS["topics"],
        help_text=_("Two to five, one on each line"),
        required=False,
        max_length=20000,
        widget=text_area(4),
    )
    decisions = forms.CharField(label=LABELS["decisions"], required=False, max_length=20000, widget=text_area(4))
    lessons = forms.CharField(
        label=LABELS["lessons"],
        help_text=_("You can use this text again in the learning grid"),
        required=False,
        max_length=20000,
        widget=text_area(4),
    )
    grid_shared = forms.BooleanField(
        label=LABELS["grid_shared"],
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    grid_shared_on = forms.DateField(label=LABELS["grid_shared_on"], required=False, widget=DateInput())
    read_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    base = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)

    def __init__(
        self,
        *args: Any,
        meetings: list[TransnationalMeeting],
        kinds: list[StakeholderKind],
        today: date,
        problems: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        """Offer the network's meetings and kinds; ``problems`` are sentences by field, shown as its errors."""
        super().__init__(*args, **kwargs)
        self.fields["link"].choices = link_choices(meetings)
        self.fields["date"].help_text = format_lazy(
            _("The day it took place, for example {day}"), day=date_format(today, "j F Y")
        )
        self.kinds = kinds
        for kind in kinds:
            self.fields[f"{COUNT}{kind.pk}"] = forms.IntegerField(
                label=kind.name,
                required=False,
                min_value=0,
                max_value=MOST_PEOPLE,
                widget=forms.NumberInput(attrs={"class": "form-control form-control-sm", "inputmode": "numeric"}),
            )
        if problems:
            # What keeps the report from being submitted stands where a form's own errors stand.
            self._errors = ErrorDict(
                {name: ErrorList([words]) for name, words in problems.items() if name in self.fields}
            )

    @property
    def counts(self) -> list[forms.BoundField]:
        """Return the fields for numbers of people."""
        return [self[f"{COUNT}{kind.pk}"] for kind in self.kinds]

    @property
    def texts(self) -> dict[str, str]:
        """Return every field as the service wants it: text."""
        data = self.cleaned_data
        found = {name: data[name] for name in ("title", "place", "link", "topics", "decisions", "lessons")}
        found["date"] = data["date"].isoformat() if data["date"] else ""
        found["grid_shared"] = "1" if data["grid_shared"] else ""
        found["grid_shared_on"] = data["grid_shared_on"].isoformat() if data["grid_shared_on"] else ""
        for kind in self.kinds:
            number = data[f"{COUNT}{kind.pk}"]
            found[f"{COUNT}{kind.pk}"] = str(number) if number else ""
        return found


PERSON = re.compile(r"^(?P<group>p|s\d+)-(?P<number>\d+)-(?P<part>name|org|kind|how|leave|row)$")


def people_edits(post: QueryDict) -> dict[str, dict[int, PersonEdit]]:
    """Return what the form says of people: ``{"p": {attendee id: edit}, "s7": {row of sheet 7: edit}}``."""
    found: dict[str, dict[int, dict[str, str]]] = {}
    for key in post:
        match = PERSON.match(key)
        if match:
            people = found.setdefault(match["group"], {})
            people.setdefault(int(match["number"]), {})[match["part"]] = post[key]
    return {group: {number: person_edit(parts) for number, parts in people.items()} for group, people in found.items()}


def person_edit(parts: Mapping[str, str]) -> PersonEdit:
    """Return one person's edit from the form's texts."""
    kind = parts.get("kind")
    return PersonEdit(
        name=parts.get("name"),
        organisation=parts.get("org"),
        kind=(int(kind) if kind.isdecimal() else 0) if kind is not None else None,
        how=parts.get("how"),
        leave=parts.get("leave") == "on",
    )


def new_person(post: QueryDict) -> PersonEdit | None:
    """Return the person typed into the empty line, or None."""
    parts = {part: post.get(f"new-{part}", "") for part in ("name", "org", "kind", "how")}
    return person_edit(parts) if parts["name"].strip() else None


HOW_CHOICES = SignedHow.choices
