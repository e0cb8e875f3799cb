"""Forms of participation: registering somebody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings import policies
from meetings.enums import Part
from meetings.models import Participation, TransnationalMeeting, TravelMode
from partners.actors import Actor
from partners.models import Partner

TEXT = {"class": "form-control"}


#: So many parts of a journey can be told.
LEGS = (1, 2, 3)


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
        modes = [("", _("None")), *TravelMode.objects.filter(network=meeting.network_id).values_list("pk", "name")]
        for n in LEGS if len(modes) > 1 else ():
            self.fields[f"mode_{n}"] = forms.TypedChoiceField(
                label=gettext("Travel, part %(n)s") % {"n": n},
                choices=modes,
                required=False,
                coerce=int,
                empty_value=None,
                widget=forms.Select(attrs={"class": "form-select"}),
            )
            self.fields[f"km_{n}"] = forms.IntegerField(
                label=_("Kilometres, there and back together"),
                required=False,
                min_value=1,
                max_value=40_000,
                widget=forms.NumberInput(attrs={"class": "form-control w-date"}),
            )
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
            for n, leg in enumerate(participation.legs.all()[: len(LEGS)], start=1):
                self.initial |= {f"mode_{n}": leg.mode_id, f"km_{n}": leg.km}

    def clean(self) -> dict[str, Any]:
        """Return ``legs`` as pairs of a mode's id and kilometres; one of the two alone is asked to be completed."""
        data = super().clean() or {}
        legs = []
        for n in LEGS:
            mode, km = data.pop(f"mode_{n}", None), data.pop(f"km_{n}", None)
            if mode and km:
                legs.append((mode, km))
            elif mode and not self.errors.get(f"km_{n}"):
                self.add_error(f"km_{n}", _("Say how many kilometres, or choose “None” before it."))
            elif km:
                self.add_error(f"mode_{n}", _("Say how they travel, or leave the kilometres empty."))
        return data | {"legs": legs}
