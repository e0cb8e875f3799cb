"""From need to action: a lesson's way, clickable both ways; and where it ends, for each city and the network."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import F, Q, Value
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
    return [found for further in FURTHER for rows in further(actor, ids).values() for found in rows]


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
    flow: list[tuple[str, list[int]]]
    ways: list[str]

    @property
    def total(self) -> CityThreads:
        """All cities together."""
        names = ("lessons", "embedded", "to_review", "unreviewed", "actions", "without_lesson")
        return CityThreads("", "", **{name: sum(getattr(row, name) for row in self.cities) for name in names})

    @property
    def untouched(self) -> list[str]:
        """Themes that no lesson and no action of any city touches."""
        return [name for name, numbers in self.heat if not any(numbers)]

    def as_flow(self) -> Flow:
        """Return the picture of where lessons come from and what they became."""
        rows = [(name, numbers) for name, numbers in self.flow if sum(numbers)]
        return Flow(
            tuple(name for name, _n in rows), tuple(self.ways), tuple(tuple(n) for _name, n in rows), _("Lessons")
        )


def _links(network: Network) -> dict[str, dict[int, set[int]]]:
    """Return what belongs to what, as ``name → left id → right ids``. One query."""
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
    found: dict[str, dict[int, set[int]]] = {name: defaultdict(set) for name in parts}
    within = {"session": "session__meeting__network"}
    rows = [
        links.filter(**{within.get(left, f"{left}__network"): network})
        .order_by()
        .values_list(Value(name), F(f"{left}_id"), F(f"{right}_id"))
        for name, (links, left, right) in parts.items()
    ]
    for name, left, right in rows[0].union(*rows[1:], all=True):
        found[name][left].add(right)
    return found


class _Heat:
    """How often each theme is touched by each city."""

    def __init__(self, network: Network, cities: int) -> None:
        """Begin with every theme of the network, touched by nobody. Two queries."""
        themes = SubTheme.objects.filter(theme__network=network).select_related("theme")
        self.sub = {t.pk: (str(t), [0] * cities) for t in themes}
        self.across = {t.pk: (t.name, [0] * cities) for t in HorizontalTheme.objects.filter(network=network)}

    def touch(self, at: int, sub: set[int], across: set[int]) -> None:
        """Count one lesson or action of a city for these themes."""
        for rows, ids in ((self.sub, sub), (self.across, across)):
            for pk in ids & rows.keys():
                rows[pk][1][at] += 1

    def rows(self) -> list[tuple[str, list[int]]]:
        """Return the sub-themes, then the horizontal ones."""
        return [*self.sub.values(), *self.across.values()]


#: An action that still counts: not dropped, not merged.
LIVE = (LogState.DRAFT, LogState.SELECTED)
#: Where a lesson came from, and what became of it, by number in ``Embedding.flow``.
NO_ACTION, GONE = 3, 2


def _way(states: list[str]) -> int:
    """Return what became of a lesson, from the states of the actions that draw on it."""
    if not states:
        return NO_ACTION
    return next((n for n, state in enumerate((LogState.SELECTED, LogState.DRAFT)) if state in states), GONE)


class _Counting:
    """Lessons and actions of a network, counted as they are read."""

    def __init__(self, actor: Actor, network: Network) -> None:
        """Read the cities, themes and links, and which actions draw on which lesson. Five queries."""
        rows = Partner.objects.filter(network=network, is_active=True).values_list("pk", "name", "slug")
        self.cities = {pk: (n, CityThreads(name, slug)) for n, (pk, name, slug) in enumerate(rows)}
        self.links, self.heat = _links(network), _Heat(network, len(self.cities))
        seen = LogAction.objects.visible_to(actor).filter(partner__in=self.cities)
        self.actions = {pk: (city, state) for pk, city, state in seen.values_list("pk", "partner", "state")}
        self.drawing: dict[int, list[str]] = defaultdict(list)
        for action, entries in self.links["action_entry"].items():
            for entry in entries if action in self.actions else ():
                self.drawing[entry].append(self.actions[action][1])
        self.flow: Counter[tuple[int, int]] = Counter()
        self.themes_of: dict[int, set[int]] = {}

    def lessons(self, actor: Actor) -> None:
        """Count the lessons. One query."""
        columns = ("pk", "grid__partner", "session", "practice", "action", "outcome", "grid__horizontal_theme")
        rows = GridEntry.objects.visible_to(actor).filter(grid__partner__in=self.cities)
        for pk, partner, session, practice, step, outcome, theme in rows.values_list(*columns):
            at, city = self.cities[partner]
            city.lessons += 1
            city.embedded += any(state in LIVE for state in self.drawing[pk])
            city.to_review += bool(step)
            city.unreviewed += bool(step) and outcome == ActionOutcome.OPEN
            self.themes_of[pk] = self.links["practice_theme"][practice] | self.links["session_theme"][session]
            across = self.links["session_horizontal"][session] | ({theme} if theme else set())
            self.heat.touch(at, self.themes_of[pk], across)
            came = 0 if partner in self.links["session_need"][session] else 1 if practice else 2 if session else 3
            self.flow[came, _way(self.drawing[pk])] += 1

    def actions_there(self) -> None:
        """Count the actions that still count."""
        for pk, (partner, state) in self.actions.items():
            if state not in LIVE:
                continue
            at, city = self.cities[partner]
            city.actions += 1
            city.without_lesson += not self.links["action_entry"][pk]
            drawn = [self.links["practice_theme"][practice] for practice in self.links["action_practice"][pk]]
            drawn += [self.themes_of.get(entry, set()) for entry in self.links["action_entry"][pk]]
            self.heat.touch(at, self.links["action_need_theme"][pk].union(*drawn), self.links["action_horizontal"][pk])


def embedding_of(actor: Actor, network: Network) -> Embedding:
    """Return how far lessons are embedded in actions, as far as the actor sees them. Six queries."""
    found = _Counting(actor, network)
    found.lessons(actor)
    found.actions_there()
    came = [_("From a need of the city"), _("From a practice"), _("From another session"), _("From elsewhere")]
    went = [_("Selected for the plan"), _("Draft in the log"), _("Dropped or merged"), _("No action yet")]
    ways = [(name, [found.flow[n, m] for m in range(len(went))]) for n, name in enumerate(came)]
    return Embedding([city for _n, city in found.cities.values()], found.heat.rows(), ways, went)
