"""What a city's page shows of its local meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meetings import policies
from meetings.coverage import state_of
from meetings.models import UlgMeeting

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Partner


def city_panel(actor: Actor, partner: Partner) -> dict[str, Any] | None:
    """Return how many local meetings a city held and plans, and how many it should. One query."""
    if not policies.can_view_city_coverage(actor, partner):
        return None
    today = partner.network.today()
    rows = UlgMeeting.objects.visible_to(actor).standing().filter(partner=partner).select_related("report")
    states = [state_of(meeting, today) for meeting in rows]
    return {
        "city": partner,
        "held": sum(state != "planned" for state in states),
        "planned": states.count("planned"),
        "needed": partner.network.minimums.get("ulg_meetings", 0),
    }
