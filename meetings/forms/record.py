"""Forms around a meeting: its rationale and record, documents and photos, the checklist."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from aoce.common.forms import DateInput, text_area
from meetings.enums import Consent, MaterialKind
from meetings.forms.choices import Chosen
from meetings.models import Material, Preparation, Session, TransnationalMeeting
from partners.models import Membership, Partner

TEXT = {"class": "form-control"}
SELECT = {"class": "form-select"}
LONG = 20_000


class RationaleForm(forms.Form):
    """Why a meeting is held as it is."""

    body = forms.CharField(label=_("Rationale"), max_length=LONG, widget=text_area(16))
    draws_on = Chosen(label=_("Draws on"))
    read_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, meeting: TransnationalMeeting, **kwargs: Any) -> None:
        """Offer the network's other meetings."""
        super().__init__(*args, **kwargs)
        others = TransnationalMeeting.objects.filter(network=meeting.network_id).exclude(pk=meeting.pk)
        self.fields["draws_on"].choices = list(others.values_list("pk", "title"))


class CommentForm(forms.Form):
    """Something said of a rationale."""

    text = forms.CharField(label=_("Your comment"), max_length=4000, widget=text_area(3))


class RecordForm(forms.Form):
    """What is written of a meeting afterwards."""

    introduction = forms.CharField(label=_("How it went"), required=False, max_length=LONG, widget=text_area(6))
    decisions = forms.CharField(label=_("What was decided"), required=False, max_length=LONG, widget=text_area(5))
    next_steps = forms.CharField(label=_("What happens next"), required=False, max_length=LONG, widget=text_area(5))
    read_version = forms.IntegerField(widget=forms.HiddenInput)


class SessionChoice(forms.TypedChoiceField):
    """One of the meeting's sessions, or none."""

    def __init__(self) -> None:
        """Offer nothing yet."""
        super().__init__(
            label=_("Session"),
            required=False,
            coerce=int,
            empty_value=None,
            widget=forms.Select(attrs=SELECT),
        )

    def offer(self, sessions: list[Session]) -> None:
        """Offer these sessions."""
        self.choices = [("", _("None in particular")), *((session.pk, str(session)) for session in sessions)]


class DocumentForm(forms.Form):
    """A document: what it is called, what it is, which session it belongs to."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("Empty: the name of the file"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=TEXT),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in MaterialKind if kind != MaterialKind.PHOTO],
        widget=forms.Select(attrs=SELECT),
    )
    session = SessionChoice()

    def __init__(self, *args: Any, sessions: list[Session], **kwargs: Any) -> None:
        """Offer the meeting's sessions."""
        super().__init__(*args, **kwargs)
        self.fields["session"].offer(sessions)


class PhotoForm(forms.Form):
    """What a photo shows, and whether it may be shown."""

    text = forms.CharField(
        label=_("What the photo shows"),
        help_text=_("For people who cannot see it, and needed before others do"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs=TEXT),
    )
    title = forms.CharField(label=_("Caption"), required=False, max_length=200, widget=forms.TextInput(attrs=TEXT))
    credit = forms.CharField(
        label=_("Photographer"), required=False, max_length=100, widget=forms.TextInput(attrs=TEXT)
    )
    consent = forms.ChoiceField(label=_("Consent"), choices=Consent, widget=forms.Select(attrs=SELECT))
    session = SessionChoice()

    def __init__(self, *args: Any, material: Material, sessions: list[Session], **kwargs: Any) -> None:
        """Begin with what is known; several of these stand on one page."""
        names = ("text", "title", "credit", "consent")
        initial = {name: getattr(material, name) for name in names} | {"session": material.session_id}
        super().__init__(*args, initial=initial, prefix=f"p{material.pk}", **kwargs)
        self.fields["session"].offer(sessions)


class PreparationForm(forms.Form):
    """One thing to prepare: by a person, a city, or somebody else."""

    what = forms.CharField(label=_("What"), max_length=200, widget=forms.TextInput(attrs=TEXT))
    due = forms.DateField(label=_("Until"), widget=DateInput())
    owner = forms.ChoiceField(label=_("Who"), required=False, widget=forms.Select(attrs=SELECT))
    who = forms.CharField(
        label=_("Or somebody else"), required=False, max_length=100, widget=forms.TextInput(attrs=TEXT)
    )

    def __init__(
        self, *args: Any, meeting: TransnationalMeeting, row: Preparation | None = None, **kwargs: Any
    ) -> None:
        """Offer the network's cities and people."""
        super().__init__(*args, **kwargs)
        self.members = {
            f"m{row.pk}": row
            for row in Membership.objects.live().filter(network=meeting.network_id).select_related("user", "partner")
        }
        self.cities = {f"c{row.pk}": row for row in Partner.objects.filter(network=meeting.network_id, is_active=True)}
        self.fields["owner"].choices = [
            ("", _("Nobody yet")),
            (_("Cities"), [(key, str(row)) for key, row in self.cities.items()]),
            (_("People"), [(key, f"{row.user}, {row.partner}") for key, row in self.members.items()]),
        ]
        if row:
            owner = f"m{row.member_id}" if row.member_id else f"c{row.partner_id}" if row.partner_id else ""
            self.initial = {"what": row.what, "due": row.due, "owner": owner, "who": row.who}

    def clean(self) -> dict[str, Any]:
        """Return the owner as a city or a person; one of the three at most."""
        data = super().clean() or {}
        owner = data.pop("owner", "")
        if owner and data.get("who"):
            raise ValidationError({"who": _("Choose somebody from the list, or write a name: not both.")})
        return data | {"partner": self.cities.get(owner), "member": self.members.get(owner)}
