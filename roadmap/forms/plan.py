"""Forms of the half-year's plan."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aoce.common.forms import DateInput, text_area
from partners.models import Partner
from roadmap.deliverables import choices
from roadmap.enums import OwedBy, TrackGroup
from roadmap.models import Period, Task, Track
from roadmap.services.plan import task_values

#: The fields of a task that its service takes as the model's.
MODEL_FIELDS = (
    "title",
    "description",
    "start",
    "due",
    "due_precision",
    "owed_by",
    "deliverable",
    "source",
    "conflict",
)
#: A year and a half, with some days to spare.
MAX_DAYS = 550


class Text(forms.TextInput):
    """A line of text."""

    def __init__(self) -> None:
        """Give it the look of the portal."""
        super().__init__(attrs={"class": "form-control"})


class Select(forms.Select):
    """One of several."""

    def __init__(self) -> None:
        """Give it the look of the portal."""
        super().__init__(attrs={"class": "form-select"})


class TaskForm(forms.ModelForm):
    """A task of the plan: what, when, who, and what is handed in."""

    deliverable = forms.ChoiceField(
        label=gettext_lazy("What is handed in"), required=False, choices=choices, widget=Select
    )
    read_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Task
        fields = (
            "title",
            "description",
            "track",
            "start",
            "due",
            "due_precision",
            "owed_by",
            "hosts",
            "deliverable",
            "source",
            "conflict",
        )
        widgets = {
            "title": Text,
            "description": text_area(3),
            "track": Select,
            "start": DateInput,
            "due": DateInput,
            "due_precision": Select,
            "owed_by": Select,
            "hosts": forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
            "source": Text,
            "conflict": text_area(2),
        }
        labels = {"track": gettext_lazy("Row")}
        help_texts = {
            "due_precision": gettext_lazy("Month: the day is still open, and the due day is the latest possible."),
            "source": gettext_lazy("Where the date comes from."),
            "conflict": gettext_lazy("What is still open about the date. Clear it once it is settled."),
            "hosts": gettext_lazy("The cities where it takes place, or who alone owe it."),
        }

    def __init__(self, *args: Any, period: Period, cities: list[Partner], **kwargs: Any) -> None:
        """Offer the rows of this half-year and the cities of its network."""
        super().__init__(*args, **kwargs)
        self.period = period
        track = self.fields["track"]
        track.queryset = Track.objects.filter(period=period)
        track.empty_label = None
        hosts = self.fields["hosts"]
        hosts.queryset = Partner.objects.filter(pk__in=[city.pk for city in cities])
        hosts.choices = [(city.pk, city.name) for city in cities]
        self.fields["deliverable"].choices = [("", _("Nothing: it is an event")), *choices()]
        kept = self.instance.deliverable
        if kept and kept not in dict(choices()):
            self.fields["deliverable"].choices.append((kept, kept))
        self.fields["title"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        """Hold dates and owner together; the messages say how to mend it."""
        data = super().clean() or {}
        start, due = data.get("start"), data.get("due")
        first, last = (date_format(day, "j F Y") for day in (self.period.start, self.period.end))
        if start and due and due < start:
            self.add_error("due", _("The due day is before the start. Move one of the two."))
        elif start and due and (start > self.period.end or due < self.period.start):
            words = {"first": first, "last": last}
            self.add_error("due", _("This half-year lasts from %(first)s to %(last)s. Give a day in it.") % words)
        owner = data.get("owed_by")
        if owner == OwedBy.NOBODY:
            data["deliverable"] = ""
        elif owner and not data.get("deliverable"):
            self.add_error("deliverable", _("Say what is handed in, or choose that nobody owes it."))
        if owner == OwedBy.HOSTS and not data.get("hosts"):
            self.add_error("hosts", _("Tick the cities that owe it."))
        return data

    def task_fields(self) -> dict[str, Any]:
        """Return what the service takes as the task's own fields."""
        return {name: self.cleaned_data[name] for name in MODEL_FIELDS}

    def validate_unique(self) -> None:
        """Leave codes to the service, which finds a free one."""

    def _post_clean(self) -> None:
        """Write nothing onto the task: the service reads it again under a lock."""


def values_shown(form: TaskForm) -> dict[str, Any]:
    """Return a task's stored values as the form shows them, for saying what differs."""
    task, values = form.instance, task_values(form.instance)
    values["track"] = task.track.name
    values["hosts"] = ", ".join(host.name for host in task.hosts.all())
    values["due_precision"] = task.get_due_precision_display()
    values["owed_by"] = task.get_owed_by_display()
    values["deliverable"] = str(dict(form.fields["deliverable"].choices).get(task.deliverable, task.deliverable))
    values["start"], values["due"] = date_format(task.start, "j F Y"), date_format(task.due, "j F Y")
    return values


class PeriodForm(forms.Form):
    """A half-year's title and days."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=100, widget=Text)
    start = forms.DateField(label=gettext_lazy("First day"), widget=DateInput)
    end = forms.DateField(label=gettext_lazy("Last day"), widget=DateInput)

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        data = super().clean() or {}
        if data.get("start") and data.get("end") and data["end"] < data["start"]:
            self.add_error("end", _("The last day is before the first. Move one of the two."))
        elif data.get("start") and data.get("end") and (data["end"] - data["start"]).days > MAX_DAYS:
            self.add_error("end", _("A plan of more than a year and a half is too long. Choose an earlier last day."))
        return data


class TrackForm(forms.Form):
    """A row of the table."""

    name = forms.CharField(label=gettext_lazy("Name of the row"), max_length=100, widget=Text)
    group = forms.ChoiceField(label=gettext_lazy("Group"), choices=TrackGroup.choices, widget=Select)


class PaperForm(forms.Form):
    """The size of the paper to print on."""

    paper = forms.ChoiceField(
        label=gettext_lazy("Paper"),
        choices=[("A4", gettext_lazy("A4, landscape")), ("A3", gettext_lazy("A3, landscape: for the wall"))],
        initial="A4",
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )
