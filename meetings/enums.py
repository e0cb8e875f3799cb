"""Codes stored in the meetings tables."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Before(models.TextChoices):
    """How a ULG meeting stands to a transnational one."""

    BEFORE = "before", _("Prepares")
    AFTER = "after", _("Follows")


class SignedHow(models.TextChoices):
    """How somebody's presence is shown."""

    SIGNED = "signed", _("Signed")
    ONLINE = "online", _("Online")
    LISTED = "listed", _("Listed")


class Answer(models.TextChoices):
    """What somebody invited to a local meeting answers."""

    YES = "yes", _("Yes")
    MAYBE = "maybe", _("Maybe")
    NO = "no", _("No")


class Part(models.TextChoices):
    """As what somebody comes to a transnational meeting."""

    COORDINATOR = "coordinator", _("ULG coordinator")
    MEMBER = "member", _("ULG member")
    STAFF = "staff", _("City staff or politician")
    EXPERT = "expert", _("Expert")
    SPEAKER = "speaker", _("Speaker")
    GUEST = "guest", _("Guest")


class SignedBy(models.TextChoices):
    """How somebody's presence on a day is shown."""

    FINGER = "finger", _("Signed on a screen")
    TYPED = "typed", _("Typed their name")
    HOST = "host", _("Ticked by the host")
    ONLINE = "online", _("Joined online")


class MaterialKind(models.TextChoices):
    """What a meeting leaves behind."""

    DOCUMENT = "document", _("Document")
    PRESENTATION = "slides", _("Presentation")
    PHOTO = "photo", _("Photo")


class Consent(models.TextChoices):
    """Whether the people on a photo agreed that it is shown."""

    UNASKED = "unasked", _("Not asked yet")
    GIVEN = "given", _("Everybody shown agreed")
    NOBODY = "nobody", _("Nobody can be recognised")
    REFUSED = "refused", _("Somebody said no")

    @classmethod
    def cleared(cls) -> tuple[Consent, ...]:
        """Return the answers with which a photo may be shown."""
        return (cls.GIVEN, cls.NOBODY)


class RationaleState(models.TextChoices):
    """Where the rationale of a meeting stands."""

    DRAFT = "draft", _("Draft")
    DISCUSSED = "discussed", _("Under discussion")
    FINAL = "final", _("Final")
