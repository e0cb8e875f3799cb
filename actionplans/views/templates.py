"""What is asked for, edited: one page for every list of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from actionplans import policies
from actionplans.enums import Subject
from actionplans.forms.templates import ChapterForm, NeededForm, RowForm, initial_of
from actionplans.models import Criterion, FormQuestion, IntegrationAspect, PeerQuestion, TemplateChapter
from actionplans.models.templates import TemplateRow
from actionplans.services import templates as services


@dataclass(frozen=True)
class Listed:
    """A list of what is asked for: its rows, its form and what its page says."""

    model: type[TemplateRow]
    form: type[RowForm]
    title: Any
    about: Any
    fixed: dict[str, str] = field(default_factory=dict)


LISTS = {
    "questions": Listed(
        FormQuestion,
        NeededForm,
        gettext_lazy("Questions of the form"),
        gettext_lazy(
            "Time, steps, budget and expected results have their own fields. "
            "A form that is handed in keeps the questions it was handed in with."
        ),
    ),
    "chapters": Listed(
        TemplateChapter,
        ChapterForm,
        gettext_lazy("Chapters of the action plan"),
        gettext_lazy(
            "Plans that are under way keep what they have: a new chapter shows as new in them, "
            "and one that is asked for no more stays where something was written."
        ),
    ),
    "aspects": Listed(
        IntegrationAspect,
        RowForm,
        gettext_lazy("Aspects of the integrated approach"),
        gettext_lazy("Each city says how far each aspect is, before and after, and what shows it."),
    ),
    "testing-criteria": Listed(
        Criterion,
        NeededForm,
        gettext_lazy("Criteria for testing actions"),
        gettext_lazy("What is looked at when the form of a testing action is checked."),
        {"subject": Subject.TESTING},
    ),
    "plan-criteria": Listed(
        Criterion,
        NeededForm,
        gettext_lazy("Criteria for action plans"),
        gettext_lazy("What is looked at when an Integrated Action Plan is checked."),
        {"subject": Subject.PLAN},
    ),
    "testing-peers": Listed(
        PeerQuestion,
        RowForm,
        gettext_lazy("Peer review of testing actions"),
        gettext_lazy("What cities are asked about each other's testing actions."),
        {"subject": Subject.TESTING},
    ),
    "plan-peers": Listed(
        PeerQuestion,
        RowForm,
        gettext_lazy("Peer review of plans"),
        gettext_lazy("What cities are asked about each other's plans."),
        {"subject": Subject.PLAN},
    ),
}


def _listed(request: HttpRequest, what: str) -> Listed:
    if not policies.can_edit_form(request.actor):
        raise PermissionDenied
    if what not in LISTS:
        raise Http404
    return LISTS[what]


@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, what: str) -> HttpResponse:
    """Show a list of what is asked for. POST: add to it."""
    return _page(request, what, None)


@require_http_methods(["GET", "POST"])
def template_row(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    """Change one thing that is asked for."""
    return _page(request, what, pk)


def _page(request: HttpRequest, what: str, pk: int | None) -> HttpResponse:
    listed = _listed(request, what)
    rows = listed.model._default_manager.filter(network=request.network, **listed.fixed)
    found = get_object_or_404(rows, pk=pk) if pk else None
    form = listed.form(request.POST or None, initial=initial_of(listed.form, found) if found else None)
    if request.method == "POST" and form.is_valid():
        services.save_row(
            actor=request.actor,
            network=request.network,
            model=listed.model,
            row=found,
            values=form.cleaned_data,
            **listed.fixed,
        )
        messages.success(request, _("Saved. What was handed in keeps the words it was asked with."))
        return redirect("actionplans:template", network=request.network.slug, what=what)
    context = {
        "what": what,
        "listed": listed,
        "lists": [(code, one.title) for code, one in LISTS.items()],
        "rows": [] if found else list(rows),
        "row": found,
        "form": form,
    }
    return render(request, "actionplans/template.html", context, status=422 if form.errors else 200)


@require_POST
def template_do(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    """Move something up or down, ask for it no more, or again."""
    listed = _listed(request, what)
    found = get_object_or_404(listed.model._default_manager.filter(network=request.network, **listed.fixed), pk=pk)
    do = request.POST.get("do", "")
    if do in ("up", "down"):
        services.move_row(actor=request.actor, row=found, by=-1 if do == "up" else 1)
    elif do in ("retire", "again"):
        services.retire_row(actor=request.actor, row=found, retired=do == "retire")
    else:
        return HttpResponseBadRequest()
    return redirect("actionplans:template", network=request.network.slug, what=what)
