"""Forms about a city: its texts, its facts, its local group."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners.forms.fields import DayInput, PlainForm
from partners.models import LocalGroupMember, Partner, PartnerFact, StakeholderKind


class PartnerForm(forms.ModelForm):
    """A city's names and its three profile texts."""

    class Meta:
        model = Partner
        fields = ("name", "organisation", "region", "profile_participation", "profile_practice", "profile_forward")
        labels = {"name": _("City"), "organisation": _("Organisation"), "region": _("Region")}
        help_texts = {
            "profile_participation": _("Where the city stands: people, tradition, what is hard"),
            "profile_practice": _("What it does already; name the practices"),
            "profile_forward": _("What it wants to change, and how"),
        }
        widgets = {
            name: forms.Textarea(attrs={"rows": 8})
            for name in ("profile_participation", "profile_practice", "profile_forward")
        }


class PrintedNumberField(forms.CharField):
    """A number as people of any country write it: ``486.345``, ``38,1`` and ``12 971`` are understood."""

    def to_python(self, value: Any) -> Decimal | None:
        """Return the number; one separator with three digits after it parts thousands."""
        text = "".join(str(value or "").split())
        if not text:
            return None
        marks = [c for c in text if c in ".,"]
        last = marks[-1] if marks else ""
        decimals = text.rsplit(last, 1)[1] if last else ""
        thousands = len(marks) > 1 and marks.count(last) == len(marks)
        if thousands or (len(marks) == 1 and len(decimals) == 3):  # noqa: PLR2004 - three digits part thousands
            text = text.replace(".", "").replace(",", "")
        elif last:
            whole = text.rsplit(last, 1)[0].replace(".", "").replace(",", "")
            text = f"{whole}.{decimals}"
        try:
            return Decimal(text)
        except InvalidOperation as error:
            raise ValidationError(_("Write a number, such as 67.614 or 38,1.")) from error

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number without its empty decimals."""
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        return value


class FactForm(forms.ModelForm):
    """One fact: as printed, as a number, and where it comes from."""

    value = PrintedNumberField(label=_("As a number"), required=False, help_text=_("For comparing cities"))

    class Meta:
        model = PartnerFact
        fields = ("printed", "value", "unit", "year", "summary", "source", "source_date", "is_doubtful", "note")
        labels = {
            "printed": _("As the source prints it"),
            "unit": _("Unit"),
            "year": _("Year it is about"),
            "summary": _("In words"),
            "source": _("Source"),
            "source_date": _("Date of the source"),
            "is_doubtful": _("This figure is doubtful"),
            "note": _("Note"),
        }
        help_texts = {
            "printed": _("Copy it as it stands, with its commas and full stops, even if it cannot be right"),
            "note": _("What a reader should know; for a doubtful figure, why"),
        }
        widgets = {
            "source_date": DayInput(),
            "summary": forms.Textarea(attrs={"rows": 2}),
            "note": forms.Textarea(attrs={"rows": 2}),
        }

    def clean(self) -> dict[str, Any]:
        """A doubtful figure says why."""
        data = super().clean() or {}
        if data.get("is_doubtful") and not data.get("note"):
            self.add_error("note", _("Say why the figure is doubtful."))
        return data


class GroupMemberForm(PlainForm):
    """Somebody in a local group."""

    name = forms.CharField(label=_("Name"), max_length=150)
    organisation = forms.CharField(label=_("Organisation"), max_length=200, required=False)
    kind = forms.ModelChoiceField(
        label=_("Group"), queryset=StakeholderKind.objects.none(), required=False, empty_label=_("Not known yet")
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("Only your city and the network's leads see it")
    )
    since = forms.DateField(label=_("Since"), required=False, widget=DayInput)
    until = forms.DateField(label=_("Until"), required=False, widget=DayInput, help_text=_("The last day in the group"))

    def __init__(self, *args: Any, partner: Partner, member: LocalGroupMember | None = None, **kwargs: Any) -> None:
        """Start from what is known; offer the network's kinds."""
        if member is not None:
            kwargs.setdefault(
                "initial", {f: getattr(member, f) for f in ("name", "organisation", "kind", "email", "since", "until")}
            )
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = StakeholderKind.objects.filter(network_id=partner.network_id)

    def clean(self) -> dict[str, Any]:
        """Nobody leaves before they came."""
        data = super().clean() or {}
        since: dt.date | None = data.get("since")
        until: dt.date | None = data.get("until")
        if since and until and until < since:
            self.add_error("until", _("This is before the first day. Choose a later day."))
        return data
