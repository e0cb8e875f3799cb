"""How many people were there, by stakeholder kind: from lists, and typed in for scans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from meetings.enums import SignedHow
from partners.models.person import counted

if TYPE_CHECKING:
    from meetings.models import AttendanceCount, Attendee
    from partners.models import StakeholderKind

#: Above this many, boxes for single people say nothing any more.
MOST_UNITS = 40


@dataclass
class KindFigure:
    """One stakeholder kind; ``kind`` is None for people whose kind is not known yet."""

    kind: StakeholderKind | None
    listed: int = 0
    typed: int = 0

    @property
    def people(self) -> int:
        """Return how many there were."""
        return self.listed + self.typed

    @property
    def units(self) -> range:
        """Return one item for each box to draw."""
        return range(min(self.people, MOST_UNITS))


@dataclass
class Attendance:
    """Who was at a meeting, in numbers."""

    figures: list[KindFigure] = field(default_factory=list)
    how: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Return how many people there were."""
        return sum(f.people for f in self.figures)

    @property
    def listed(self) -> int:
        """Return how many are known by name."""
        return sum(f.listed for f in self.figures)

    @property
    def signed(self) -> int:
        """Return how many signed."""
        return self.how.get(SignedHow.SIGNED, 0)

    @property
    def online(self) -> int:
        """Return how many were online."""
        return self.how.get(SignedHow.ONLINE, 0)


@dataclass(frozen=True)
class Counted:
    """People by name: how often they came, and how many different people they are."""

    attendances: int = 0
    people: int = 0


def counted_once(reports: Iterable[int]) -> dict[int, Counted]:
    """Return, by city, the attendances by name at these reports' (ids) meetings and the different people. One query.

    A person at several meetings is one; two rows that were merged are one. Somebody without a row among the network's
    people counts as different from everybody.
    """
    from meetings.models import Attendee

    rows = (
        Attendee.objects.filter(report__in=list(reports))
        .order_by()
        .values("report__meeting__partner")
        .annotate(
            attendances=Count("pk"),
            known=Count(counted(), distinct=True),
            unknown=Count("pk", filter=Q(person=None)),
        )
    )
    return {row["report__meeting__partner"]: Counted(row["attendances"], row["known"] + row["unknown"]) for row in rows}


def attendance_of(
    kinds: Iterable[StakeholderKind], attendees: Iterable[Attendee], counts: Iterable[AttendanceCount]
) -> Attendance:
    """Return the numbers of one meeting; every kind of the network has its line, the unknown only if there are some."""
    by_kind = {kind.pk: KindFigure(kind) for kind in kinds}
    unknown, how = KindFigure(None), dict[str, int]()
    for person in attendees:
        by_kind.get(person.kind_id or 0, unknown).listed += 1
        how[person.how] = how.get(person.how, 0) + 1
    for count in counts:
        by_kind.get(count.kind_id, unknown).typed += count.people
    figures = list(by_kind.values())
    return Attendance([*figures, unknown] if unknown.people else figures, how)
