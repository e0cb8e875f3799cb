"""What a report still lacks, and whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.enums import Role
from reports.models import QuarterlyReport
from reports.sections import SECTIONS


@dataclass(frozen=True)
class Blank:
    """Something missing: what, who can fill it, and where."""

    text: str
    who: str
    url: str = ""


def blanks_of(report: QuarterlyReport, figures: dict[str, Any], bodies: dict[str, str]) -> list[Blank]:
    """Return what is missing: unwritten sections, cities without a report, people without a group, what is late."""
    slug = report.network.slug
    found = []
    for section in SECTIONS:
        if not bodies.get(section.code):
            where = {"network": slug, "year": report.year, "quarter": report.quarter, "code": section.code}
            text = _("“%(title)s” is not written yet") % {"title": section.title}
            found.append(Blank(text, str(Role.LEAD_EXPERT.label), reverse("reports:section", kwargs=where)))
    local = reverse("meetings:ulg_list", kwargs={"network": slug})
    for row in figures["ulg"]:
        if row["waiting"]:
            text = ngettext(
                "%(city)s: %(n)s report waits for a check, so its people are not counted",
                "%(city)s: %(n)s reports wait for a check, so their people are not counted",
                row["waiting"],
            ) % {"city": row["city"], "n": row["waiting"]}
            found.append(Blank(text, str(Role.LEAD_PARTNER.label), local))
        elif not row["held"]:
            text = _("%(city)s: no report on a local meeting in this quarter") % row
            found.append(Blank(text, _("%(city)s, coordinator") % row, local))
    for row in figures["attendance"]:
        if row["unknown"]:
            text = ngettext(
                "%(city)s: %(unknown)s person without a group",
                "%(city)s: %(unknown)s people without a group",
                row["unknown"],
            )
            found.append(Blank(text % row, _("%(city)s, coordinator") % row, local))
    board = reverse("roadmap:board", kwargs={"network": slug})
    for row in figures["obligations"]:
        if row["late"]:
            text = ngettext("%(city)s: %(late)s thing is late", "%(city)s: %(late)s things are late", row["late"])
            found.append(Blank(text % row, _("%(city)s, coordinator") % row, f"{board}?state=overdue"))
    return found
