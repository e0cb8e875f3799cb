"""Who owes what, as the board, its spreadsheet and the home pages show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.humanize.templatetags.humanize import apnumber
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aoce.common.templatetags.portal import short_day
from partners.enums import Role
from roadmap import policies
from roadmap.deliverables import KINDS, url_for
from roadmap.enums import ObligationState, Party
from roadmap.models import Obligation, Period, Task
from roadmap.paths import path_of

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network, Partner

LATE = "overdue"
#: The keys of the board in the order of its tally.
KEYS = (LATE, "submitted", "changes", "draft", "none", "approved")
WORDS = {
    LATE: gettext_lazy("Late"),
    "submitted": gettext_lazy("Submitted"),
    "changes": gettext_lazy("Changes requested"),
    "draft": gettext_lazy("Draft"),
    "none": gettext_lazy("Not started"),
    "approved": gettext_lazy("Approved"),
    "na": gettext_lazy("Not needed"),
}
WINDOWS = {"today": 0, "14": 14, "30": 30}


def key_of(obligation: Obligation, today: date) -> str:
    """Return how an obligation is shown: its state, ``overdue`` when late, ``na`` when not needed."""
    if obligation.state == ObligationState.WAIVED:
        return "na"
    return LATE if obligation.days_late(today) else obligation.state


def late_words(days: int) -> str:
    """Return the lateness in words: Late 6 days."""
    return ngettext("Late %(n)s day", "Late %(n)s days", days) % {"n": days}


def number(n: int) -> str:
    """Return a small number in words."""
    return str(apnumber(n)) if n else _("no")


@dataclass
class Cell:
    """One obligation on the board."""

    obligation: Obligation
    key: str
    word: str
    note: str
    url: str
    shown: bool = True

    def html(self, title: str) -> str:
        """Return its table cell; ``title`` is the task's, escaped. There are too many for the template to make."""
        small = f"<small>{escape(self.note)}</small>" if self.note else ""
        return (
            f'<td class="is-{self.key}"><a href="{escape(self.url)}"><span class="what">{title}</span>'
            f'<span class="state state-{self.key}"><svg class="icon" aria-hidden="true">'
            f'<use href="#s-{self.key}"/></svg>'
            f"<span>{escape(self.word)}</span></span>{small}</a></td>"
        )


@dataclass
class Column:
    """One task: what it asks, when, and how many cities have it approved."""

    task: Task
    marks: list[str] = field(default_factory=list)
    approved: int = 0
    asked: int = 0
    past: bool = False

    @property
    def total(self) -> str:
        """Return the count of approved with its whole, in words."""
        return _("%(n)s of %(all)s approved") % {"n": self.approved, "all": self.asked}


@dataclass
class Row:
    """One city."""

    city: Partner
    cells: list[Cell | None]
    titles: list[str]
    late: int = 0
    last: str = ""

    @property
    def html(self) -> SafeString:
        """Return the table cells; what the filters leave out is empty."""
        empty = '<td class="is-off"></td>'
        cells = zip(self.cells, self.titles, strict=True)
        return mark_safe("\n".join(c.html(t) if c and c.shown else empty for c, t in cells))  # noqa: S308 - escaped

    @property
    def note(self) -> str:
        """Return how much is late, in words."""
        return ngettext("%(n)s late", "%(n)s late", self.late) % {"n": self.late} if self.late else _("Nothing late")

    @property
    def quiet(self) -> str:
        """Return how much asks for nobody's attention, in words."""
        counts = Counter(cell.key for cell in self.cells if cell)
        approved = ngettext("%(n)s approved", "%(n)s approved", counts["approved"]) % {"n": counts["approved"]}
        none = ngettext("%(n)s not started", "%(n)s not started", counts["none"]) % {"n": counts["none"]}
        return ", ".join(words for words, n in ((approved, counts["approved"]), (none, counts["none"])) if n)


@dataclass(frozen=True)
class Tally:
    """One figure above the board; its link filters by it."""

    key: str
    n: int
    word: Any
    note: str


@dataclass
class Incoming:
    """Something handed in that waits for a check; ``first`` is the next one this person checks."""

    obligation: Obligation
    party: str
    on: date
    ago: str
    who: str
    mine: bool
    url: str
    first: bool = False


@dataclass(frozen=True)
class Filters:
    """What the address asks to see."""

    task: str = ""
    state: str = ""
    due: str = ""

    @classmethod
    def of(cls, query: Any) -> Filters:
        """Read the filters from an address; unknown values ask for nothing."""
        state, due = query.get("state", ""), query.get("due", "")
        return cls(task=query.get("what", ""), state=state if state in WORDS else "", due=due if due in WINDOWS else "")

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.task or self.state or self.due)

    def match(self, cell: Cell, today: date) -> bool:
        """Say whether a cell is among what is asked for."""
        if self.task and cell.obligation.task.code != self.task:
            return False
        if self.state and cell.key != self.state:
            return False
        return not self.due or cell.obligation.due <= today + timedelta(days=WINDOWS[self.due])


@dataclass
class Summary:
    """The figures of a half-year without the matrix, for the home pages."""

    tally: list[Tally]
    incoming: list[Incoming]
    late: list[Cell]
    total: int


@dataclass
class Board:
    """The whole board of one half-year."""

    columns: list[Column]
    rows: list[Row]
    leads: list[Cell]
    tally: list[Tally]
    incoming: list[Incoming]
    tasks: list[Task]
    total: int
    shown: int

    @property
    def headline(self) -> str:
        """Return how large the matrix is, in words."""
        cities = ngettext("%(n)s city", "%(n)s cities", len(self.rows)) % {"n": number(len(self.rows))}
        things = ngettext("%(n)s obligation", "%(n)s obligations", len(self.columns)) % {"n": number(len(self.columns))}
        words = _("%(cities)s, %(obligations)s") % {"cities": cities, "obligations": things}
        return words[:1].upper() + words[1:]


def obligations_of(actor: Actor, period: Period) -> list[Obligation]:
    """Return what the actor may see of a half-year's obligations, in the order of due days and cities.

    Three queries: each task and city is read once, not once an obligation.
    """
    rows = Obligation.objects.visible_to(actor).filter(task__track__period=period)
    return list(
        rows.prefetch_related(Prefetch("task", Task.objects.select_related("track")), "partner").order_by(
            "task__due", "task__start", "task__track__position", "task_id", "partner__position", "partner__name"
        )
    )


def current_period(periods: Iterable[Period], today: date, slug: str = "") -> Period | None:
    """Return the half-year asked for, else today's, else the last one begun, else the first."""
    found = list(periods)
    asked = [p for p in found if slug and p.slug == slug]
    begun = [p for p in found if p.start <= today]
    return (asked or [p for p in begun if p.end >= today] or begun[-1:] or found[:1] or [None])[0]


def address(network: Network, obligation: Obligation) -> str:
    """Return where an obligation leads: straight to what was handed in, else to the obligation's own page."""
    handed_in = obligation.state in (ObligationState.SUBMITTED, ObligationState.CHANGES, ObligationState.APPROVED)
    if handed_in and obligation.deliverable_id is not None and obligation.deliverable in KINDS:
        return url_for(network.slug, obligation)
    return path_of("roadmap:obligation", network.slug, obligation.pk)


def cell_of(network: Network, obligation: Obligation, today: date, key: str = "") -> Cell:
    """Return how an obligation stands on the board; its ``key`` may be known already."""
    key = key or key_of(obligation, today)
    word, note = str(WORDS[key]), ""
    if key == LATE:
        word = late_words(obligation.days_late(today))
    elif key == "changes":
        word, note = _("Changes"), _("by %(day)s") % {"day": short_day(obligation.due)}
    elif key == "na":
        note = obligation.waived_reason
    elif key == "submitted" and obligation.submitted_at:
        note = short_day(timezone.localdate(obligation.submitted_at, network.tz))
    elif key == "approved" and obligation.approved_at:
        note = short_day(timezone.localdate(obligation.approved_at, network.tz))
    elif obligation.due_override:
        note = _("by %(day)s") % {"day": short_day(obligation.due)}
    return Cell(obligation, key, word, note, address(network, obligation))


def checker_words(obligation: Obligation) -> str:
    """Return who checks a thing, by role."""
    names = [str(Role(role).label) for role in policies.checking_roles(obligation)]
    return _(" or ").join(names)


def ago_words(days: int) -> str:
    """Return how long ago a day was, in words."""
    if days <= 0:
        return _("today")
    return _("yesterday") if days == 1 else ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}


def party_words(obligation: Obligation) -> str:
    """Return who an obligation falls to."""
    return str(obligation.partner or Party(obligation.party).label)


def incoming_of(actor: Actor, network: Network, obligations: Iterable[Obligation], today: date) -> list[Incoming]:
    """Return what waits for a check, the oldest first."""
    found = []
    for obligation in obligations:
        if obligation.state != ObligationState.SUBMITTED:
            continue
        mine = policies.can_check(actor, obligation)
        on = timezone.localdate(obligation.submitted_at, network.tz) if obligation.submitted_at else today
        found.append(
            Incoming(
                obligation,
                party_words(obligation),
                on,
                ago_words((today - on).days),
                _("You") if mine else checker_words(obligation),
                mine,
                address(network, obligation),
            )
        )
    found.sort(key=lambda row: (row.on, row.obligation.pk))
    for row in found:
        if row.mine:
            row.first = True
            break
    return found


def tally_of(actor: Actor, keyed: list[tuple[str, Obligation]], today: date) -> list[Tally]:
    """Return the figures: how many in each state, with a word on each."""
    counts = Counter(key for key, _o in keyed)
    late = [o for key, o in keyed if key == LATE]
    cities = len({o.partner_id for o in late if o.partner_id})
    mine = sum(1 for key, o in keyed if key == "submitted" and policies.can_check(actor, o))
    answers = [o.due for key, o in keyed if key == "changes"]
    longest = max((o.days_late(today) for o in late), default=0)
    notes = {
        LATE: _("nothing is past its day"),
        "submitted": ngettext("%(n)s waits for you", "%(n)s wait for you", mine) % {"n": mine},
        "changes": _("all answers are in"),
        "draft": _("their text is not shared yet"),
        "none": _("all due after today") if counts["none"] else _("everything is begun"),
        "approved": _("of %(all)s in this half-year") % {"all": len(keyed)},
    }
    if longest:
        days = ngettext("up to %(n)s day", "up to %(n)s days", longest) % {"n": longest}
        where = ngettext("in %(n)s city, %(days)s", "in %(n)s cities, %(days)s", cities) % {"n": cities, "days": days}
        notes[LATE] = where if cities else days
    if answers:
        notes["changes"] = _("next answer due %(day)s") % {"day": date_format(min(answers), "j F")}
    words = WORDS | {"submitted": gettext_lazy("Submitted, to check")}
    return [Tally(key, counts[key], words[key], notes[key]) for key in KEYS]


def matrix_of(cells: list[Cell], filters: Filters, today: date) -> tuple[list[Column], list[Row]]:
    """Return columns and rows of the cities' cells; those with nothing that was asked for are left out."""
    columns: dict[int, Column] = {}
    cities: dict[int, Partner] = {}
    by_place: dict[tuple[int, int], Cell] = {}
    for cell in cells:
        obligation = cell.obligation
        if obligation.partner is None:
            continue
        task = obligation.task
        columns.setdefault(task.pk, Column(task, past=task.due < today))
        cities.setdefault(obligation.partner.pk, obligation.partner)
        by_place[obligation.partner.pk, task.pk] = cell
        cell.shown = filters.match(cell, today)
    order = sorted(cities.values(), key=lambda city: (city.position, city.name))
    for column in columns.values():
        found = [by_place.get((city.pk, column.task.pk)) for city in order]
        column.marks = [cell.key if cell else "na" for cell in found]
        column.approved = sum(1 for cell in found if cell and cell.key == "approved")
        column.asked = sum(1 for cell in found if cell and cell.key != "na")
    kept = {(city, task) for (city, task), cell in by_place.items() if cell.shown}
    shown_columns = [c for pk, c in columns.items() if any(task == pk for _city, task in kept)]
    titles = [str(escape(column.task.title)) for column in shown_columns]
    rows = []
    for city in order:
        if not any(pk == city.pk for pk, _task in kept):
            continue
        late = sum(1 for (pk, _task), cell in by_place.items() if pk == city.pk and cell.key == LATE)
        rows.append(Row(city, [by_place.get((city.pk, c.task.pk)) for c in shown_columns], titles, late))
    return shown_columns, rows


def board_of(
    actor: Actor, network: Network, obligations: list[Obligation], today: date, filters: Filters | None = None
) -> Board:
    """Return the board of these obligations as the actor sees it; no query."""
    filters = filters or Filters()
    keyed = [(key_of(o, today), o) for o in obligations]
    cells = [cell_of(network, o, today, key) for key, o in keyed]
    columns, rows = matrix_of(cells, filters, today)
    leads = [cell for cell in cells if cell.obligation.partner_id is None and filters.match(cell, today)]
    tasks = list({cell.obligation.task_id: cell.obligation.task for cell in cells}.values())
    return Board(
        columns=columns,
        rows=rows,
        leads=leads,
        tally=tally_of(actor, keyed, today),
        incoming=incoming_of(actor, network, obligations, today),
        tasks=tasks,
        total=len(cells),
        shown=sum(1 for cell in cells if cell.shown and cell.obligation.partner_id) + len(leads),
    )


def summary_of(actor: Actor, network: Network, obligations: list[Obligation], today: date) -> Summary:
    """Return the figures of these obligations, what waits for a check, and the cities' late ones, oldest first."""
    keyed = [(key_of(o, today), o) for o in obligations]
    late = sorted((o for key, o in keyed if key == LATE and o.partner_id), key=lambda o: (o.due, o.pk))
    return Summary(
        tally=tally_of(actor, keyed, today),
        incoming=incoming_of(actor, network, obligations, today),
        late=[cell_of(network, o, today, LATE) for o in late],
        total=len(keyed),
    )
