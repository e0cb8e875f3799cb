"""Action plans: chapters written, pictures kept, documents taken over, handed in, taken back."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from actionplans import policies
from actionplans.content import Place, frozen, places_of
from actionplans.enums import PLAN_WRITABLE, PlanState
from actionplans.models import ActionPlan, Chapter, TemplateChapter
from actionplans.workflow import PLAN
from aoce.common import documents, drafts, files, mail, review
from aoce.common.drafts import EditConflictError
from aoce.common.models import StoredFile
from aoce.common.workflow import WrongStateError
from partners.enums import Role
from partners.models import Membership, User
from roadmap.models import Obligation
from roadmap.services import record_submission

if TYPE_CHECKING:
    from aoce.common.models import DraftConflict, ReviewPoint, StatusChange
    from partners.actors import Actor
    from partners.models import Partner

KIND = PLAN.kind
CHAPTER_KIND = "plan_chapter"
PICTURE_FILE = "plan_picture"


class NotReadyError(Exception):
    """The plan cannot be handed in yet; ``problems`` are (chapter's code, sentence)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        """Keep the problems."""
        super().__init__("not ready")
        self.problems = problems


def plan_of(partner: Partner) -> ActionPlan:
    """Return a city's plan, made where there is none yet."""
    plan, _made = ActionPlan.objects.get_or_create(partner=partner)
    plan.partner = partner
    return plan


def locked(plan: ActionPlan) -> ActionPlan:
    """Return the row as it is now, locked; call it in a transaction."""
    rows = ActionPlan.objects.select_for_update(of=("self",)).select_related("partner__network")
    return rows.get(pk=plan.pk)


def must_write(actor: Actor, plan: ActionPlan) -> None:
    """Raise PermissionDenied or WrongStateError unless the actor may write the plan now."""
    if not policies.can_write_plan(actor, plan):
        raise PermissionDenied
    if plan.state not in PLAN_WRITABLE:
        raise WrongStateError(_("The plan is with its checkers, or approved. Take it back to change it."))


def chapter_of(plan: ActionPlan, template: TemplateChapter) -> Chapter:
    """Return a chapter of a plan, made where nothing was written yet."""
    chapter, _made = Chapter.objects.get_or_create(plan=plan, template=template)
    chapter.plan, chapter.template = plan, template
    return chapter


def pictures_of(plan: ActionPlan) -> list[StoredFile]:
    """Return the pictures a plan may show, oldest first. One query."""
    return list(files.files_of(PICTURE_FILE, plan.pk))


def _clean(plan: ActionPlan, body: str) -> str:
    allowed = {str(pk) for pk in files.files_of(PICTURE_FILE, plan.pk).values_list("pk", flat=True)}
    return documents.clean_document(body, pictures=allowed)


def save_chapter(
    *, actor: Actor, plan: ActionPlan, template: TemplateChapter, body: str, sources: str, read_version: int
) -> Chapter:
    """Save a chapter, cleaned. Raises EditConflictError when somebody else saved it meanwhile; both texts stay.

    Call it outside a transaction.
    """
    conflict = None
    with transaction.atomic():
        row = locked(plan)
        must_write(actor, row)
        chapter = chapter_of(row, template)
        changes = {"body": _clean(row, body), "sources": sources.replace("\r\n", "\n").strip()}
        try:
            drafts.save_draft(
                actor=actor,
                obj=chapter,
                kind=CHAPTER_KIND,
                network_id=row.partner.network_id,
                read_version=read_version,
                changes=changes,
            )
        except EditConflictError as error:
            conflict = error
        _begin(actor, row)
    plan.refresh_from_db()
    if conflict is not None:
        raise conflict
    return chapter


def _begin(actor: Actor, plan: ActionPlan) -> None:
    """Let the first words begin the plan, and what is owed."""
    if plan.begun_at is None:
        plan.begun_at = timezone.now()
        plan.save(update_fields=["begun_at"])
    follow(actor, plan)


def resolve_chapter(*, actor: Actor, chapter: Chapter, conflict: DraftConflict, body: str) -> None:
    """Write the text that somebody chose of two; the sources of both stay, those that differ one after the other."""
    must_write(actor, chapter.plan)
    typed = conflict.data.get("sources", "")
    lines = [*chapter.sources.splitlines(), *(line for line in typed.splitlines() if line not in chapter.sources)]
    drafts.resolve(
        actor=actor,
        conflict=conflict,
        obj=chapter,
        chosen={"body": _clean(chapter.plan, body), "sources": "\n".join(lines)},
    )


# --- Pictures and documents -------------------------------------------------------------------------------------------


def add_picture(*, actor: Actor, plan: ActionPlan, upload: UploadedFile | None, alt: str) -> StoredFile:
    """Keep a picture for a plan, ``alt`` as its name. Raises UploadRefusedError."""
    must_write(actor, plan)
    if upload is None:
        raise files.UploadRefusedError(_("Choose a picture first."))
    if not alt.strip():
        raise files.UploadRefusedError(_("Say what the picture shows, for people who do not see it."))
    stored = files.store_picture(
        actor=actor, network_id=plan.partner.network_id, owner_kind=PICTURE_FILE, owner_id=plan.pk, upload=upload
    )
    stored.name = " ".join(alt.split())[:180].replace("/", "-")
    stored.save(update_fields=["name"])
    return stored


def _take(actor: Actor, plan: ActionPlan, content: bytes) -> StoredFile | None:
    """Keep a picture of a document, once however often it comes; None where it is no picture we can show."""
    mark = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    there = files.files_of(PICTURE_FILE, plan.pk).filter(purpose=mark).first()
    if there is not None:
        return there
    out = io.BytesIO()
    try:
        with Image.open(io.BytesIO(content)) as opened:
            opened.convert("RGBA").save(out, "PNG")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    upload = SimpleUploadedFile("picture.png", out.getvalue(), "image/png")
    try:
        return files.store_picture(
            actor=actor,
            network_id=plan.partner.network_id,
            owner_kind=PICTURE_FILE,
            owner_id=plan.pk,
            upload=upload,
            purpose=mark,
        )
    except files.UploadRefusedError:
        return None


def import_docx(
    *, actor: Actor, plan: ActionPlan, template: TemplateChapter, upload: UploadedFile
) -> tuple[Chapter, int]:
    """Put what a DOCX says below what stands in a chapter; its pictures are kept, its notes become sources.

    Returns the chapter and how many pictures were left out. Raises UploadRefusedError or DocxError; nothing is written
    then.
    """
    must_write(actor, plan)
    files.checked(upload, ["docx"])
    upload.seek(0)
    found = documents.read_docx(upload.read())
    html, left_out = found.html, found.left_out
    with transaction.atomic():
        row = locked(plan)
        must_write(actor, row)
        for name, content in found.pictures.items():
            stored = _take(actor, row, content)
            left_out += stored is None
            address = (
                reverse("common:file", kwargs={"network": row.partner.network.slug, "uuid": stored.pk})
                if stored
                else ""
            )
            html = html.replace(f'src="{name}"', f'src="{address}"')
        chapter = Chapter.objects.select_for_update().get(pk=chapter_of(row, template).pk)
        before = len([line for line in chapter.sources.splitlines() if line.strip()])
        if before and found.notes:
            html = re.sub(r"\[(\d{1,3})\]", lambda m: f"[{int(m[1]) + before}]", html)
        chapter.body = chapter.body + _clean(row, html)
        chapter.sources = "\n".join([*chapter.sources.splitlines(), *found.notes])
        chapter.version += 1
        chapter.updated_by_id = actor.user_id
        chapter.save()
        _begin(actor, row)
    plan.refresh_from_db()
    return chapter, left_out


def picture_seen(actor: Actor, plan_id: int) -> bool:
    """Say whether an actor sees a plan's pictures: who sees the plan at all, for they are named by no list."""
    plan = ActionPlan.objects.select_related("partner").filter(pk=plan_id).first()
    if plan is None or not policies.can_view_plan(actor, plan):
        return False
    handed_in = plan.state != PlanState.DRAFT or review.latest_versions(KIND, plan_id)[0] is not None
    return policies.can_read_draft(actor, plan) or handed_in


# --- Hand in ----------------------------------------------------------------------------------------------------------


def problems_of(plan: ActionPlan, places: Sequence[Place] | None = None) -> list[tuple[str, str]]:
    """Return what is to be written before the plan can be handed in: chapters that are due, pictures' words.

    Due is what is needed and whose day comes no later than the next thing the city owes of its plan, or is past.
    """
    network = plan.network
    owed = [row.due for row in _owed(plan) if row.state in ("none", "draft", "changes", "submitted")]
    until = max([network.today(), *owed[:1]])
    found = []
    written = False
    for place in places if places is not None else places_of(plan):
        code, title = place.template.code, place.template.label
        written = written or place.is_written
        due = place.template.due
        if (
            place.template.is_required
            and not place.template.is_retired
            and not place.is_written
            and due
            and due <= until
        ):
            found.append((code, _("Write the chapter “%(title)s”: it is due now.") % {"title": title}))
        if place.chapter and any(not alt for _id, alt in documents.pictures_in(place.chapter.body)):
            words = _("In “%(title)s”, a picture has no words for people who do not see it.")
            found.append((code, words % {"title": title}))
    if not written and not found:
        found.append(("", _("Write at least one chapter first.")))
    return found


def _owed(plan: ActionPlan) -> list[Obligation]:
    rows = Obligation.objects.filter(partner=plan.partner_id, task__deliverable=KIND).select_related("task")
    return sorted(rows, key=lambda row: (row.due, row.pk))


def follow(actor: Actor, plan: ActionPlan, state: str = "") -> None:
    """Let what the city owes follow its plan: what it serves and is not accepted yet, else the first that is open."""
    rows = _owed(plan)
    served = [row for row in rows if row.deliverable_id == plan.pk and row.state != "approved"]
    free = [row for row in rows if row.deliverable_id is None and row.state != "waived"]
    for row in served[:1] or free[:1]:
        record_submission(
            actor=actor, obligation=row, deliverable=KIND, deliverable_id=plan.pk, state=state or plan.state
        )


def submit(*, actor: Actor, plan: ActionPlan, comment: str = "") -> StatusChange:
    """Hand it in: freezes a version, tells the checkers by mail. Raises NotReadyError."""
    with transaction.atomic():
        row = locked(plan)
        PLAN.check(actor, row, "submit")
        if problems := problems_of(row):
            raise NotReadyError(problems)
        change = PLAN.apply(actor=actor, obj=row, name="submit", comment=comment)
        kept = frozen(row)
        review.record_version(
            actor=actor,
            network_id=row.partner.network_id,
            kind=KIND,
            object_id=row.pk,
            data=kept.data,
            labels=kept.labels,
        )
        follow(actor, row)
        tell(row, (Role.LEAD_EXPERT, Role.LEAD_PARTNER), "submitted", actor, comment=comment)
    plan.refresh_from_db()
    return change


def take_back(*, actor: Actor, plan: ActionPlan) -> StatusChange:
    """Take it back from its check, to change it."""
    with transaction.atomic():
        row = locked(plan)
        change = PLAN.apply(actor=actor, obj=row, name="take_back")
        follow(actor, row)
    plan.refresh_from_db()
    return change


def amend(*, actor: Actor, plan: ActionPlan) -> StatusChange:
    """Begin a later edition of an approved plan; what was published stays as it is."""
    with transaction.atomic():
        change = PLAN.apply(actor=actor, obj=locked(plan), name="amend", fields={"approved_at": None})
    plan.refresh_from_db()
    return change


def answer_point(*, actor: Actor, plan: ActionPlan, point: ReviewPoint, answer: str, addressed: bool) -> None:
    """Say that a point a checker raised is addressed, and where, or why not."""
    must_write(actor, plan)
    if (point.kind, point.object_id) != (KIND, plan.pk):
        raise PermissionDenied
    if (point.answer, point.addressed_at is not None) != (answer.strip(), addressed):
        review.address_point(actor=actor, point=point, answer=answer, addressed=addressed)


def tell(
    plan: ActionPlan,
    roles: Sequence[str],
    template: str,
    actor: Actor,
    *,
    comment: str = "",
) -> None:
    """Tell people of these roles by mail; of coordinators only the city's."""
    rows = Membership.objects.live().filter(network=plan.partner.network_id, role__in=roles)
    if Role.COORDINATOR in roles:
        rows = rows.filter(partner=plan.partner_id)
    path = reverse("actionplans:plan", kwargs={"network": plan.network.slug, "city": plan.partner.slug})
    person = User.objects.filter(pk=actor.user_id).first()
    for user in User.objects.filter(memberships__in=rows).exclude(pk=actor.user_id).distinct():
        mail.queue(
            to_user=user,
            network=plan.network,
            purpose=template,
            template=template,
            context={
                "title": format_lazy("{}, {}", PLAN.label, str(plan)),
                "party": plan.partner.name,
                "url": settings.SITE_URL + path,
                "comment": comment.strip(),
                "points": [],
                "person": str(person or ""),
            },
        )
