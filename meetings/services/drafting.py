"""The fields of a report as its form knows them, saved so that two people in one draft lose nothing.

A save carries the version it was read at and what each field looked like then (``base``). A field that only one of two
people changed is no conflict: it is taken. Where both changed one, the saved value stands, the other is kept as a
``DraftConflict``, and the page shows both until somebody chooses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from aoce.common.drafts import EditConflictError
from aoce.common.models import DraftConflict
from meetings.models import AttendanceCount, TransnationalMeeting, UlgReport
from meetings.workflow import ULG_REPORT

if TYPE_CHECKING:
    from partners.actors import Actor

KIND = ULG_REPORT.kind
MEETING_FIELDS = ("title", "date", "place")
REPORT_FIELDS = ("topics", "decisions", "lessons", "grid_shared", "grid_shared_on")
#: Fields in the order of the form; ``link`` is “after” or “before” and the meeting's id: ``after:12``.
LABELS = {
    "title": _("Title"),
    "date": _("Date of the meeting"),
    "place": _("Place"),
    "link": _("Prepares or follows"),
    "topics": _("Main topics"),
    "decisions": _("What the group decided"),
    "lessons": _("What you learnt that other cities could use"),
    "grid_shared": _("We shared the learning grid with the group"),
    "grid_shared_on": _("Day the learning grid was shared"),
}
#: Fields of which both texts can be kept, one below the other.
TEXTS = ("topics", "decisions", "lessons")
#: A typed-in number of people of one stakeholder kind: ``count-3``.
COUNT = "count-"


def read(report: UlgReport) -> dict[str, str]:
    """Return every field as text, counts included (those above none)."""
    meeting = report.meeting
    link = f"{meeting.relation}:{meeting.transnational_id}" if meeting.transnational_id and meeting.relation else ""
    found = {
        "title": meeting.title,
        "date": meeting.date.isoformat() if meeting.date else "",
        "place": meeting.place,
        "link": link,
        "topics": report.topics,
        "decisions": report.decisions,
        "lessons": report.lessons,
        "grid_shared": "1" if report.grid_shared else "",
        "grid_shared_on": report.grid_shared_on.isoformat() if report.grid_shared_on else "",
    }
    for count in report.counts.all():
        if count.people:
            found[f"{COUNT}{count.kind_id}"] = str(count.people)
    return found


def short_digest(text: str) -> str:
    """Return eight characters that stand for a text; line ends as browsers send them make no difference."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()[:8]


def base_of(fields: Mapping[str, str]) -> str:
    """Return what the form carries to know later which fields its writer changed."""
    return ",".join(f"{name}={short_digest(text)}" for name, text in fields.items() if text)


def _base(carried: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in carried.split(",") if "=" in part)


def _write(report: UlgReport, changes: Mapping[str, str]) -> None:
    """Write texts into report, meeting and counts; the caller holds the lock."""
    meeting = report.meeting
    for name, text in changes.items():
        if name == "date":
            meeting.date = parse_date(text) if text else None
        elif name == "link":
            relation, _sep, pk = text.partition(":")
            network = meeting.partner.network_id
            found = TransnationalMeeting.objects.filter(pk=pk or None, network=network).first() if pk else None
            meeting.transnational, meeting.relation = found, relation if found else ""
        elif name in MEETING_FIELDS:
            setattr(meeting, name, text)
        elif name == "grid_shared":
            report.grid_shared = bool(text)
        elif name == "grid_shared_on":
            report.grid_shared_on = parse_date(text) if text else None
        elif name in REPORT_FIELDS:
            setattr(report, name, text)
        elif name.startswith(COUNT):
            AttendanceCount.objects.update_or_create(
                report=report, kind_id=int(name.removeprefix(COUNT)), defaults={"people": int(text or 0)}
            )
    meeting.save()


def locked(report: UlgReport) -> UlgReport:
    """Return the report under a row lock, with meeting and city; call it inside a transaction."""
    UlgReport.objects.select_for_update().get(pk=report.pk)
    return UlgReport.objects.select_related("meeting__partner__network").get(pk=report.pk)


def _touch(actor: Actor, report: UlgReport, names: list[str]) -> None:
    report.version += 1
    report.updated_by_id = actor.user_id
    report.changed_in = {**report.changed_in, **dict.fromkeys(names, report.version)}
    report.save()


def save(*, actor: Actor, report: UlgReport, fields: Mapping[str, str], read_version: int, base: str = "") -> bool:
    """Write what this person changed; return whether anything did. Call it outside of transactions.

    Raises EditConflictError after keeping this person's values of the fields that somebody else changed meanwhile;
    their other fields are written all the same.
    """
    before, conflict = _base(base), None
    with transaction.atomic():
        row = locked(report)
        now = read(row)
        mine: dict[str, str] = {}
        torn: dict[str, str] = {}
        for name, value in fields.items():
            text = value.replace("\r\n", "\n")
            if text == now.get(name, ""):
                continue
            moved_on = row.changed_in.get(name, 1) > read_version
            typed = not base or short_digest(text) != before.get(name, short_digest(""))
            if not moved_on:
                mine[name] = text
            elif typed:
                torn[name] = text
        if torn:
            conflict = _keep(actor, row, torn, read_version)
        if mine:
            _write(row, mine)
            _touch(actor, row, list(mine))
    report.refresh_from_db()
    report.meeting.refresh_from_db()
    if conflict is not None:
        raise EditConflictError(conflict)
    return bool(mine)


def _keep(actor: Actor, report: UlgReport, torn: dict[str, str], read_version: int) -> DraftConflict:
    kept = DraftConflict.objects.filter(kind=KIND, object_id=report.pk, user_id=actor.user_id, resolved_at=None).first()
    if kept is None:
        return DraftConflict.objects.create(
            kind=KIND,
            object_id=report.pk,
            user_id=actor.user_id,
            network_id=report.meeting.partner.network_id,
            base_version=read_version,
            data=torn,
        )
    kept.data = {**kept.data, **torn}
    kept.save()
    return kept


def settle(*, actor: Actor, report: UlgReport, conflict: DraftConflict, chosen: Mapping[str, str]) -> None:
    """Write the chosen texts and close the conflict."""
    with transaction.atomic():
        row = locked(report)
        now = read(row)
        changes = {name: text.replace("\r\n", "\n") for name, text in chosen.items() if now.get(name, "") != text}
        if changes:
            _write(row, changes)
            _touch(actor, row, list(changes))
        conflict.resolved_at = timezone.now()
        conflict.save(update_fields=["resolved_at"])
    report.refresh_from_db()
    report.meeting.refresh_from_db()


def as_day(text: str) -> date | None:
    """Return the day of a date field's text."""
    return parse_date(text) if text else None
