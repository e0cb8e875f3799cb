"""Files people hand in or the portal makes. Every one is private."""

import uuid
from pathlib import PurePosixPath

from django.conf import settings
from django.db import models

from aoce.common.enums import ScanState


def storage_path(file: "StoredFile", name: str) -> str:
    """Return where a file lies: by network and id, its own name only in the database."""
    return f"{file.network_id}/{file.uuid.hex[:2]}/{file.uuid.hex}{PurePosixPath(name).suffix.lower()[:8]}"


class StoredFile(models.Model):
    """A file, what it is by its content, and what it belongs to.

    ``owner_kind`` and ``owner_id`` name the object that decides who may see it; see ``files.register_owner``.
    """

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey("partners.Network", models.CASCADE, related_name="+")
    owner_kind = models.CharField(max_length=40)
    owner_id = models.PositiveBigIntegerField()
    purpose = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=255)
    file = models.FileField(upload_to=storage_path, max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveIntegerField(null=True, blank=True)
    scan_state = models.CharField(max_length=20, choices=ScanState, default=ScanState.NOT_SCANNED)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at", "name")
        indexes = (models.Index(fields=("owner_kind", "owner_id")),)

    def __str__(self) -> str:
        return self.name
