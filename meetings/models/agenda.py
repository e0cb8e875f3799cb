"""The agenda of a transnational meeting: its sessions, and the editions that were published."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from meetings.models.cooperation import OutsideGuest
from meetings.models.transnational import TransnationalMeeting
from partners.models import HorizontalTheme, Membership, Network, Partner, Theme


class SessionKind(models.Model):
    """A kind of session, as the network calls it; ``look`` is how the agenda draws it."""

    LOOKS = (
        ("workshop", _("Workshop")),
        ("hub", _("Hub")),
        ("school", _("Lesson")),
        ("visit", _("Visit")),
        ("group", _("Group")),
        ("peer", _("Peer review")),
        ("plenary", _("All together")),
        ("travel", _("Travel")),
    )

    network = models.ForeignKey(Network, models.CASCADE, related_name="session_kinds")
    code = models.SlugField(max_length=30)
    name = models.CharField(_("Name"), max_length=100)
    look = models.CharField(max_length=10, choices=LOOKS, default="plenary")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        constraints = (models.UniqueConstraint(fields=("network", "code"), name="session_kind_once"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_quiet(self) -> bool:
        """Whether the agenda draws it pale: no one learns there."""
        return self.look in {"plenary", "travel"}


class Session(models.Model):
    """One session. Without a day it is still to be placed; its times are the meeting place's own.

    ``version`` counts its saves, ``uid`` is its identity in calendars.
    """

    meeting = models.ForeignKey(TransnationalMeeting, models.CASCADE, related_name="sessions")
    kind = models.ForeignKey(SessionKind, models.PROTECT, related_name="sessions", verbose_name=_("Kind"))
    title = models.CharField(_("Title"), max_length=200)
    day = models.DateField(_("Day"), null=True, blank=True)
    start = models.TimeField(_("From"), null=True, blank=True)
    end = models.TimeField(_("To"), null=True, blank=True)
    place = models.CharField(_("Place"), max_length=200, blank=True)
    about = models.TextField(_("What happens"), blank=True)
    members = models.ManyToManyField(Membership, blank=True, related_name="sessions", verbose_name=_("Speakers"))
    guests = models.ManyToManyField(OutsideGuest, blank=True, related_name="sessions", verbose_name=_("Guests"))
    speakers = models.TextField(_("Other speakers"), blank=True)
    cities = models.ManyToManyField(Partner, blank=True, related_name="presented_sessions", verbose_name=_("Cities"))
    themes = models.ManyToManyField(Theme, blank=True, related_name="sessions", verbose_name=_("Themes"))
    horizontal_themes = models.ManyToManyField(HorizontalTheme, blank=True, related_name="sessions")
    conclusion = models.TextField(_("What came of it"), blank=True)
    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    #: Filled by ``meetings.agenda`` to show and compare it: what of it is published, as text.
    row: dict[str, str]
    presenting: str
    about_themes: str
    speaking: str

    class Meta:
        ordering = (F("day").asc(nulls_last=True), F("start").asc(nulls_last=True), "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(start__isnull=False, end__gt=F("start")),
                name="session_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(day__isnull=False), name="session_time_needs_a_day"
            ),
        )

    def __str__(self) -> str:
        return self.title


class AgendaTemplate(models.Model):
    """An agenda to begin with: ``sessions`` are ``{"kind", "title", "about", "day", "start", "end"}``.

    Day 1 is the first of the meeting, 0 is none; times are ``"09:30"`` or empty.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="agenda_templates")
    code = models.SlugField(max_length=60)
    name = models.CharField(_("Name"), max_length=100)
    sessions = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "name", "pk")
        constraints = (models.UniqueConstraint(fields=("network", "code"), name="agenda_template_once"),)

    def __str__(self) -> str:
        return self.name


class AgendaEdition(models.Model):
    """An agenda as it was published: ``sessions`` by id, each as ``meetings.agenda.frozen``.

    ``dropped`` are the sessions of earlier editions that are no longer on it, so that calendars take them out.
    """

    meeting = models.ForeignKey(TransnationalMeeting, models.CASCADE, related_name="editions")
    number = models.PositiveSmallIntegerField()
    sessions = models.JSONField(default=dict)
    dropped = models.JSONField(default=list, blank=True)
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    told = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=("meeting", "number"), name="agenda_edition_once"),)

    def __str__(self) -> str:
        return f"{self.meeting} {self.number}"
