"""Forms of skills profiles: a round, and one person's answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import text_area
from learning.enums import SkillLevel
from learning.models import Skill, SkillRound
from partners.models import Partner

MOST_DEPARTMENTS = 30


class RoundForm(forms.Form):
    """A round of the self-assessment."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("For example: at the beginning, after the masterclasses."),
        max_length=120,
        widget=forms.TextInput({"class": "form-control"}),
    )
    departments = forms.CharField(
        label=_("Departments to choose from"),
        help_text=_("One in each line. Results are shown where at least five people answered."),
        required=False,
        max_length=3000,
        widget=text_area(6),
    )

    def clean_departments(self) -> list[str]:
        """Return one name a line, each once."""
        lines = [line.strip()[:100] for line in self.cleaned_data["departments"].splitlines() if line.strip()]
        return list(dict.fromkeys(lines))[:MOST_DEPARTMENTS]


class SkillsForm(forms.Form):
    """One person's levels. Every element is asked; nothing is chosen before."""

    partner = forms.ModelChoiceField(
        label=_("Your city"),
        queryset=Partner.objects.none(),
        empty_label=_("Choose"),
        widget=forms.Select({"class": "form-select"}),
    )
    department = forms.ChoiceField(
        label=_("Your department"), required=False, widget=forms.Select({"class": "form-select"})
    )
    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, found: SkillRound, skills: list[Skill], **kwargs: Any) -> None:
        """Ask for each element of each skill."""
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = Partner.objects.filter(network=found.network_id, is_active=True)
        self.fields["department"].choices = [("", _("Another, or I would rather not say"))]
        self.fields["department"].choices += [(name, name) for name in found.departments]
        if not found.departments:
            del self.fields["department"]
        self.skills = skills
        for skill in skills:
            for element in skill.elements.all():
                self.fields[f"e{element.pk}"] = forms.TypedChoiceField(
                    label=element.name,
                    choices=SkillLevel.choices,
                    coerce=int,
                    widget=forms.RadioSelect({"class": "form-check-input"}),
                    error_messages={"required": _("Choose a level.")},
                )

    @property
    def parts(self) -> list[tuple[Skill, list[Any]]]:
        """The elements of each skill as fields."""
        return [(skill, [self[f"e{element.pk}"] for element in skill.elements.all()]) for skill in self.skills]

    @property
    def about(self) -> list[Any]:
        """City and department."""
        return [self[name] for name in ("partner", "department") if name in self.fields]

    @property
    def levels(self) -> dict[int, int]:
        """The level of each element."""
        return {int(name[1:]): value for name, value in self.cleaned_data.items() if name[1:].isdecimal()}
