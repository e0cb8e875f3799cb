"""Forms about reminders: the network's rules, a person's preference."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roadmap.models import ReminderPreference, ReminderRule


class RuleForm(forms.ModelForm):
    """One rule: how many days before or after, how often again, to whom."""

    class Meta:
        model = ReminderRule
        fields = ("offset_days", "repeat_days", "audience", "is_active")
        help_texts = {
            "offset_days": _("-14 is two weeks before, 0 the day itself, 7 a week after."),
            "repeat_days": _("7 for every week until it is in; empty for once."),
        }

    def clean_repeat_days(self) -> int | None:
        """Refuse 0, which would never end."""
        days = self.cleaned_data["repeat_days"]
        if days == 0:
            raise forms.ValidationError(_("0 days is no distance. Write 1 for every day, or leave it empty."))
        return days

    def clean(self) -> dict[str, Any]:
        """Refuse a second rule for the same day and people."""
        cleaned = super().clean() or {}
        same = ReminderRule.objects.filter(
            network=self.instance.network,
            offset_days=cleaned.get("offset_days"),
            audience=cleaned.get("audience"),
        ).exclude(pk=self.instance.pk)
        if same.exists():
            self.add_error("offset_days", _("There is a rule for this day already. Change that one."))
        return cleaned


class PreferenceForm(forms.ModelForm):
    """How somebody wants to be reminded."""

    class Meta:
        model = ReminderPreference
        fields = ("mode", "paused_until")
        widgets = {
            "mode": forms.RadioSelect,
            "paused_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "paused_until": _(
                "No reminders up to and including this day. What came up meanwhile arrives the day after."
            )
        }

    def clean_paused_until(self) -> date | None:
        """Take a day that is over for no pause."""
        day = self.cleaned_data["paused_until"]
        return day if day and day >= timezone.localdate() else None
