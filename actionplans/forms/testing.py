"""Forms of testing actions: an idea, a question of the form, the form itself, progress, the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from actionplans.enums import Verdict
from actionplans.models.testing import MONEY
from aoce.common.forms import DateInput, text_area
from learning.models import LogAction
from meetings.forms.choices import Chosen, offer

if TYPE_CHECKING:
    from actionplans.models import FormQuestion, TestingAction

TEXT = {"class": "form-control"}
SELECT = {"class": "form-select"}
LONGEST = 6000


class IdeaForm(forms.Form):
    """An idea: light, so that many are written down."""

    title = forms.CharField(label=_("Idea"), max_length=300, widget=forms.TextInput(TEXT))
    what = forms.CharField(label=_("What it is"), required=False, max_length=2000, widget=text_area(3))
    why = forms.CharField(label=_("Why we would try it"), required=False, max_length=2000, widget=text_area(3))


class TestingForm(forms.Form):
    """The form of a testing action, but for its lines. A draft may have gaps; they are asked for when handed in."""

    __test__ = False  # the field's own name, not a test case
    is_draft = True

    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(TEXT))
    starts = forms.DateField(label=_("Begins"), required=False, widget=DateInput())
    ends = forms.DateField(label=_("Ends"), required=False, widget=DateInput())
    rate = forms.DecimalField(
        required=False, min_value=0, max_digits=10, decimal_places=4, widget=forms.NumberInput(TEXT)
    )
    rate_on = forms.DateField(label=_("Rate of which day"), required=False, widget=DateInput())
    log_actions = Chosen(label=_("Actions of the learning log it tries out"))
    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, action: TestingAction, questions: list[FormQuestion], **kwargs: Any) -> None:
        """Ask the network's questions, and for a rate where the city has another currency than the euro."""
        super().__init__(*args, **kwargs)
        self.codes = [question.code for question in questions]
        for question in questions:
            self.fields[question.code] = forms.CharField(
                label=question.label, help_text=question.help, max_length=LONGEST, required=False, widget=text_area(4)
            )
            self.initial[question.code] = action.answers.get(question.code, "")
        currency = action.partner.currency
        if currency == "EUR":
            del self.fields["rate"], self.fields["rate_on"]
        else:
            words = now("Units of your currency (%(currency)s) for one euro")
            self.fields["rate"].label = words % {"currency": currency}
        for name in ("title", "starts", "ends", "rate", "rate_on"):
            self.initial[name] = getattr(action, name)
        self.initial["log_actions"] = list(action.log_actions.values_list("pk", flat=True))
        self.initial["read_version"] = action.version
        rows = LogAction.objects.filter(partner=action.partner)
        label = Concat("number", Value(". "), F("title"), output_field=CharField())
        offer(self, log_actions=(rows, label, "number"))
        if not self.fields["log_actions"].choices:
            del self.fields["log_actions"]

    def clean(self) -> dict[str, Any]:
        """Begin before the end."""
        data = super().clean() or {}
        if data.get("starts") and data.get("ends") and data["starts"] > data["ends"]:
            self.add_error("ends", now("It ends before it begins."))
        return data

    @property
    def questions(self) -> list[Any]:
        """The network's questions as fields."""
        return [self[code] for code in self.codes]

    @property
    def time(self) -> list[Any]:
        """When it is, and the rate of the currency."""
        return [self[name] for name in ("starts", "ends", "rate", "rate_on") if name in self.fields]

    @property
    def answers(self) -> dict[str, str]:
        """The answers by question code."""
        return {code: self.cleaned_data[code].replace("\r\n", "\n").strip() for code in self.codes}


class NoteForm(forms.Form):
    """What happened on a day; the photo itself is read by the upload component."""

    day = forms.DateField(label=_("Day"), widget=DateInput())
    text = forms.CharField(label=_("What happened"), max_length=2000, widget=text_area(3))
    spent = forms.DecimalField(
        label=_("Spent, in euro"),
        required=False,
        min_value=0,
        max_digits=MONEY["max_digits"],
        decimal_places=2,
        localize=True,
        widget=forms.TextInput({**TEXT, "inputmode": "decimal", "class": "form-control w-date"}),
    )
    alt = forms.CharField(
        label=_("What the photo shows"),
        help_text=_("Needed with a photo, for people who do not see it."),
        required=False,
        max_length=300,
        widget=forms.TextInput(TEXT),
    )


class EndForm(forms.Form):
    """What came of a testing action."""

    learnt = forms.CharField(label=_("What we learnt"), max_length=4000, widget=text_area(4))
    verdict = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=Verdict.choices,
        widget=forms.RadioSelect({"class": "form-check-input"}),
    )
    enters_plan = forms.CharField(
        label=_("What of it enters the action plan"), required=False, max_length=4000, widget=text_area(3)
    )
