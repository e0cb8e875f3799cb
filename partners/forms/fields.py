"""What the forms of this app share."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.enums import CITY_ROLES, Role
from partners.models import Network, Partner


class DayInput(forms.DateInput):
    """A date in the browser's own control."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        """Speak ISO, as the control does."""
        super().__init__(format="%Y-%m-%d", **kwargs)


class PlainForm(forms.Form):
    """A form whose fields follow the portal's order: label, help, error, control."""

    def clean_text(self, name: str) -> str:
        """Return a text without the line ends of other systems."""
        return str(self.cleaned_data.get(name, "")).replace("\r\n", "\n").strip()


class RoleForm(PlainForm):
    """A role and, for city roles, a city of the network."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    partner = forms.ModelChoiceField(
        label=_("City"),
        queryset=Partner.objects.none(),
        required=False,
        help_text=_("For ULG coordinators and ULG members"),
        empty_label=_("The whole network"),
    )
    expires = forms.DateField(
        label=_("Until"), required=False, widget=DayInput, help_text=_("The last day; leave it empty for no end")
    )

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        """Offer the network's cities."""
        super().__init__(*args, **kwargs)
        self.network = network
        self.fields["partner"].queryset = Partner.objects.filter(network=network, is_active=True)

    def clean(self) -> dict[str, Any]:
        """Ask for the city where the role needs one, and drop it where it does not."""
        data = super().clean() or {}
        role = data.get("role")
        if role in CITY_ROLES and not data.get("partner") and "partner" not in self.errors:
            self.add_error("partner", _("Choose the city this person belongs to."))
        if role and role not in CITY_ROLES:
            data["partner"] = None
        expires = data.get("expires")
        if expires and expires < self.network.today():
            self.add_error("expires", _("This day has passed. Choose a later one, or end the membership."))
        return data


def time_zones(chosen: str = "") -> list[tuple[str, str]]:
    """Return the time zones a European network needs, and the one somebody has already."""
    names = {z for z in zoneinfo.available_timezones() if z.startswith(("Europe/", "Atlantic/"))} | {"UTC"}
    if chosen:
        names.add(chosen)
    return [(name, name.replace("_", " ")) for name in sorted(names)]
