"""Learning grids: filled by several people of a city at once, handed in, and reviewed at the next event."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from aoce.common import files, mail
from aoce.common.workflow import WrongStateError
from learning import policies
from learning.enums import ActionOutcome
from learning.models import EntryReview, GridEntry, GridPhoto, LearningGrid
from learning.models.grids import SHARED
from learning.workflow import GRID
from meetings.models import TransnationalMeeting
from partners.enums import Role
from partners.models import Membership, User
from roadmap.models import Obligation
from roadmap.services import record_submission

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from aoce.common.models import StatusChange
    from partners.actors import Actor

KIND = GRID.kind
PHOTO_FILE = "grid_photo"
MOST_PHOTOS = 20
#: What one entry holds besides its sources.
FIELDS = ("learnt", "session_id", "practice_id", "elsewhere", "relevance", "action", "who", "by_when")


class NewerEntryError(Exception):
    """Somebody else changed the entry since it was read; ``current`` is what stands now."""

    def __init__(self, current: Any) -> None:
        """Keep what stands now."""
        super().__init__("edited by two people")
        self.current = current


class EmptyGridError(Exception):
    """There is no lesson in the grid yet, so it cannot be handed in."""


class SilentPhotoError(Exception):
    """A photo has no words for those who do not see it, so the grid cannot be handed in."""


def _open(actor: Actor, grid: LearningGrid) -> LearningGrid:
    """Return the grid as a row to write in. Raises PermissionDenied, WrongStateError."""
    if not policies.can_write_grid(actor, grid):
        raise PermissionDenied
    if grid.pk is None:
        grid, _made = LearningGrid.objects.get_or_create(
            partner=grid.partner,
            meeting=grid.meeting,
            horizontal_theme=grid.horizontal_theme,
            defaults={"network_id": grid.network_id},
        )
    if LearningGrid.objects.select_for_update().get(pk=grid.pk).state in SHARED:
        raise WrongStateError(_("The grid is handed in. Your coordinator can open it again."))
    return grid


def add_entry(*, actor: Actor, grid: LearningGrid, uid: uuid.UUID, values: Mapping[str, Any]) -> GridEntry:
    """Add a lesson; sent twice with the same ``uid``, it is one. The first makes the grid."""
    with transaction.atomic():
        row = _open(actor, grid)
        known = GridEntry.objects.filter(uid=uid, grid=row).first()
        if known:
            return known
        fields = {name: value for name, value in values.items() if name in FIELDS}
        return GridEntry.objects.create(grid=row, uid=uid, author_id=actor.user_id, **fields)


def change_entry(*, actor: Actor, entry: GridEntry, values: Mapping[str, Any], read_version: int) -> GridEntry:
    """Change a lesson. Raises NewerEntryError when somebody else saved other words since ``read_version``."""
    with transaction.atomic():
        _open(actor, entry.grid)
        row = GridEntry.objects.select_for_update().get(pk=entry.pk)
        different = {n: v for n, v in values.items() if n in FIELDS and getattr(row, n) != v}
        if different and row.version != read_version:
            raise NewerEntryError(row)
        for name, value in different.items():
            setattr(row, name, value)
        if not row.action:
            row.outcome = ActionOutcome.OPEN
        row.version += 1 if different else 0
        row.save()
    return row


def remove_entry(*, actor: Actor, entry: GridEntry) -> None:
    """Take a lesson out of the grid: nothing has come of it yet."""
    with transaction.atomic():
        _open(actor, entry.grid)
        if entry.log_actions.exists():
            raise WrongStateError(_("An action draws on this lesson. Take it out there first."))
        entry.delete()


def save_messages(*, actor: Actor, grid: LearningGrid, text: str, read_version: int) -> LearningGrid:
    """Write the messages to take home. Raises NewerEntryError."""
    with transaction.atomic():
        row = _open(actor, grid)
        if row.messages != text:
            if grid.pk is not None and row.version != read_version:
                raise NewerEntryError(row)
            row.messages = text
            row.version += 1
            row.save()
    return row


def add_photo(
    *, actor: Actor, grid: LearningGrid, upload: UploadedFile, alt: str, said: str, entries: Sequence[int]
) -> GridPhoto:
    """Keep a photo with what people said about it. Raises UploadRefusedError with a sentence."""
    with transaction.atomic():
        row = _open(actor, grid)
        if row.photos.count() >= MOST_PHOTOS:
            words = _("There are %(most)s photos already. Remove one before you add another.")
            raise files.UploadRefusedError(words % {"most": MOST_PHOTOS})
        photo = GridPhoto.objects.create(grid=row, alt=alt.strip()[:300], said=said.strip()[:2000])
        photo.entries.set(row.entries.filter(pk__in=entries))
        photo.file = files.store_picture(
            actor=actor, network_id=row.network_id, owner_kind=PHOTO_FILE, owner_id=photo.pk, upload=upload
        )
        photo.save(update_fields=["file"])
    return photo


def describe_photo(*, actor: Actor, photo: GridPhoto, alt: str, said: str) -> None:
    """Say what a photo shows, and what people said about it."""
    with transaction.atomic():
        _open(actor, photo.grid)
        photo.alt, photo.said = alt.strip()[:300], said.strip()[:2000]
        photo.save(update_fields=["alt", "said"])


def remove_photo(*, actor: Actor, photo: GridPhoto) -> None:
    """Take a photo out of the grid."""
    with transaction.atomic():
        _open(actor, photo.grid)
        file = photo.file
        photo.delete()
        if file is not None:
            files.remove(file=file)


def photo_seen(actor: Actor, photo_id: int) -> bool:
    """Say whether an actor sees a photo: with its grid."""
    photo = GridPhoto.objects.select_related("grid__meeting").filter(pk=photo_id).first()
    return photo is not None and policies.can_view_grid(actor, photo.grid)


# --- Hand in and check ------------------------------------------------------------------------------------------------


def meeting_of(obligation: Obligation) -> TransnationalMeeting | None:
    """Return the meeting a due grid is about: the last one with grids that has begun by the day it is due."""
    rows = TransnationalMeeting.objects.filter(network_id=obligation.network_id, kind__has_grid=True)
    return rows.filter(start__lte=obligation.task.due).order_by("start", "pk").last()


def _follow(actor: Actor, grid: LearningGrid) -> None:
    """Let what the city owes follow its grid."""
    owed = Obligation.objects.filter(partner=grid.partner_id, task__deliverable=KIND).select_related("task")
    for obligation in owed:
        if grid.meeting_id is not None and getattr(meeting_of(obligation), "pk", None) == grid.meeting_id:
            record_submission(
                actor=actor, obligation=obligation, deliverable=KIND, deliverable_id=grid.pk, state=grid.state
            )


def step(*, actor: Actor, grid: LearningGrid, name: str, comment: str = "") -> StatusChange:
    """Hand in, open again, accept, or ask for more; who has to know gets a mail.

    Raises EmptyGridError when there is nothing to hand in, and as ``Workflow.apply``.
    """
    with transaction.atomic():
        GRID.check(actor, grid, name, comment)
        if name == "submit" and not grid.entries.exists():
            raise EmptyGridError
        if name == "submit" and grid.photos.filter(alt="").exists():
            raise SilentPhotoError
        change = GRID.apply(actor=actor, obj=grid, name=name, comment=comment)
        _follow(actor, grid)
        if name == "submit":
            _tell(grid, Role.LEAD_EXPERT, "submitted", actor, comment)
        elif name in ("ask_changes", "approve"):
            _tell(grid, Role.COORDINATOR, "returned" if name == "ask_changes" else "accepted", actor, comment)
    return change


def _tell(grid: LearningGrid, role: str, template: str, actor: Actor, comment: str) -> None:
    rows = Membership.objects.live().filter(network=grid.network_id, role=role)
    if role == Role.COORDINATOR:
        rows = rows.filter(partner=grid.partner_id)
    path = reverse("learning:grid_open", kwargs={"network": grid.network.slug, "pk": grid.pk})
    person = User.objects.filter(pk=actor.user_id).first()
    for user in User.objects.filter(memberships__in=rows).exclude(pk=actor.user_id).distinct():
        mail.queue(
            to_user=user,
            network=grid.network,
            purpose=template,
            template=template,
            context={
                "title": format_lazy("{}, {}", GRID.label, grid.about),
                "party": grid.partner.name,
                "url": settings.SITE_URL + path,
                "comment": comment.strip(),
                "points": [],
                "person": str(person or ""),
            },
        )


# --- Review -----------------------------------------------------------------------------------------------------------


def review(*, actor: Actor, said: Mapping[GridEntry, tuple[str, str]]) -> list[EntryReview]:
    """Write what came of actions: entry → (outcome, note). What is still open comes up again at the next review."""
    made = []
    with transaction.atomic():
        for entry, (outcome, note) in said.items():
            if not policies.can_review_actions(actor, entry.grid.partner_id):
                raise PermissionDenied
            if not entry.action or outcome == ActionOutcome.OPEN:
                continue
            made.append(
                EntryReview.objects.create(
                    entry=entry, outcome=ActionOutcome(outcome), note=note.strip()[:1000], author_id=actor.user_id
                )
            )
            GridEntry.objects.filter(pk=entry.pk).update(outcome=outcome)
    return made
