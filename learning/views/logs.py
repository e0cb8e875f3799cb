"""Learning logs: a city's table, written in place; one action; the template's columns; showing it to the others."""

from __future__ import annotations

import json
from typing import Any

from auditlog.models import LogEntry
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aoce.common import review
from aoce.common.files import UploadRefusedError
from aoce.common.workflow import CommentMissingError, WrongStateError
from learning import policies
from learning.enums import LogState
from learning.forms.logs import ActionForm, ColumnForm
from learning.models import GridEntry, LogAction, LogColumn
from learning.services import logs as services
from learning.services.logs import TITLE
from learning.sheets import log_sheet, rows_of_sheet
from learning.threads import thread_of_action
from learning.views.matrix import XLSX, must_view
from learning.workflow import LOG_ACTION
from partners.models import Partner

#: So many changes of an action are shown.
MOST_CHANGES = 50
#: Each step of an action as a thing done.
DONE = {
    "select": gettext_lazy("Selected for the plan"),
    "merge": gettext_lazy("Merged into another action"),
    "drop": gettext_lazy("Dropped"),
    "reopen": gettext_lazy("Taken up again"),
}


def city_of(request: HttpRequest, slug: str) -> Partner:
    """Return a city of the network; 404 otherwise."""
    must_view(request)
    found = get_object_or_404(Partner, network=request.network, slug=slug, is_active=True)
    found.network = request.network
    return found


def _rows(request: HttpRequest, **filters: Any) -> list[LogAction]:
    rows = LogAction.objects.visible_to(request.actor).filter(**filters)
    return list(rows.select_related("partner", "merged_into").prefetch_related("horizontal_themes", "entries"))


@require_safe
def logs(request: HttpRequest) -> HttpResponse:
    """Show each city's log in numbers."""
    must_view(request)
    seen = Q(log_actions__in=LogAction.objects.visible_to(request.actor).values("pk"))
    states = {
        state: Count("log_actions", filter=seen & Q(log_actions__state=state), distinct=True)
        for state in LogState.values
    }
    cities = Partner.objects.visible_to(request.actor).filter(is_active=True).annotate(**states)
    context = {
        "cities": [(city, [getattr(city, state) for state in LogState.values]) for city in cities],
        "states": LogState.labels,
        "own": request.actor.partner_ids,
        "edits_columns": policies.can_edit_columns(request.actor),
    }
    return render(request, "learning/logs.html", context)


@require_http_methods(["GET", "POST"])
def log(request: HttpRequest, city: str) -> HttpResponse:
    """Show a city's table. POST with ``do``: one cell (answered in JSON), pasted rows, a spreadsheet."""
    found = city_of(request, city)
    if request.method == "POST":
        if not policies.can_write_log(request.actor, found.pk):
            raise PermissionDenied
        do = request.POST.get("do", "")
        if do == "cell":
            return _cell(request, found)
        if do in ("paste", "bring"):
            return _take(request, found, do)
        return HttpResponseBadRequest()
    return _log_page(request, found)


def _log_page(request: HttpRequest, found: Partner, **given: Any) -> HttpResponse:
    columns = services.columns_of(request.network)
    rows = _rows(request, partner=found)
    shown = [row for row in rows if row.state in services.WRITABLE]
    context = {
        "city": found,
        "columns": columns,
        "rows": [(row, [(column, row.cells.get(column.code, "")) for column in columns]) for row in shown],
        "away": [row for row in rows if row.state not in services.WRITABLE],
        "writes": policies.can_write_log(request.actor, found.pk),
        "pasted": "",
    }
    status = 422 if given.get("problem") else 200
    return render(request, "learning/log.html", context | given, status=status)


def _cell(request: HttpRequest, found: Partner) -> JsonResponse:
    """Keep one cell; the answer says what stands there now, and what to tell."""
    number = request.POST.get("action", "")
    rows = LogAction.objects.visible_to(request.actor).filter(partner=found)
    action = get_object_or_404(rows, pk=int(number) if number.isdecimal() else 0)
    code, text = request.POST.get("column", ""), request.POST.get("text", "")
    try:
        row = services.set_cell(
            actor=request.actor, action=action, code=code, text=text, was=request.POST.get("was", "")
        )
    except services.NewerCellError as newer:
        said = _("Somebody else wrote something else here meanwhile: “%(text)s”. Yours is kept in the field.")
        return JsonResponse({"said": said % {"text": newer.current}, "now": newer.current}, status=409)
    except (services.TableError, WrongStateError) as error:
        return JsonResponse({"said": str(error)}, status=422)
    now = row.title if code == TITLE else row.cells.get(code, "")
    return JsonResponse({"text": now, "said": _("Saved")})


def _take(request: HttpRequest, found: Partner, do: str) -> HttpResponse:
    """Take over pasted rows or a spreadsheet, all of it or nothing."""
    pasted = request.POST.get("rows", "")
    at = request.POST.get("action", "")
    try:
        if do == "paste":
            rows = LogAction.objects.visible_to(request.actor).filter(partner=found)
            taken = services.paste(
                actor=request.actor,
                partner=found,
                rows=services.rows_of_paste(pasted),
                first=request.POST.get("column") or TITLE,
                at=rows.filter(pk=int(at)).first() if at.isdecimal() else None,
            )
        else:
            upload = request.FILES.get("sheet")
            if upload is None:
                return _log_page(request, found, refused=[_("Choose a spreadsheet.")], problem=True)
            taken = services.bring_in(actor=request.actor, partner=found, rows=rows_of_sheet(upload))
    except (services.TableError, UploadRefusedError, WrongStateError) as error:
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"said": str(error)}, status=422)
        if do == "paste":
            return _log_page(request, found, pasted=pasted, paste_problem=str(error), problem=True)
        return _log_page(request, found, refused=[str(error)], problem=True)
    words = _("%(added)s actions added, %(changed)s changed.") % {"added": taken.added, "changed": taken.changed}
    if taken.unknown:
        words += " " + _("These columns are not in the network's table and were left out: %(names)s.") % {
            "names": ", ".join(taken.unknown)
        }
    messages.success(request, words)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"said": words})
    return redirect("learning:log", network=request.network.slug, city=found.slug)


@require_safe
def log_export(request: HttpRequest, city: str = "") -> HttpResponse:
    """Download a city's log, or all cities', as a spreadsheet that can be brought in again."""
    must_view(request)
    found = city_of(request, city) if city else None
    rows = _rows(request, **({"partner": found} if found else {}))
    content = log_sheet(rows, services.columns_of(request.network), with_city=found is None)
    name = f"{request.network.slug}-learning-log-{city or 'all'}-{request.network.today().isoformat()}.xlsx"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_safe
def log_present(request: HttpRequest, city: str) -> HttpResponse:
    """Show a city's table to the others: large, nothing to write, the next city one press away."""
    found = city_of(request, city)
    columns = services.columns_of(request.network)
    rows = [row for row in _rows(request, partner=found) if row.state in services.WRITABLE]
    used = [column for column in columns if any(row.cells.get(column.code) for row in rows)]
    cities = list(Partner.objects.visible_to(request.actor).filter(is_active=True))
    at = next((n for n, one in enumerate(cities) if one.pk == found.pk), 0)
    context = {
        "city": found,
        "rows": [(row, [(column, row.cells.get(column.code, "")) for column in used]) for row in rows],
        "before": cities[at - 1] if at else None,
        "after": cities[at + 1] if at + 1 < len(cities) else None,
    }
    return render(request, "learning/log_present.html", context)


# --- One action -------------------------------------------------------------------------------------------------------


def _action(request: HttpRequest, pk: int) -> LogAction:
    must_view(request)
    rows = LogAction.objects.visible_to(request.actor).select_related("partner", "meeting", "merged_into")
    found = get_object_or_404(rows.prefetch_related("horizontal_themes"), pk=pk)
    found.partner.network = request.network
    return found


def changes_of(action: LogAction, columns: list[LogColumn]) -> list[dict[str, Any]]:
    """Return what was changed in an action and by whom, the newest first. One query."""
    names = {column.code: column.name for column in columns} | {TITLE: _("Action")}
    found = []
    rows = LogEntry.objects.get_for_object(action).filter(action=LogEntry.Action.UPDATE)
    for row in rows.select_related("actor")[:MOST_CHANGES]:
        changes = row.changes_dict
        lines = []
        if TITLE in changes:
            lines.append((names[TITLE], *changes[TITLE]))
        if "cells" in changes:
            old, new = (json.loads(text) if text and text != "None" else {} for text in changes["cells"])
            written = [code for code in names if code in old or code in new]
            both = [(names[code], old.get(code, ""), new.get(code, "")) for code in written]
            lines += [(name, before, after) for name, before, after in both if before != after]
        if lines:
            found.append({"at": row.timestamp, "who": row.actor, "lines": lines})
    return found


@require_http_methods(["GET", "POST"])
def log_action(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one action, what it draws on and what became of it. POST: select, merge, drop, take up again."""
    found = _action(request, pk)
    actor, problem = request.actor, ""
    others = LogAction.objects.visible_to(actor).filter(partner=found.partner, state__in=services.WRITABLE)
    others = others.exclude(pk=found.pk)
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do not in DONE:
            return HttpResponseBadRequest()
        chosen = request.POST.get("into", "")
        into = others.filter(pk=int(chosen)).first() if chosen.isdecimal() else None
        try:
            services.step(actor=actor, action=found, name=do, comment=request.POST.get("comment", ""), into=into)
        except (services.TableError, CommentMissingError) as error:
            problem = str(error)
        else:
            messages.success(request, f"{DONE[do]}.")
            return redirect("learning:log_action", network=request.network.slug, pk=found.pk)
    every = list(LogColumn.objects.filter(network=request.network))
    available = LOG_ACTION.available(actor, found)
    merges = any(step.name == "merge" for step in available)
    context = {
        "action": found,
        "parts": [(c, found.cells[c.code]) for c in every if found.cells.get(c.code)],
        "thread": thread_of_action(actor, found),
        "changes": changes_of(found, every),
        "history": review.steps_of(review.history(LOG_ACTION.kind, found.pk), DONE),
        "steps": [step for step in available if step.name != "merge"],
        "merges": merges,
        "others": list(others) if merges and ("merge" in request.GET or request.POST.get("do") == "merge") else [],
        "writes": policies.can_write_log(actor, found.partner_id) and found.state in services.WRITABLE,
        "problem": problem,
        "comment": request.POST.get("comment", ""),
        "into": request.POST.get("into", ""),
    }
    return render(request, "learning/log_action.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "POST"])
def log_new(request: HttpRequest, city: str) -> HttpResponse:
    """Add an action; ``?entry=`` begins it with a lesson."""
    found = city_of(request, city)
    if not policies.can_write_log(request.actor, found.pk):
        raise PermissionDenied
    asked = request.GET.get("entry", "")
    lessons = GridEntry.objects.visible_to(request.actor).filter(grid__partner=found).select_related("grid")
    lesson = lessons.filter(pk=int(asked)).first() if asked.isdecimal() else None
    columns = services.columns_of(request.network)
    form = ActionForm(request.POST or None, network=request.network, partner=found, columns=columns, lesson=lesson)
    if request.method == "POST" and form.is_valid():
        made = services.create(
            actor=request.actor,
            partner=found,
            values=form.values,
            meeting=form.cleaned_data["meeting"],
            links=form.chosen,
        )
        messages.success(request, _("The action stands in your table."))
        return redirect("learning:log_action", network=request.network.slug, pk=made.pk)
    return render(request, "learning/log_form.html", {"form": form, "city": found, "action": None})


@require_http_methods(["GET", "POST"])
def log_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an action."""
    found = _action(request, pk)
    if not policies.can_write_log(request.actor, found.partner_id):
        raise PermissionDenied
    if found.state not in services.WRITABLE:
        return redirect("learning:log_action", network=request.network.slug, pk=pk)
    columns = services.columns_of(request.network)
    about: dict[str, Any] = {"network": request.network, "partner": found.partner, "columns": columns}
    form = ActionForm(request.POST or None, action=found, **about)
    context: dict[str, Any] = {"form": form, "city": found.partner, "action": found}
    if request.method == "POST" and form.is_valid():
        try:
            services.save(
                actor=request.actor,
                action=found,
                values=form.values,
                meeting=form.cleaned_data["meeting"],
                links=form.chosen,
                read_version=form.cleaned_data["read_version"] or 0,
            )
        except services.NewerCellError as newer:
            data = request.POST.copy()
            data["read_version"] = str(newer.current.version)
            again = ActionForm(data, action=found, **about)
            now = {TITLE: newer.current.title, **newer.current.cells}
            torn = [
                (field.label, now.get(field.name, ""), field.id_for_label)
                for field in again.table
                if form.values[field.name] != now.get(field.name, "")
            ]
            context |= {"form": again, "torn": torn}
        else:
            messages.success(request, _("Saved."))
            return redirect("learning:log_action", network=request.network.slug, pk=pk)
    return render(request, "learning/log_form.html", context)


# --- The template -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def log_columns(request: HttpRequest) -> HttpResponse:
    """Show the columns of the action tables. POST: add one."""
    if not policies.can_edit_columns(request.actor):
        raise PermissionDenied
    form = ColumnForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _saved(request, form, None):
        return redirect("learning:log_columns", network=request.network.slug)
    rows = LogColumn.objects.filter(network=request.network)
    return render(request, "learning/log_columns.html", {"columns": list(rows), "form": form, "column": None})


def _saved(request: HttpRequest, form: ColumnForm, column: LogColumn | None) -> bool:
    try:
        services.save_column(
            actor=request.actor,
            network=request.network,
            column=column,
            name=form.cleaned_data["name"],
            help_text=form.cleaned_data["help"],
        )
    except services.TableError as error:
        form.add_error("name", str(error))
        return False
    messages.success(request, _("Saved. All cities' tables have it now."))
    return True


@require_http_methods(["GET", "POST"])
def log_column(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the words of a column."""
    if not policies.can_edit_columns(request.actor):
        raise PermissionDenied
    column = get_object_or_404(LogColumn, network=request.network, pk=pk)
    form = ColumnForm(request.POST or None, initial={"name": column.name, "help": column.help})
    if request.method == "POST" and form.is_valid() and _saved(request, form, column):
        return redirect("learning:log_columns", network=request.network.slug)
    return render(request, "learning/log_columns.html", {"columns": [], "form": form, "column": column})


@require_POST
def log_column_do(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a column, retire it, or ask for it again."""
    if not policies.can_edit_columns(request.actor):
        raise PermissionDenied
    column = get_object_or_404(LogColumn, network=request.network, pk=pk)
    do = request.POST.get("do", "")
    if do in ("left", "right"):
        services.move_column(actor=request.actor, column=column, by=-1 if do == "left" else 1)
    elif do in ("retire", "again"):
        services.retire_column(actor=request.actor, column=column, retired=do == "retire")
    else:
        return HttpResponseBadRequest()
    return redirect("learning:log_columns", network=request.network.slug)
