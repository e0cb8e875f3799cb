"""The network's form for testing actions: its questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from actionplans import policies
from actionplans.models import FormQuestion

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network

#: Parts of the form that are not questions: what a question's code may not be.
RESERVED = ("title", "starts", "ends", "rate", "steps", "budget", "measures")


def questions_of(network: Network) -> list[FormQuestion]:
    """Return the questions that are asked, in their order. One query."""
    return list(FormQuestion.objects.filter(network=network, is_retired=False))


def _must_edit(actor: Actor, network_id: int) -> None:
    if actor.network_id != network_id or not policies.can_edit_form(actor):
        raise PermissionDenied


def save_question(
    *, actor: Actor, network: Network, question: FormQuestion | None, label: str, help_text: str, required: bool
) -> FormQuestion:
    """Add a question at the end, or change one. Forms handed in keep the words they were handed in with."""
    _must_edit(actor, network.pk)
    if question is None:
        rows = FormQuestion.objects.filter(network=network)
        taken = {*rows.values_list("code", flat=True), *RESERVED}
        stem = slugify(label)[:24] or "question"
        code = next(c for c in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if c not in taken)
        last = rows.aggregate(n=Max("position"))["n"] or 0
        question = FormQuestion(network=network, code=code, position=last + 1)
    question.label, question.help, question.is_required = label, help_text, required
    question.save()
    return question


def move_question(*, actor: Actor, question: FormQuestion, by: int) -> None:
    """Move a question one place up (``by`` -1) or down (1)."""
    _must_edit(actor, question.network_id)
    with transaction.atomic():
        rows = list(FormQuestion.objects.select_for_update().filter(network=question.network_id, is_retired=False))
        at = next((n for n, row in enumerate(rows) if row.pk == question.pk), None)
        if at is None or not 0 <= at + by < len(rows):
            return
        rows[at], rows[at + by] = rows[at + by], rows[at]
        for position, row in enumerate(rows):
            row.position = position
        FormQuestion.objects.bulk_update(rows, ["position"])


def retire_question(*, actor: Actor, question: FormQuestion, retired: bool) -> None:
    """Ask a question no more, or again; answers to it stay."""
    _must_edit(actor, question.network_id)
    question.is_retired = retired
    question.save(update_fields=["is_retired"])
