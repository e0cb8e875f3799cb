"""Forms of participation: registering somebody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings import policies
from meetings.enums import Part
from meetings.models import Participation, TransnationalMeeting
from partners.actors import Actor
from partners.models import Partner

TEXT = {"class": "form-control"}


class ParticipantForm(forms.Form):
    """Who comes, for which city, as what, and what they need."""

    name = forms.CharField(label=_("Name"), max_length=150, widget=forms.TextInput(attrs=TEXT))
    partner = forms.ModelChoiceField(
        label=_("City"),
        queryset=Partner.objects.none(),
        required=False,
        empty_label=_("None, from outside"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    organisation = forms.CharField(
        label=_("Organisation"), required=False, max_length=200, widget=forms.TextInput(attrs=TEXT)
    )
    part = forms.ChoiceField(
        label=_("Comes as"), choices=Part, widget=forms.Select(attrs={"class": "form-select"}), initial=Part.MEMBER
    )
    diet = forms.CharField(
        label=_("Diet"),
        help_text=_("Seen by the hosts and the Lead Partner, deleted a week after the meeting"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=TEXT),
    )
    access = forms.CharField(
        label=_("What they need to take part"),
        help_text=_("For example: a wheelchair, an interpreter. Deleted with the diet"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=TEXT),
    )

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        meeting: TransnationalMeeting,
        participation: Participation | None = None,
        **kwargs: Any,
    ) -> None:
        """Offer the cities this person registers for; a registered person stays with their city."""
        super().__init__(*args, **kwargs)
        cities = Partner.objects.filter(network=meeting.network_id, is_active=True)
        if not policies.can_write_agenda(actor, meeting):
            cities = cities.filter(pk__in=actor.coordinated_partner_ids)
            self.fields["partner"].empty_label = None
            self.fields["partner"].required = True
        self.fields["partner"].queryset = cities
        if participation:
            needs = getattr(participation, "needs", None)
            self.initial |= {
                "name": participation.name,
                "partner": participation.partner_id,
                "organisation": participation.organisation,
                "part": participation.part,
                "diet": needs.diet if needs else "",
                "access": needs.access if needs else "",
            }
