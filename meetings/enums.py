"""Codes stored in the meetings tables."""

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
