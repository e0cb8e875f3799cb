"""What a report still lacks, and whom to ask."""

from __future__ import annotations

from collections.abc import Iterator
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
    """Return what is missing: texts, cities without a report, people without group or organisation, what is late."""
    return [
        *_unwritten(report, bodies),
        *_local(report.network.slug, figures),
        *_people(report.network.slug, figures),
        *_late(report.network.slug, figures),
    ]


def _coordinator(row: dict[str, Any]) -> str:
    return _("%(city)s, coordinator") % row


def _unwritten(report: QuarterlyReport, bodies: dict[str, str]) -> Iterator[Blank]:
    for section in SECTIONS:
        if not bodies.get(section.code):
            where = {"network": report.network.slug, "year": report.year, "quarter": report.quarter}
            text = _("“%(title)s” is not written yet") % {"title": section.title}
            address = reverse("reports:section", kwargs={**where, "code": section.code})
            yield Blank(text, str(Role.LEAD_EXPERT.label), address)


def _local(slug: str, figures: dict[str, Any]) -> Iterator[Blank]:
    address = reverse("meetings:ulg_list", kwargs={"network": slug})
    for row in figures["ulg"]:
        if row["waiting"]:
            text = ngettext(
                "%(city)s: %(waiting)s report waits for a check, so its people are not counted",
                "%(city)s: %(waiting)s reports wait for a check, so their people are not counted",
                row["waiting"],
            )
            yield Blank(text % row, str(Role.LEAD_PARTNER.label), address)
        if row["returned"]:
            text = ngettext(
                "%(city)s: %(returned)s report went back and is not mended yet",
                "%(city)s: %(returned)s reports went back and are not mended yet",
                row["returned"],
            )
            yield Blank(text % row, _coordinator(row), address)
        if not row["held"]:
            text = _("%(city)s: no report on a local meeting in this quarter")
            yield Blank(text % row, _coordinator(row), address)


def _people(slug: str, figures: dict[str, Any]) -> Iterator[Blank]:
    address = reverse("meetings:ulg_list", kwargs={"network": slug})
    for row in figures["attendance"]:
        if row["unknown"]:
            text = ngettext(
                "%(city)s: %(unknown)s person without a group",
                "%(city)s: %(unknown)s people without a group",
                row["unknown"],
            )
            yield Blank(text % row, _coordinator(row), address)
        if row["no_organisation"]:
            text = ngettext(
                "%(city)s: %(no_organisation)s person on a list without an organisation",
                "%(city)s: %(no_organisation)s people on a list without an organisation",
                row["no_organisation"],
            )
            yield Blank(text % row, _coordinator(row), address)


def _late(slug: str, figures: dict[str, Any]) -> Iterator[Blank]:
    address = f"{reverse('roadmap:board', kwargs={'network': slug})}?state=overdue"
    for row in figures["obligations"]:
        if row["late"]:
            text = ngettext("%(city)s: %(late)s thing is late", "%(city)s: %(late)s things are late", row["late"])
            yield Blank(text % row, _coordinator(row), address)
