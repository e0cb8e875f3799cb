"""Proposing working groups from the matrix: who needs to know and who can show, even in size. Pure and deterministic.

The same matrix gives the same groups. A city is only ever put where it needs or has something, and in at most
``MOST_GROUPS`` groups; a group without anybody who needs to know is never proposed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

#: In how many groups a city works at most.
MOST_GROUPS = 2
#: Cities in a group, when nobody asks for another size.
USUAL_SIZE = 4
SIZES = range(3, 8)


@dataclass
class Topic:
    """One sub-theme with the cities (ids) that need to know of it, and those that have something to show."""

    key: int
    needs: frozenset[int]
    has: frozenset[int]

    @property
    def interested(self) -> frozenset[int]:
        """Return everybody with a reason to be there."""
        return self.needs | self.has

    @property
    def works(self) -> bool:
        """Whether a group can be made of it: somebody needs it, and is not alone."""
        return bool(self.needs) and len(self.interested) > 1


@dataclass
class Proposed:
    """One proposed group: its sub-theme and its cities (ids), in the order of the cities."""

    topic: Topic
    members: set[int] = field(default_factory=set)


def topics_of(keys: Iterable[int], needs: Iterable[tuple[int, int]], has: Iterable[tuple[int, int]]) -> list[Topic]:
    """Return a topic for each sub-theme (``keys``, in order) from pairs of sub-theme and city."""
    wanted: dict[int, set[int]] = {}
    shown: dict[int, set[int]] = {}
    for pairs, found in ((needs, wanted), (has, shown)):
        for key, city in pairs:
            found.setdefault(key, set()).add(city)
    return [Topic(key, frozenset(wanted.get(key, ())), frozenset(shown.get(key, ()))) for key in keys]


def _chosen(topics: Sequence[Topic], cities: Sequence[int], wanted: int, most: int) -> list[Topic]:
    """Return the sub-themes to work on: each next one serves the most seats that are still free, ``most`` at a time."""
    seats = dict.fromkeys(cities, MOST_GROUPS)
    left = [topic for topic in topics if topic.works]
    chosen: list[Topic] = []
    while left and len(chosen) < wanted:
        # Served seats first, then somebody who can show, then how many need it; the sooner in the matrix.
        best = max(
            left,
            key=lambda t: (
                min(most, sum(seats.get(city, 0) > 0 for city in t.interested)),
                bool(t.has),
                len(t.needs),
                -left.index(t),
            ),
        )
        if not any(seats.get(city, 0) > 0 for city in best.interested):
            break
        left.remove(best)
        chosen.append(best)
        free = [city for city in cities if seats[city] and city in best.interested]
        for city in sorted(free, key=lambda city: -seats[city])[:most]:
            seats[city] -= 1
    return [topic for topic in topics if topic in chosen]


def _next_city(group: Proposed, cities: Sequence[int], seats: Mapping[int, int], options: Mapping[int, int]) -> int:
    """Return the city that fits a group best now, 0 for none."""
    free = [c for c in cities if seats[c] and c in group.topic.interested and c not in group.members]
    if not free:
        return 0
    shows = bool(group.members & group.topic.has)
    asks = bool(group.members & group.topic.needs)

    def fit(city: int) -> tuple[bool, bool, int, int, int]:
        needs, has = city in group.topic.needs, city in group.topic.has
        # Somebody who can show and somebody who asks come first; then who has no group yet, and few to choose from.
        return (
            has and not shows,
            needs and not asks,
            seats[city],
            -options[city],
            -cities.index(city),
        )

    return max(free, key=fit)


def _even_out(groups: list[Proposed], cities: Sequence[int]) -> None:
    """Move cities from larger to smaller groups as long as that makes the sizes more alike."""
    moved = True
    while moved:
        moved = False
        order = sorted(groups, key=lambda g: len(g.members))
        for small in order:
            for large in reversed(order):
                if len(large.members) - len(small.members) < 2:  # noqa: PLR2004 - one more or less is even
                    break
                city = next((c for c in cities if _may_move(c, large, small)), 0)
                if city:
                    large.members.remove(city)
                    small.members.add(city)
                    moved = True
                    break
            if moved:
                break


def _may_move(city: int, large: Proposed, small: Proposed) -> bool:
    if city not in large.members or city in small.members or city not in small.topic.interested:
        return False
    rest = large.members - {city}
    keeps_show = bool(rest & large.topic.has) or not large.members & large.topic.has
    return keeps_show and bool(rest & large.topic.needs)


def propose(topics: Sequence[Topic], cities: Sequence[int], size: int = USUAL_SIZE) -> list[Proposed]:
    """Return groups of about ``size`` cities (ids in the network's order), even in size as far as the matrix lets."""
    wanted = max(1, round(len(cities) * MOST_GROUPS / size))
    most = math.ceil(len(cities) * MOST_GROUPS / wanted)
    groups = [Proposed(topic) for topic in _chosen(topics, cities, wanted, most)]
    seats = dict.fromkeys(cities, MOST_GROUPS)
    options = {city: sum(city in g.topic.interested for g in groups) for city in cities}
    open_groups = list(groups)
    while open_groups:
        group = min(open_groups, key=lambda g: (len(g.members), groups.index(g)))
        city = _next_city(group, cities, seats, options)
        if not city or len(group.members) >= most:
            open_groups.remove(group)
            continue
        group.members.add(city)
        seats[city] -= 1
    _even_out(groups, cities)
    return [g for g in groups if len(g.members) > 1 and g.members & g.topic.needs]
