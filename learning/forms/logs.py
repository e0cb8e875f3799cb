"""Forms of learning logs: one action, and a column of the template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import CharField, F
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import text_area
from learning.forms.grids import PRACTICE_LABEL
from learning.models import GoodPractice, GridEntry, LearningNeed, LogAction, LogColumn
from learning.services.logs import LINKS, LONGEST, LONGEST_TITLE, TITLE, clean, linked
from meetings.forms.choices import Chosen, offer
from meetings.models import TransnationalMeeting
from partners.models import HorizontalTheme, Network, Partner

TEXT = {"class": "form-control"}


class ActionForm(forms.Form):
    """One action: its title, the network's columns, what it draws on."""

    title = forms.CharField(
        label=_("Action"),
        help_text=_("What will be done, in a few words."),
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(TEXT),
    )
    meeting = forms.TypedChoiceField(
        label=_("Drafted after"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.Select({"class": "form-select"}),
    )
    horizontal_themes = Chosen(label=_("Horizontal themes"))
    entries = Chosen(label=_("Lessons it draws on"))
    needs = Chosen(label=_("Learning needs it answers"))
    practices = Chosen(label=_("Good practices it draws on"))
    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        network: Network,
        partner: Partner,
        columns: list[LogColumn],
        action: LogAction | None = None,
        lesson: GridEntry | None = None,
        **kwargs: Any,
    ) -> None:
        """Ask for the network's columns; show an action that is changed, or begin one with a lesson."""
        super().__init__(*args, **kwargs)
        self.codes = [column.code for column in columns]
        for column in columns:
            self.fields[column.code] = forms.CharField(
                label=column.name, help_text=column.help, max_length=LONGEST, required=False, widget=text_area(2)
            )
        offer(
            self,
            meeting=(
                TransnationalMeeting.objects.filter(network=network, start__lte=network.today()),
                F("title"),
                "pk",
            ),
            horizontal_themes=(HorizontalTheme.objects.filter(network=network), F("name"), "position"),
            entries=(GridEntry.objects.filter(grid__partner=partner), Cast("learnt", CharField()), "pk"),
            needs=(LearningNeed.objects.filter(partner=partner), F("text"), "pk"),
            practices=(GoodPractice.objects.filter(network=network), PRACTICE_LABEL, "network_id"),
        )
        self.fields["meeting"].choices = [("", _("No meeting")), *self.fields["meeting"].choices]
        if action is not None:
            self.initial |= {"title": action.title, "meeting": action.meeting_id, "read_version": action.version}
            self.initial |= {code: action.cells.get(code, "") for code in self.codes}
            self.initial |= linked(action)
        elif lesson is not None:
            self.initial |= {"title": (lesson.action or lesson.learnt)[:LONGEST_TITLE], "entries": [lesson.pk]}
            self.initial |= {"meeting": lesson.grid.meeting_id, "practices": [lesson.practice_id]}
            self.initial |= {"owner": lesson.who}

    @property
    def table(self) -> list[Any]:
        """The fields of the table: title and columns."""
        return [self[name] for name in (TITLE, *self.codes)]

    @property
    def links(self) -> list[Any]:
        """What the action draws on, as far as there is anything to choose."""
        return [self[name] for name in LINKS if self.fields[name].choices]

    @property
    def draws(self) -> bool:
        """Whether anything is chosen of them, or sent."""
        return self.is_bound or any(self.initial.get(name) for name in LINKS)

    @property
    def values(self) -> dict[str, str]:
        """The texts by column."""
        return {code: clean(self.cleaned_data[code]) for code in (TITLE, *self.codes)}

    @property
    def chosen(self) -> Mapping[str, list[int]]:
        """What was chosen of the links."""
        return {name: self.cleaned_data[name] for name in LINKS}


class ColumnForm(forms.Form):
    """A column of the network's action tables."""

    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput(TEXT))
    help = forms.CharField(label=_("What to write there"), max_length=200, required=False, widget=forms.TextInput(TEXT))
