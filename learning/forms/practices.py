"""Forms of good practices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import text_area
from learning.enums import RemarkKind
from learning.models import GoodPractice
from learning.services.practices import FIELDS, TEXTS, verbose
from partners.actors import Actor
from partners.models import Network, Partner, SubTheme

HELP = {
    "summary": _("Two or three sentences. The other cities read them at once, all the rest once it is approved."),
    "why": _("What was missing or went wrong before."),
    "how": _("Step by step: who does what, with whom."),
    "for_whom": _("Who takes part, and who could."),
    "cost": _("Money, working time, rooms; what it costs to begin and each year after."),
    "results": _("What changed, and how you know."),
    "lessons": _("What you would do again, and what not."),
    "watch": _("What another city should know before it begins."),
    "links": _("One address in each line, beginning with https://."),
    "contact": _("Name and mail address. Shown to people of the network only, never in public."),
}
TEXT = {"class": "form-control"}


class PracticeForm(forms.Form):
    """All of a practice. A draft may have gaps; they are asked for when it is handed in."""

    is_draft = True

    owner = forms.ModelChoiceField(
        label=_("City"),
        queryset=Partner.objects.none(),
        empty_label=None,
        widget=forms.Select({"class": "form-select"}),
    )
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(TEXT))
    place = forms.CharField(
        label=_("Place"),
        help_text=_("The city or organisation outside the network."),
        max_length=100,
        widget=forms.TextInput(TEXT),
    )
    country = forms.RegexField(
        r"^[A-Z]{2}$",
        label=_("Country"),
        help_text=_("Two capital letters, as in FI."),
        required=False,
        widget=forms.TextInput({**TEXT, "class": "form-control w-date"}),
    )
    sub_themes = forms.ModelMultipleChoiceField(
        label=_("Sub-themes"),
        queryset=SubTheme.objects.none(),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, actor: Actor, network: Network, practice: GoodPractice | None = None, **kwargs: Any
    ) -> None:
        """Show a practice, or an empty one for one of the cities this person writes for."""
        super().__init__(*args, **kwargs)
        for name in (*TEXTS, "links", "contact"):
            self.fields[name] = forms.CharField(
                label=verbose(name),
                help_text=HELP[name],
                max_length=6000,
                required=False,
                widget=text_area(2 if name in ("links", "contact", "for_whom", "cost") else 4),
            )
        self.fields["sub_themes"].queryset = SubTheme.objects.filter(theme__network=network).select_related("theme")
        own = Partner.objects.filter(network=network, pk__in=actor.coordinated_partner_ids, is_active=True)
        if practice is not None:
            del self.fields["owner"]
            self.initial |= {name: getattr(practice, name) for name in FIELDS}
            self.initial |= {"read_version": practice.version}
            self.initial["sub_themes"] = [theme.pk for theme in practice.sub_themes.all()]
        outside = practice.owner_id is None if practice else actor.is_lead_expert and not own
        if outside:
            self.fields.pop("owner", None)
        else:
            del self.fields["place"], self.fields["country"]
            if practice is None:
                self.fields["owner"].queryset = own

    def clean_links(self) -> str:
        """Take addresses only, one in a line."""
        lines = self.cleaned_data["links"].split()
        check = URLValidator(schemes=["http", "https"])
        for line in lines:
            try:
                check(line)
            except ValidationError as error:
                words = now("“%(line)s” is not an address. Write it whole, beginning with https://.")
                raise ValidationError(words % {"line": line}) from error
        return "\n".join(lines)

    @property
    def values(self) -> dict[str, str]:
        """What the practice's own fields are to be."""
        return {k: v.replace("\r\n", "\n").strip() for k, v in self.cleaned_data.items() if k in FIELDS}


class RemarkForm(forms.Form):
    """What somebody adds to a practice."""

    kind = forms.ChoiceField(
        label=_("This is"), choices=RemarkKind.choices, widget=forms.Select({"class": "form-select"})
    )
    text = forms.CharField(label=_("Your text"), max_length=4000, widget=text_area(3))
