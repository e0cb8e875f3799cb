"""Learning grids as pages and papers read them: one city's, all cities' of one event, what is still to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Count, Prefetch, Q, QuerySet

from learning.enums import STILL_OPEN
from learning.models import EntryReview, GridEntry, GridPhoto, LearningGrid
from meetings.models import Session, TransnationalMeeting
from partners.models import HorizontalTheme, Partner

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network

MEETING, THEME = "meeting", "theme"


def sessions_of(grid: LearningGrid) -> QuerySet[Session]:
    """Return the sessions a lesson can come from: published ones, and all of a meeting that is over."""
    rows = Session.objects.filter(meeting__network=grid.network_id)
    if grid.meeting is not None:
        rows = rows.filter(meeting=grid.meeting)
    else:
        rows = rows.filter(horizontal_themes=grid.horizontal_theme)
    today = grid.network.today()
    return rows.filter(Q(meeting__editions__isnull=False) | Q(meeting__end__lt=today)).distinct()


def entries_of(rows: QuerySet[GridEntry]) -> QuerySet[GridEntry]:
    """Add what an entry is shown with. Four queries."""
    return rows.select_related("session__meeting", "practice", "author").prefetch_related(
        Prefetch("reviews", EntryReview.objects.order_by("-pk")), "log_actions"
    )


@dataclass
class Event:
    """What grids are about: a meeting or a horizontal theme, with each city's grid as far as the actor sees it."""

    kind: str
    key: str
    about: TransnationalMeeting | HorizontalTheme
    grids: dict[int, LearningGrid] = field(default_factory=dict)
    is_past: bool = False


def events_of(actor: Actor, network: Network) -> list[Event]:
    """Return every event with grids, in time, then the horizontal themes; with the cities' grids. Three queries."""
    today = network.today()
    meetings = TransnationalMeeting.objects.visible_to(actor).filter(kind__has_grid=True).order_by("start", "pk")
    found = [Event(MEETING, m.slug, m, is_past=m.start <= today) for m in meetings]
    found += [Event(THEME, t.code, t, is_past=True) for t in HorizontalTheme.objects.filter(network=network)]
    by_about = {(event.kind, event.about.pk): event for event in found}
    for grid in LearningGrid.objects.visible_to(actor).annotate(lessons=Count("entries")):
        key = (MEETING, grid.meeting_id) if grid.meeting_id else (THEME, grid.horizontal_theme_id)
        if key in by_about:
            by_about[key].grids[grid.partner_id] = grid
    return found


@dataclass
class CityGrid:
    """One city's grid, as the wall and the papers show it; ``grid`` is None where there is none to see."""

    city: Partner
    grid: LearningGrid | None
    entries: list[GridEntry]
    photos: list[GridPhoto]


def gathered(
    actor: Actor, network: Network, meeting: TransnationalMeeting | None, theme: HorizontalTheme | None, city: str = ""
) -> list[CityGrid]:
    """Return all cities' grids of one event (or one city's, by its slug), with entries and photos. Seven queries."""
    rows = LearningGrid.objects.visible_to(actor).filter(meeting=meeting, horizontal_theme=theme)
    photos = GridPhoto.objects.filter(file__isnull=False, file__removed_at=None).select_related("file")
    rows = rows.prefetch_related(Prefetch("entries", entries_of(GridEntry.objects.all())), Prefetch("photos", photos))
    by_city = {grid.partner_id: grid for grid in rows}
    found = []
    for one in Partner.objects.filter(network=network, is_active=True):
        if city and one.slug != city:
            continue
        grid = by_city.get(one.pk)
        entries = list(grid.entries.all()) if grid else []
        found.append(CityGrid(one, grid, entries, list(grid.photos.all()) if grid else []))
    return found


def still_to_do(partner_id: int) -> QuerySet[GridEntry]:
    """Return a city's actions that were not finished at their last review, the oldest event first."""
    rows = GridEntry.objects.filter(grid__partner=partner_id, outcome__in=STILL_OPEN).exclude(action="")
    return rows.select_related("grid__meeting", "grid__horizontal_theme", "grid__partner").order_by(
        "grid__meeting__start", "pk"
    )
