"""How a task of the roadmap stands: its days in words, who has handed in what, and what is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aoce.common.templatetags.portal import city_mark, span_words
from partners.enums import DatePrecision
from partners.models import Partner
from roadmap.board import LATE, WORDS, key_of, late_words
from roadmap.enums import OwedBy
from roadmap.models import Obligation, Task

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from partners.actors import Actor

HANDED_IN = ("submitted", "approved")
#: What each key means to whoever looks at a single thing of their own.
TONES = {"approved": "done", "na": "done", LATE: "late"}


def month_number(day: date) -> int:
    """Return a number that counts months."""
    return day.year * 12 + day.month - 1


def span_of_months(start: date, end: date) -> str:
    """Return the months a task lasts, in words: April to June."""
    return _("%(first)s to %(last)s") % {"first": date_format(start, "F"), "last": date_format(end, "F")}


def due_words(task: Task) -> str:
    """Return what stands at a task's foot: an event's days, or the day something is due."""
    if task.owed_by != OwedBy.NOBODY:
        return _("Day open") if task.due_precision == DatePrecision.OPEN else date_format(task.due, "MONTH_DAY_FORMAT")
    if task.due_precision == DatePrecision.DAY:
        last = date_format(task.due, "MONTH_DAY_FORMAT")
        if task.start == task.due:
            return last
        if task.start.month == task.due.month and task.start.year == task.due.year:
            return f"{task.start.day}–{last}"
        return f"{date_format(task.start, 'MONTH_DAY_FORMAT')} – {last}"
    if task.due_precision == DatePrecision.OPEN:
        return _("Day open")
    months = date_format(task.due, "F")
    if month_number(task.start) != month_number(task.due):
        months = f"{date_format(task.start, 'F')} – {months}"
    return _("%(months)s, day open") % {"months": months}


def full_dates(task: Task) -> str:
    """Return a task's dates in full, for its own page."""
    return span_words(task.start, task.due, task.due_precision)


@dataclass(frozen=True)
class Standing:
    """Where a task stands for whoever looks: ``tone`` is held, done, now, late, planned or past."""

    tone: str
    key: str = ""
    word: str = ""
    marks: tuple[str, ...] = ()
    count: str = ""

    @property
    def mark(self) -> SafeString | str:
        """Draw where each city stands."""
        return city_mark(self.marks, self.count) if self.marks else ""


def _by_date(task: Task, today: date) -> str:
    if task.due < today:
        return "past"
    return "now" if task.start <= today else "planned"


def _count(keys: list[str], *, late: bool) -> str:
    """Return how many of how many, of the furthest that says something."""
    whole = sum(1 for key in keys if key != "na")
    approved = keys.count("approved")
    handed_in = sum(1 for key in keys if key in HANDED_IN)
    begun = sum(1 for key in keys if key not in ("none", "na", LATE))
    if late or approved == whole:
        return _("%(n)s of %(all)s approved") % {"n": approved, "all": whole}
    if handed_in:
        return _("%(n)s of %(all)s handed in") % {"n": handed_in, "all": whole}
    return _("%(n)s of %(all)s begun") % {"n": begun, "all": whole} if begun else ""


def _of_cities(task: Task, seen: list[Obligation], cities: list[Partner], today: date, *, see_all: bool) -> Standing:
    """Return the standing of a task that cities owe, for somebody who sees more than their own."""
    by_city = {o.partner_id: key_of(o, today) for o in seen}
    if not see_all:
        # Observers see what is handed in; of the rest they are not told how far it is.
        asked = {c.pk for c in cities} if task.owed_by == OwedBy.EACH_PARTNER else {h.pk for h in task.hosts.all()}
        by_city = {pk: by_city.get(pk, "none") for pk in asked}
    keys = list(by_city.values())
    late = keys.count(LATE)
    count = _count(keys, late=bool(late))
    marks = tuple(by_city.get(city.pk, "na") for city in cities) if count else ()
    if keys and all(key in ("approved", "na") for key in keys):
        return Standing("done", "approved", _("All in"), marks, count)
    if late:
        word = ngettext("%(n)s city late", "%(n)s cities late", late) % {"n": late}
        return Standing("late", LATE, word, marks, count)
    return Standing(_by_date(task, today), marks=marks, count=count)


def _of_one(task: Task, obligation: Obligation, today: date) -> Standing:
    key = key_of(obligation, today)
    word = str(WORDS[key])
    if key == LATE:
        word = late_words(obligation.days_late(today))
    elif key == "approved":
        word = _("Done")
    tone = TONES.get(key, _by_date(task, today))
    return Standing(tone, "" if key == "none" else key, "" if key == "none" else word)


def standing_of(
    actor: Actor, task: Task, seen: list[Obligation], cities: list[Partner], today: date, *, published: bool
) -> Standing:
    """Return where a task stands; ``seen`` are its obligations that this actor may see."""
    if not published:
        return Standing("planned")
    if task.owed_by == OwedBy.NOBODY:
        if task.due < today and task.due_precision != DatePrecision.OPEN:
            return Standing("held", "approved", _("Held"))
        return Standing("planned")
    if task.owed_by in (OwedBy.EACH_PARTNER, OwedBy.HOSTS):
        return _owed_by_cities(actor, task, seen, cities, today)
    return _of_one(task, seen[0], today) if seen else Standing(_by_date(task, today))


def _owed_by_cities(actor: Actor, task: Task, seen: list[Obligation], cities: list[Partner], today: date) -> Standing:
    own = [o for o in seen if o.partner_id in actor.partner_ids]
    if actor.leads:
        return _of_cities(task, seen, cities, today, see_all=True)
    if len(own) == 1:
        return _of_one(task, own[0], today)
    if own:
        mine = [city for city in cities if city.pk in actor.partner_ids]
        return _of_cities(task, own, mine, today, see_all=True)
    if seen and actor.is_observer_only:
        return _of_cities(task, seen, cities, today, see_all=False)
    return Standing(_by_date(task, today))
