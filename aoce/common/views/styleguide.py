"""Every component of the portal on one page, with sample data: what a page is built from, and how it looks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from aoce.common.forms import DecisionForm
from aoce.common.reading import paragraphs
from aoce.common.review import mark_changes
from aoce.common.templatetags.portal import STATE_WORDS

CITIES = "Genk Gdańsk Ķekava Budaörs Banská|Bystrica Iași Quart|de|Poblet Aarhus Breda".replace(
    "|", "\N{NO-BREAK SPACE}"
)
TOKENS = {
    "Grounds": ("canvas", "surface", "sunk"),
    "Text and lines": ("ink", "ink-soft", "line", "line-strong"),
    "Brand": ("brand", "bar", "event", "sun"),
    "States": ("approved", "submitted", "changes", "overdue"),
    "Their grounds": ("approved-tint", "submitted-tint", "changes-tint", "overdue-tint"),
    "Sessions": ("k-workshop", "k-hub", "k-school", "k-visit", "k-group", "k-peer"),
}
OLD = "The city employs 172 civil servants. This brought challenges."
AIM = "People accept a “no”."
NEW = "The city employs 172 civil servants, the whole municipality about 500. New residents needed schools and roads."


class SampleForm(forms.Form):
    """Every kind of field."""

    title = forms.CharField(label="Title", max_length=100)
    day = forms.DateField(
        label="Date of the meeting",
        help_text="The day it took place, for example 16 April 2024",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    link = forms.ChoiceField(
        label="Prepares or follows", choices=[("cnm2", "After Core Network Meeting 2"), ("", "None")]
    )
    topics = forms.CharField(
        label="Main topics", help_text="Two to five, one on each line", widget=forms.Textarea, required=False
    )
    people = forms.IntegerField(label="People", min_value=0)
    kind = forms.ChoiceField(
        label="How did you meet?",
        choices=[("place", "In one place"), ("online", "Online"), ("both", "Both")],
        widget=forms.RadioSelect,
    )
    groups = forms.MultipleChoiceField(
        label="Who came?",
        help_text="Tick all that were there",
        choices=[("civil", "Civil servants"), ("ngo", "Change-maker NGOs"), ("citizens", "Citizen groups")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    shared = forms.BooleanField(label="We shared the learning grid with the group", required=False)
    email = forms.EmailField(label="E-mail", required=False, disabled=True, initial="ilze@kekava.example")

    def clean_day(self) -> date:
        """Refuse a day to come, with a sentence that says how to mend it."""
        day: date = self.cleaned_data["day"]
        if day.year > 2049:  # noqa: PLR2004 - the sample's wrong one
            raise forms.ValidationError("16 May 2050 is after today. Enter the day the meeting took place.")
        return day


def samples() -> dict[str, Any]:
    """Return what the style page shows; invented, but of the field's own words."""
    at = [datetime(2024, 4, day, 9 + day % 7, 32, tzinfo=UTC) for day in (11, 15, 18)]
    wrong = {"title": "Trust", "day": "2050-05-16", "people": "-2", "link": "cnm2", "kind": ""}
    return {
        "tokens": TOKENS,
        "states": list(STATE_WORDS),
        "marks": ["approved", "approved", "submitted", "draft", "overdue", "changes", "none", "na", "approved"],
        "ten": ["approved"] * 4 + ["submitted", "draft", "none", "none", "none", "overdue"],
        "form": SampleForm(initial={"title": "How do we tell people what happened with their ideas?"}),
        "wrong": SampleForm(wrong, auto_id="wrong_%s"),
        "kept": [
            {"pk": 1, "name": "jelenlét-2024-04-16.xlsx", "note": "14 people read from the sheet “Lista”"},
            {"pk": 2, "name": "signed-sheet.pdf", "url": "#files", "note": "Scan, 1 page, 640 KB. Kept as proof."},
        ],
        "problems": [
            "signed-sheet.jpg is not a picture, although its name says so. Save it as JPG or PDF and send it again."
        ],
        "steps": [
            {"state": "submitted", "word": "Submitted", "at": at[0], "who": "Eszter Kovács"},
            {
                "state": "changes",
                "word": "",
                "at": at[1],
                "who": "Márta Szabó",
                "text": "Which year are the figures from?",
            },
            {"state": "approved", "word": "", "at": at[2], "who": "Lies Hermans"},
        ],
        "points": [
            {"text": "Say which year the population figure is from.", "where": "Paragraph 2", "addressed_at": at[2]},
            {"text": "Name the city strategy this links to.", "where": "Paragraph 4", "answer": "Tomorrow."},
        ],
        "texts": [
            {"code": "city", "label": "The city", "paragraphs": paragraphs(mark_changes(OLD, NEW))},
            {"code": "aim", "label": "The aim", "paragraphs": paragraphs(mark_changes(AIM, AIM))},
        ],
        "new": SimpleNamespace(number=2, at=at[2], user="Márta Szabó"),
        "old": SimpleNamespace(number=1, at=at[0]),
        "rows": [("Paragraph 2", "Say which year the figure is from."), ("", "")],
        "decision": DecisionForm(),
        "sides": [
            {
                "title": "Saved text",
                "who": "Ewa Nowak",
                "at": at[0],
                "text": OLD,
                "do": "saved",
                "action": "Keep this text",
            },
            {
                "title": "Your text",
                "who": "You",
                "at": at[1],
                "text": mark_changes(OLD, NEW),
                "do": "mine",
                "action": "Take this text",
            },
        ],
        "jobs": [
            SimpleNamespace(pk="1", state="queued", done=0, total=0),
            SimpleNamespace(pk="2", state="running", done=7, total=12, message="Drawing page 7 of 12"),
            SimpleNamespace(pk="3", state="done", result=None, back_url="#progress"),
            SimpleNamespace(pk="4", state="failed", message="The report is larger than 25 MB.", back_url="#progress"),
        ],
        "page": Paginator(range(95), 25).page(2),
        "cities": CITIES.split(" "),
    }


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the style page."""
    return render(request, "styleguide/index.html", samples())
