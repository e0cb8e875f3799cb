"""Testing actions: all of them, one, its form, its check, how it goes, and showing them to the others."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actionplans import policies
from actionplans.enums import CHECKED, WRITABLE, TestingState
from actionplans.forms.rows import TESTING_PARTS, Lines, lines_of, read_lines
from actionplans.forms.testing import EndForm, NoteForm, TestingForm
from actionplans.models import TestingAction, TestingIdea
from actionplans.services import testing as services
from actionplans.services.templates import questions_of
from actionplans.services.testing import KIND, FormData
from actionplans.testing import bars_of, lines_of_network, money_chart, money_of
from actionplans.views.ideas import city_of, must_view
from actionplans.workflow import TESTING
from aoce.common import autosave, review
from aoce.common.charts import chart_image
from aoce.common.files import UploadRefusedError
from aoce.common.reading import paragraphs
from aoce.common.workflow import WrongStateError
from meetings.models import TransnationalMeeting
from partners.models import HorizontalTheme, Partner
from roadmap.models import Obligation

#: The mark of each state that has none of its own.
SHAPES = {"final": "approved", "presented": "approved", "running": "draft", "finished": "approved"}
#: What a testing action's page shows of it.
RELATED = ("steps", "budget", "measures", "log_actions")
#: Each step of a testing action as a thing done.
DONE = review.DONE | {
    "take_back": gettext_lazy("Taken back"),
    "present": gettext_lazy("Presented"),
    "start": gettext_lazy("Begun"),
    "finish": gettext_lazy("Finished"),
    "resume": gettext_lazy("Taken up again"),
}


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show all testing actions the actor sees, by city, state and theme."""
    must_view(request)
    asked = {name: request.GET.get(name, "") for name in ("city", "state", "theme")}
    lines = lines_of_network(request.actor, request.network, **asked)
    context = {
        "lines": lines,
        "asked": asked,
        "any_asked": any(asked.values()),
        "cities": list(Partner.objects.visible_to(request.actor).filter(is_active=True)),
        "themes": list(HorizontalTheme.objects.filter(network=request.network)),
        "states": TestingState.choices,
        "planned": sum((line.planned for line in lines), Decimal(0)),
        "spent": sum((line.spent for line in lines), Decimal(0)),
        "own": request.actor.partner_ids,
        "edits_form": policies.can_edit_form(request.actor),
    }
    return render(request, "actionplans/testing_list.html", context)


def find(request: HttpRequest, pk: int, *related: str) -> TestingAction:
    """Return a testing action this person may see, with what belongs to it; 404 otherwise."""
    must_view(request)
    rows = TestingAction.objects.visible_to(request.actor).select_related("partner", "meeting", "idea")
    rows = rows.prefetch_related(*related)
    found = get_object_or_404(rows, pk=pk)
    found.network = found.partner.network = request.network
    return found


def _again(request: HttpRequest, found: TestingAction, page: str = "testing") -> HttpResponse:
    return redirect(f"actionplans:{page}", network=request.network.slug, pk=found.pk)


@require_http_methods(["GET", "POST"])
def testing(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one testing action. POST with ``do``: its check, its steps, progress, the end."""
    found = find(request, pk, *([] if request.method == "POST" else RELATED))
    return _do(request, found) if request.method == "POST" else _page(request, found)


def _texts(found: TestingAction, show: str) -> tuple[list[dict[str, Any]], Any, Any]:
    """Return the form as its reader reads it: with what changed since the last check while it is checked."""
    data = services.version_data(found)
    labels = {**dict(services.form_of(found)), **{code: _(label) for code, label in services.PART_LABELS.items()}}
    new, old = review.latest_versions(KIND, found.pk) if found.state == TestingState.SUBMITTED else (None, None)
    before = old.data if old and show == "" else data
    if show == "old" and old:
        data = before = old.data
    texts = [
        {
            "code": code,
            "label": labels.get(code, code),
            "paragraphs": paragraphs(review.mark_changes(before.get(code, text), text)),
        }
        for code, text in data.items()
        if code not in ("title", "steps", "budget", "measures") or (old and show != "clean")
    ]
    return texts, new, old


def _page(request: HttpRequest, found: TestingAction, **given: Any) -> HttpResponse:
    actor, today = request.actor, request.network.today()
    show = request.GET.get("show", "")
    texts, new, old = _texts(found, show)
    steps, budget = list(found.steps.all()), list(found.budget.all())
    notes = list(found.notes.select_related("author", "photo")) if found.state in CHECKED else []
    spent = sum((note.spent or Decimal(0) for note in notes), Decimal(0))
    works = actor.leads or found.partner_id in actor.partner_ids
    every = list(review.points_for(KIND, found.pk)) if works and found.state not in CHECKED else []
    last = max((point.change_id for point in every), default=0)
    available = {step.name for step in TESTING.available(actor, found)}
    history = _history(found) if works else []
    context = {
        "action": found,
        "texts": texts,
        "new": new,
        "old": old,
        "show": show,
        "steps": steps,
        "bars": bars_of(found, steps, today),
        "budget": budget,
        "money": money_of(found, budget, spent),
        "picture": chart_image(money_chart(budget)) if any(line.amount for line in budget) else "",
        "measures": list(found.measures.all()),
        "notes": notes,
        "log_actions": list(found.log_actions.all()),
        "available": available,
        "checks": policies.can_check_testing(actor, found) and found.state == TestingState.SUBMITTED,
        "discusses": works and bool(history),
        "writes": policies.can_write_testing(actor, found) and found.state in WRITABLE,
        "runs": policies.can_write_testing(actor, found) and found.state == TestingState.RUNNING,
        "points": [point for point in every if point.change_id == last],
        "history": history,
        "note_form": NoteForm(initial={"day": today}),
        "end_form": EndForm(initial={"learnt": found.learnt, "enters_plan": found.enters_plan}),
        "meetings": list(TransnationalMeeting.objects.visible_to(actor)) if "present" in available else [],
        "problem": "",
        "refused": [],
    }
    wrong = given.get("problem") or given.get("refused")
    wrong = wrong or any(form.errors for name, form in given.items() if name.endswith("form"))
    return render(request, "actionplans/testing.html", context | given, status=422 if wrong else 200)


def _history(found: TestingAction) -> list[review.Step]:
    """Return what happened, with marks that the portal draws."""
    steps = review.steps_of(review.history(KIND, found.pk), DONE)
    return [replace(step, state=SHAPES.get(step.state, step.state)) for step in steps]


def _do(request: HttpRequest, found: TestingAction) -> HttpResponse:
    do = request.POST.get("do", "")
    if do in ("note", "finish"):
        return _note(request, found) if do == "note" else _finish(request, found)
    what, _dash, number = do.partition("-")
    if what in ("done", "undone") and number.isdecimal():
        step = get_object_or_404(found.steps, pk=int(number))
        step.action = found
        services.tick(actor=request.actor, step=step, done=what == "done", today=request.network.today())
        return _again(request, found)
    return _move(request, found, do)


def _move(request: HttpRequest, found: TestingAction, do: str) -> HttpResponse:
    words = {
        "take_back": _("It is yours again. Change it, then hand it in."),
        "present": _("Saved: it was presented."),
        "start": _("It is under way. Write down how it goes."),
        "resume": _("It is under way again."),
    }
    if do not in words:
        return HttpResponseBadRequest()
    if do == "present":
        chosen = request.POST.get("meeting", "")
        rows = TransnationalMeeting.objects.visible_to(request.actor)
        meeting = rows.filter(pk=int(chosen)).first() if chosen.isdecimal() else None
        services.present(actor=request.actor, action=found, meeting=meeting)
    else:
        step = {"take_back": services.take_back, "start": services.start, "resume": services.resume}[do]
        step(actor=request.actor, action=found)
    messages.success(request, words[do])
    return _again(request, found, "testing_edit" if do == "take_back" else "testing")


def _note(request: HttpRequest, found: TestingAction) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, found, note_form=form)
    data = form.cleaned_data
    try:
        services.note(actor=request.actor, action=found, photo=request.FILES.get("photo"), **data)
    except UploadRefusedError as refused:
        return _page(request, found, note_form=form, refused=[str(refused)])
    messages.success(request, _("Written down."))
    return _again(request, found)


def _finish(request: HttpRequest, found: TestingAction) -> HttpResponse:
    form = EndForm(request.POST)
    after = {
        int(name.removeprefix("after-")): value
        for name, value in request.POST.items()
        if name.startswith("after-") and name.removeprefix("after-").isdecimal()
    }
    if not form.is_valid():
        return _page(request, found, end_form=form, after=after)
    services.finish(actor=request.actor, action=found, after=after, **form.cleaned_data)
    messages.success(request, _("It is finished. What you learnt stands on its page."))
    return _again(request, found)


# --- The form ---------------------------------------------------------------------------------------------------------


@require_POST
def testing_new(request: HttpRequest, city: str) -> HttpResponse:
    """Begin a form: of an idea (``idea``), or of a title."""
    partner = city_of(request, city)
    if not policies.can_begin_testing(request.actor, partner.pk):
        raise PermissionDenied
    chosen = request.POST.get("idea", "")
    rows = TestingIdea.objects.filter(partner=partner)
    idea = rows.filter(pk=int(chosen)).first() if chosen.isdecimal() else None
    title = idea.title if idea else request.POST.get("title", "").strip() or _("New testing action")
    made = services.begin(actor=request.actor, partner=partner, title=title, idea=idea)
    return _again(request, made, "testing_edit")


@require_safe
def testing_start(request: HttpRequest) -> HttpResponse:
    """Lead from what a city owes to its form: the one there is, else to the ideas it can be made of."""
    must_view(request)
    asked = request.GET.get("obligation", "")
    rows = Obligation.objects.visible_to(request.actor).filter(task__deliverable=KIND).select_related("partner")
    owed = get_object_or_404(rows, pk=int(asked) if asked.isdecimal() else 0)
    there = TestingAction.objects.visible_to(request.actor).filter(partner=owed.partner, state__in=WRITABLE).first()
    if there is not None:
        return _again(request, there, "testing_edit")
    return redirect("actionplans:ideas", network=request.network.slug, city=owed.partner.slug)


@require_http_methods(["GET", "POST"])
def testing_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the form. POST keeps what was typed, then does what the button says: save, more lines, hand in."""
    found = find(request, pk)
    if not policies.can_write_testing(request.actor, found):
        raise PermissionDenied
    if found.state not in WRITABLE:
        if request.method == "POST":
            raise WrongStateError(_("Somebody has handed it in meanwhile. Take it back to change it."))
        return _again(request, found)
    asked = questions_of(request.network)
    if request.method != "POST":
        rows = services.rows_of(found)
        lines = [lines_of(code, rows[code]) for code in TESTING_PARTS]
        return _form_page(request, found, TestingForm(action=found, questions=asked), lines)
    form = TestingForm(request.POST, action=found, questions=asked)
    lines = [read_lines(code, request.POST) for code in TESTING_PARTS]
    valid = form.is_valid()
    if request.POST.get("do") == "more":
        return _form_page(request, found, form, lines)
    quiet = request.POST.get("do") == "autosave"
    if not valid or any(part.problems for part in lines):
        words = _("Not saved: press “Save” to see why.")
        return autosave.refused(words) if quiet else _form_page(request, found, form, lines, status=422)
    data = FormData(
        title=form.cleaned_data["title"],
        answers=form.answers,
        starts=form.cleaned_data["starts"],
        ends=form.cleaned_data["ends"],
        rate=form.cleaned_data.get("rate"),
        rate_on=form.cleaned_data.get("rate_on"),
        rows={part.code: part.rows for part in lines},
        log_actions=form.cleaned_data.get("log_actions", []),
    )
    try:
        kept = services.save(
            actor=request.actor, action=found, data=data, read_version=form.cleaned_data["read_version"] or 0
        )
    except services.NewerFormError as newer:
        return autosave.torn() if quiet else _both(request, newer.current, form, lines)
    _answer_points(request, found)
    return autosave.saved(kept.version) if quiet else _after(request, found, form, lines)


def _both(request: HttpRequest, current: TestingAction, form: TestingForm, lines: list[Lines]) -> HttpResponse:
    """Show the typed form again, with what somebody else saved meanwhile beside it."""
    data = request.POST.copy()
    data["read_version"] = str(current.version)
    current.partner.network = request.network
    asked = questions_of(request.network)
    again = TestingForm(data, action=current, questions=asked)
    torn = [
        (question.label, current.answers.get(question.code, ""), again[question.code].id_for_label)
        for question in asked
        if form.answers[question.code] != current.answers.get(question.code, "")
    ]
    torn += [
        (part.label, services.part_text(current, part.code), f"{part.code}-title")
        for part in lines
        if services.rows_of(current)[part.code] != part.rows
    ]
    return _form_page(request, current, again, lines, torn=torn, status=409)


def _answer_points(request: HttpRequest, found: TestingAction) -> None:
    for point in review.points_for(KIND, found.pk):
        answer = request.POST.get(f"point-{point.pk}-answer")
        if answer is not None:
            services.answer_point(
                actor=request.actor,
                action=found,
                point=point,
                answer=answer,
                addressed=f"point-{point.pk}-done" in request.POST,
            )


def _after(request: HttpRequest, found: TestingAction, form: TestingForm, lines: list[Lines]) -> HttpResponse:
    if request.POST.get("do") != "submit":
        messages.success(request, _("Saved."))
        return _again(request, found, "testing_edit")
    try:
        services.submit(actor=request.actor, action=found)
    except services.NotReadyError as missing:
        by_code = {part.code: part for part in lines}
        for name, words in missing.problems:
            if name in by_code:
                by_code[name].problems.append(words)
            else:
                form.add_error(name, words)
        found.refresh_from_db()
        form.data = form.data.copy()
        form.data["read_version"] = str(found.version)
        return _form_page(request, found, form, lines, status=422)
    messages.success(request, _("It is handed in. Lead Partner and Lead Expert get a message."))
    return _again(request, found)


def _form_page(
    request: HttpRequest,
    found: TestingAction,
    form: TestingForm,
    lines: list[Lines],
    *,
    torn: list[tuple[Any, str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    every = list(review.points_for(KIND, found.pk)) if found.state == TestingState.CHANGES else []
    last = max((point.change_id for point in every), default=0)
    context = {
        "form": form,
        "action": found,
        "lines": lines,
        "problems": [problem for part in lines for problem in part.problems],
        "torn": torn or [],
        "points": [point for point in every if point.change_id == last],
    }
    return render(request, "actionplans/testing_form.html", context, status=status)


# --- To the others ----------------------------------------------------------------------------------------------------


@require_safe
def testing_present(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one testing action to the meeting: large, nothing to write, the next one press away."""
    found = find(request, pk)
    if found.state not in CHECKED and not policies.can_check_testing(request.actor, found):
        raise PermissionDenied
    steps = list(found.steps.all())
    budget = list(found.budget.all())
    spent = found.notes.aggregate(total=Sum("spent"))["total"] or Decimal(0)
    labels = services.form_of(found)
    others = list(TestingAction.objects.visible_to(request.actor).filter(state__in=CHECKED).select_related("partner"))
    at = next((n for n, row in enumerate(others) if row.pk == found.pk), None)
    context = {
        "action": found,
        "texts": [(label, found.answers[code]) for code, label in labels if found.answers.get(code)],
        "bars": bars_of(found, steps, request.network.today()),
        "money": money_of(found, budget, spent),
        "measures": list(found.measures.all()),
        "before": others[at - 1] if at else None,
        "after": others[at + 1] if at is not None and at + 1 < len(others) else None,
    }
    return render(request, "actionplans/testing_present.html", context)
