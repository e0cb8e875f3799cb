"""What changed in a half-year since it was published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from aoce.common.templatetags.portal import short_day, span_words
from partners.enums import DatePrecision
from roadmap.enums import OwedBy

if TYPE_CHECKING:
    from roadmap.models import Period, Task


@dataclass(frozen=True)
class Change:
    """One task that differs from the published plan: ``kinds`` of added, removed, moved, renamed, row, owner.

    ``mark`` is the short note on the task, ``text`` the sentence of the list.
    """

    title: str
    kinds: tuple[str, ...]
    mark: str
    text: str
    task_id: int | None = None


@dataclass
class _Said:
    kinds: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def add(self, kind: str, mark: str, text: str) -> None:
        self.kinds.append(kind)
        self.marks.append(mark)
        self.texts.append(text)


def _days(old: dict[str, Any]) -> tuple[date, date, str]:
    precision = old.get("due_precision", DatePrecision.DAY)
    return date.fromisoformat(old["start"]), date.fromisoformat(old["due"]), precision


def compare(old: dict[str, Any], task: Task) -> Change | None:
    """Return how a task differs from how it was published, or None."""
    said = _Said()
    before = _days(old)
    now = (task.start, task.due, task.due_precision if "due_precision" in old else DatePrecision.DAY)
    if before != now:
        if before[1] != task.due and task.owed_by != OwedBy.NOBODY:
            short = short_day(before[1])
            words = {"old": date_format(before[1], "j F"), "new": date_format(task.due, "j F")}
            said.add("moved", _("Was %(old)s") % {"old": short}, _("Moved from %(old)s to %(new)s.") % words)
        else:
            words = {"old": span_words(*before), "new": span_words(task.start, task.due, task.due_precision)}
            said.add("moved", _("Moved"), _("Moved from %(old)s to %(new)s.") % words)
    if old["title"] != task.title:
        said.add("renamed", _("Renamed"), _("Was called “%(old)s”.") % {"old": old["title"]})
    if old["track"] != task.track.name:
        said.add("row", _("Other row"), _("Was in the row “%(old)s”.") % {"old": old["track"]})
    if old["owed_by"] != task.owed_by:
        words = {"old": str(OwedBy(old["owed_by"]).label), "new": str(OwedBy(task.owed_by).label)}
        said.add("owner", _("Other owner"), _("Owed by: %(new)s, before: %(old)s.") % words)
    if not said.kinds:
        return None
    return Change(task.title, tuple(said.kinds), ", ".join(said.marks), " ".join(said.texts), task.pk)


def changes_since(period: Period, tasks: Iterable[Task]) -> list[Change]:
    """Return what differs from the plan as it was published, in the order of days; removed tasks last."""
    published = {old["id"]: old for old in period.published_plan}
    found = []
    for task in tasks:
        old = published.pop(task.pk, None)
        if old is None:
            text = _("Added, due %(day)s.") % {"day": date_format(task.due, "j F")}
            found.append(Change(task.title, ("added",), _("New"), text, task.pk))
        elif change := compare(old, task):
            found.append(change)
    for old in published.values():
        text = _("Removed; it was due %(day)s.") % {"day": date_format(date.fromisoformat(old["due"]), "j F")}
        found.append(Change(old["title"], ("removed",), _("Removed"), text))
    return found
