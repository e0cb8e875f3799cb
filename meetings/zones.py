"""The time at a meeting's place."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from meetings.models import TransnationalMeeting


def zone_of(meeting: TransnationalMeeting) -> zoneinfo.ZoneInfo:
    """Return the time zone of the place: the first host's; the network's for a meeting online or without a host."""
    host = meeting.hosts.order_by("position").first()
    if meeting.is_online or host is None or not host.time_zone:
        return meeting.network.tz
    return zoneinfo.ZoneInfo(host.time_zone)
