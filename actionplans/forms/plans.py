"""Forms of action plans: a chapter, an action, how integrated the plan is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from actionplans.content import degree
from actionplans.enums import Readiness
from actionplans.models.plans import HIGHEST
from actionplans.services.plan_actions import TEXTS
from aoce.common.forms import DateInput, rich_text, text_area
from aoce.common.richtext import from_marks
from meetings.forms.choices import Chosen, offer
from partners.models import HorizontalTheme

if TYPE_CHECKING:
    from actionplans.models import Assessment, IntegrationAspect, PlanAction
    from partners.models import Network

TEXT = {"class": "form-control"}
LONGEST = 400_000


class ChapterTextForm(forms.Form):
    """A chapter's text in the editor, with the version it was read at. Pictures are chosen from the plan's own."""

    body = forms.CharField(label=_("Text"), required=False, max_length=LONGEST, widget=forms.Textarea)
    sources = forms.CharField(
        label=_("Sources, one a line"),
        help_text=_("Write [1] in the text where you use the first, [2] for the second."),
        required=False,
        max_length=20_000,
        widget=text_area(4),
    )
    read_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, pictures: str, **kwargs: Any) -> None:
        """Take the address of the page where pictures are chosen."""
        super().__init__(*args, **kwargs)
        self.fields["body"].widget = rich_text(
            rows=24,
            Heading={"levels": [3, 4]},
            Table=True,
            TableRow=True,
            TableHeader=True,
            TableCell=True,
            Image=True,
            Caption=True,
            Figure={"pickerUrl": pictures},
            Superscript=True,
            HardBreak=True,
        )


class PlainChapterForm(ChapterTextForm):
    """The same without the editor: plain text with marks."""

    plain = forms.BooleanField(widget=forms.HiddenInput, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for plain text."""
        super().__init__(*args, **kwargs)
        self.fields["body"].widget = forms.Textarea(attrs={"rows": 24, "class": "form-control"})
        self.fields["body"].help_text = now(
            "An empty line between paragraphs. Marks: ## before a heading, - before each point of a list, **strong**, "
            "[words](https://address), | one | two | for each row of a table, ![what it shows](address) for a picture."
        )

    def clean_body(self) -> str:
        """Return the HTML of what was typed."""
        return from_marks(self.cleaned_data["body"])


class PictureForm(forms.Form):
    """What a picture shows; the file itself is read by the upload component."""

    alt = forms.CharField(
        label=_("What the picture shows"),
        help_text=_("Needed, for people who do not see it."),
        max_length=180,
        widget=forms.TextInput(TEXT),
    )


class MeetingForm(forms.Form):
    """The public meeting where a plan was presented."""

    day = forms.DateField(label=_("Day"), widget=DateInput())
    place = forms.CharField(label=_("Place"), max_length=200, widget=forms.TextInput(TEXT))
    note = forms.CharField(label=_("What came of it"), required=False, max_length=4000, widget=text_area(3))


class PlanActionForm(forms.Form):
    """An action of the plan, but for its lines."""

    is_draft = True

    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(TEXT))
    description = forms.CharField(label=_("What happens"), required=False, max_length=6000, widget=text_area(4))
    result = forms.CharField(label=_("Intended result"), required=False, max_length=3000, widget=text_area(2))
    owner = forms.CharField(
        label=_("Owner"),
        help_text=_("The department or person who answers for it."),
        required=False,
        max_length=200,
        widget=forms.TextInput(TEXT),
    )
    partners = forms.CharField(label=_("Partners"), required=False, max_length=2000, widget=text_area(2))
    readiness = forms.ChoiceField(
        label=_("How ready it is"),
        choices=[("", _("Not said yet")), *Readiness.choices],
        required=False,
        widget=forms.Select({"class": "form-select"}),
    )
    starts = forms.DateField(label=_("Begins"), required=False, widget=DateInput())
    ends = forms.DateField(label=_("Ends"), required=False, widget=DateInput())
    strategies = forms.CharField(
        label=_("Strategies it links to"), required=False, max_length=2000, widget=text_area(2)
    )
    themes = Chosen(label=_("Horizontal themes"))
    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, action: PlanAction, network: Network, **kwargs: Any) -> None:
        """Begin with what the action says."""
        super().__init__(*args, **kwargs)
        for name in TEXTS:
            self.initial[name] = getattr(action, name)
        self.initial["themes"] = [theme.pk for theme in action.horizontal_themes.all()]
        self.initial["read_version"] = action.version
        offer(self, themes=(HorizontalTheme.objects.filter(network=network), "name", "code"))
        if not self.fields["themes"].choices:
            del self.fields["themes"]

    def clean(self) -> dict[str, Any]:
        """Begin before the end."""
        data = super().clean() or {}
        if data.get("starts") and data.get("ends") and data["starts"] > data["ends"]:
            self.add_error("ends", now("It ends before it begins."))
        return data

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, by field."""
        return {
            name: value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
            for name, value in ((name, self.cleaned_data[name]) for name in TEXTS)
        }


class AssessForm(forms.Form):
    """How far each aspect of the integrated approach is, before and after, with what shows it."""

    def __init__(
        self, *args: Any, aspects: list[IntegrationAspect], there: dict[int, Assessment], **kwargs: Any
    ) -> None:
        """Ask for each aspect."""
        super().__init__(*args, **kwargs)
        self.aspects = aspects
        steps = [("", now("Not said yet")), *((n, f"{n}: {degree(n)}") for n in range(HIGHEST + 1))]
        select = {"class": "form-select"}
        for one in aspects:
            was = there.get(one.pk)
            for name, label in (("before", now("Before the plan")), ("after", now("With the plan"))):
                self.fields[f"{name}-{one.pk}"] = forms.TypedChoiceField(
                    label=label,
                    choices=steps,
                    coerce=int,
                    empty_value=None,
                    required=False,
                    widget=forms.Select(select),
                )
                self.initial[f"{name}-{one.pk}"] = getattr(was, name) if was else None
            self.fields[f"evidence-{one.pk}"] = forms.CharField(
                label=now("What shows it"), required=False, max_length=2000, widget=text_area(2)
            )
            self.initial[f"evidence-{one.pk}"] = was.evidence if was else ""

    @property
    def rows(self) -> list[tuple[IntegrationAspect, list[Any]]]:
        """Each aspect with its three fields."""
        return [(one, [self[f"{name}-{one.pk}"] for name in ("before", "after", "evidence")]) for one in self.aspects]

    @property
    def given(self) -> dict[int, dict[str, Any]]:
        """What was said, by the aspect's id; only what differs from what was there."""
        names = ("before", "after", "evidence")
        return {
            one.pk: {name: self.cleaned_data[f"{name}-{one.pk}"] for name in names}
            for one in self.aspects
            if any(f"{name}-{one.pk}" in self.changed_data for name in names)
        }
