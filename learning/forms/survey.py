"""Forms of a survey: what it is called, and its questions, in each of the network's languages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import text_area
from learning.enums import LISTED, WRITTEN, QuestionKind
from learning.models import Question, Survey, SurveyTemplate
from learning.services.surveys import choices_from
from meetings.models import TransnationalMeeting
from partners.models import Network, SubTheme

MOST_TEXTS = 10
MOST_CHOICES = 40


def language_name(code: str) -> str:
    """Return what a language calls itself."""
    return str(LANG_INFO.get(code, {}).get("name_local", code)).capitalize()


class ManyLanguagesForm(forms.Form):
    """Texts in several languages: a field ``<name>_<language>`` each; the first language must be there."""

    languages: list[str]
    texts: tuple[tuple[str, Any, Any, bool, int], ...] = ()

    def add_texts(self, network: Network) -> None:
        """Make the fields of ``texts``: name, label, help, whether it is needed in the first language, rows."""
        self.languages = list(network.languages) or ["en"]
        for language in self.languages:
            for name, label, help_text, needed, rows in self.texts:
                first = language == self.languages[0]
                self.fields[f"{name}_{language}"] = forms.CharField(
                    label=label,
                    help_text=help_text if first else "",
                    required=needed and first,
                    max_length=4000 if rows > 1 else 300,
                    widget=text_area(rows) if rows > 1 else forms.TextInput(attrs={"class": "form-control"}),
                )

    def words(self, name: str) -> dict[str, str]:
        """Return a text by language, empty ones left out."""
        found = {language: self.cleaned_data[f"{name}_{language}"].strip() for language in self.languages}
        return {language: text for language, text in found.items() if text}

    def first_texts(self) -> list[forms.BoundField]:
        """Return the fields of the first language."""
        return [self[f"{name}_{self.languages[0]}"] for name, *_rest in self.texts]

    def other_texts(self) -> list[tuple[str, str, list[forms.BoundField], bool]]:
        """Return code, name, fields of each other language, and whether something is written in it."""
        found = []
        for language in self.languages[1:]:
            fields = [self[f"{name}_{language}"] for name, *_rest in self.texts]
            found.append((language, language_name(language), fields, any(field.value() for field in fields)))
        return found


class SurveyForm(ManyLanguagesForm):
    """A survey's title, introduction, meeting and pace."""

    texts = (
        ("title", _("Title"), _("What people read first, for example: What do we need to learn?"), True, 1),
        ("intro", _("Introduction"), _("What the answers are for, and how long it takes"), False, 3),
    )
    meeting = forms.ModelChoiceField(
        label=_("Meeting"),
        queryset=TransnationalMeeting.objects.none(),
        required=False,
        empty_label=_("No meeting"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    one_at_a_time = forms.BooleanField(label=_("One question on each page"), required=False)
    begin = forms.ChoiceField(
        label=_("Begin with the questions of"),
        help_text=_("You can change them afterwards."),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: Any, network: Network, survey: Survey | None = None, **kwargs: Any) -> None:
        """Offer the network's meetings; a new survey may begin with a template's or another survey's questions."""
        super().__init__(*args, **kwargs)
        if survey:
            del self.fields["begin"]
        else:
            templates = SurveyTemplate.objects.filter(network=network)
            earlier = Survey.objects.filter(network=network, questions__isnull=False).distinct()
            self.sources: dict[str, SurveyTemplate | Survey] = {f"t{row.pk}": row for row in templates}
            self.sources |= {f"s{row.pk}": row for row in earlier}
            self.fields["begin"].choices = [
                ("", _("Nothing: write all of them")),
                *((key, str(row)) for key, row in self.sources.items()),
            ]
        self.add_texts(network)
        self.fields["meeting"].queryset = TransnationalMeeting.objects.filter(network=network)
        if survey:
            self.initial |= {"meeting": survey.meeting_id, "one_at_a_time": survey.one_at_a_time}
            for language in self.languages:
                self.initial[f"title_{language}"] = survey.title.get(language, "")
                self.initial[f"intro_{language}"] = survey.intro.get(language, "")


class QuestionForm(ManyLanguagesForm):
    """One question."""

    texts = (
        ("text", _("Question"), "", True, 1),
        ("help", _("Help"), _("One line below the question"), False, 1),
        ("choices", _("List to choose from"), _("One choice on each line"), False, 5),
    )
    kind = forms.ChoiceField(
        label=_("How it is answered"), choices=QuestionKind, widget=forms.Select(attrs={"class": "form-select"})
    )
    sub_themes = forms.BooleanField(label=_("Take the network's sub-themes as the list"), required=False)
    most = forms.IntegerField(
        label=_("At most so many answers from one person"),
        help_text=_("For sentences, words, and several of a list"),
        min_value=1,
        max_value=MOST_TEXTS,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "form-control w-date", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, network: Network, question: Question | None = None, **kwargs: Any) -> None:
        """Begin with what the question says; one that was answered keeps its kind."""
        super().__init__(*args, **kwargs)
        self.network, self.question = network, question
        self.add_texts(network)
        if question:
            self.initial |= {"kind": question.kind, "most": question.most}
            for language in self.languages:
                self.initial[f"text_{language}"] = question.text.get(language, "")
                self.initial[f"help_{language}"] = question.help.get(language, "")
                lines = [choice["text"].get(language, "") for choice in question.choices]
                self.initial[f"choices_{language}"] = "\n".join(lines).rstrip()
            if question.answers.exists():
                self.fields["kind"].disabled = True

    @property
    def before_texts(self) -> list[forms.BoundField]:
        """Return the fields that stand before the texts."""
        return [self["kind"]]

    def clean(self) -> dict[str, Any]:
        """A kind that needs a list has one, of a length that fits on a phone."""
        data = super().clean() or {}
        first = f"choices_{self.languages[0]}"
        if data.get("kind") in LISTED:
            lines = {
                language: [line.strip() for line in data.get(f"choices_{language}", "").splitlines()]
                for language in self.languages
            }
            lines[self.languages[0]] = [line for line in lines[self.languages[0]] if line]
            if data.get("sub_themes"):
                themes = SubTheme.objects.filter(theme__network=self.network).select_related("theme")
                lines = {self.languages[0]: [theme.name for theme in themes]}
            self.choices = choices_from(lines, self.question.choices if self.question else [])
            if len(self.choices) < 2:  # noqa: PLR2004 - one thing is no choice
                self.add_error(first, _("Write at least two lines to choose from."))
            elif len(self.choices) > MOST_CHOICES:
                self.add_error(first, _("A list has at most %(n)s lines.") % {"n": MOST_CHOICES})
        else:
            self.choices = []
            if data.get("kind") not in WRITTEN:
                data["most"] = 1
        return data
