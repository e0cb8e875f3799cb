"""Loading half-years, their tasks and the reminder rules from a network's data file."""

from __future__ import annotations

from partners.datafile import Row, once, set_many
from partners.enums import DatePrecision
from partners.loading import Loaded
from roadmap.deliverables import KINDS
from roadmap.enums import Audience, OwedBy, PeriodState, TrackGroup
from roadmap.models import Period, ReminderRule, Task, Track

QUARTERLY = "quarterly_report"


def load_rules(top: Row, loaded: Loaded) -> None:
    """Write when the network reminds."""
    for row in top.rows("reminder_rules", required=False):
        loaded.loader.upsert(
            row,
            ReminderRule,
            {
                "network": loaded.network,
                "offset_days": row.integer("offset"),
                "audience": row.choice("audience", Audience),
            },
            {"repeat_days": row.integer("repeat_days", None)},
        )


def load_periods(top: Row, loaded: Loaded) -> list[Period]:
    """Write the half-years as drafts; returns those the file wants published, for after everything is loaded.

    A half-year that is published already belongs to its Lead Partner: it is left as it is. Leaves in
    ``loaded.extra["meeting_tasks"]`` which task stands for which meeting: ``{slug: (task, row)}``.
    """
    to_publish = []
    seen: dict[str, int] = {}
    loaded.extra.setdefault("meeting_tasks", {})
    for row in top.rows("periods", required=False):
        first, last = row.span("start", "end")
        start, end = loaded.shift.day(first), loaded.shift.day(last)
        slug = loaded.shift.period_slug(row.text("slug"), start)
        once(row, seen, slug, "half-year")
        title = loaded.shift.period_title(row.text("title"), start, end)
        published = row.flag("published", default=False)
        period = Period.objects.filter(
            network=loaded.network, slug=slug, state=PeriodState.PUBLISHED
        ).first() or loaded.loader.upsert(
            row, Period, {"network": loaded.network, "slug": slug}, {"title": title, "start": start, "end": end}
        )
        if period.state == PeriodState.PUBLISHED:
            row.asked |= {"tracks", "tasks"}
            continue
        tracks = load_tracks(row, period, loaded)
        load_tasks(row, tracks, loaded)
        if published:
            to_publish.append(period)
    return to_publish


def load_tracks(period_row: Row, period: Period, loaded: Loaded) -> dict[str, Track]:
    """Write a half-year's rows."""
    tracks: dict[str, Track] = {}
    seen: dict[str, int] = {}
    for position, row in enumerate(period_row.rows("tracks")):
        code = row.text("code")
        once(row, seen, code, "track")
        values = {"name": row.text("name"), "group": row.choice("group", TrackGroup), "position": position}
        tracks[code] = loaded.loader.upsert(row, Track, {"period": period, "code": code}, values)
    return tracks


def load_tasks(period_row: Row, tracks: dict[str, Track], loaded: Loaded) -> None:
    """Write a half-year's tasks; months named in their texts move with their dates."""
    seen: dict[str, int] = {}
    for position, row in enumerate(period_row.rows("tasks")):
        code = row.text("code")
        once(row, seen, code, "task")
        track = row.reference("track", tracks, "track")
        deliverable = row.text("deliverable", "")
        known = sorted(KINDS)
        if deliverable and deliverable not in known:
            raise row.error(
                f"Nothing can be handed in as “{deliverable}”. There is: {', '.join(known)}.", "deliverable"
            )
        start, due = row.span("start", "due")
        shift = loaded.shift
        words = shift.by_quarters() if deliverable == QUARTERLY else shift
        task = loaded.loader.upsert(
            row,
            Task,
            {"track": track, "code": code},
            {
                "title": words.text(row.text("title")),
                "description": words.text(row.text("description", "")),
                "start": shift.day(start),
                "due": shift.day(due),
                "due_precision": row.choice("due_precision", DatePrecision, DatePrecision.DAY),
                "owed_by": row.choice("owed_by", OwedBy),
                "deliverable": deliverable,
                "source": shift.text(row.source()[0]),
                "conflict": shift.text(row.text("conflict", "")),
                "position": position,
            },
        )
        set_many(task.hosts, row.references("hosts", loaded.partners, "city"))
        meeting = row.text("meeting", "")
        if meeting:
            loaded.extra["meeting_tasks"][meeting] = (task, row)
