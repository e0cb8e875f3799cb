"""The quality check: criteria judged, the letter written, the decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actionplans import policies
from actionplans.enums import Judgement, Subject
from actionplans.models import ActionPlan, Finding, QualityCheck, Remark
from actionplans.services import plans, testing
from actionplans.services.templates import criteria_of
from aoce.common import review
from aoce.common.workflow import CommentMissingError, NotAllowedError
from partners.enums import Role
from roadmap.models import Obligation
from roadmap.services.obligations import OPEN_STATES, set_due

if TYPE_CHECKING:
    from actionplans.subjects import Kind
    from aoce.common.models import SubmittedVersion
    from partners.actors import Actor

LETTER_FILE = "check_letter"


class OpenCriteriaError(Exception):
    """Needed criteria are not met, or nobody judged them: ``names``. It is approved only with a reason."""

    def __init__(self, names: list[str]) -> None:
        """Keep their names."""
        super().__init__("open criteria")
        self.names = names


class NewerVersionError(Exception):
    """A newer version was handed in after the checker opened the page."""


def check_of(actor: Actor, kind: Kind, found: Any) -> QualityCheck:
    """Return the check of the version handed in last, begun now if nobody has. Raises PermissionDenied."""
    if actor.network_id != found.partner.network_id or not actor.leads:
        raise PermissionDenied
    newest, _before = review.latest_versions(kind.subject, found.pk)
    if newest is None:
        raise NotAllowedError
    check, _made = QualityCheck.objects.get_or_create(
        content=newest,
        defaults={
            "network_id": found.partner.network_id,
            "kind": kind.subject,
            "object_id": found.pk,
            "checker_id": actor.user_id,
        },
    )
    return check


def last_checked(kind: str, object_id: int, before: int) -> SubmittedVersion | None:
    """Return the version that was checked last before version ``before``; None where none was."""
    rows = QualityCheck.objects.filter(kind=kind, object_id=object_id, content__number__lt=before)
    row = rows.exclude(decided_at=None).select_related("content").order_by("-content__number").first()
    return row.content if row else None


def judge(*, actor: Actor, check: QualityCheck, given: Mapping[int, tuple[str, str]]) -> None:
    """Write how each criterion is met and what to do about it, by the criterion's id."""
    if actor.network_id != check.network_id or not actor.leads:
        raise PermissionDenied
    with transaction.atomic():
        QualityCheck.objects.select_for_update().get(pk=check.pk)
        for pk, (judgement, suggestion) in given.items():
            values = {"judgement": judgement, "suggestion": suggestion.strip()}
            Finding.objects.update_or_create(check_of=check, criterion_id=pk, defaults=values)
        check.checker_id = actor.user_id
        check.save(update_fields=["checker"])


def open_criteria(check: QualityCheck, network: Any) -> list[str]:
    """Return the needed criteria that nobody judged, or that are not met."""
    judged = {row.criterion_id: row.judgement for row in check.findings.all()}
    return [
        str(one)
        for one in criteria_of(network, check.kind)
        if one.is_required and judged.get(one.pk, "") in ("", Judgement.NOT)
    ]


def points_of(check: QualityCheck) -> list[tuple[str, str]]:
    """Return what the city is to address, (where, what): suggestions of criteria, then open remarks of the leads."""
    rows = check.findings.exclude(suggestion="").exclude(judgement=Judgement.MET).select_related("criterion")
    found = [(str(row.criterion)[:100], row.suggestion) for row in rows]
    remarks = Remark.objects.filter(
        kind=check.kind, object_id=check.object_id, reply_to=None, resolved_at=None, is_internal=False
    )
    for row in remarks:
        words = row.text
        if row.replacement:
            words = _("%(text)s Suggested: “%(new)s”") % {"text": row.text, "new": row.replacement}
        label = check.content.labels.get(row.place, row.place)
        found.append((str(label)[:100], words))
    return found


def letter_of(check: QualityCheck, found: Any, due: date | None = None) -> str:
    """Write the letter from the findings: what is good, what to work on, until when. It can be edited."""
    rows = list(check.findings.select_related("criterion"))
    met = [str(row.criterion) for row in rows if row.judgement == Judgement.MET]
    words = [
        _("Dear colleagues in %(city)s,") % {"city": found.partner},
        _("thank you for version %(n)s of “%(title)s”. We have read it.") % {"n": check.content.number, "title": found},
    ]
    if met:
        words.append("\n".join([_("What is good:"), *(f"- {name}" for name in met)]))
    if points := points_of(check):
        lines = [f"{n}. {where}: {text}" if where else f"{n}. {text}" for n, (where, text) in enumerate(points, 1)]
        words.append("\n".join([_("What we ask you to work on:"), *lines]))
    if due:
        words.append(_("Please hand it in again by %(day)s.") % {"day": date_format(due, "j F Y")})
    words.append(_("Write to us whenever something is not clear."))
    return "\n\n".join(words)


DECISIONS = ("approve", "accept", "ask_changes")


def decide(
    *,
    actor: Actor,
    kind: Kind,
    found: Any,
    check: QualityCheck,
    decision: str,
    letter: str,
    version: int,
    due: date | None = None,
    despite: str = "",
) -> None:
    """Approve, let the city write on (plans only), or ask for changes by a day; mails the letter and keeps it as PDF.

    Raises OpenCriteriaError when something needed is open and ``despite`` says no reason, CommentMissingError when
    changes are asked for without any point or word, NewerVersionError, NotAllowedError, WrongStateError.
    """
    if decision not in DECISIONS or (decision == "accept" and kind.subject != Subject.PLAN):
        raise NotAllowedError
    with transaction.atomic():
        row = plans.locked(found) if kind.subject == Subject.PLAN else testing.locked(found)
        kind.workflow.check(actor, row, decision, letter)
        if check.content.number != version or check.decided_at is not None:
            raise NewerVersionError
        newest, _before = review.latest_versions(kind.subject, row.pk)
        if newest is None or newest.pk != check.content_id:
            raise NewerVersionError
        names = open_criteria(check, row.partner.network) if decision == "approve" else []
        if names and not despite.strip():
            raise OpenCriteriaError(names)
        points = points_of(check)
        if decision == "ask_changes" and not points and not letter.strip():
            raise CommentMissingError(
                _("Write at least one suggestion, remark or letter, so that the city knows what to mend.")
            )
        fields = {"approved_at": timezone.now()} if decision == "approve" and kind.subject == Subject.PLAN else None
        change = kind.workflow.apply(actor=actor, obj=row, name=decision, comment=letter, fields=fields)
        if decision == "ask_changes":
            review.ask_for_changes(change=change, points=points)
        _follow(actor, kind, row, decision, due)
        check.letter, check.despite = letter.strip(), despite.strip()
        check.decision, check.decided_at, check.checker_id = decision, timezone.now(), actor.user_id
        check.save(update_fields=["letter", "despite", "decision", "decided_at", "checker"])
        template = "returned" if decision == "ask_changes" else "accepted"
        tell: Any = plans.tell if kind.subject == Subject.PLAN else testing.tell
        tell(row, (Role.COORDINATOR,), template, actor, comment=letter)
        transaction.on_commit(lambda: _print_letter(check.pk))
    found.refresh_from_db()


def _print_letter(pk: int) -> None:
    from actionplans.tasks import print_letter  # tasks call services

    print_letter.delay(check_pk=pk)


def _follow(actor: Actor, kind: Kind, row: Any, decision: str, due: date | None) -> None:
    """Let what the city owes follow the decision; a day becomes its next one."""
    owed = Obligation.objects.filter(deliverable=kind.subject, deliverable_id=row.pk).exclude(state="approved")
    if kind.subject == Subject.PLAN:
        plans.follow(actor, row, "" if decision == "ask_changes" else "approved")
    else:
        testing.follow(actor, row)
    if decision == "ask_changes" and due:
        for obligation in owed.select_related("task", "partner"):
            if obligation.state in OPEN_STATES:
                set_due(actor=actor, obligation=obligation, due=due, reason=_("Time to address the points"))


def letter_seen(actor: Actor, check_id: int) -> bool:
    """Say whether an actor reads a letter: its city, and who checks."""
    check = QualityCheck.objects.filter(pk=check_id).first()
    if check is None or check.network_id != actor.network_id:
        return False
    if actor.leads:
        return True
    if check.kind == Subject.PLAN:
        return ActionPlan.objects.filter(pk=check.object_id, partner__in=actor.partner_ids).exists()
    return testing.TestingAction.objects.filter(pk=check.object_id, partner__in=actor.partner_ids).exists()


def can_check(actor: Actor, found: Any) -> bool:
    """Whether this actor is one who checks it."""
    if isinstance(found, ActionPlan):
        return policies.can_check_plan(actor, found)
    return policies.can_check_testing(actor, found)
