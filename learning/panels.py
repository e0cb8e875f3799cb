"""What the page of a city shows of its learning, and the page of a meeting of the needs behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from learning import policies
from learning.models import GoodPractice, KnowledgeNeed, LearningNeed

if TYPE_CHECKING:
    from meetings.models import TransnationalMeeting
    from partners.actors import Actor
    from partners.models import Partner


def city_panel(actor: Actor, partner: Partner) -> dict[str, Any] | None:
    """Return a city's practices and needs. Two queries."""
    if not policies.can_view_matrix(actor):
        return None
    practices = GoodPractice.objects.visible_to(actor).filter(owner=partner)
    needs = KnowledgeNeed.objects.visible_to(actor).open().filter(partner=partner).select_related("sub_theme__theme")
    return {
        "practices": list(practices),
        "needs": list(needs.order_by("sub_theme__theme__position", "sub_theme__position")),
    }


def grid_panel(actor: Actor, meeting: TransnationalMeeting) -> dict[str, Any] | None:
    """Lead to the grids of a meeting that has begun. No query."""
    if not policies.can_view_matrix(actor) or not meeting.kind.has_grid or meeting.start > meeting.network.today():
        return None
    return {"own": bool(actor.partner_ids)}


def meeting_panel(actor: Actor, meeting: TransnationalMeeting) -> dict[str, Any] | None:
    """Return the learning needs a meeting is about, each with the session that serves it. One query."""
    if not policies.can_view_matrix(actor):
        return None
    rows = LearningNeed.objects.visible_to(actor).filter(Q(meeting=meeting) | Q(sessions__meeting=meeting))
    found: dict[int, dict[str, Any]] = {}
    columns = ("pk", "text", "partner__name", "sessions__pk", "sessions__title", "sessions__meeting_id")
    for pk, text, city, session, title, where in rows.order_by("sub_theme", "pk").values_list(*columns).distinct():
        need = found.setdefault(pk, {"pk": pk, "text": text, "city": city, "session": None, "title": ""})
        if where == meeting.pk:
            need["session"], need["title"] = session, title
    if not found:
        return None
    return {"needs": list(found.values()), "open": sum(need["session"] is None for need in found.values())}
