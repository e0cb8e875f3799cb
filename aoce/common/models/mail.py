"""Every mail the portal sends, before and after it went out."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from aoce.common.enums import MailState


def message_id() -> str:
    """Return a Message-ID that stays the same however often the mail is tried."""
    return f"<{uuid.uuid4()}@{settings.SITE_URL.split('//')[-1].split(':')[0]}>"


class OutgoingMail(models.Model):
    """One mail to one person. ``purpose`` says which (``invitation``, ``reminder``, ``returned`` …).

    ``once_key`` names what may be mailed only once, such as one person's reminders of one day. ``log`` is what became
    of each try: ``{"at": ISO moment, "what": retry, sent, failed, unknown or again, "text": the server's words}``.
    """

    network = models.ForeignKey("partners.Network", models.CASCADE, null=True, blank=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    purpose = models.CharField(max_length=40)
    to = models.EmailField()
    language = models.CharField(max_length=10, default="en")
    subject = models.CharField(max_length=300)
    body_text = models.TextField()
    body_html = models.TextField(blank=True)
    attachments = models.JSONField(default=list, blank=True)
    once_key = models.CharField(max_length=100, unique=True, null=True, blank=True)
    message_id = models.CharField(max_length=200, unique=True, default=message_id)
    state = models.CharField(max_length=20, choices=MailState, default=MailState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    log = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        indexes = (models.Index(fields=("state", "not_before")), models.Index(fields=("network", "-created_at")))

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"
