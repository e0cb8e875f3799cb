"""Keeping files, and asking their owner who may see them."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import IO, Any

from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from aoce.common.enums import ScanState
from aoce.common.files.inspect import Inspected, UploadRefusedError, inspect_upload
from aoce.common.files.scan import scan
from aoce.common.models import StoredFile
from aoce.common.workflow import ActorLike

#: What a photo may come as, and the pixels of its longer side it is kept with.
PICTURES, PICTURE_PIXELS = ["jpg", "png", "heic"], 2000
#: Owner kind → ``may_view(actor, owner_id)``.
OWNERS: dict[str, Callable[[Any, int], bool]] = {}


def register_owner(kind: str, may_view: Callable[[Any, int], bool]) -> None:
    """Say who may see the files of a kind of owner; call it from ``AppConfig.ready``."""
    OWNERS[kind] = may_view


def may_view(actor: Any, file: StoredFile) -> bool:
    """Whether the actor may download the file: same network, and the owner's policy says yes."""
    if actor.network_id != file.network_id or file.removed_at is not None:
        return False
    return OWNERS[file.owner_kind](actor, file.owner_id)


def clean_name(name: str) -> str:
    """Return a file's own name without folders and control characters, at most 200 characters, its ending kept."""
    bare = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    bare = "".join(c for c in bare if c.isprintable()).strip() or "file"
    stem, suffix = PurePosixPath(bare).stem, PurePosixPath(bare).suffix
    return f"{stem[: 200 - len(suffix)]}{suffix}"


def digest(file: IO[bytes]) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    found = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(256 * 1024):
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()


def _store(actor: ActorLike, content: File, inspected: Inspected, scan_state: ScanState, **fields: Any) -> StoredFile:
    stored = StoredFile(
        content_type=inspected.content_type,
        size=content.size,
        sha256=digest(content),
        pages=inspected.pages,
        scan_state=scan_state,
        uploaded_by_id=actor.user_id,
        **fields,
    )
    stored.file.save(stored.name, content, save=False)
    stored.save()
    return stored


def checked(upload: UploadedFile, allowed: list[str]) -> tuple[Inspected, ScanState]:
    """Return what an upload is and what the scanner said; raise UploadRefusedError with a sentence otherwise."""
    inspected = inspect_upload(upload, allowed)
    try:
        state = scan(upload)
    except OSError as error:
        raise UploadRefusedError(
            _("The virus scanner does not answer, so “%(name)s” was not taken. Try again in a few minutes.")
            % {"name": upload.name}
        ) from error
    if state is ScanState.INFECTED:
        raise UploadRefusedError(
            _("The virus scanner found something in “%(name)s”. Clean the file before you upload it.")
            % {"name": upload.name}
        )
    return inspected, state


def store_upload(
    *,
    actor: ActorLike,
    network_id: int,
    owner_kind: str,
    owner_id: int,
    upload: UploadedFile,
    allowed: list[str],
    purpose: str = "",
) -> StoredFile:
    """Keep an upload if it is what it should be; raise UploadRefusedError with a sentence otherwise."""
    inspected, state = checked(upload, allowed)
    return _store(
        actor,
        upload,
        inspected,
        state,
        network_id=network_id,
        owner_kind=owner_kind,
        owner_id=owner_id,
        purpose=purpose,
        name=clean_name(upload.name or ""),
    )


def store_picture(
    *, actor: ActorLike, network_id: int, owner_kind: str, owner_id: int, upload: UploadedFile, purpose: str = ""
) -> StoredFile:
    """Keep a photo as JPEG: turned upright, at most ``PICTURE_PIXELS`` wide and high, without where it was taken.

    Raises UploadRefusedError as ``store_upload``.
    """
    _inspected, state = checked(upload, PICTURES)
    upload.seek(0)
    with Image.open(upload) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((PICTURE_PIXELS, PICTURE_PIXELS))
    picture.info = {}  # where it was taken, and what was written into it
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82, optimize=True)
    name = clean_name(f"{PurePosixPath(upload.name or 'photo').stem}.jpg")
    return _store(
        actor,
        ContentFile(out.getvalue(), name=name),
        Inspected("jpg", "image/jpeg", 1),
        state,
        network_id=network_id,
        owner_kind=owner_kind,
        owner_id=owner_id,
        purpose=purpose,
        name=name,
    )


def store_bytes(
    *,
    actor: ActorLike,
    network_id: int,
    owner_kind: str,
    owner_id: int,
    name: str,
    content: bytes,
    content_type: str,
    purpose: str = "",
) -> StoredFile:
    """Keep a file the portal made itself."""
    return _store(
        actor,
        ContentFile(content, name=name),
        Inspected("", content_type),
        ScanState.NOT_SCANNED,
        network_id=network_id,
        owner_kind=owner_kind,
        owner_id=owner_id,
        purpose=purpose,
        name=clean_name(name),
    )


def files_of(owner_kind: str, owner_id: int) -> models.QuerySet[StoredFile]:
    """Return an owner's files, oldest first; removed ones not."""
    return StoredFile.objects.filter(owner_kind=owner_kind, owner_id=owner_id, removed_at=None)


def remove(*, file: StoredFile) -> None:
    """Take a file away from its owner; the row and the bytes stay for the record."""
    file.removed_at = timezone.now()
    file.save(update_fields=["removed_at"])
