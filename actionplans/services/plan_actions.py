"""Actions of a plan: taken from the learning log, refined, left out; and how integrated the plan is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from actionplans.models import ActionPlan, Assessment, PlanAction
from actionplans.services.plans import locked, must_write
from learning.enums import LogState

if TYPE_CHECKING:
    from learning.models import LogAction
    from partners.actors import Actor

TEXTS = ("title", "description", "result", "owner", "partners", "readiness", "starts", "ends", "strategies")


class NewerActionError(Exception):
    """Somebody else saved the action since it was read; ``current`` is what stands now."""

    def __init__(self, current: PlanAction) -> None:
        """Keep what stands now."""
        super().__init__("edited by two people")
        self.current = current


@dataclass(frozen=True)
class ActionData:
    """What the form of an action says: its own fields, its lines by part, its horizontal themes."""

    values: Mapping[str, Any]
    rows: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    themes: Sequence[int] = ()


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def add_action(*, actor: Actor, plan: ActionPlan, title: str = "", of: LogAction | None = None) -> PlanAction:
    """Take an action of the city's learning log into the plan, with what it says; or begin a new one."""
    with transaction.atomic():
        row = locked(plan)
        must_write(actor, row)
        if of is not None:
            if of.partner_id != row.partner_id or of.state != LogState.SELECTED:
                raise PermissionDenied
            there = row.actions.filter(log_action=of).first()
            if there is not None:
                there.is_out = False
                there.save(update_fields=["is_out"])
                return there
        last = row.actions.aggregate(n=Max("number"))["n"] or 0
        cells = of.cells if of else {}
        made = PlanAction.objects.create(
            plan=row,
            log_action=of,
            number=last + 1,
            title=(of.title if of else title)[:200],
            description=cells.get("description", ""),
            result=cells.get("result", ""),
            owner=cells.get("owner", "")[:200],
            partners=cells.get("partners", ""),
            rows=_first_rows(cells),
            updated_by_id=actor.user_id,
        )
        if of is not None:
            made.horizontal_themes.set(of.horizontal_themes.all())
    return made


def _first_rows(cells: Mapping[str, str]) -> dict[str, list[dict[str, str]]]:
    """Carry indicator and risks of an action table over as first lines."""
    found: dict[str, list[dict[str, str]]] = {}
    if cells.get("indicator"):
        found["indicators"] = [{"what": cells["indicator"][:200], "baseline": "", "target": "", "how": ""}]
    if cells.get("risks"):
        found["risks"] = [{"what": cells["risks"][:200], "likelihood": "", "impact": "", "answer": ""}]
    return found


def save_action(*, actor: Actor, action: PlanAction, data: ActionData, read_version: int) -> PlanAction:
    """Write an action. Raises NewerActionError when somebody else saved other words since ``read_version``."""
    with transaction.atomic():
        must_write(actor, locked(action.plan))
        row = PlanAction.objects.select_for_update(of=("self",)).select_related("plan__partner").get(pk=action.pk)
        rows = {
            part: [{column: _plain(value) for column, value in line.items()} for line in lines]
            for part, lines in data.rows.items()
        }
        kept = {**row.rows, **rows}
        themes = set(row.horizontal_themes.values_list("pk", flat=True))
        same = all(getattr(row, name) == data.values[name] for name in TEXTS)
        if same and _filled(row.rows) == _filled(kept) and themes == set(data.themes):
            return row
        if row.version != read_version:
            raise NewerActionError(row)
        for name in TEXTS:
            setattr(row, name, data.values[name])
        row.rows = kept
        row.version += 1
        row.updated_by_id = actor.user_id
        row.save()
        row.horizontal_themes.set(data.themes)
    return row


def _filled(rows: Mapping[str, Any]) -> dict[str, Any]:
    return {part: lines for part, lines in rows.items() if lines}


def leave_out(*, actor: Actor, action: PlanAction, out: bool) -> None:
    """Leave an action out of the plan, or take it in again; what was written stays."""
    must_write(actor, action.plan)
    action.is_out = out
    action.save(update_fields=["is_out"])


def move_action(*, actor: Actor, action: PlanAction, by: int) -> None:
    """Move an action one place up (``by`` -1) or down (1): its number changes."""
    with transaction.atomic():
        plan = locked(action.plan)
        must_write(actor, plan)
        rows = list(plan.actions.filter(is_out=False))
        at = next((n for n, row in enumerate(rows) if row.pk == action.pk), None)
        if at is None or not 0 <= at + by < len(rows):
            return
        one, other = rows[at], rows[at + by]
        last = plan.actions.aggregate(n=Max("number"))["n"]
        first, second = one.number, other.number
        for row, number in ((one, last + 1), (other, first), (one, second)):
            row.number = number
            row.save(update_fields=["number"])


def assess(*, actor: Actor, plan: ActionPlan, given: Mapping[int, Mapping[str, Any]]) -> None:
    """Write how far each aspect is, by the aspect's id: ``before``, ``after`` (0 to 3 or None) and ``evidence``."""
    with transaction.atomic():
        row = locked(plan)
        must_write(actor, row)
        for pk, values in given.items():
            Assessment.objects.update_or_create(plan=row, aspect_id=pk, defaults=dict(values))
