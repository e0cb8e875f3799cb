"""Testing actions as pages read them: time and money in pictures, slips, all of them on one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from actionplans.enums import CHECKED, TestingState
from actionplans.models import BudgetLine, ProgressNote, Step, TestingAction
from aoce.common.charts import Bars, bars_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from partners.actors import Actor
    from partners.models import Network


@dataclass(frozen=True)
class Bar:
    """One step in the picture of time: where it begins and how long it is, in hundredths of the whole."""

    step: Step
    left: int
    width: int
    state: str
    slip: int

    @property
    def words(self) -> str:
        """Say how it stands."""
        if self.step.done_on:
            return _("Done") if self.slip <= 0 else _("Done, %(n)s days late") % {"n": self.slip}
        return _("%(n)s days late") % {"n": self.slip} if self.slip > 0 else _("To do")


def slip_of(step: Step, today: date) -> int:
    """Return how many days a step is late: until it was done, or until today; 0 if it is not."""
    if step.due is None:
        return 0
    return max(0, ((step.done_on or today) - step.due).days)


def bars_of(action: TestingAction, steps: Sequence[Step], today: date) -> list[Bar]:
    """Return the steps as bars of a picture of time; nothing where no step has a day."""
    days = [day for step in steps for day in (step.start, step.due, step.done_on) if day]
    days += [day for day in (action.starts, action.ends) if day]
    if not any(step.start or step.due for step in steps):
        return []
    first, last = min(days), max(days)
    whole = max(1, (last - first).days)
    found = []
    for step in steps:
        begin = step.start or step.due or first
        end = step.due or step.start or last
        left = round(100 * (begin - first).days / whole)
        width = max(2, round(100 * ((end - begin).days + 1) / whole))
        slip = slip_of(step, today)
        state = "done" if step.done_on else "late" if slip else "open"
        found.append(Bar(step, min(left, 98), min(width, 100 - min(left, 98)), state, slip))
    return found


@dataclass(frozen=True)
class Money:
    """The budget in euro and in the city's own currency, and what was spent of it."""

    planned: Decimal
    spent: Decimal
    currency: str
    rate: Decimal | None

    def local(self, euro: Decimal) -> Decimal | None:
        """Return an amount in the city's currency; None where it is the euro, or the rate is not known."""
        return None if self.rate is None or self.currency == "EUR" else (euro * self.rate).quantize(Decimal(1))

    @property
    def planned_local(self) -> Decimal | None:
        """The budget in the city's currency."""
        return self.local(self.planned)


def money_of(action: TestingAction, lines: Sequence[BudgetLine], spent: Decimal) -> Money:
    """Return a testing action's money."""
    return Money(sum((line.amount for line in lines), Decimal(0)), spent, action.partner.currency, action.rate)


def money_chart(lines: Sequence[BudgetLine]) -> Bars:
    """Return the budget by who pays it, in whole euro."""
    by_source: dict[str, Decimal] = {}
    for line in lines:
        source = line.source or _("Not known")
        by_source[source] = by_source.get(source, Decimal(0)) + line.amount
    rows = [(source, [round(amount)]) for source, amount in sorted(by_source.items(), key=lambda row: -row[1])]
    return bars_from(rows, [_("Euro")], _("Budget in euro, by who pays it"))


@dataclass(frozen=True)
class Line:
    """One testing action among all: what is planned and spent, and how far its steps are."""

    action: TestingAction
    planned: Decimal
    spent: Decimal
    steps: int
    done: int
    late: int


def lines_of_network(actor: Actor, network: Network, *, city: str = "", state: str = "", theme: str = "") -> list[Line]:
    """Return the testing actions the actor sees, narrowed by city, state and horizontal theme. Four queries."""
    rows = TestingAction.objects.visible_to(actor).select_related("partner", "meeting")
    if city:
        rows = rows.filter(partner__slug=city)
    if state in TestingState.values:
        rows = rows.filter(state=state)
    if theme:
        rows = rows.filter(log_actions__horizontal_themes__code=theme).distinct()
    found = list(rows)
    ids = [row.pk for row in found]
    planned = _sums(BudgetLine.objects.filter(action__in=ids), "amount")
    spent = _sums(ProgressNote.objects.filter(action__in=ids), "spent")
    today = network.today()
    steps: dict[int, list[Step]] = {}
    for step in Step.objects.filter(action__in=ids):
        steps.setdefault(step.action_id, []).append(step)
    return [
        Line(
            row,
            planned.get(row.pk, Decimal(0)),
            spent.get(row.pk, Decimal(0)),
            len(steps.get(row.pk, [])),
            sum(step.done_on is not None for step in steps.get(row.pk, [])),
            sum(
                row.state in CHECKED and step.done_on is None and slip_of(step, today) > 0
                for step in steps.get(row.pk, [])
            ),
        )
        for row in found
    ]


def _sums(rows: QuerySet, column: str) -> dict[int, Decimal]:
    return {
        row["action"]: row["total"] or Decimal(0)
        for row in rows.order_by().values("action").annotate(total=Sum(column))
    }
