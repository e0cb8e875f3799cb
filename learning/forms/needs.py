"""Forms of learning needs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from learning.enums import NeedOutcome
from learning.models import LearningNeed
from meetings.models import TransnationalMeeting
from partners.actors import Actor
from partners.models import Network, Partner, SubTheme

SELECT = {"class": "form-select"}


class NeedForm(forms.Form):
    """One need of one city."""

    partner = forms.ModelChoiceField(
        label=_("City"), queryset=Partner.objects.none(), widget=forms.Select(attrs=SELECT), empty_label=None
    )
    text = forms.CharField(
        label=_("What we need to learn"),
        help_text=_("One thing, in your own words: how to …"),
        max_length=300,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    sub_theme = forms.ModelChoiceField(
        label=_("Sub-theme"),
        queryset=SubTheme.objects.none(),
        required=False,
        empty_label=_("Not known yet"),
        widget=forms.Select(attrs=SELECT),
    )
    meeting = forms.ModelChoiceField(
        label=_("For which meeting"),
        queryset=TransnationalMeeting.objects.none(),
        required=False,
        empty_label=_("Any"),
        widget=forms.Select(attrs=SELECT),
    )

    def __init__(
        self, *args: Any, actor: Actor, network: Network, need: LearningNeed | None = None, **kwargs: Any
    ) -> None:
        """Offer the cities this person writes for; a need stays with its city."""
        super().__init__(*args, **kwargs)
        cities = Partner.objects.filter(network=network, is_active=True)
        if need:
            cities = cities.filter(pk=need.partner_id)
            self.initial |= {
                "partner": need.partner_id,
                "text": need.text,
                "sub_theme": need.sub_theme_id,
                "meeting": need.meeting_id,
            }
        elif not actor.leads:
            cities = cities.filter(pk__in=actor.coordinated_partner_ids)
        self.fields["partner"].queryset = cities
        themes = SubTheme.objects.filter(theme__network=network).select_related("theme")
        self.fields["sub_theme"].queryset = themes
        self.fields["meeting"].queryset = TransnationalMeeting.objects.filter(network=network)


class OutcomeForm(forms.Form):
    """What a city says of its need afterwards."""

    outcome = forms.ChoiceField(label=_("Was it answered?"), choices=NeedOutcome, widget=forms.Select(attrs=SELECT))
    note = forms.CharField(
        label=_("By what, or what is missing"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
