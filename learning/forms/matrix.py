"""Forms of a city's row of the matrix."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.actors import Actor
from partners.models import Network, Partner, SubTheme

SELECT = {"class": "form-select"}
TEXT = {"class": "form-control"}


class RowForm(forms.Form):
    """A need to be added to a city's row."""

    partner = forms.ModelChoiceField(
        label=_("City"), queryset=Partner.objects.none(), empty_label=None, widget=forms.Select(attrs=SELECT)
    )
    sub_theme = forms.ModelChoiceField(
        label=_("Sub-theme"), queryset=SubTheme.objects.none(), widget=forms.Select(attrs=SELECT)
    )
    reason = forms.CharField(
        label=_("What you need to know, and why"),
        help_text=_("One sentence. Cities with a practice decide by it how they can help."),
        max_length=300,
        widget=forms.TextInput(TEXT),
    )

    def __init__(self, *args: Any, actor: Actor, network: Network, **kwargs: Any) -> None:
        """Offer the cities whose row this person keeps."""
        super().__init__(*args, **kwargs)
        own = Partner.objects.filter(network=network, pk__in=actor.coordinated_partner_ids, is_active=True)
        self.fields["partner"].queryset = own
        self.fields["sub_theme"].queryset = SubTheme.objects.filter(theme__network=network).select_related("theme")


class WordsForm(forms.Form):
    """The sentence of a need."""

    reason = forms.CharField(
        label=_("What you need to know, and why"), max_length=300, widget=forms.TextInput(TEXT), required=False
    )


class EndForm(forms.Form):
    """How a need ended."""

    end = forms.ChoiceField(
        label=_("What became of it?"),
        choices=[("met", _("It is met: we know enough now")), ("dropped", _("It is no need of ours any more"))],
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )
    note = forms.CharField(label=_("By what, or why not"), max_length=300, required=False, widget=forms.TextInput(TEXT))
