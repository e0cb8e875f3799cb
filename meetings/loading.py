"""Loading the network's meetings from its data file."""

from __future__ import annotations

import re

from meetings.models import (
    AgendaTemplate,
    ChecklistTemplate,
    MeetingKind,
    PartnerNetwork,
    Session,
    SessionKind,
    TransnationalMeeting,
    TravelMode,
)
from meetings.services.agenda import snapshot
from partners.datafile import Row, once, set_many
from partners.enums import DatePrecision
from partners.loading import Loaded

TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


def load_meeting_kinds(top: Row, loaded: Loaded) -> dict[str, MeetingKind]:
    """Write the kinds of meetings the network has."""
    found: dict[str, MeetingKind] = {}
    seen: dict[str, int] = {}
    for position, row in enumerate(top.rows("meeting_kinds", required=False)):
        code = row.text("code")
        once(row, seen, code, "kind of meeting")
        values = {"name": row.text("name"), "has_grid": row.flag("grid", default=False), "position": position}
        found[code] = loaded.loader.upsert(row, MeetingKind, {"network": loaded.network, "code": code}, values)
    return found


def load_templates(top: Row, loaded: Loaded, kinds: dict[str, SessionKind]) -> None:
    """Write the agendas to begin with."""
    seen: dict[str, int] = {}
    for position, row in enumerate(top.rows("agenda_templates", required=False)):
        code = row.text("code")
        once(row, seen, code, "agenda to begin with")
        sessions = []
        for entry in row.rows("sessions"):
            start, end = entry.text("start", ""), entry.text("end", "")
            if (start and not TIME.fullmatch(start)) or (end and not (TIME.fullmatch(end) and start and start < end)):
                raise entry.error("Times are written as 09:30, the end after the start.", "start")
            entry.reference("kind", kinds, "kind of session")
            texts = {name: entry.text(name, "") for name in ("kind", "title", "about")}
            sessions.append(texts | {"day": entry.integer("day", 1), "start": start, "end": end})
        values = {"name": row.text("name"), "sessions": sessions, "position": position}
        loaded.loader.upsert(row, AgendaTemplate, {"network": loaded.network, "code": code}, values)


def load_checklists(top: Row, loaded: Loaded) -> None:
    """Write what is usually prepared, by kind of meeting."""
    seen: dict[str, int] = {}
    for position, row in enumerate(top.rows("checklists", required=False)):
        code = row.text("code")
        once(row, seen, code, "checklist")
        items = [
            {"what": item.text("what"), "who": item.text("who", ""), "days": item.integer("days")}
            for item in row.rows("items")
        ]
        values = {"name": row.text("name"), "items": items, "position": position}
        loaded.loader.upsert(row, ChecklistTemplate, {"network": loaded.network, "code": code}, values)


def load_travel_modes(top: Row, loaded: Loaded) -> None:
    """Write how people travel, with the factors and where they come from."""
    seen: dict[str, int] = {}
    for position, row in enumerate(top.rows("travel_modes", required=False)):
        code = row.text("code")
        once(row, seen, code, "way to travel")
        values = {"name": row.text("name"), "grams": row.integer("grams"), "source": row.text("source", "")}
        values["position"] = position
        loaded.loader.upsert(row, TravelMode, {"network": loaded.network, "code": code}, values)


def load_kinds(top: Row, loaded: Loaded) -> dict[str, SessionKind]:
    """Write the kinds of sessions the network has."""
    found = {}
    for position, row in enumerate(top.rows("session_kinds", required=False)):
        code = row.text("code")
        values = {"name": row.text("name"), "look": row.text("look"), "position": position}
        if values["look"] not in dict(SessionKind.LOOKS):
            raise row.error(f"“{values['look']}” is no look of a session.", "look")
        found[code] = loaded.loader.upsert(row, SessionKind, {"network": loaded.network, "code": code}, values)
    return found


def load_sessions(top: Row, loaded: Loaded, meeting: TransnationalMeeting, kinds: dict[str, SessionKind]) -> None:
    """Write the sessions the sources name for a meeting, and publish them; once there is an agenda, it is people's."""
    mine = meeting.sessions.exists() or meeting.editions.exists()
    for row in top.rows("sessions", required=False):
        title = row.text("title")
        values = {
            "kind": row.reference("kind", kinds, "kind of session"),
            "place": row.text("place", ""),
            "about": row.text("about", ""),
            "speakers": row.text("speakers", ""),
        }
        themes = row.references("themes", loaded.themes, "theme", required=False)
        horizontal = row.references("horizontal_themes", loaded.horizontal_themes, "horizontal theme", required=False)
        cities = row.references("cities", loaded.partners, "city", required=False)
        if mine:
            continue
        session = Session.objects.create(meeting=meeting, title=title, **values)
        session.themes.set(themes)
        session.horizontal_themes.set(horizontal)
        session.cities.set(cities)
    if not mine and meeting.sessions.exists():
        snapshot(meeting, None).save()


def load_meetings(top: Row, loaded: Loaded) -> None:
    """Write the transnational meetings, and which task of the roadmap stands for which."""
    shift = loaded.shift
    tasks = loaded.extra.get("meeting_tasks", {})
    networks = load_partner_networks(top, loaded)
    seen: dict[str, int] = {}
    kinds = load_kinds(top, loaded)
    load_templates(top, loaded, kinds)
    load_checklists(top, loaded)
    load_travel_modes(top, loaded)
    meeting_kinds = load_meeting_kinds(top, loaded)
    for row in top.rows("meetings", required=False):
        slug = row.text("slug")
        once(row, seen, slug, "meeting")
        start, end = row.span("start", "end")
        conflicts = [
            {"claim": shift.text(entry.text("claim")), "ref": entry.text("ref", "")}
            for entry in row.rows("conflicts", required=False)
        ]
        values = {
            "kind": row.reference("kind", meeting_kinds, "kind of meeting"),
            "number": row.integer("number", None),
            "title": row.text("title"),
            "is_online": row.flag("online", default=False),
            "place": row.text("place", ""),
            "link": row.text("link", ""),
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
        load_sessions(row, loaded, meeting, kinds)
        set_many(meeting.hosts, row.references("hosts", loaded.partners, "city"))
        set_many(meeting.themes, row.references("themes", loaded.themes, "theme"))
        set_many(
            meeting.horizontal_themes, row.references("horizontal_themes", loaded.horizontal_themes, "horizontal theme")
        )
        _join_networks(meeting, row.references("with_networks", networks, "network"))
    for slug, (_task, row) in tasks.items():
        if slug not in seen:
            raise row.error(f"There is no meeting “{slug}”.", "meeting")


def load_partner_networks(top: Row, loaded: Loaded) -> dict[str, PartnerNetwork]:
    """Write the other networks this one works with; returned by slug."""
    found: dict[str, PartnerNetwork] = {}
    seen: dict[str, int] = {}
    for position, row in enumerate(top.rows("partner_networks", required=False)):
        slug = row.text("slug")
        once(row, seen, slug, "network")
        values = {
            "name": row.text("name"),
            "short_name": row.text("short_name", ""),
            "website": row.text("website", ""),
            "about": row.text("about", ""),
            "source": row.source()[0],
            "position": position,
        }
        found[slug] = loaded.loader.upsert(row, PartnerNetwork, {"network": loaded.network, "slug": slug}, values)
    return found


def _join_networks(meeting: TransnationalMeeting, networks: list[PartnerNetwork]) -> None:
    """Say with whom the file holds a meeting together; what people added since stays."""
    meeting.partner_networks.add(*networks)
