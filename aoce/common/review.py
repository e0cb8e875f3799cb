"""Handing in and checking: frozen versions, what changed between two, and the points to address."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy

from aoce.common.models import ReviewPoint, StatusChange, SubmittedVersion
from aoce.common.workflow import ActorLike

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True)
class FieldChange:
    """One field of the newest version: its label, its text, and the text marked up against the version before."""

    code: str
    label: str
    text: str
    marked: SafeString
    changed: bool


#: Each transition as a thing done, whatever it was done to.
DONE = {
    "submit": gettext_lazy("Submitted"),
    "amend": gettext_lazy("Changed after it was submitted"),
    "ask_changes": gettext_lazy("Changes requested"),
    "approve": gettext_lazy("Approved"),
    "reopen": gettext_lazy("Opened again"),
    "publish": gettext_lazy("Published"),
}


@dataclass(frozen=True)
class Step:
    """One thing that happened, in words: the state it led to, what it is called, when, who, and what they said."""

    state: str
    word: str
    at: datetime
    who: str
    text: str


def steps_of(changes: Iterable[StatusChange], words: Mapping[str, str | Promise] = DONE) -> list[Step]:
    """Return what happened, the newest first; ``words`` name each transition as a thing done."""
    return [
        Step(c.target, str(words.get(c.transition, "")), c.at, str(c.user or gettext("The portal")), c.comment)
        for c in changes
    ][::-1]


def record_version(
    *, actor: ActorLike, network_id: int, kind: str, object_id: int, data: dict[str, str], labels: dict[str, str]
) -> SubmittedVersion:
    """Freeze what is handed in as the next version; call it in the transaction of the submission."""
    last = SubmittedVersion.objects.filter(kind=kind, object_id=object_id).aggregate(n=models.Max("number"))["n"] or 0
    return SubmittedVersion.objects.create(
        network_id=network_id,
        kind=kind,
        object_id=object_id,
        number=last + 1,
        data=data,
        labels=labels,
        user_id=actor.user_id,
    )


def latest_versions(kind: str, object_id: int) -> tuple[SubmittedVersion | None, SubmittedVersion | None]:
    """Return the newest version and the one before it; None where there is none."""
    found = list(
        SubmittedVersion.objects.filter(kind=kind, object_id=object_id).select_related("user").order_by("-number")[:2]
    )
    return (found[0] if found else None, found[1] if len(found) > 1 else None)


def mark_changes(old: str, new: str) -> SafeString:
    """Return the new text as HTML with ``<ins>`` and ``<del>`` around what changed, word by word."""
    before, after = re.findall(r"\s+|[^\s]+", old), re.findall(r"\s+|[^\s]+", new)
    blocks: list[tuple[bool, str, str]] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = "".join(before[i1:i2]), "".join(after[j1:j2])
        same = tag == "equal"
        # A change goes on over the space between two changed words: phrases are marked, not every word by itself.
        if blocks and not blocks[-1][0] and (not same or come == " "):
            blocks[-1] = (False, blocks[-1][1] + gone, blocks[-1][2] + come)
        else:
            blocks.append((same, gone, come))
    out = []
    for same, gone, come in blocks:
        if not same and gone.strip():
            out.append(f"<del>{escape(gone)}</del>")
        out.append(f"<ins>{escape(come)}</ins>" if not same and come.strip() else escape(come))
    return mark_safe("".join(out))  # noqa: S308 - both texts are escaped above


def compare(new: SubmittedVersion, old: SubmittedVersion | None) -> list[FieldChange]:
    """Return the fields of ``new`` in their order, each marked against ``old`` (unmarked when there is none)."""
    rows = []
    for code, text in new.data.items():
        before = old.data.get(code, "") if old else text
        rows.append(
            FieldChange(
                code,
                # Stored in English, shown in the reader's language.
                gettext(new.labels.get(code, code)),
                text,
                mark_changes(before, text),
                changed=before != text,
            )
        )
    return rows


def ask_for_changes(*, change: StatusChange, points: list[tuple[str, str]]) -> list[ReviewPoint]:
    """Store the points to address, ``(where, text)`` each, with the “changes requested” they belong to."""
    return ReviewPoint.objects.bulk_create(
        [
            ReviewPoint(
                network_id=change.network_id,
                kind=change.kind,
                object_id=change.object_id,
                change=change,
                where=where,
                text=text,
            )
            for where, text in points
            if text.strip()
        ]
    )


def points_for(kind: str, object_id: int) -> models.QuerySet[ReviewPoint]:
    """Return all points ever asked for, oldest first."""
    return ReviewPoint.objects.filter(kind=kind, object_id=object_id).select_related("change__user", "addressed_by")


def address_point(*, actor: ActorLike, point: ReviewPoint, answer: str, addressed: bool = True) -> None:
    """Say that a point is addressed (and where or why not), or open again."""
    with transaction.atomic():
        point.answer = answer.strip()
        point.addressed_at = timezone.now() if addressed else None
        point.addressed_by_id = actor.user_id if addressed else None
        point.save(update_fields=["answer", "addressed_at", "addressed_by"])


def history(kind: str, object_id: int) -> models.QuerySet[StatusChange]:
    """Return every change of state, oldest first, with who made it."""
    return StatusChange.objects.filter(kind=kind, object_id=object_id).select_related("user")


def as_labels(form_fields: dict[str, Any]) -> dict[str, str]:
    """Return field labels in English, for storing beside a version."""
    from django.utils import translation

    with translation.override("en"):
        return {code: str(label) for code, label in form_fields.items()}
