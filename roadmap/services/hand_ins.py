"""The plain way to hand something in: a text and files, written as a draft, submitted, checked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from aoce.common import drafts, files, mail, review
from aoce.common.enums import State
from aoce.common.models import DraftConflict, ReviewPoint, StatusChange, StoredFile
from aoce.common.workflow import CommentMissingError, WrongStateError
from partners.enums import Role
from partners.models import Membership, User
from roadmap import policies
from roadmap.enums import ObligationState, Party
from roadmap.models import HandIn, Obligation
from roadmap.services.obligations import locked, record_submission, set_due
from roadmap.workflow import HAND_IN

if TYPE_CHECKING:
    from partners.actors import Actor

KIND = HAND_IN.kind
LABELS = {"text": "What you hand in", "files": "Files"}
PARTY_ROLES = {Party.LEAD_EXPERT: Role.LEAD_EXPERT, Party.LEAD_PARTNER: Role.LEAD_PARTNER}


class NothingToSubmitError(Exception):
    """Neither a text nor a file is there."""


def upload_types() -> list[str]:
    """Return the kinds of file a document takes: what reports take, and scans."""
    return list(dict.fromkeys([*settings.UPLOAD_REPORT_TYPES, *settings.UPLOAD_SCAN_TYPES]))


def open_hand_in(*, actor: Actor, obligation: Obligation) -> HandIn:
    """Return the hand-in of an obligation, begun if it was not; the obligation is a draft from then on.

    Raises WrongStateError when the obligation is not needed, or done without it.
    """
    if not policies.can_hand_in(actor, obligation):
        raise PermissionDenied
    with transaction.atomic():
        row = locked(obligation)
        must_be_asked(row)
        hand_in, created = HandIn.objects.select_related("obligation__task").get_or_create(
            obligation=obligation, defaults={"updated_by_id": actor.user_id}
        )
        if created or row.state == ObligationState.NONE:
            record_submission(
                actor=actor,
                obligation=obligation,
                deliverable="document",
                deliverable_id=obligation.pk,
                state=State.DRAFT,
            )
    return hand_in


def must_be_asked(obligation: Obligation) -> None:
    """Raise WrongStateError if the obligation is waived, or approved without what is still a draft."""
    written = HandIn.objects.filter(obligation=obligation, state=State.APPROVED).exists()
    if obligation.state == ObligationState.WAIVED or (obligation.state == ObligationState.APPROVED and not written):
        now = ObligationState(obligation.state).label
        raise WrongStateError(_("Nothing is to be handed in any more: it is now “%(state)s”.") % {"state": now})


def must_be_open(hand_in: HandIn) -> None:
    """Raise WrongStateError unless it can still be written."""
    if hand_in.state not in (State.DRAFT, State.CHANGES):
        now = State(hand_in.state).label
        raise WrongStateError(
            _("This is not possible any more: it is now “%(state)s”. Reload the page to see what changed.")
            % {"state": now}
        )


def save(*, actor: Actor, obligation: Obligation, text: str, read_version: int) -> HandIn:
    """Save the draft as its writer read it at ``read_version`` (1 when nothing was there).

    Raises EditConflictError when somebody else saved meanwhile; both texts are kept. Call it outside a transaction.
    """
    hand_in = open_hand_in(actor=actor, obligation=obligation)
    must_be_open(hand_in)
    drafts.save_draft(
        actor=actor,
        obj=hand_in,
        kind=KIND,
        network_id=obligation.network_id,
        read_version=read_version,
        changes={"text": text},
    )
    return hand_in


def attach(*, actor: Actor, obligation: Obligation, uploads: list[UploadedFile]) -> list[StoredFile]:
    """Attach files to the draft. Raises UploadRefusedError for one that is not taken; those before it are kept."""
    hand_in = open_hand_in(actor=actor, obligation=obligation)
    must_be_open(hand_in)
    return [
        files.store_upload(
            actor=actor,
            network_id=obligation.network_id,
            owner_kind=KIND,
            owner_id=hand_in.pk,
            upload=upload,
            allowed=upload_types(),
        )
        for upload in uploads
    ]


def detach(*, actor: Actor, hand_in: HandIn, file: StoredFile) -> None:
    """Take a file out of the draft."""
    if not policies.can_write_hand_in(actor, hand_in) or (file.owner_kind, file.owner_id) != (KIND, hand_in.pk):
        raise PermissionDenied
    must_be_open(hand_in)
    files.remove(file=file)


def settle(*, actor: Actor, hand_in: HandIn, conflict: DraftConflict, text: str) -> None:
    """Choose the text after two people changed it; closes the conflict."""
    if not policies.can_write_hand_in(actor, hand_in) or (conflict.kind, conflict.object_id) != (KIND, hand_in.pk):
        raise PermissionDenied
    must_be_open(hand_in)
    drafts.resolve(actor=actor, conflict=conflict, obj=hand_in, chosen={"text": text})


def answer_point(*, actor: Actor, hand_in: HandIn, point: ReviewPoint, answer: str, addressed: bool) -> None:
    """Say that a point the checker raised is addressed, and how."""
    if not policies.can_write_hand_in(actor, hand_in) or (point.kind, point.object_id) != (KIND, hand_in.pk):
        raise PermissionDenied
    must_be_open(hand_in)
    review.address_point(actor=actor, point=point, answer=answer, addressed=addressed)


def submit(*, actor: Actor, hand_in: HandIn) -> StatusChange:
    """Hand it in: freezes a version, moves the obligation, tells whoever checks it by mail.

    Raises NothingToSubmitError, WrongStateError or NotAllowedError.
    """
    with transaction.atomic():
        # Locked before it is read: what is frozen is what stands when the state changes.
        HandIn.objects.select_for_update().get(pk=hand_in.pk)
        hand_in.refresh_from_db()
        HAND_IN.check(actor, hand_in, "submit")
        kept = list(files.files_of(KIND, hand_in.pk))
        if not hand_in.text.strip() and not kept:
            raise NothingToSubmitError
        change = HAND_IN.apply(actor=actor, obj=hand_in, name="submit")
        # A save begun before this moment is kept as a conflict instead of changing what was handed in.
        HandIn.objects.filter(pk=hand_in.pk).update(version=F("version") + 1)
        review.record_version(
            actor=actor,
            network_id=hand_in.obligation.network_id,
            kind=KIND,
            object_id=hand_in.pk,
            data={"text": hand_in.text, "files": "\n".join(file.name for file in kept)},
            labels=LABELS,
        )
        follow(actor, hand_in, State.SUBMITTED)
        tell(people=checkers(hand_in.obligation), hand_in=hand_in, template="submitted", actor=actor)
    return change


def ask_changes(
    *, actor: Actor, hand_in: HandIn, points: list[tuple[str, str]], comment: str = "", due: date | None = None
) -> StatusChange:
    """Return it with points to address, ``(where, text)`` each, and a new day for the answer if ``due`` is given.

    Tells whoever handed it in by mail. Raises CommentMissingError when there is neither a point nor a comment.
    """
    asked = [(where.strip()[:100], text.strip()) for where, text in points if text.strip()]
    HAND_IN.check(actor, hand_in, "ask_changes", comment)
    if not asked and not comment.strip():
        raise CommentMissingError(_("Write at least one point, or a comment, so that the city knows what to mend."))
    with transaction.atomic():
        change = HAND_IN.apply(actor=actor, obj=hand_in, name="ask_changes", comment=comment)
        review.ask_for_changes(change=change, points=asked)
        follow(actor, hand_in, State.CHANGES)
        if due is not None:
            set_due(actor=actor, obligation=hand_in.obligation, due=due, reason=_("Time to address the points"))
        tell(
            people=owners(hand_in.obligation),
            hand_in=hand_in,
            template="returned",
            actor=actor,
            comment=comment,
            points=[{"where": where, "text": text} for where, text in asked],
        )
    return change


def approve(*, actor: Actor, hand_in: HandIn, comment: str = "") -> StatusChange:
    """Accept it; tells whoever handed it in by mail."""
    with transaction.atomic():
        change = HAND_IN.apply(actor=actor, obj=hand_in, name="approve", comment=comment)
        follow(actor, hand_in, State.APPROVED)
        tell(people=owners(hand_in.obligation), hand_in=hand_in, template="accepted", actor=actor, comment=comment)
    return change


def follow(actor: Actor, hand_in: HandIn, state: str) -> None:
    """Let the obligation follow. A document is known by its obligation's id: each has one at most."""
    record_submission(
        actor=actor,
        obligation=hand_in.obligation,
        deliverable="document",
        deliverable_id=hand_in.obligation_id,
        state=state,
    )


def live_people(network_id: int, roles: tuple[str, ...], partner_id: int | None = None) -> QuerySet[User]:
    """Return the people with one of these roles today; of one city if given."""
    memberships = Membership.objects.live().filter(network_id=network_id, role__in=roles)
    if partner_id is not None:
        memberships = memberships.filter(partner_id=partner_id)
    return User.objects.filter(memberships__in=memberships).distinct()


def checkers(obligation: Obligation) -> QuerySet[User]:
    """Return who checks what is handed in for it."""
    return live_people(obligation.network_id, policies.checking_roles(obligation))


def owners(obligation: Obligation) -> QuerySet[User]:
    """Return who owes it: the city's coordinators, or the lead."""
    if obligation.party == Party.PARTNER:
        return live_people(obligation.network_id, (Role.COORDINATOR,), obligation.partner_id)
    return live_people(obligation.network_id, (PARTY_ROLES[Party(obligation.party)],))


def tell(
    *,
    people: QuerySet[User],
    hand_in: HandIn,
    template: str,
    actor: Actor,
    comment: str = "",
    points: list[dict[str, str]] | None = None,
) -> None:
    """Write a mail to each of these people but the one who acts; templates ``submitted``, ``returned``, ``accepted``.

    They take ``title``, ``party`` (who handed it in), ``url``, ``comment``, ``points`` and ``person`` (who acted).
    """
    obligation = hand_in.obligation
    network = obligation.network
    path = reverse("roadmap:hand_in", kwargs={"network": network.slug, "pk": obligation.pk})
    person = User.objects.filter(pk=actor.user_id).first()
    for user in people.exclude(pk=actor.user_id):
        mail.queue(
            to_user=user,
            network=network,
            purpose=template,
            template=template,
            context={
                "title": obligation.task.title,
                "party": str(obligation.partner or obligation.get_party_display()),
                "url": settings.SITE_URL + path,
                "comment": comment.strip(),
                "points": points or [],
                "person": str(person or ""),
            },
        )
