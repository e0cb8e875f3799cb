"""From need to action: a lesson's way, clickable both ways; and where it ends, for each city and the network."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from aoce.common.charts import Flow
from learning.enums import ActionOutcome, LogState
from learning.models import GoodPractice, GridEntry, LearningNeed, LogAction
from meetings.models import Session
from partners.models import HorizontalTheme, Partner, SubTheme

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network

#: ``further(actor, action_ids)`` returns for each action what an upper floor made of it: ``(label, address)``.
Further = Callable[["Actor", Collection[int]], dict[int, list[tuple[str, str]]]]
FURTHER: list[Further] = []


def register(further: Further) -> None:
    """Let an upper floor say what it made of actions; call it from ``AppConfig.ready``."""
    FURTHER.append(further)


@dataclass
class Thread:
    """What hangs together: needs, where they were served, lessons, actions, and what came of these."""

    needs: list[LearningNeed] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    practices: list[GoodPractice] = field(default_factory=list)
    lessons: list[GridEntry] = field(default_factory=list)
    actions: list[LogAction] = field(default_factory=list)
    further: list[tuple[str, str]] = field(default_factory=list)


def _further(actor: Actor, actions: list[LogAction]) -> list[tuple[str, str]]:
    ids = [action.pk for action in actions]
    return list(dict.fromkeys(found for further in FURTHER for rows in further(actor, ids).values() for found in rows))


def thread_of_entry(actor: Actor, entry: GridEntry) -> Thread:
    """Return the way of one lesson. Two queries."""
    needs: list[LearningNeed] = []
    if entry.session_id:
        rows = LearningNeed.objects.visible_to(actor).filter(sessions=entry.session_id)
        needs = list(rows.filter(partner=entry.grid.partner_id))
    actions = list(LogAction.objects.visible_to(actor).filter(entries=entry))
    return Thread(
        needs=needs,
        sessions=[entry.session] if entry.session else [],
        practices=[entry.practice] if entry.practice else [],
        lessons=[entry],
        actions=actions,
        further=_further(actor, actions),
    )


def thread_of_need(actor: Actor, need: LearningNeed, sessions: list[Session]) -> Thread:
    """Return what came of one need in its city; ``sessions`` are those that served it. Two queries."""
    entries = GridEntry.objects.visible_to(actor).filter(grid__partner=need.partner_id, session__in=sessions)
    lessons = list(entries)
    rows = LogAction.objects.visible_to(actor).filter(partner=need.partner_id)
    actions = list((rows.filter(needs=need) | rows.filter(entries__in=lessons)).distinct())
    return Thread(needs=[need], sessions=sessions, lessons=lessons, actions=actions, further=_further(actor, actions))


def thread_of_action(actor: Actor, action: LogAction) -> Thread:
    """Return what one action draws on. Four queries."""
    lessons = list(GridEntry.objects.visible_to(actor).filter(log_actions=action).select_related("session__meeting"))
    sessions = list({lesson.session_id: lesson.session for lesson in lessons if lesson.session}.values())
    rows = LearningNeed.objects.visible_to(actor).filter(partner=action.partner_id)
    needs = rows.filter(log_actions=action) | rows.filter(sessions__in=sessions)
    practices = GoodPractice.objects.visible_to(actor)
    drawn = practices.filter(log_actions=action) | practices.filter(grid_entries__in=lessons)
    return Thread(
        needs=list(needs.distinct()),
        sessions=sessions,
        practices=list(drawn.distinct()),
        lessons=lessons,
        actions=[action],
        further=_further(actor, [action]),
    )


# --- Are lessons embedded? --------------------------------------------------------------------------------------------


@dataclass
class CityThreads:
    """One city's lessons and actions, counted."""

    city: str
    slug: str
    lessons: int = 0
    embedded: int = 0
    to_review: int = 0
    unreviewed: int = 0
    actions: int = 0
    without_lesson: int = 0

    @property
    def share(self) -> int | None:
        """Per cent of the lessons that an action draws on; None where there is no lesson."""
        return round(100 * self.embedded / self.lessons) if self.lessons else None


@dataclass
class Embedding:
    """The monitoring of a network: each city, what themes nobody touched, and where lessons come from and go."""

    cities: list[CityThreads]
    heat: list[tuple[str, list[int]]]
    numbers: list[list[int]]

    @property
    def total(self) -> CityThreads:
        """All cities together."""
        names = ("lessons", "embedded", "to_review", "unreviewed", "actions", "without_lesson")
        return CityThreads("", "", **{name: sum(getattr(row, name) for row in self.cities) for name in names})

    @property
    def untouched(self) -> list[str]:
        """Themes that no lesson and no action of any city touches."""
        return [name for name, numbers in self.heat if not any(numbers)]

    @property
    def flow(self) -> list[tuple[str, list[int]]]:
        """Where lessons come from, each with how many became what."""
        return list(zip(sources(), self.numbers, strict=True))

    def as_flow(self) -> Flow:
        """Return the picture of where lessons come from and what they became."""
        return flow_of(self.numbers)


def sources() -> list[str]:
    """Return where lessons come from, in the reader's language."""
    return [_("From a need of the city"), _("From a practice"), _("From another session"), _("From elsewhere")]


def ends() -> list[str]:
    """Return what lessons become, in the reader's language."""
    return [_("Selected for the plan"), _("Draft in the log"), _("Dropped or merged"), _("No action yet")]


def flow_of(numbers: list[list[int]]) -> Flow:
    """Return the picture of ``Embedding.numbers``; where nothing comes from is left out."""
    rows = [(name, row) for name, row in zip(sources(), numbers, strict=True) if sum(row)]
    return Flow(tuple(name for name, _n in rows), tuple(ends()), tuple(tuple(n) for _name, n in rows), _("Lessons"))


class Row(NamedTuple):
    """One row of what is read: its kind, its id, up to four ids beside it (0: none), two texts."""

    kind: str
    pk: int
    first: int
    second: int
    third: int
    fourth: int
    word: str
    name: str


def _part(rows: QuerySet, kind: str, ids: Sequence[str], word: Any = "", name: Any = "") -> QuerySet:
    """Return rows as :class:`Row` has them (``ids``: its own first), to be put together with others."""
    five = [Coalesce(F(one), 0) for one in ids] + [Value(0)] * (5 - len(ids))
    words = [one if hasattr(one, "resolve_expression") else Value(one, TextField()) for one in (word, name)]
    texts = [Cast(one, TextField()) for one in words]
    return rows.order_by().values_list(Value(kind, TextField()), *five, *texts)


def _links(network: Network) -> list[QuerySet]:
    """Return what belongs to what: the kind of a link, its left and its right id."""
    served = LearningNeed.sessions.through.objects
    themed = ~Q(learningneed__sub_theme=None)
    parts = {
        "practice_theme": (GoodPractice.sub_themes.through.objects, "goodpractice", "subtheme"),
        "session_theme": (served.filter(themed), "session", "learningneed__sub_theme"),
        "session_need": (served, "session", "learningneed__partner"),
        "session_horizontal": (Session.horizontal_themes.through.objects, "session", "horizontaltheme"),
        "action_entry": (LogAction.entries.through.objects, "logaction", "gridentry"),
        "action_need_theme": (LogAction.needs.through.objects.filter(themed), "logaction", "learningneed__sub_theme"),
        "action_practice": (LogAction.practices.through.objects, "logaction", "goodpractice"),
        "action_horizontal": (LogAction.horizontal_themes.through.objects, "logaction", "horizontaltheme"),
    }
    within = {"session": "session__meeting__network"}
    return [
        _part(links.filter(**{within.get(left, f"{left}__network"): network}), name, [f"{left}_id", f"{right}_id"])
        for name, (links, left, right) in parts.items()
    ]


def _read(actor: Actor, network: Network) -> dict[str, list[Row]]:
    """Return cities, themes, lessons, actions and what links them, by kind. One query."""
    cities = Partner.objects.filter(network=network, is_active=True)
    themes = SubTheme.objects.filter(theme__network=network)
    lessons = GridEntry.objects.visible_to(actor).filter(grid__partner__in=cities)
    outcome = Case(When(action="", then=Value("")), default=F("outcome"))
    beside = ("pk", "grid__partner_id", "session_id", "practice_id", "grid__horizontal_theme_id")
    actions = LogAction.objects.visible_to(actor).filter(partner__in=cities)
    parts = [
        _part(cities, "city", ["pk", "position"], F("slug"), F("name")),
        _part(themes, "sub", ["pk", "theme__position", "position"], F("code"), F("name")),
        _part(HorizontalTheme.objects.filter(network=network), "across", ["pk", "position"], "", F("name")),
        _part(lessons, "lesson", beside, outcome),
        _part(actions, "action", ["pk", "partner_id"], F("state")),
        *_links(network),
    ]
    found: dict[str, list[Row]] = defaultdict(list)
    for row in parts[0].union(*parts[1:], all=True):
        found[row[0]].append(Row(*row))
    return found


#: An action that still counts: not dropped, not merged.
LIVE = (LogState.DRAFT, LogState.SELECTED)
#: Where a lesson came from, and what became of it, by number in ``Embedding.flow``.
NO_ACTION, GONE, ELSEWHERE = 3, 2, 3


def _way(states: list[str]) -> int:
    """Return what became of a lesson, from the states of the actions that draw on it."""
    if not states:
        return NO_ACTION
    return next((n for n, state in enumerate((LogState.SELECTED, LogState.DRAFT)) if state in states), GONE)


class _Counting:
    """Lessons and actions of a network, counted as they were read."""

    def __init__(self, rows: dict[str, list[Row]]) -> None:
        """Take what was read."""
        in_order = sorted(rows["city"], key=lambda row: (row.first, row.name))
        self.cities = {row.pk: (n, CityThreads(row.name, row.word)) for n, row in enumerate(in_order)}
        themes = sorted(rows["sub"], key=lambda row: (row.first, row.second, row.word))
        across = sorted(rows["across"], key=lambda row: (row.first, row.name))
        self.heat = {
            "sub": {row.pk: (f"{row.word} {row.name}", [0] * len(in_order)) for row in themes},
            "across": {row.pk: (row.name, [0] * len(in_order)) for row in across},
        }
        self.links: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        for kind, links in rows.items():
            for row in links:
                self.links[kind][row.pk].add(row.first)
        self.actions = {row.pk: row for row in rows["action"]}
        self.drawing: dict[int, list[str]] = defaultdict(list)
        for action, entries in self.links["action_entry"].items():
            for entry in entries if action in self.actions else ():
                self.drawing[entry].append(self.actions[action].word)
        self.flow: Counter[tuple[int, int]] = Counter()
        self.themes_of: dict[int, set[int]] = {}

    def touch(self, at: int, sub: set[int], across: set[int]) -> None:
        """Count one lesson or action of a city for these themes."""
        for kind, ids in (("sub", sub), ("across", across)):
            for pk in ids & self.heat[kind].keys():
                self.heat[kind][pk][1][at] += 1

    def count_lessons(self, rows: list[Row]) -> None:
        """Count lessons: ids beside are city, session, practice, horizontal theme; the word is its step's outcome."""
        for row in rows:
            at, city = self.cities[row.first]
            city.lessons += 1
            city.embedded += any(state in LIVE for state in self.drawing[row.pk])
            city.to_review += bool(row.word)
            city.unreviewed += row.word == ActionOutcome.OPEN
            self.themes_of[row.pk] = self.links["practice_theme"][row.third] | self.links["session_theme"][row.second]
            self.touch(at, self.themes_of[row.pk], self.links["session_horizontal"][row.second] | {row.fourth})
            self.flow[self.source(row), _way(self.drawing[row.pk])] += 1

    def source(self, row: Row) -> int:
        """Return where a lesson came from."""
        if row.first in self.links["session_need"][row.second]:
            return 0
        return 1 if row.third else 2 if row.second else ELSEWHERE

    def count_actions(self) -> None:
        """Count the actions that still count."""
        for pk, row in self.actions.items():
            if row.word not in LIVE:
                continue
            at, city = self.cities[row.first]
            city.actions += 1
            city.without_lesson += not self.links["action_entry"][pk]
            drawn = [self.links["practice_theme"][practice] for practice in self.links["action_practice"][pk]]
            drawn += [self.themes_of.get(entry, set()) for entry in self.links["action_entry"][pk]]
            self.touch(at, self.links["action_need_theme"][pk].union(*drawn), self.links["action_horizontal"][pk])


def embedding_of(actor: Actor, network: Network) -> Embedding:
    """Return how far lessons are embedded in actions, as far as the actor sees them. One query."""
    rows = _read(actor, network)
    found = _Counting(rows)
    found.count_lessons(rows["lesson"])
    found.count_actions()
    numbers = [[found.flow[came, went] for went in range(NO_ACTION + 1)] for came in range(ELSEWHERE + 1)]
    heat = [*found.heat["sub"].values(), *found.heat["across"].values()]
    return Embedding([city for _n, city in found.cities.values()], heat, numbers)
