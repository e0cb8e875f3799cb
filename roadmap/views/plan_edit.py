"""Writing the plan: tasks in place, rows, half-years; for Lead Partner and Lead Expert."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from aoce.common.models import DraftConflict
from partners.models import Partner
from roadmap import policies, services
from roadmap.enums import ObligationState, PeriodState
from roadmap.forms.plan import PeriodForm, TaskForm, TrackForm, values_shown
from roadmap.models import Obligation, Period, Task, Track
from roadmap.plan_changes import changes_since
from roadmap.services.plan import (
    TaskBegunError,
    TaskChangedError,
    TrackInUseError,
    add_months,
    open_conflict,
    settle_conflict,
    task_values,
)
from roadmap.views.plan import cities_of, find_period, find_task, table_context


def _require_edit(request: HttpRequest) -> None:
    if not policies.can_edit_plan(request.actor, request.network.pk):
        raise PermissionDenied


def _plan_url(request: HttpRequest, period: Period, anchor: str = "") -> str:
    url = reverse("roadmap:plan_period", kwargs={"network": request.network.slug, "slug": period.slug})
    show = request.GET.get("show", "")
    query = f"?{urlencode({'show': show})}" if show else ""
    return f"{url}{query}#{anchor}" if anchor else f"{url}{query}"


# --- Tasks ------------------------------------------------------------------------------------------------------------


def _task_form(
    request: HttpRequest, period: Period, cities: list[Partner], task: Task | None, conflict: DraftConflict | None
) -> TaskForm:
    """Return the form: as sent, as kept from a save that came too late, or as the task is."""
    if request.method == "POST":
        return TaskForm(request.POST, instance=task, period=period, cities=cities)
    if task is None:
        start = max(period.start, min(request.network.today(), period.end))
        first = {"start": start, "due": add_months(start.replace(day=1), 1) if start < period.end else start}
        return TaskForm(initial={**first, "due": min(first["due"], period.end)}, period=period, cities=cities)
    initial: dict[str, Any] = {"read_version": task.version}
    if conflict:
        initial |= conflict.data
        initial["hosts"] = [pk for pk in conflict.data["hosts"].split(",") if pk]
    return TaskForm(instance=task, initial=initial, period=period, cities=cities)


def _differences(form: TaskForm, conflict: DraftConflict) -> dict[str, str]:
    """Return, for each field that somebody else left otherwise, what it says now."""
    now, shown = task_values(form.instance), values_shown(form)
    return {name: shown[name] for name, value in now.items() if conflict.data.get(name, value) != value}


def _show_form(
    request: HttpRequest,
    period: Period,
    form: TaskForm,
    *,
    cities: list[Partner],
    task: Task | None = None,
    conflict: DraftConflict | None = None,
) -> HttpResponse:
    """Show the form: in its place in the table for HTMX, as a page of its own otherwise."""
    differences = _differences(form, conflict) if conflict and task else {}
    fields = [(field, differences.get(field.name, "")) for field in form.visible_fields()]
    context = {
        "form": form,
        "fields": fields,
        "task": task,
        "period": period,
        "conflict": conflict,
        "show": request.GET.get("show", ""),
        "cancel_url": _plan_url(request, period, f"task-{task.pk}" if task else ""),
        "action": request.get_full_path(),
    }
    if request.htmx and task:
        table = table_context(request, period, cities, task.pk)
        return render(request, "roadmap/partials/_plan_table.html", table | context)
    return render(request, "roadmap/task_form.html", context)


def _after_save(request: HttpRequest, period: Period, cities: list[Partner], task: Task) -> HttpResponse:
    if request.htmx:
        context = table_context(request, period, cities, None)
        return render(request, "roadmap/partials/_plan_table.html", context | {"saved": task.pk})
    messages.success(request, _("“%(title)s” is saved.") % {"title": task.title})
    return redirect(_plan_url(request, period, f"task-{task.pk}"))


@require_http_methods(["GET", "POST"])
def task_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a task."""
    period = find_period(request, slug)
    _require_edit(request)
    if not Track.objects.filter(period=period).exists():
        messages.info(request, _("Add a row first; each task stands in one."))
        return redirect("roadmap:track_new", network=request.network.slug, slug=period.slug)
    cities = cities_of(request)
    form = _task_form(request, period, cities, None, None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        data["track"].period = period
        saved = services.save_task(
            actor=request.actor, track=data["track"], task=None, fields=form.task_fields(), hosts=list(data["hosts"])
        )
        return _after_save(request, period, cities, saved)
    return _show_form(request, period, form, cities=cities)


@require_http_methods(["GET", "POST"])
def task_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a task, in its place in the table or on a page of its own; two people's changes are both kept."""
    task = find_task(request, pk)
    _require_edit(request)
    period, cities = task.track.period, cities_of(request)
    if request.method == "POST" and request.POST.get("do") == "keep":
        settle_conflict(actor=request.actor, task=task)
        return _after_save(request, period, cities, task)
    conflict = open_conflict(request.actor, task)
    form = _task_form(request, period, cities, task, conflict)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        data["track"].period = period
        try:
            saved = services.save_task(
                actor=request.actor,
                track=data["track"],
                task=task,
                fields=form.task_fields(),
                hosts=list(data["hosts"]),
                read_version=data["read_version"] or 0,
            )
        except TaskChangedError as changed:
            task = find_task(request, pk)
            form = TaskForm(
                instance=task,
                initial={
                    **changed.conflict.data,
                    "hosts": [pk for pk in changed.conflict.data["hosts"].split(",") if pk],
                    "read_version": task.version,
                },
                period=period,
                cities=cities,
            )
            conflict = changed.conflict
        else:
            return _after_save(request, period, cities, saved)
    return _show_form(request, period, form, cities=cities, task=task, conflict=conflict)


@require_http_methods(["GET", "POST"])
def task_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: ask, and say what goes with it. POST: take the task away."""
    task = find_task(request, pk)
    _require_edit(request)
    period = task.track.period
    rows = Obligation.objects.visible_to(request.actor).filter(task=task)
    states = list(rows.values_list("state", flat=True))
    begun = sum(1 for state in states if state != ObligationState.NONE)
    if request.method == "POST":
        try:
            services.delete_task(actor=request.actor, task=task)
        except TaskBegunError:
            messages.error(request, _("Somebody has begun it, so it stays. Mark it as not needed instead."))
            return redirect("roadmap:task", network=request.network.slug, pk=task.pk)
        messages.success(request, _("“%(title)s” is removed.") % {"title": task.title})
        return redirect(_plan_url(request, period))
    context = {"task": task, "period": period, "obligations": len(states), "begun": begun}
    return render(request, "roadmap/task_delete.html", context)


# --- Rows -------------------------------------------------------------------------------------------------------------


def _track_page(request: HttpRequest, period: Period, track: Track | None) -> HttpResponse:
    start = {"name": track.name, "group": track.group} if track else None
    form = TrackForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        services.save_track(actor=request.actor, period=period, track=track, **form.cleaned_data)
        messages.success(request, _("The row is saved."))
        return redirect(_plan_url(request, period))
    used = track.tasks.count() if track else 0
    context = {"form": form, "period": period, "track": track, "used": used}
    return render(request, "roadmap/track_form.html", context)


@require_http_methods(["GET", "POST"])
def track_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a row."""
    period = find_period(request, slug)
    _require_edit(request)
    return _track_page(request, period, None)


@require_http_methods(["GET", "POST"])
def track_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a row, move it up or down, or take an empty one away."""
    periods = Period.objects.visible_to(request.actor)
    track = get_object_or_404(Track.objects.filter(period__in=periods).select_related("period"), pk=pk)
    _require_edit(request)
    period = track.period
    period.network = request.network
    do = request.POST.get("do", "")
    if do in ("up", "down"):
        services.move_track(actor=request.actor, track=track, up=do == "up")
        messages.success(request, _("The row is moved."))
        return redirect("roadmap:track_edit", network=request.network.slug, pk=track.pk)
    if do == "remove":
        try:
            services.delete_track(actor=request.actor, track=track)
        except TrackInUseError:
            messages.error(request, _("The row still has tasks. Move or remove them first."))
            return redirect("roadmap:track_edit", network=request.network.slug, pk=track.pk)
        messages.success(request, _("The row is removed."))
        return redirect(_plan_url(request, period))
    return _track_page(request, period, track)


# --- Half-years -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET"])
def periods(request: HttpRequest) -> HttpResponse:
    """List the half-years, the newest first."""
    rows = Period.objects.visible_to(request.actor).with_counts().order_by("-start", "-pk")
    context = {"periods": rows, "can_edit": policies.can_edit_plan(request.actor, request.network.pk)}
    return render(request, "roadmap/periods.html", context)


def _period_page(request: HttpRequest, form: PeriodForm, **context: Any) -> HttpResponse:
    return render(request, "roadmap/period_form.html", {"form": form, **context})


def _next_start(request: HttpRequest) -> dict[str, Any]:
    """Return the days of a half-year after the last one there is."""
    last = Period.objects.visible_to(request.actor).order_by("-end").first()
    start = add_months(last.end.replace(day=1), 1) if last else request.network.today().replace(day=1)
    return {"start": start, "end": add_months(start, 6) - timedelta(days=1)}


@require_http_methods(["GET", "POST"])
def period_new(request: HttpRequest) -> HttpResponse:
    """Begin an empty half-year."""
    _require_edit(request)
    form = PeriodForm(request.POST or None, initial=_next_start(request))
    if request.method == "POST" and form.is_valid():
        made = services.create_period(actor=request.actor, network=request.network, **form.cleaned_data)
        messages.success(request, _("The half-year is a draft now. Add rows and tasks."))
        return redirect(_plan_url(request, made))
    return _period_page(request, form)


@require_http_methods(["GET", "POST"])
def period_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a half-year's title and days."""
    period = find_period(request, slug)
    _require_edit(request)
    start = {"title": period.title, "start": period.start, "end": period.end}
    form = PeriodForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        services.save_period(actor=request.actor, period=period, **form.cleaned_data)
        messages.success(request, _("The half-year is saved."))
        return redirect(_plan_url(request, period))
    tracks = period.tracks.all()
    return _period_page(request, form, period=period, tracks=tracks, is_draft=period.state == PeriodState.DRAFT)


@require_http_methods(["GET", "POST"])
def period_copy(request: HttpRequest, slug: str) -> HttpResponse:
    """Copy a half-year: a draft with its rows and tasks, moved by whole months."""
    period = find_period(request, slug)
    _require_edit(request)
    start = add_months(period.end.replace(day=1), 1)
    months = (start.year - period.start.year) * 12 + start.month - period.start.month
    end = add_months(period.end, months)
    title = _("%(first)s to %(last)s") % {"first": date_format(start, "F"), "last": date_format(end, "F Y")}
    form = PeriodForm(request.POST or None, initial={"title": title, "start": start, "end": end})
    if request.method == "POST" and form.is_valid():
        made = services.copy_period(actor=request.actor, period=period, **form.cleaned_data)
        n = Task.objects.filter(track__period=made).count()
        words = ngettext("%(n)s task is copied into a draft.", "%(n)s tasks are copied into a draft.", n)
        messages.success(request, words % {"n": n})
        return redirect(_plan_url(request, made))
    return _period_page(request, form, source=period)


@require_http_methods(["GET", "POST"])
def period_publish(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: say what publishing makes. POST: publish."""
    period = find_period(request, slug)
    if not policies.can_publish_period(request.actor, period):
        raise PermissionDenied
    if request.method == "POST":
        services.publish_period(actor=request.actor, period=period)
        messages.success(request, _("“%(title)s” is published.") % {"title": period.title})
        return redirect(_plan_url(request, period))
    tasks = list(Task.objects.filter(track__period=period).select_related("track"))
    is_draft = period.state == PeriodState.DRAFT
    context = {
        "period": period,
        "is_draft": is_draft,
        "makes": services.preview_publication(period),
        "changes": [] if is_draft else changes_since(period, tasks),
        "tasks": len(tasks),
        "past": sum(1 for task in tasks if task.due < request.network.today()),
        "open": [task for task in tasks if task.conflict],
    }
    return render(request, "roadmap/period_publish.html", context)


@require_http_methods(["GET", "POST"])
def period_delete(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: ask. POST: take a draft away."""
    period = find_period(request, slug)
    _require_edit(request)
    if request.method == "POST":
        services.delete_period(actor=request.actor, period=period)
        messages.success(request, _("The draft is removed."))
        return redirect("roadmap:periods", network=request.network.slug)
    context = {"period": period, "tasks": Task.objects.filter(track__period=period).count()}
    return render(request, "roadmap/period_delete.html", context)
