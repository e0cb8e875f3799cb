"""Recognising columns and stakeholder kinds in the languages of European networks."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from aoce.common.folding import fold
from meetings.lists import vocabulary

#: Column → what it is called.
NAMES = {key: frozenset(words.split("|")) for key, words in vocabulary.HEADINGS.items()}
FILLERS = frozenset(vocabulary.FILLERS.split("|"))
#: Words of one language that name a company and of another that name a signature.
SIGNATURE_TOO = frozenset({"firma"})
#: Where a heading may be cut in two: separators, and the “and” of the languages.
PARTS = re.compile(r"[/|(),;\n&+–-]| (?:and|en|et|und|y|e|i|un|es|a|si|og|och|ja|in) ")
#: Longer cells are titles of the sheet, not headings.
LONGEST = 60
#: Languages that write the family name first.
FAMILY_FIRST = frozenset({"vezeteknev", "csaladnev"})
#: Words that mean “was not there”, folded.
ABSENT = re.compile(
    r"^(absent|apolog|excused|afwezig|verhinderd|excuse|abwesend|entschuldigt|ausente|nieobecn|usprawiedliw|neierad"
    r"|hianyz|tavol maradt|neucast|ospravedln|absenta|absent|fravaer|afbud|franvar|no$|nee$|nie$|ne$|nem$|nu$|nej$)"
)
#: The last line of a list, folded: not a person.
TOTALS = re.compile(r"^(total|totaal|gesamt|summe|suma|razem|lacznie|kopa|osszesen|spolu|celkem|ialt|in alt|totale)\b")
ONLINE = re.compile(vocabulary.ONLINE)
CLOSE = 0.86


def label_of(part: str) -> str:
    """Return which column one folded word or phrase names, or "" when none."""
    for candidate in (part, " ".join(w for w in part.split() if w not in FILLERS)):
        for key in ("name", "last", "first", "organisation", "kind", "how"):
            if candidate in NAMES[key]:
                return key
    return ""


def column_of(title: object) -> str:
    """Return which column a heading names (a key of ``NAMES``), or "" when none.

    A heading may say it in two languages (“Name / Naam”), or join first and last name (“Imię i nazwisko”).
    """
    words = fold(title)
    if not words or len(words) > LONGEST:
        return ""
    whole = label_of(words)
    if whole:
        return whole
    labels = [label for part in PARTS.split(words) if part.strip() and (label := label_of(part.strip(" .:*#")))]
    if {"first", "last"} <= set(labels) or {"name", "last"} <= set(labels):
        return "name"
    for key in ("organisation", "kind", "name", "last", "first", "how"):
        if key in labels:
            return key
    return ""


def _columns(row: Sequence[object]) -> dict[str, int]:
    """Return which column stands where in a row of headings."""
    found: dict[str, int] = {}
    for position, cell in enumerate(row):
        key = column_of(cell)
        if key == "organisation" and fold(cell) in SIGNATURE_TOO and "organisation" in found:
            key = "how"
        elif key == "organisation" and key in found and fold(row[found[key]]) in SIGNATURE_TOO:
            found["how"] = found.pop(key)
        if key and key not in found:
            found[key] = position
    # Some languages call one of the two plainly “name”.
    if "name" in found and "last" in found and "first" not in found:
        found["first"] = found.pop("name")
    elif "name" in found and "first" in found and "last" not in found:
        found["last"] = found.pop("name")
    for key in ("first", "last"):
        if key in found and "name" not in found and not {"first", "last"} <= found.keys():
            found["name"] = found.pop(key)
    return found


def find_header(rows: Sequence[Sequence[object]], within: int = 30) -> tuple[int, dict[str, int]]:
    """Return the heading row's index and which column stands where; ``(-1, {})`` when no row looks like one.

    Headings need a name (or first and last name) and are looked for in the first ``within`` rows; the row that names
    most columns is taken, the first one of these.
    """
    best: tuple[int, dict[str, int]] = (-1, {})
    for index, row in enumerate(rows[:within]):
        found = _columns(row)
        if ("name" in found or {"first", "last"} <= found.keys()) and len(found) > len(best[1]):
            alone = len(found) == 1 and len([c for c in row if str(c or "").strip()]) > 3  # noqa: PLR2004 - a data row
            if not alone:
                best = (index, found)
    return best


class KindMatcher:
    """Finds a network's stakeholder kind for what somebody wrote, in any of its languages, also misspelt."""

    def __init__(self, kinds: Iterable[tuple[int, str, str]]) -> None:
        """Take the network's kinds: ``(id, code, name)`` each."""
        self.words: dict[str, int] = {}
        for pk, code, name in kinds:
            known = vocabulary.KINDS.get(code, "").split("|")
            for word in (fold(name), fold(code.replace("_", " ")), *known):
                if word:
                    self.words.setdefault(word, pk)

    def match(self, text: object) -> int | None:
        """Return the id of the kind, or None when nothing is near enough."""
        words = fold(text)
        if not words:
            return None
        if words in self.words:
            return self.words[words]
        near = difflib.get_close_matches(words, self.words, n=1, cutoff=CLOSE)
        if near:
            return self.words[near[0]]
        inside = {pk for word, pk in self.words.items() if re.search(rf"\b{re.escape(word)}\b", words)}
        return inside.pop() if len(inside) == 1 else None
