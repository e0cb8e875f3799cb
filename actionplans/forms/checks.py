"""Forms of the quality check: judgements, remarks, the decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from actionplans.enums import Judgement
from aoce.common.forms import DateInput, text_area

if TYPE_CHECKING:
    from django.http import QueryDict

    from actionplans.models import Criterion, Finding


def criterion_rows(criteria: Sequence[Criterion], findings: dict[int, Finding]) -> list[dict[str, Any]]:
    """Return the criteria with what was judged so far."""
    rows = []
    for one in criteria:
        found = findings.get(one.pk)
        rows.append(
            {
                "criterion": one,
                "judgement": found.judgement if found else "",
                "suggestion": found.suggestion if found else "",
            }
        )
    return rows


def judgements_in(post: QueryDict, criteria: Sequence[Criterion]) -> dict[int, tuple[str, str]]:
    """Return what a checker judged, by the criterion's id: (judgement, suggestion)."""
    given = {}
    for one in criteria:
        judgement = post.get(f"judgement-{one.pk}", "")
        suggestion = post.get(f"suggestion-{one.pk}", "").replace("\r\n", "\n").strip()[:4000]
        given[one.pk] = (judgement if judgement in Judgement.values else "", suggestion)
    return given


class RemarkForm(forms.Form):
    """A remark beside a text."""

    place = forms.CharField(max_length=60, widget=forms.HiddenInput)
    quote = forms.CharField(
        label=_("The words it is about"),
        help_text=_("Leave fewer of them if it is about a few only; nothing for the whole part."),
        required=False,
        max_length=2000,
        widget=text_area(2),
    )
    text = forms.CharField(label=_("Remark"), max_length=4000, widget=text_area(3))
    replacement = forms.CharField(
        label=_("Suggested text"),
        help_text=_("The city can take it over in place of the words above, with one press."),
        required=False,
        max_length=4000,
        widget=text_area(2),
    )
    is_internal = forms.BooleanField(
        label=_("For Lead Expert and Lead Partner only"),
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )

    def clean(self) -> dict[str, Any]:
        """Suggest a text for words that are there."""
        data = super().clean() or {}
        if data.get("replacement") and not data.get("quote", "").strip():
            self.add_error("quote", now("Say which words the suggested text replaces."))
        return data


class DecideForm(forms.Form):
    """The decision: the letter, a day, and why in spite of open criteria; with the version the checker read."""

    letter = forms.CharField(
        label=_("Letter to the city"),
        help_text=_("It is mailed and stays on file as PDF. Change it as you like."),
        required=False,
        max_length=12000,
        widget=text_area(8),
    )
    due = forms.DateField(
        label=_("Hand in again by"),
        help_text=_("If you request changes, it becomes the city's next day."),
        required=False,
        widget=DateInput(),
    )
    despite = forms.CharField(
        label=_("Why it is approved although a needed criterion is open"),
        required=False,
        max_length=2000,
        widget=text_area(2),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
