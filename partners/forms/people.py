"""Forms about people: inviting, accepting, changing, one's own profile."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from partners.forms.fields import PlainForm, RoleForm, time_zones
from partners.models import User

AT_ONCE = 100


class InviteForm(RoleForm):
    """Several addresses at once, one role."""

    emails = forms.CharField(
        label=_("E-mail addresses"),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text=_("One or several; put each on its own line or a comma between them"),
    )
    language = forms.ChoiceField(
        label=_("Language of the invitation"),
        choices=settings.LANGUAGES,
        help_text=_("People who have an account get it in their own language"),
    )
    field_order = ("emails", "role", "partner", "language", "expires")

    def clean_emails(self) -> list[str]:
        """Return the addresses; names around them (``Ewa <ewa@…>``) are left out."""
        parts = [p.strip() for p in re.split(r"[\s,;]+", self.cleaned_data["emails"]) if "@" in p]
        found = list(dict.fromkeys(part.strip("<>\"'()").lower() for part in parts))
        if not found:
            raise ValidationError(_("There is no e-mail address here. Write at least one, such as name@city.eu."))
        wrong = []
        for email in found:
            try:
                validate_email(email)
            except ValidationError:
                wrong.append(email)
        if wrong:
            message = ngettext(
                "This is not an e-mail address: %(list)s. Correct it.",
                "These are not e-mail addresses: %(list)s. Correct them.",
                len(wrong),
            )
            raise ValidationError(message % {"list": ", ".join(wrong)})
        if len(found) > AT_ONCE:
            raise ValidationError(
                _("These are %(count)s addresses. Invite at most %(most)s at once.")
                % {"count": len(found), "most": AT_ONCE}
            )
        return found


class MembershipForm(RoleForm):
    """Another role, city or end for somebody."""


class AcceptForm(PlainForm):
    """What a new person tells when they accept an invitation."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language of the portal and its mails"), choices=settings.LANGUAGES)
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters; three or four unusual words are easy to remember"),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        """Keep the address: a password must not be like it."""
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        """Hold the password to the site's rules."""
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email, name=self.cleaned_data.get("name", "")))
        return password

    password_rules = staticmethod(password_validators_help_texts)


class ProfileForm(PlainForm):
    """Who I am and how the portal speaks to me."""

    name = forms.CharField(label=_("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    organisation = forms.CharField(
        label=_("Organisation"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    language = forms.ChoiceField(label=_("Language of the portal and its mails"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), help_text=_("Hours are shown in it"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Start from what is known."""
        language = user.language if user.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        kwargs.setdefault(
            "initial",
            {
                "name": user.name,
                "organisation": user.organisation,
                "language": language,
                "time_zone": user.time_zone,
            },
        )
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = time_zones(user.time_zone)
