"""Who reviews whom: proposed so that nobody reviews themselves, the load is even, and wishes are met where they can be.

A search by exchanges: it begins with a turn of the list and exchanges whom two cities review as long as that is better.
With the same input it finds the same.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations

from actionplans.enums import Wish

#: What each fault of a proposal costs: itself or twice the same, the pair of last time, against the wish of pairs.
NEVER, LAST_TIME, PAIRS, THEMES = 10_000.0, 60.0, 25.0, 1.0
TRIES = 12

Pairs = list[tuple[int, int]]


def propose(
    cities: Sequence[int],
    each: int,
    *,
    last_time: Collection[tuple[int, int]] = (),
    reciprocal: str = Wish.AVOID,
    themes: str = Wish.ANY,
    needs: Mapping[int, Collection[int]] | None = None,
) -> Pairs:
    """Return ``(reviewer, reviewed)``: each city reviews ``each`` others and is reviewed by as many.

    With fewer cities than that, each reviews all others. ``needs`` are the sub-themes of each city; two cities share as
    much of them as they have in common.
    """
    each = min(each, len(cities) - 1)
    if each < 1:
        return []
    shared = {
        frozenset((one, other)): _shared((needs or {}).get(one, ()), (needs or {}).get(other, ()))
        for one, other in combinations(cities, 2)
    }
    last = set(last_time)

    def cost(rows: Sequence[Sequence[int]]) -> float:
        pairs = [(city, seen) for row in rows for city, seen in zip(cities, row, strict=True)]
        known = set(pairs)
        total = NEVER * (len(pairs) - len(known))
        for city, seen in pairs:
            if city == seen:
                total += NEVER
                continue
            total += LAST_TIME * ((city, seen) in last)
            if reciprocal != Wish.ANY:
                total += PAIRS * (((seen, city) in known) == (reciprocal == Wish.AVOID))
            if themes != Wish.ANY:
                share = shared[frozenset((city, seen))]
                total += THEMES * ((1 - share) if themes == Wish.WANT else share)
        return total

    rng = random.Random(len(cities) * 31 + each)  # noqa: S311 - the same proposal for the same input, no secret
    best: list[list[int]] = []
    lowest = float("inf")
    for attempt in range(TRIES):
        order = list(cities)
        if attempt:
            rng.shuffle(order)
        turned = {city: [order[(at + n) % len(order)] for n in range(1, each + 1)] for at, city in enumerate(order)}
        rows = [[turned[city][n] for city in cities] for n in range(each)]
        found = _better(rows, cost)
        if found < lowest:
            best, lowest = [list(row) for row in rows], found
    return sorted((city, seen) for row in best for city, seen in zip(cities, row, strict=True))


def _better(rows: list[list[int]], cost: Callable[[Sequence[Sequence[int]]], float]) -> float:
    """Exchange whom two cities review while that lowers the cost; return the cost."""
    lowest = cost(rows)
    while True:
        improved = False
        for row in rows:
            for one, other in combinations(range(len(row)), 2):
                row[one], row[other] = row[other], row[one]
                now = cost(rows)
                if now < lowest - 1e-9:
                    lowest, improved = now, True
                else:
                    row[one], row[other] = row[other], row[one]
        if not improved:
            return lowest


def _shared(one: Collection[int], other: Collection[int]) -> float:
    both = set(one) | set(other)
    return len(set(one) & set(other)) / len(both) if both else 0.0
