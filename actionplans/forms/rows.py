"""Lines of a form: steps, budget, expected results. What was typed stays, also where it is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict

#: Empty lines below what is written; asking for more adds as many again.
EMPTY = 2
MOST_LINES = 60


@dataclass(frozen=True)
class Column:
    """A column of the lines: its code, what it is called, and ``text``, ``day``, ``money`` or ``level``."""

    code: str
    label: Any
    kind: str = "text"
    longest: int = 200

    @property
    def levels(self) -> tuple[tuple[str, Any], ...]:
        """What may be chosen in a column of levels."""
        return LEVELS


#: How likely or how bad something is.
LEVELS = (("1", gettext_lazy("low")), ("2", gettext_lazy("middle")), ("3", gettext_lazy("high")))
#: Which parts belong to the form of a testing action, and which to an action of a plan.
TESTING_PARTS = ("steps", "budget", "measures")
ACTION_PARTS = ("steps", "costs", "indicators", "risks")
PARTS: dict[str, tuple[Any, tuple[Column, ...]]] = {
    "steps": (
        gettext_lazy("Steps"),
        (
            Column("title", gettext_lazy("Step")),
            Column("owner", gettext_lazy("Who does it"), longest=100),
            Column("start", gettext_lazy("From"), "day"),
            Column("due", gettext_lazy("Until"), "day"),
        ),
    ),
    "budget": (
        gettext_lazy("Budget"),
        (
            Column("what", gettext_lazy("What for")),
            Column("amount", gettext_lazy("Euro"), "money"),
            Column("source", gettext_lazy("Who pays it"), longest=100),
        ),
    ),
    "measures": (
        gettext_lazy("Expected results"),
        (
            Column("what", gettext_lazy("What will be different")),
            Column("how", gettext_lazy("How you measure it")),
            Column("before", gettext_lazy("Value before"), longest=100),
            Column("target", gettext_lazy("Value aimed at"), longest=100),
        ),
    ),
    "costs": (
        gettext_lazy("Costs and funding"),
        (
            Column("what", gettext_lazy("What for")),
            Column("amount", gettext_lazy("Euro"), "money"),
            Column("source", gettext_lazy("Who pays it"), longest=100),
        ),
    ),
    "indicators": (
        gettext_lazy("Indicators"),
        (
            Column("what", gettext_lazy("Indicator")),
            Column("baseline", gettext_lazy("Baseline"), longest=100),
            Column("target", gettext_lazy("Target"), longest=100),
            Column("how", gettext_lazy("How you measure it")),
        ),
    ),
    "risks": (
        gettext_lazy("Risks"),
        (
            Column("what", gettext_lazy("What could happen")),
            Column("likelihood", gettext_lazy("How likely"), "level"),
            Column("impact", gettext_lazy("How bad"), "level"),
            Column("answer", gettext_lazy("What you do then")),
        ),
    ),
}


@dataclass
class Lines:
    """The lines of one part as they were typed, what they say, and what is wrong with them."""

    code: str
    label: Any
    columns: tuple[Column, ...]
    typed: list[dict[str, str]]
    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def shown(self) -> list[list[tuple[Column, str]]]:
        """Return the lines to show, with empty ones below."""
        empty = [{column.code: "" for column in self.columns}] * EMPTY
        return [[(column, line.get(column.code, "")) for column in self.columns] for line in [*self.typed, *empty]]


def _money(text: str) -> Decimal:
    """Return an amount written as 1200, 1 200,50 or 1.200,50."""
    bare = "".join(c for c in text if c.isdigit() or c in ",.-")
    if "," in bare:
        bare = bare.replace(".", "").replace(",", ".")
    amount = Decimal(bare).quantize(Decimal("0.01"))
    if amount < 0 or amount >= Decimal(10**9):
        raise InvalidOperation
    return amount


def _value(column: Column, text: str) -> Any:
    """Return what a cell says. Raises ValueError or InvalidOperation."""
    if column.kind == "day":
        return date.fromisoformat(text) if text else None
    if column.kind == "money":
        return _money(text)
    if column.kind == "level":
        return text if text in dict(LEVELS) else ""
    if len(text) > column.longest:
        raise ValueError
    return text


def _wrong(column: Column, part: Any, number: int, text: str) -> str:
    """Say what is wrong with a cell and how to mend it."""
    words = {
        "day": _("%(part)s, line %(n)s: “%(text)s” is no day. Write it as 2024-05-31."),
        "money": _("%(part)s, line %(n)s: “%(text)s” is no amount. Write it as 1200 or 1200,50."),
        "text": _("%(part)s, line %(n)s: “%(column)s” is too long; at most %(most)s characters fit."),
    }[column.kind]
    about = {"part": part, "n": number, "text": text[:40], "column": column.label, "most": column.longest}
    return words % about


def lines_of(code: str, rows: Sequence[Mapping[str, Any]]) -> Lines:
    """Return kept rows as lines to show."""
    label, columns = PARTS[code]
    typed = [{c.code: "" if row[c.code] is None else str(row[c.code]) for c in columns} for row in rows]
    return Lines(code, label, columns, typed, [dict(row) for row in rows])


def read_lines(code: str, post: QueryDict) -> Lines:
    """Read the lines of a part from what was sent; empty ones are left out. What is wrong is in ``problems``."""
    label, columns = PARTS[code]
    first = columns[0]
    sent = {column.code: post.getlist(f"{code}-{column.code}")[:MOST_LINES] for column in columns}
    lines = Lines(code, label, columns, [])
    for cells in zip(*sent.values(), strict=False):
        line = dict(zip(sent, (cell.strip() for cell in cells), strict=True))
        if not any(line.values()):
            continue
        lines.typed.append(line)
        number, row = len(lines.typed), dict[str, Any]()
        for column in columns:
            try:
                row[column.code] = _value(column, line[column.code])
            except (ValueError, InvalidOperation):
                lines.problems.append(_wrong(column, label, number, line[column.code]))
        if not line[first.code]:
            words = _("%(part)s, line %(n)s: write something under “%(column)s”.")
            lines.problems.append(words % {"part": label, "n": number, "column": first.label})
        if row.get("start") and row.get("due") and row["start"] > row["due"]:
            lines.problems.append(_("%(part)s, line %(n)s: it ends before it begins.") % {"part": label, "n": number})
        lines.rows.append(row)
    return lines
