"""Quarterly reports, and the local reports their figures come from."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory

from aoce.common.enums import State
from meetings.models import AttendanceCount, Attendee, TransnationalMeeting, UlgMeeting, UlgReport
from partners.models import Partner, StakeholderKind
from reports.models import QuarterlyReport
from reports.sections import SECTIONS
from reports.services.quarterly import section_of
from tests.meetings.factories import kind_of
from tests.partners.factories import NetworkFactory


class QuarterlyReportFactory(factory.django.DjangoModelFactory):
    """Makes the draft of January to March 2024."""

    class Meta:
        model = QuarterlyReport

    network = factory.SubFactory(NetworkFactory)
    year = 2024
    quarter = 1
    number = 1


class MeetingFactory(factory.django.DjangoModelFactory):
    """Makes a meeting of the network."""

    class Meta:
        model = TransnationalMeeting

    network = factory.SubFactory(NetworkFactory)
    slug = factory.Sequence(lambda n: f"m{n}")
    kind = factory.LazyAttribute(lambda o: kind_of(o.network))
    title = factory.Sequence(lambda n: f"Core Network Meeting {n}")
    place = "Genk"
    start = date(2024, 3, 4)
    end = date(2024, 3, 8)


def local_report(
    partner: Partner,
    day: date | None,
    state: str = State.APPROVED,
    *,
    people: list[tuple[StakeholderKind | None, str]] | None = None,
    counts: dict[StakeholderKind, int] | None = None,
) -> UlgReport:
    """Make a report on a local meeting: ``people`` on its list as (kind, organisation), ``counts`` for its scans."""
    number = partner.ulg_meetings.count() + 1
    meeting = UlgMeeting.objects.create(partner=partner, number=number, date=day, place="City hall")
    report = UlgReport.objects.create(meeting=meeting, state=state, topics="Topics nobody else may read")
    for n, (kind, organisation) in enumerate(people or []):
        Attendee.objects.create(report=report, name=f"Secret Name {n}", kind=kind, organisation=organisation)
    for kind, n in (counts or {}).items():
        AttendanceCount.objects.create(report=report, kind=kind, people=n)
    return report


def write(report: QuarterlyReport, **bodies: Any) -> QuarterlyReport:
    """Fill the report's sections; those not named get a sentence."""
    for section in SECTIONS:
        row = section_of(report, section.code)
        row.body = bodies.get(section.code, f"<p>About {section.code}.</p>")
        row.save()
    return report
