"""The roadmap table as it is shown: months are columns, tracks are rows, each task spans its months.

The page has one structure for every width: months, in each its tracks, in each its tasks. Where there is room the
stylesheet lays it out as the table, by the columns and rows that are counted here.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import Partner
from roadmap.enums import OwedBy, PeriodState, TrackGroup
from roadmap.models import Obligation, Period, Task, Track
from roadmap.paths import path_of
from roadmap.plan_changes import Change, changes_since
from roadmap.standing import Standing, due_words, month_number, span_of_months, standing_of

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network

#: The stylesheet has classes for so many columns and rows; a plan beyond them is shown as a list on every width.
MAX_COLUMNS = 18
MAX_ROWS = 160
SHOWS = {
    "partners": gettext_lazy("Partners"),
    "lead_expert": gettext_lazy("Lead Expert"),
    "mine": gettext_lazy("Mine"),
}
GROUP_NOTES = {
    TrackGroup.PARTNERS: gettext_lazy("Each city; hosts where named"),
    TrackGroup.LEAD_EXPERT: gettext_lazy("The Lead Partner contributes"),
}
#: Who a task of a group falls to when nothing is said about it.
USUAL = {
    TrackGroup.PARTNERS: (OwedBy.EACH_PARTNER, OwedBy.NOBODY),
    TrackGroup.LEAD_EXPERT: (OwedBy.LEAD_EXPERT, OwedBy.NOBODY),
}


@dataclass
class Slot:
    """A task in its place: ``column`` and ``row`` count from 1 within the months and the grid's rows."""

    task: Task
    column: int
    span: int
    standing: Standing
    url: str
    edit_url: str
    who: str = ""
    mine: bool = False
    change: Change | None = None
    lane: int = 0
    row: int = 0
    editing: bool = False

    @property
    def anchor(self) -> str:
        """Return its id in the page."""
        return f"task-{self.task.pk}"

    @property
    def places(self) -> str:
        """Return the classes that put it into its place."""
        return f"r-{self.row} s-{self.column} w-{self.span}"

    @property
    def due(self) -> str:
        """Return what stands at its foot."""
        return due_words(self.task)

    @property
    def months(self) -> str:
        """Return its months in words if it has several."""
        return span_of_months(self.task.start, self.task.due) if self.span > 1 else ""

    @property
    def tone(self) -> str:
        """Return the classes that give its look."""
        event = "task-meeting " if self.task.owed_by == OwedBy.NOBODY else ""
        return f"{event}task-{self.standing.tone}{' is-mine' if self.mine else ''}"


@dataclass
class TrackRow:
    """A track: where its rows begin, and how many it has."""

    track: Track
    slots: list[Slot] = field(default_factory=list)
    row: int = 0
    lanes: int = 1


@dataclass
class Group:
    """One of the two groups of rows."""

    label: Any
    note: Any
    row: int
    tracks: list[TrackRow]


@dataclass
class TrackPart:
    """What begins in one month in one track."""

    track: Track
    slots: list[Slot]


@dataclass
class Month:
    """A column."""

    day: date
    column: int
    parts: list[TrackPart] = field(default_factory=list)
    today: date | None = None
    with_year: bool = False

    @property
    def offset(self) -> str:
        """Return where today's line stands in the column, in percent: the middle of the day."""
        if self.today is None:
            return ""
        days = calendar.monthrange(self.today.year, self.today.month)[1]
        return f"{(self.today.day - 0.5) / days * 100:.2f}"


@dataclass
class PlanTable:
    """The whole table."""

    period: Period
    groups: list[Group]
    months: list[Month]
    rows: int
    total: int
    shown: int
    changes: list[Change]
    to_settle: list[Task]
    tracks: list[Track]

    @property
    def fits(self) -> bool:
        """Whether the stylesheet can lay it out as a table."""
        return len(self.months) <= MAX_COLUMNS and self.rows <= MAX_ROWS

    @property
    def now(self) -> Month | None:
        """Return the month of today."""
        return next((month for month in self.months if month.today), None)


def is_mine(actor: Actor, task: Task, seen: Iterable[Obligation]) -> bool:
    """Say whether a task is the actor's: their cities or they themselves owe it, or their city is host."""
    if any(o.partner_id in actor.partner_ids for o in seen if o.partner_id) and not actor.leads:
        return True
    if task.owed_by == OwedBy.EACH_PARTNER and actor.partner_ids and not actor.leads:
        return True
    if any(host.pk in actor.partner_ids for host in task.hosts.all()):
        return True
    return (task.owed_by == OwedBy.LEAD_EXPERT and actor.is_lead_expert) or (
        task.owed_by == OwedBy.LEAD_PARTNER and actor.is_lead_partner
    )


def wanted(show: str, task: Task, *, mine: bool) -> bool:
    """Say whether a task is among those asked for: everyone's, the partners', the Lead Expert's, or mine."""
    if show == "mine":
        return mine
    if show not in SHOWS:
        return True
    of_cities = task.owed_by in (OwedBy.EACH_PARTNER, OwedBy.HOSTS) or (
        task.owed_by == OwedBy.NOBODY and task.track.group == TrackGroup.PARTNERS
    )
    return of_cities == (show == "partners")


def place(slots: list[Slot], columns: int) -> int:
    """Give each task of a track the first row where its months are free; return how many rows that takes."""
    taken: list[set[int]] = []
    for slot in slots:
        months = set(range(1, columns + 1)) if slot.editing else set(range(slot.column, slot.column + slot.span))
        free = (lane for lane, used in enumerate(taken) if not used & months)
        slot.lane = next(free, len(taken))
        if slot.lane == len(taken):
            taken.append(set())
        taken[slot.lane] |= months
    return max(1, len(taken))


def who_words(task: Task) -> str:
    """Return who a task falls to where its group does not say it."""
    hosts = [host.name for host in task.hosts.all()]
    names = " ".join((_(" and ").join([", ".join(hosts[:-1]), hosts[-1]] if len(hosts) > 1 else hosts)).split())
    if names:
        return names
    usual = USUAL[TrackGroup(task.track.group)]
    return "" if task.owed_by in usual else str(OwedBy(task.owed_by).label)


def address(network: Network, actor: Actor, task: Task, seen: list[Obligation]) -> str:
    """Return where a task leads: to what the viewer's own city owes for it, else to its own page."""
    own = [o for o in seen if o.partner_id and o.partner_id in actor.coordinated_partner_ids]
    if len(own) == 1:
        return path_of("roadmap:obligation", network.slug, own[0].pk)
    return path_of("roadmap:task", network.slug, task.pk)


def table_of(
    *,
    actor: Actor,
    network: Network,
    period: Period,
    cities: list[Partner],
    today: date,
    show: str = "",
    editing: int | None = None,
) -> PlanTable:
    """Return the table of a half-year as the actor sees it (four queries; the cities are the active ones)."""
    tracks = list(period.tracks.all())
    by_track = {track.pk: track for track in tracks}
    tasks = list(
        Task.objects.visible_to(actor)
        .filter(track__period=period)
        .prefetch_related(Prefetch("hosts", Partner.objects.only("name")))
        .order_by("start", "due", "position", "pk")
    )
    for task in tasks:
        task.track = by_track[task.track_id]
    published = period.state == PeriodState.PUBLISHED
    seen: dict[int, list[Obligation]] = defaultdict(list)
    if published:
        rows = Obligation.objects.visible_to(actor).filter(task__track__period=period).order_by("pk")
        of_task = {task.pk: task for task in tasks}
        for obligation in rows.only("task", "party", "partner", "state", "due_override"):
            obligation.task = of_task[obligation.task_id]
            seen[obligation.task_id].append(obligation)
    changes = changes_since(period, tasks) if published else []
    changed = {change.task_id: change for change in changes}
    first = month_number(period.start)
    columns = month_number(period.end) - first + 1
    lines = {track.pk: TrackRow(track) for track in tracks}
    shown = 0
    for task in tasks:
        mine = is_mine(actor, task, seen[task.pk])
        if task.pk != editing and not wanted(show, task, mine=mine):
            continue
        shown += 1
        begin = min(max(month_number(task.start) - first, 0), columns - 1)
        end = min(max(month_number(task.due) - first, begin), columns - 1)
        slot = Slot(
            task=task,
            column=begin + 1,
            span=end - begin + 1,
            standing=standing_of(actor, task, seen[task.pk], cities, today, published=published),
            url=address(network, actor, task, seen[task.pk]),
            edit_url=path_of("roadmap:task_edit", network.slug, task.pk),
            who=who_words(task),
            mine=mine and not actor.leads,
            change=changed.get(task.pk),
            editing=task.pk == editing,
        )
        lines[task.track_id].slots.append(slot)
    groups, row = _groups(tracks, lines, columns, keep_empty=not show)
    return PlanTable(
        period=period,
        groups=groups,
        months=_months(period, groups, columns, today),
        rows=row - 1,
        total=len(tasks),
        shown=shown,
        changes=changes,
        to_settle=sorted(
            (slot.task for line in lines.values() for slot in line.slots if slot.task.conflict),
            key=lambda task: (task.due, task.pk),
        ),
        tracks=tracks,
    )


def _groups(
    tracks: list[Track], lines: dict[int, TrackRow], columns: int, *, keep_empty: bool
) -> tuple[list[Group], int]:
    """Count out the rows; the first is the months' names. Returns the groups and the row after the last."""
    row = 2
    groups = []
    for code in TrackGroup:
        kept = [lines[t.pk] for t in tracks if t.group == code and (keep_empty or lines[t.pk].slots)]
        if not kept:
            continue
        group = Group(code.label, GROUP_NOTES[code], row, kept)
        row += 1
        for line in kept:
            line.row, line.lanes = row, place(line.slots, columns)
            for slot in line.slots:
                slot.row = row + slot.lane
            row += line.lanes
        groups.append(group)
    return groups, row


def _months(period: Period, groups: list[Group], columns: int, today: date) -> list[Month]:
    first = month_number(period.start)
    several = period.start.year != period.end.year
    months = []
    for n in range(columns):
        year, month = divmod(first + n, 12)
        day = date(year, month + 1, 1)
        current = month_number(today) == first + n
        year_said = several and (n == 0 or month == 0)
        months.append(Month(day, n + 1, today=today if current else None, with_year=year_said))
    for group in groups:
        for line in group.tracks:
            by_column: dict[int, list[Slot]] = defaultdict(list)
            for slot in line.slots:
                by_column[slot.column].append(slot)
            for column, slots in by_column.items():
                months[column - 1].parts.append(TrackPart(line.track, slots))
    return months
