"""What belongs to a transnational meeting beside its agenda: why it is held so, who prepares what, what was left."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aoce.common.models import StoredFile
from meetings.enums import Consent, MaterialKind, RationaleState
from meetings.models.agenda import Session
from meetings.models.transnational import TransnationalMeeting
from meetings.querysets import MaterialQuerySet
from partners.models import Membership, Network, Partner


class Written(models.Model):
    """A text that several people write; ``version`` counts its saves."""

    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        abstract = True


class Rationale(Written):
    """Why a meeting is held as it is: drafted by the Lead Expert, discussed, final. Versions: ``SubmittedVersion``."""

    meeting = models.OneToOneField(TransnationalMeeting, models.CASCADE, related_name="rationale")
    draws_on = models.ManyToManyField(
        TransnationalMeeting, blank=True, related_name="rationales_from", verbose_name=_("Draws on")
    )
    body = models.TextField(_("Rationale"), blank=True)
    state = models.CharField(max_length=10, choices=RationaleState, default=RationaleState.DRAFT)

    class Meta:
        verbose_name = _("rationale")

    def __str__(self) -> str:
        return f"{self.meeting}"


class RationaleComment(models.Model):
    """What somebody said of a rationale."""

    rationale = models.ForeignKey(Rationale, models.CASCADE, related_name="comments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("Comment"))
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.text


class MeetingRecord(Written):
    """What is written of a meeting afterwards; the rest of its record is compiled from what is there."""

    meeting = models.OneToOneField(TransnationalMeeting, models.CASCADE, related_name="record")
    introduction = models.TextField(_("How it went"), blank=True)
    decisions = models.TextField(_("What was decided"), blank=True)
    next_steps = models.TextField(_("What happens next"), blank=True)

    class Meta:
        verbose_name = _("meeting record")

    def __str__(self) -> str:
        return f"{self.meeting}"


class Material(models.Model):
    """A document or photo of a meeting. ``text`` is a photo's alternative text, needed before others see it."""

    meeting = models.ForeignKey(TransnationalMeeting, models.CASCADE, related_name="materials")
    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, blank=True, related_name="materials", verbose_name=_("Session")
    )
    kind = models.CharField(_("Kind"), max_length=12, choices=MaterialKind, default=MaterialKind.DOCUMENT)
    title = models.CharField(_("Title"), max_length=200, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    text = models.CharField(_("What the photo shows"), max_length=300, blank=True)
    credit = models.CharField(_("Photographer"), max_length=100, blank=True)
    consent = models.CharField(_("Consent"), max_length=10, choices=Consent, default=Consent.UNASKED)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = MaterialQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "at", "pk")

    def __str__(self) -> str:
        return self.title or self.file.name

    @property
    def is_photo(self) -> bool:
        """Whether it is shown as a picture."""
        return self.kind == MaterialKind.PHOTO

    @property
    def is_shown(self) -> bool:
        """Whether everybody who sees the meeting sees it; the rule of ``MaterialQuerySet.shown``."""
        return not self.is_photo or (bool(self.text) and self.consent in Consent.cleared())


class ChecklistTemplate(models.Model):
    """What is prepared for a kind of meeting: ``items`` are ``{"what", "who", "days"}``, days before (−) or after."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="checklist_templates")
    code = models.SlugField(max_length=60)
    name = models.CharField(_("Name"), max_length=100)
    items = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=("network", "code"), name="checklist_template_once"),)

    def __str__(self) -> str:
        return self.name


class Preparation(models.Model):
    """One thing to prepare. While ``days`` is set, its date follows the meeting's first day."""

    meeting = models.ForeignKey(TransnationalMeeting, models.CASCADE, related_name="preparations")
    what = models.CharField(_("What"), max_length=200)
    partner = models.ForeignKey(
        Partner, models.SET_NULL, null=True, blank=True, related_name="preparations", verbose_name=_("City")
    )
    member = models.ForeignKey(
        Membership, models.SET_NULL, null=True, blank=True, related_name="preparations", verbose_name=_("Person")
    )
    who = models.CharField(_("Or somebody else"), max_length=100, blank=True)
    due = models.DateField(_("Until"))
    days = models.SmallIntegerField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("due", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(partner=None) | Q(member=None), name="preparation_has_one_owner"),
        )

    def __str__(self) -> str:
        return self.what
