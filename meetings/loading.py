"""Loading the network's meetings from its data file."""

from __future__ import annotations

from meetings.enums import MeetingKind
from meetings.models import TransnationalMeeting
from partners.datafile import Row, once, set_many
from partners.enums import DatePrecision
from partners.loading import Loaded


def load_meetings(top: Row, loaded: Loaded) -> None:
    """Write the transnational meetings, and which task of the roadmap stands for which."""
    shift = loaded.shift
    tasks = loaded.extra.get("meeting_tasks", {})
    seen: dict[str, int] = {}
    for row in top.rows("meetings", required=False):
        slug = row.text("slug")
        once(row, seen, slug, "meeting")
        start, end = row.span("start", "end")
        conflicts = [
            {"claim": shift.text(entry.text("claim")), "ref": entry.text("ref", "")}
            for entry in row.rows("conflicts", required=False)
        ]
        values = {
            "kind": row.choice("kind", MeetingKind),
            "number": row.integer("number", None),
            "title": row.text("title"),
            "is_online": row.flag("online", default=False),
            "place": row.text("place", ""),
            "start": shift.day(start),
            "end": shift.day(end),
            "date_precision": row.choice("date_precision", DatePrecision, DatePrecision.DAY),
            "date_text": shift.text(row.text("date_text", "")),
            "date_source": shift.text(row.source("date_source")[0]),
            "conflicts": conflicts,
            "description": row.text("description", ""),
        }
        if slug in tasks:
            values["task"] = tasks[slug][0]
        meeting = loaded.loader.upsert(row, TransnationalMeeting, {"network": loaded.network, "slug": slug}, values)
        set_many(meeting.hosts, row.references("hosts", loaded.partners, "city"))
        set_many(meeting.themes, row.references("themes", loaded.themes, "theme"))
        set_many(
            meeting.horizontal_themes, row.references("horizontal_themes", loaded.horizontal_themes, "horizontal theme")
        )
    for slug, (_task, row) in tasks.items():
        if slug not in seen:
            raise row.error(f"There is no meeting “{slug}”.", "meeting")
