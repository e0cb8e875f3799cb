"""Documents and photos of a meeting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from aoce.common.files import files_of, remove, store_picture, store_upload
from meetings import policies
from meetings.enums import MaterialKind
from meetings.models import Material, Session, TransnationalMeeting

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from partners.actors import Actor

#: Owner of the files: the material itself, so that a photo is seen only when it may be.
OWNER = "meeting_material"
#: What a meeting's record on paper is kept for, and under which owners; see ``meetings.record``.
RECORD, RECORD_OWNERS = "record", ("meeting", "meeting_presence")


def _must_write(actor: Actor, meeting: TransnationalMeeting) -> None:
    if not policies.can_write_agenda(actor, meeting):
        raise PermissionDenied


def add(
    *,
    actor: Actor,
    meeting: TransnationalMeeting,
    upload: UploadedFile,
    kind: str,
    title: str = "",
    session: Session | None = None,
) -> Material:
    """Keep a document or a photo with its meeting. Raises UploadRefusedError with a sentence."""
    _must_write(actor, meeting)
    network, owner = meeting.network_id, meeting.pk
    with transaction.atomic():
        if kind == MaterialKind.PHOTO:
            file = store_picture(actor=actor, network_id=network, owner_kind=OWNER, owner_id=owner, upload=upload)
        else:
            allowed = settings.UPLOAD_DOCUMENT_TYPES
            file = store_upload(
                actor=actor, network_id=network, owner_kind=OWNER, owner_id=owner, upload=upload, allowed=allowed
            )
        made = Material.objects.create(
            meeting=meeting, kind=kind, title=title, session=session, file=file, added_by_id=actor.user_id
        )
        file.owner_id = made.pk
        file.save(update_fields=["owner_id"])
    return made


def _forget_records(meeting: TransnationalMeeting) -> None:
    """Take away the records on paper that show a photo which may not be shown any more."""
    for owner in RECORD_OWNERS:
        for file in files_of(owner, meeting.pk).filter(purpose=RECORD):
            remove(file=file)


def describe(
    *,
    actor: Actor,
    material: Material,
    title: str,
    text: str = "",
    credit: str = "",
    consent: str | None = None,
    session: Session | None = None,
) -> Material:
    """Say what a document or photo is, and for a photo whether who is on it agreed."""
    _must_write(actor, material.meeting)
    was_shown = material.is_shown
    material.title, material.text, material.credit, material.session = title, text, credit, session
    if consent is not None:
        material.consent = consent
    with transaction.atomic():
        material.save()
        if was_shown and not material.is_shown:
            _forget_records(material.meeting)
    return material


def take_away(*, actor: Actor, material: Material) -> None:
    """Take a document or photo away."""
    _must_write(actor, material.meeting)
    with transaction.atomic():
        remove(file=material.file)
        material.delete()
        _forget_records(material.meeting)


def seen(actor: Actor, material_id: int) -> bool:
    """Say whether a material's file is for this actor: everybody's who sees the meeting, once it may be shown."""
    row = Material.objects.select_related("meeting").filter(pk=material_id).first()
    if row is None or not TransnationalMeeting.objects.visible_to(actor).filter(pk=row.meeting_id).exists():
        return False
    return row.is_shown or policies.can_write_agenda(actor, row.meeting)
