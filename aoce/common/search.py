"""Search over a network: each app registers what it has in ``AppConfig.ready``; one page asks them all.

A source answers with what its ``find(actor, network, words)`` yields, starting from ``visible_to(actor)``: nobody finds
what they may not open. Words are compared without case and accents, in both databases alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from aoce.common.folding import Plain, plain

#: How many of one sort are shown beside the others, and at most when only that sort is asked for.
SHOWN = 6
MOST = 100
#: Longer questions are cut; more words are not looked at.
LONGEST = 100
MOST_WORDS = 6


@dataclass(frozen=True)
class Hit:
    """Something that was found: where it leads, and one line about it."""

    title: str
    url: str
    note: str = ""


Finder = Callable[[Any, Any, Sequence[str], int], Iterable[Hit]]


@dataclass(frozen=True)
class Source:
    """A sort of things that can be found; ``find(actor, network, words, most)`` takes one or two queries."""

    code: str
    label: Any
    find: Finder
    order: int = 50


@dataclass(frozen=True)
class Found:
    """What one source answered; ``more`` says that there is more than is shown."""

    source: Source
    hits: list[Hit]
    more: bool


SOURCES: list[Source] = []


def register(source: Source) -> None:
    """Add a source; call it from ``AppConfig.ready``."""
    SOURCES.append(source)
    SOURCES.sort(key=lambda s: s.order)


def words_of(text: str) -> list[str]:
    """Return a question's words, folded."""
    return plain(text[:LONGEST]).split()[:MOST_WORDS]


def matching(rows: QuerySet, words: Sequence[str], *fields: str) -> QuerySet:
    """Return the rows that have every word in one of these text fields; accents and case make no difference."""
    names = {f"_plain_{n}": Plain(field) for n, field in enumerate(fields)}
    rows = rows.alias(**names)
    for word in words:
        rows = rows.filter(reduce(or_, (Q(**{f"{name}__contains": word}) for name in names)))
    return rows


def search(actor: Any, network: Any, text: str, only: str = "") -> list[Found]:
    """Ask every source, or only one (by its code), for the words of ``text``."""
    words = words_of(text)
    if not words:
        return []
    found = []
    for source in SOURCES:
        if only and source.code != only:
            continue
        most = MOST if only else SHOWN
        hits = list(source.find(actor, network, words, most + 1))
        if hits:
            found.append(Found(source, hits[:most], len(hits) > most))
    return found
