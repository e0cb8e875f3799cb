"""Forms of learning grids: a lesson, the messages to take home, a photo, a review."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import DateInput, text_area
from learning.grids import sessions_of
from learning.models import GoodPractice, GridEntry, LearningGrid
from meetings.forms.choices import offer
from meetings.models import Session

TEXT = {"class": "form-control"}
SELECT = {"class": "form-select"}


#: A practice, named with its city or place.
PRACTICE_LABEL = Concat("name", Value(", "), Coalesce("owner__name", "place"), output_field=CharField())


class EntryForm(forms.Form):
    """One lesson. Only what was learnt is needed; the rest can follow later."""

    learnt = forms.CharField(
        label=_("What we learnt"), help_text=_("One thing, in a sentence or two."), max_length=1000, widget=text_area(3)
    )
    session = forms.TypedChoiceField(
        label=_("In which session"), coerce=int, empty_value=None, required=False, widget=forms.Select(SELECT)
    )
    action = forms.CharField(
        label=_("What we do until the next event"), required=False, max_length=1000, widget=text_area(2)
    )
    relevance = forms.CharField(
        label=_("What it means for our action plan"), required=False, max_length=1000, widget=text_area(2)
    )
    who = forms.CharField(label=_("Who does it"), required=False, max_length=200, widget=forms.TextInput(TEXT))
    by_when = forms.DateField(label=_("By when"), required=False, widget=DateInput())
    practice = forms.TypedChoiceField(
        label=_("From a practice"), coerce=int, empty_value=None, required=False, widget=forms.Select(SELECT)
    )
    elsewhere = forms.CharField(
        label=_("Somewhere else"),
        help_text=_("A visit, a walk, a talk over lunch."),
        required=False,
        max_length=200,
        widget=forms.TextInput(TEXT),
    )
    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    #: Shown at once; the others stand behind “More”.
    FIRST = ("learnt", "session", "action")
    MORE = ("relevance", "who", "by_when", "practice", "elsewhere")

    def __init__(self, *args: Any, grid: LearningGrid, entry: GridEntry | None = None, **kwargs: Any) -> None:
        """Offer the sessions and practices of the grid's network; show an entry that is changed."""
        super().__init__(*args, **kwargs)
        sessions = sessions_of(grid)
        if entry is not None:
            self.initial |= {name: getattr(entry, name) for name in (*self.FIRST, *self.MORE)}
            self.initial |= {"session": entry.session_id, "practice": entry.practice_id}
            self.initial["read_version"] = entry.version
            if entry.session_id:  # what was chosen once stays to be chosen
                sessions = Session.objects.filter(Q(pk=entry.session_id) | Q(pk__in=sessions.values("pk")))
        else:
            self.initial.setdefault("uid", uuid.uuid4())
        practices = GoodPractice.objects.filter(network=grid.network_id)
        offer(self, session=(sessions, F("title"), "pk"), practice=(practices, PRACTICE_LABEL, "network_id"))
        for name in ("session", "practice"):
            self.fields[name].choices = [("", _("None of these")), *self.fields[name].choices]

    @property
    def first(self) -> list[Any]:
        """The fields to see at once."""
        return [self[name] for name in self.FIRST]

    @property
    def more(self) -> list[Any]:
        """The fields behind “More”."""
        return [self[name] for name in self.MORE]

    @property
    def has_more(self) -> bool:
        """Whether something stands in them, or is wrong there."""
        return any(self[name].value() or self[name].errors for name in self.MORE)

    @property
    def values(self) -> dict[str, Any]:
        """What the entry's fields are to be."""
        found = {name: self.cleaned_data[name] for name in (*self.FIRST, *self.MORE)}
        found |= {"session_id": found.pop("session"), "practice_id": found.pop("practice")}
        return {k: v.replace("\r\n", "\n").strip() if isinstance(v, str) else v for k, v in found.items()}


class MessagesForm(forms.Form):
    """What the city takes home, in a few words."""

    messages = forms.CharField(
        label=_("Messages to take home"),
        help_text=_("What you will tell your local group first."),
        required=False,
        max_length=4000,
        widget=text_area(4),
    )
    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class PhotoForm(forms.Form):
    """A photo and what people said about it; the file itself is read by the upload component."""

    alt = forms.CharField(
        label=_("What the photo shows"),
        help_text=_("In one sentence, for people who do not see it. Ask everybody on it first."),
        max_length=300,
        required=False,
        widget=forms.TextInput(TEXT),
    )
    said = forms.CharField(label=_("What people said about it"), required=False, max_length=2000, widget=text_area(2))
    entries = forms.MultipleChoiceField(
        label=_("Belongs to"), required=False, widget=forms.CheckboxSelectMultiple({"class": "form-check-input"})
    )

    def __init__(self, *args: Any, entries: list[GridEntry], **kwargs: Any) -> None:
        """Offer the lessons of the grid."""
        super().__init__(*args, **kwargs)
        self.fields["entries"].choices = [(str(entry.pk), str(entry)) for entry in entries]
        if not entries:
            del self.fields["entries"]
