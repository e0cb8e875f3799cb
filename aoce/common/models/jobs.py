"""Long work done by the worker, with its progress."""

import uuid

from django.conf import settings
from django.db import models

from aoce.common.enums import JobState
from aoce.common.models.files import StoredFile


class Job(models.Model):
    """A piece of long work somebody asked for; a page shows its progress until it is done.

    ``task`` and ``task_kwargs`` name the Celery task that does it, so that it can be handed out again when it was lost;
    ``handed_at`` is when that was last done, ``tries`` how often a worker began it.
    """

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey("partners.Network", models.CASCADE, related_name="+")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    object_id = models.PositiveBigIntegerField(null=True, blank=True)
    title = models.CharField(max_length=200)
    task = models.CharField(max_length=100, blank=True)
    task_kwargs = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=20, choices=JobState, default=JobState.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    result = models.ForeignKey(StoredFile, models.SET_NULL, null=True, blank=True, related_name="+")
    back_url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        indexes = (models.Index(fields=("kind", "object_id")),)

    def __str__(self) -> str:
        return self.title
