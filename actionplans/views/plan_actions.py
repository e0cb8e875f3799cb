"""Actions of a plan, and how integrated it is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actionplans import policies
from actionplans.content import (
    COLUMNS,
    action_data,
    aspect_chart,
    aspects_of,
    cost_chart,
    costs_by_source,
    risk_map,
    spans_of,
)
from actionplans.enums import PLAN_WRITABLE
from actionplans.forms.plans import AssessForm, PlanActionForm
from actionplans.forms.rows import ACTION_PARTS, Lines, lines_of, read_lines
from actionplans.models import ActionPlan, AgreedChange, IntegrationAspect, PlanAction
from actionplans.services import plan_actions as services
from actionplans.services.plan_actions import ActionData
from actionplans.services.templates import asked
from actionplans.views.plans import find, here
from aoce.common import autosave
from aoce.common.charts import chart_image
from aoce.common.workflow import WrongStateError
from learning.enums import LogState
from learning.models import LogAction


def _own(request: HttpRequest, city: str) -> ActionPlan:
    """Return a plan whose draft this person reads; 403 otherwise."""
    found = find(request, city)
    if not policies.can_read_draft(request.actor, found):
        raise PermissionDenied
    if request.method == "POST":
        _must_write(request, found)
    return found


def _must_write(request: HttpRequest, found: ActionPlan) -> None:
    if not policies.can_write_plan(request.actor, found):
        raise PermissionDenied
    if found.state not in PLAN_WRITABLE:
        raise WrongStateError(_("The plan is with its checkers, or approved. Take it back to change it."))


@require_http_methods(["GET", "POST"])
def plan_actions(request: HttpRequest, city: str) -> HttpResponse:
    """Show the plan's actions, and those of the log that could enter. POST: take one in, or begin one of its own."""
    found = _own(request, city)
    selected = LogAction.objects.visible_to(request.actor).filter(partner=found.partner_id, state=LogState.SELECTED)
    if request.method == "POST":
        chosen, title = request.POST.get("log_action", ""), request.POST.get("title", "").strip()
        if not chosen and not title:
            messages.error(request, _("Write a title for the new action."))
            return redirect(here(found, "plan_actions"))
        of = get_object_or_404(selected, pk=int(chosen) if chosen.isdecimal() else 0) if chosen else None
        made = services.add_action(actor=request.actor, plan=found, title=title, of=of)
        messages.success(request, _("It is in the plan. Refine it here."))
        return redirect(here(found, "plan_action", number=made.number))
    rows = list(found.actions.select_related("log_action").prefetch_related("horizontal_themes"))
    taken = {row.log_action_id for row in rows if not row.is_out}
    kept = [(row, action_data(row)) for row in rows if not row.is_out]
    actions = [data for _row, data in kept]
    agreed = AgreedChange.objects.filter(review__reviewed=found.partner_id).select_related("review__reviewer")
    context = {
        "plan": found,
        "rows": [(row, _gaps(data)) for row, data in kept],
        "agreed": list(agreed.order_by("done_at", "pk")),
        "out": [row for row in rows if row.is_out],
        "selected": [row for row in selected if row.pk not in taken],
        "writes": policies.can_write_plan_now(request.actor, found),
        "spans": spans_of(actions),
        "costs": costs_by_source(actions),
        "picture": chart_image(cost_chart(actions)) if costs_by_source(actions) else "",
        "risks": risk_map(actions),
    }
    return render(request, "actionplans/plan_actions.html", context)


def _gaps(data: dict[str, Any]) -> list[str]:
    """Say what an action lacks before it is complete."""
    rows = data["rows"]
    checks = (
        (data["owner"], _("owner")),
        (data["starts"] and data["ends"], _("time")),
        (rows["steps"], _("steps")),
        (rows["costs"], _("costs")),
        (any(row.get("baseline") and row.get("target") for row in rows["indicators"]), _("indicator with baseline")),
        (rows["risks"], _("risks")),
        (data["readiness"], _("how ready it is")),
    )
    return [word for there, word in checks if not there]


@require_http_methods(["GET", "POST"])
def plan_action(request: HttpRequest, city: str, number: int) -> HttpResponse:
    """Refine one action. POST: save, more lines, move, leave out; ``do=autosave`` gets JSON."""
    found = _own(request, city)
    rows = found.actions.select_related("log_action").prefetch_related("horizontal_themes")
    action = get_object_or_404(rows, number=number)
    action.plan = found
    if request.method != "POST":
        if not policies.can_write_plan_now(request.actor, found):
            return redirect(here(found))
        form = PlanActionForm(action=action, network=request.network)
        return _action_page(request, action, form, _lines(action))
    do = request.POST.get("do", "")
    if do in ("up", "down", "out", "in"):
        return _move(request, action, do)
    return _save_action(request, action, do)


def _save_action(request: HttpRequest, action: PlanAction, do: str) -> HttpResponse:
    form = PlanActionForm(request.POST, action=action, network=request.network)
    lines = [read_lines(code, request.POST) for code in ACTION_PARTS]
    valid = form.is_valid()
    if do == "more":
        return _action_page(request, action, form, lines)
    quiet = do == "autosave"
    if not valid or any(part.problems for part in lines):
        words = _("Not saved: press “Save” to see why.")
        return autosave.refused(words) if quiet else _action_page(request, action, form, lines, status=422)
    data = ActionData(form.values, {part.code: part.rows for part in lines}, form.cleaned_data.get("themes", []))
    version = form.cleaned_data["read_version"] or 0
    try:
        kept = services.save_action(actor=request.actor, action=action, data=data, read_version=version)
    except services.NewerActionError as newer:
        return autosave.torn() if quiet else _both(request, newer.current, form, lines)
    if quiet:
        return autosave.saved(kept.version)
    messages.success(request, _("Saved."))
    return redirect(here(action.plan, "plan_actions"))


def _lines(action: PlanAction) -> list[Lines]:
    """Return an action's lines as they are shown."""
    found = []
    for code in ACTION_PARTS:
        kept = action.rows.get(code, [])
        found.append(lines_of(code, [{column: row.get(column, "") for column in COLUMNS[code]} for row in kept]))
    return found


def _move(request: HttpRequest, action: PlanAction, do: str) -> HttpResponse:
    if do in ("up", "down"):
        services.move_action(actor=request.actor, action=action, by=-1 if do == "up" else 1)
    else:
        services.leave_out(actor=request.actor, action=action, out=do == "out")
    return redirect(here(action.plan, "plan_actions"))


def _both(request: HttpRequest, current: PlanAction, form: PlanActionForm, lines: list[Lines]) -> HttpResponse:
    """Show the typed form again, with what somebody else saved meanwhile beside it."""
    data = request.POST.copy()
    data["read_version"] = str(current.version)
    again = PlanActionForm(data, action=current, network=request.network)
    again.is_valid()
    torn = [
        (again[name].label, str(getattr(current, name) or ""), again[name].id_for_label)
        for name, value in form.values.items()
        if getattr(current, name) != value
    ]
    kept = {part.code: part for part in _lines(current)}
    torn += [
        (part.label, "\n".join(", ".join(filter(None, row.values())) for row in kept[part.code].typed), part.code)
        for part in lines
        if part.typed != kept[part.code].typed
    ]
    return _action_page(request, current, again, lines, torn=torn, status=409)


def _action_page(
    request: HttpRequest,
    action: PlanAction,
    form: PlanActionForm,
    lines: list[Lines],
    *,
    torn: list[tuple[Any, str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "plan": action.plan,
        "action": action,
        "form": form,
        "lines": lines,
        "problems": [problem for part in lines for problem in part.problems],
        "torn": torn or [],
    }
    return render(request, "actionplans/plan_action.html", context, status=status)


@require_http_methods(["GET", "POST"])
def integration(request: HttpRequest, city: str) -> HttpResponse:
    """Show and write how integrated the plan is, aspect by aspect, before and after."""
    found = _own(request, city)
    aspects = asked(IntegrationAspect, request.network)
    rows = list(found.assessments.select_related("aspect"))
    form = AssessForm(request.POST or None, aspects=aspects, there={row.aspect_id: row for row in rows})
    if request.method == "POST" and form.is_valid():
        services.assess(actor=request.actor, plan=found, given=form.given)
        messages.success(request, _("Saved."))
        return redirect(here(found, "integration"))
    told = aspects_of(rows)
    context = {
        "plan": found,
        "form": form,
        "aspects": told,
        "picture": chart_image(aspect_chart(told)) if any(one.before or one.after for one in told) else "",
        "writes": policies.can_write_plan_now(request.actor, found),
    }
    return render(request, "actionplans/integration.html", context, status=422 if form.errors else 200)
