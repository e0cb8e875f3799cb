"""Which short texts say much the same: over accents, capitals and the inflections of the network's languages.

Suggestions only. Words are brought to their stem by the Snowball stemmers, texts compared by RapidFuzz.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import snowballstemmer
from rapidfuzz import fuzz

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Snowball's names of the languages it knows, by code; words of other languages are compared as they are.
STEMMERS = {
    "en": "english",
    "nl": "dutch",
    "da": "danish",
    "es": "spanish",
    "fr": "french",
    "de": "german",
    "hu": "hungarian",
    "it": "italian",
    "ro": "romanian",
    "pt": "portuguese",
    "sv": "swedish",
    "fi": "finnish",
}
#: What counts against two texts when one says the same in fewer words.
FEWER_WORDS = 4
#: Texts whose stems agree at least so much (0 to 100) are taken for the same.
ALIKE = 72
WORD = re.compile(r"[^\W\d_]{2,}")
#: Words that say nothing of what a text is about.
EMPTY = frozenset(
    """
    a an and are as at be by can do for from how i in into is it its more my need of on or our that the their them
    this to we what which who why will with you your learn know better
    """.split()  # noqa: SIM905 - a list of forty quoted words says no more
)


@lru_cache(maxsize=16)
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(STEMMERS[language])


def plain(text: str) -> str:
    """Return a text in small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


def stems(text: str, language: str = "en") -> list[str]:
    """Return the stems of the words that say something."""
    words = [word for word in WORD.findall(text.casefold()) if word not in EMPTY]
    if language in STEMMERS:
        words = _stemmer(language).stemWords(words)
    return [plain(word) for word in words]


@dataclass
class Heap:
    """Texts that say much the same; ``title`` is the one closest to all, the others follow by their place."""

    members: list[int]
    title: str


def heaps(texts: Sequence[str], language: str = "en") -> list[Heap]:
    """Group texts, the largest group first; each member is the text's place in ``texts``.

    Grows with the number of texts times the number of groups: 500 texts take a tenth of a second.
    """
    keys = [" ".join(sorted(set(stems(text, language)))) or plain(text) for text in texts]
    groups: list[list[int]] = []
    for n, key in enumerate(keys):
        best, likest = None, ALIKE
        for group in groups:
            score = max(fuzz.token_sort_ratio(key, keys[m]) for m in group[:8])
            if key and keys[group[0]] and set(key.split()) & set(keys[group[0]].split()):
                score = max(score, fuzz.token_set_ratio(key, keys[group[0]]) - FEWER_WORDS)
            if score >= likest:
                best, likest = group, score
        if best is None:
            groups.append([n])
        else:
            best.append(n)
    groups.sort(key=lambda group: (-len(group), group[0]))
    return [Heap(group, texts[_middle(group, keys)]) for group in groups]


def _middle(group: list[int], keys: list[str]) -> int:
    """Return the member most like all the others of its group."""
    some = group[:30]
    return max(some, key=lambda n: (sum(fuzz.token_sort_ratio(keys[n], keys[m]) for m in some), -n))
