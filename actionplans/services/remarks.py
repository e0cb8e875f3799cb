"""Remarks beside a text: written, answered, settled, taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actionplans import policies
from actionplans.anchors import replace_words
from actionplans.enums import Subject
from actionplans.models import Chapter, Remark, TestingAction
from actionplans.services.plans import must_write
from aoce.common.documents import clean_document, pictures_in
from aoce.common.workflow import WrongStateError

if TYPE_CHECKING:
    from actionplans.subjects import Kind
    from partners.actors import Actor


class WordsGoneError(Exception):
    """The words a suggestion is to replace are not there any more."""


def remarks_of(actor: Actor, kind: str, object_id: int) -> list[Remark]:
    """Return the remarks this actor sees, each with ``answers``: the replies to it. One query."""
    rows = Remark.objects.visible_to(actor).filter(kind=kind, object_id=object_id)
    every = list(rows.select_related("author", "resolved_by"))
    answers: dict[int, list[Remark]] = {}
    for row in every:
        if row.reply_to_id:
            answers.setdefault(row.reply_to_id, []).append(row)
    first = [row for row in every if not row.reply_to_id]
    for row in first:
        row.answers = answers.get(row.pk, [])
    return first


def _must_remark(actor: Actor, found: Any) -> None:
    if not policies.can_remark(actor, found):
        raise PermissionDenied


def add_remark(
    *,
    actor: Actor,
    kind: Kind,
    found: Any,
    place: str,
    quote: str,
    text: str,
    replacement: str = "",
    is_internal: bool = False,
    number: int = 0,
) -> Remark:
    """Write a remark beside a part of a text. Internal ones are for Lead Expert and Lead Partner only."""
    _must_remark(actor, found)
    return Remark.objects.create(
        network_id=found.partner.network_id,
        kind=kind.subject,
        object_id=found.pk,
        place=place[:60],
        quote=quote.strip(),
        text=text.strip(),
        replacement=replacement.strip(),
        is_internal=is_internal and actor.leads,
        number=number,
        author_id=actor.user_id,
    )


def reply(*, actor: Actor, found: Any, remark: Remark, text: str) -> Remark:
    """Answer a remark; an answer to an internal one is internal."""
    _must_remark(actor, found)
    if not policies.can_view_remark(actor, remark) or remark.reply_to_id:
        raise PermissionDenied
    return Remark.objects.create(
        network_id=remark.network_id,
        kind=remark.kind,
        object_id=remark.object_id,
        place=remark.place,
        text=text.strip(),
        is_internal=remark.is_internal,
        reply_to=remark,
        author_id=actor.user_id,
    )


def settle(*, actor: Actor, found: Any, remark: Remark, settled: bool) -> None:
    """Say that a remark is settled, or open it again."""
    _must_remark(actor, found)
    if not policies.can_view_remark(actor, remark):
        raise PermissionDenied
    remark.resolved_at = timezone.now() if settled else None
    remark.resolved_by_id = actor.user_id if settled else None
    remark.save(update_fields=["resolved_at", "resolved_by"])


def take_over(*, actor: Actor, kind: Kind, found: Any, remark: Remark) -> None:
    """Put the suggested text in place of the words it is about. Raises WordsGoneError where they are not any more."""
    if not remark.replacement or remark.is_internal:
        raise PermissionDenied
    with transaction.atomic():
        if kind.subject == Subject.PLAN:
            _take_into_chapter(actor, found, remark)
        else:
            _take_into_form(actor, found, remark)
        remark.taken_at = remark.resolved_at = timezone.now()
        remark.resolved_by_id = actor.user_id
        remark.save(update_fields=["taken_at", "resolved_at", "resolved_by"])


def _take_into_chapter(actor: Actor, found: Any, remark: Remark) -> None:
    must_write(actor, found)
    rows = Chapter.objects.select_for_update(of=("self",)).filter(plan=found, template__code=remark.place)
    chapter = rows.first()
    body = replace_words(chapter.body, remark.quote, remark.replacement) if chapter else None
    if chapter is None or body is None:
        raise WordsGoneError
    allowed = {pk for pk, _alt in pictures_in(chapter.body)}
    chapter.body = clean_document(body, pictures=allowed)
    chapter.version += 1
    chapter.updated_by_id = actor.user_id
    chapter.save()


def _take_into_form(actor: Actor, found: TestingAction, remark: Remark) -> None:
    row = TestingAction.objects.select_for_update(of=("self",)).select_related("partner").get(pk=found.pk)
    if not policies.can_write_testing(actor, row):
        raise PermissionDenied
    if row.state not in ("draft", "changes"):
        raise WrongStateError(_("The form is with its checkers, or final. Take it back to change it."))
    text = row.answers.get(remark.place, "")
    whole = text.replace(remark.quote, remark.replacement, 1)
    if whole == text:
        raise WordsGoneError
    row.answers = {**row.answers, remark.place: whole}
    row.version += 1
    row.updated_by_id = actor.user_id
    row.save()
