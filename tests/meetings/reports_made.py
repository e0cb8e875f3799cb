"""Local reports in the states tests need."""

from __future__ import annotations

from datetime import date

from meetings.models import UlgReport
from meetings.services import attendance
from meetings.services import ulg as services
from tests.common import files_made as made
from tests.meetings.factories import Place

TODAY = date(2024, 4, 18)
LIST = [
    ["Név", "Szervezet", "Csoport", "Aláírás"],
    ["Bakó Ágnes", "Városháza", "Köztisztviselő", "x"],
    ["Mező Katalin", "", "", "x"],
    ["Gál Örs", "Tanoda", "NGO", "Zoom"],
]


def begun(place: Place) -> UlgReport:
    """Return a draft."""
    return services.start(actor=place.actor("coordinator"), partner=place.city)


def ready(place: Place) -> UlgReport:
    """Return a report with everything that submitting needs."""
    report, actor = begun(place), place.actor("coordinator")
    fields = {"date": "2024-04-16", "place": "Tanoda", "topics": "Trust"}
    services.save(actor=actor, report=report, fields=fields, read_version=1)
    sheet = attendance.attach_sheet(actor=actor, report=report, upload=made.upload("l.xlsx", made.xlsx(LIST)))
    attendance.take_over(actor=actor, sheet=sheet)
    return report


def submitted(place: Place) -> UlgReport:
    """Return one that was handed in."""
    report = ready(place)
    services.submit(actor=place.actor("coordinator"), report=report, today=TODAY)
    return report
