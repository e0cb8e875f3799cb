"""The matrix of practices and needs, as pages and reports draw it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from learning.models import GoodPractice, KnowledgeNeed
from partners.models import Network, Partner, SubTheme, Theme
from roadmap.models import Period

if TYPE_CHECKING:
    from partners.actors import Actor


@dataclass
class Cell:
    """What one city has and needs in one sub-theme."""

    partner: Partner
    practices: list[GoodPractice] = field(default_factory=list)
    need: KnowledgeNeed | None = None

    @property
    def state(self) -> str:
        """Return ``practice``, ``both``, ``need`` or ``none``."""
        if self.practices:
            return "both" if self.need else "practice"
        return "need" if self.need else "none"


@dataclass
class Line:
    """One sub-theme: a cell a city, and practices from outside the network."""

    sub_theme: SubTheme
    cells: list[Cell]
    outside: list[GoodPractice] = field(default_factory=list)


@dataclass
class CityList:
    """One city: what it can show and what it needs to know."""

    partner: Partner
    practices: list[tuple[SubTheme, GoodPractice]] = field(default_factory=list)
    needs: list[tuple[SubTheme, KnowledgeNeed]] = field(default_factory=list)


@dataclass
class Matrix:
    """All of it: by theme and sub-theme, and by city."""

    partners: list[Partner]
    themes: list[tuple[Theme, list[Line]]]
    practices: int
    needs: int

    def by_city(self) -> list[CityList]:
        """Return the same, city by city."""
        lists = {p.pk: CityList(p) for p in self.partners}
        for _theme, lines in self.themes:
            for line in lines:
                for cell in line.cells:
                    lists[cell.partner.pk].practices += [(line.sub_theme, p) for p in cell.practices]
                    if cell.need:
                        lists[cell.partner.pk].needs.append((line.sub_theme, cell.need))
        return list(lists.values())

    def outside(self) -> list[tuple[SubTheme, GoodPractice]]:
        """Return the practices from outside of the network."""
        return [(line.sub_theme, p) for _theme, lines in self.themes for line in lines for p in line.outside]


def matrix_for(actor: Actor, network: Network, city: str = "") -> Matrix:
    """Return the matrix the actor sees, of all cities or of one (by its slug). Five queries."""
    partners = [p for p in Partner.objects.visible_to(actor).filter(is_active=True) if not city or p.slug == city]
    themes: dict[int, tuple[Theme, list[Line]]] = {}
    lines: dict[int, Line] = {}
    for sub_theme in SubTheme.objects.filter(theme__network=network).select_related("theme"):
        line = lines[sub_theme.pk] = Line(sub_theme, [Cell(p) for p in partners])
        themes.setdefault(sub_theme.theme_id, (sub_theme.theme, []))[1].append(line)
    column = {p.pk: index for index, p in enumerate(partners)}
    practices = list(GoodPractice.objects.visible_to(actor).prefetch_related("sub_themes"))
    for practice in practices:
        for sub_theme in practice.sub_themes.all():
            line = lines[sub_theme.pk]
            if practice.owner_id is None:
                line.outside.append(practice)
            elif practice.owner_id in column:
                line.cells[column[practice.owner_id]].practices.append(practice)
    needs = 0
    for need in KnowledgeNeed.objects.visible_to(actor).open():
        if need.partner_id in column:
            lines[need.sub_theme_id].cells[column[need.partner_id]].need = need
            needs += 1
    shown = sum(p.owner_id in column or p.owner_id is None for p in practices)
    return Matrix(partners, list(themes.values()), shown, needs)


@dataclass
class HalfYear:
    """What became of the needs between two days; ``period`` is a half-year of the roadmap."""

    period: Period
    added: list[KnowledgeNeed] = field(default_factory=list)
    met: list[KnowledgeNeed] = field(default_factory=list)
    dropped: list[KnowledgeNeed] = field(default_factory=list)
    open_at_end: int = 0


def history_of(actor: Actor, today: date) -> list[HalfYear]:
    """Return what became of the needs in each half-year that has begun, the newest first. Two queries."""
    periods = list(Period.objects.visible_to(actor).filter(start__lte=today).order_by("start"))
    needs = list(
        KnowledgeNeed.objects.visible_to(actor)
        .select_related("partner", "sub_theme")
        .order_by("ended_on", "since", "partner__position", "pk")
    )
    found = []
    for n, period in enumerate(periods):
        # The days between two half-years belong to the earlier one; the first and last reach over the edges.
        begin = period.start if n else None
        end = periods[n + 1].start if n + 1 < len(periods) else None

        def within(day: date | None, begin: date | None = begin, end: date | None = end) -> bool:
            return day is not None and (begin is None or day >= begin) and (end is None or day < end)

        half = HalfYear(period)
        half.added = [need for need in needs if within(need.since)]
        half.met = [need for need in needs if need.is_met and within(need.ended_on)]
        half.dropped = [need for need in needs if not need.is_met and within(need.ended_on)]
        half.open_at_end = sum(
            (need.since is None or end is None or need.since < end)
            and (need.ended_on is None or (end is not None and need.ended_on >= end))
            for need in needs
        )
        found.append(half)
    return found[::-1]
