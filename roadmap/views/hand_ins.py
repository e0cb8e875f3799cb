"""The plain hand-in: one address for whoever writes, checks and reads it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aoce.common import autosave, review
from aoce.common.drafts import EditConflictError, open_conflicts
from aoce.common.enums import State
from aoce.common.files import UploadRefusedError, files_of
from aoce.common.forms import DecisionForm, point_rows, points_in
from aoce.common.models import ReviewPoint
from aoce.common.reading import paragraphs, word_counts
from aoce.common.workflow import CommentMissingError
from roadmap import policies
from roadmap.board import checker_words, key_of, party_words
from roadmap.enums import ObligationState
from roadmap.forms.hand_ins import HandInForm
from roadmap.models import HandIn, Obligation
from roadmap.services import hand_ins as services
from roadmap.views.obligations import steps_of

KIND = services.KIND
OPEN = (State.DRAFT, State.CHANGES)
DOCUMENT = "document"


def _find(request: HttpRequest, pk: int) -> tuple[Obligation, HandIn | None]:
    """Return the obligation and its hand-in; 404 for what is not visible, 403 for what is not this person's."""
    rows = Obligation.objects.visible_to(request.actor).select_related("task__track__period", "partner", "network")
    obligation = get_object_or_404(rows, pk=pk)
    if DOCUMENT not in (obligation.task.deliverable, obligation.deliverable):
        raise Http404
    hand_in = HandIn.objects.visible_to(request.actor).filter(obligation=obligation).first()
    if hand_in is not None:
        hand_in.obligation = obligation
    elif not policies.can_hand_in(request.actor, obligation):
        if HandIn.objects.filter(obligation=obligation).exists():
            raise Http404
        raise PermissionDenied
    return obligation, hand_in


def _here(request: HttpRequest, obligation: Obligation, name: str = "hand_in") -> HttpResponse:
    return redirect(f"roadmap:{name}", network=request.network.slug, pk=obligation.pk)


@require_http_methods(["GET", "POST"])
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the form for its writer, the check for its checker, the text for who may read it. POST with ``do``."""
    obligation, found = _find(request, pk)
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do in ("save", "autosave", "submit", "attach") or do.startswith("remove-"):
            if not policies.can_hand_in(request.actor, obligation):
                raise PermissionDenied
            return _write(request, obligation, found, do)
        if do in ("ask_changes", "approve", "more"):
            if found is None or not policies.can_check_hand_in(request.actor, found):
                raise PermissionDenied
            return _decide(request, found, do)
        return HttpResponseBadRequest()
    if policies.can_hand_in(request.actor, obligation) and (found is None or found.state in OPEN):
        if obligation.state in (ObligationState.WAIVED, ObligationState.APPROVED):
            return _here(request, obligation, "obligation")
        return _form_page(request, obligation, found)
    return _read_page(request, found)


# --- Writing ----------------------------------------------------------------------------------------------------------


def _form_page(
    request: HttpRequest, obligation: Obligation, found: HandIn | None, form: HandInForm | None = None, **more: Any
) -> HttpResponse:
    version = found.version if found else 1
    text = found.text if found else ""
    points, asked = [], None
    if found and found.state == State.CHANGES:
        every = list(review.points_for(KIND, found.pk))
        last = max((p.change_id for p in every), default=None)
        points = [p for p in every if p.change_id == last]
        asked = review.history(KIND, found.pk).filter(transition="ask_changes").last()
    return render(
        request,
        "roadmap/hand_in_form.html",
        {
            "obligation": obligation,
            "hand_in": found,
            "key": key_of(obligation, request.network.today()),
            "who": party_words(obligation),
            "checker": checker_words(obligation),
            "form": form or HandInForm(initial={"text": text, "read_version": version}),
            "files": list(files_of(KIND, found.pk)) if found else [],
            "accept": ",".join(f".{kind}" for kind in services.upload_types()),
            "types": ", ".join(kind.upper() for kind in services.upload_types()),
            "points": points,
            "asked": asked,
            "conflicts": list(open_conflicts(KIND, found.pk)) if found else [],
            **more,
        },
    )


def _write(request: HttpRequest, obligation: Obligation, found: HandIn | None, do: str) -> HttpResponse:
    """Save the text and the answers to points; then attach, remove or submit what was asked."""
    form, quiet = HandInForm(request.POST), do == "autosave"
    if not form.is_valid():
        said = _("Not saved: press “Save as draft” to see why.")
        return autosave.refused(said) if quiet else _form_page(request, obligation, found, form)
    try:
        found = services.save(actor=request.actor, obligation=obligation, **form.cleaned_data)
    except EditConflictError:
        target = reverse("roadmap:hand_in_conflict", kwargs={"network": request.network.slug, "pk": obligation.pk})
        return autosave.torn(target) if quiet else redirect(target)
    _answer_points(request, found)
    if quiet:
        return autosave.saved(found.version)
    problems = _attach(request, obligation)
    if problems:
        return _form_page(request, obligation, found, file_problems=problems)
    if do == "submit":
        return _submit(request, found)
    if do.startswith("remove-"):
        file = next((f for f in files_of(KIND, found.pk) if str(f.pk) == do.removeprefix("remove-")), None)
        if file is None:
            raise Http404
        services.detach(actor=request.actor, hand_in=found, file=file)
        messages.success(request, _("“%(name)s” is taken out.") % {"name": file.name})
    elif not request.FILES:
        messages.success(request, _("Saved as a draft."))
    return _here(request, obligation)


def _attach(request: HttpRequest, obligation: Obligation) -> list[str]:
    """Attach what was sent; return why some were refused."""
    problems = []
    for upload in request.FILES.getlist("files"):
        try:
            services.attach(actor=request.actor, obligation=obligation, uploads=[upload])
        except UploadRefusedError as refused:
            problems.append(str(refused))
    return problems


def _submit(request: HttpRequest, found: HandIn) -> HttpResponse:
    """Hand it in, unless there is nothing."""
    obligation = found.obligation
    try:
        services.submit(actor=request.actor, hand_in=found)
    except services.NothingToSubmitError:
        missing = _("There is nothing to hand in yet. Write a text, or attach a file.")
        return _form_page(request, obligation, found, text_problem=missing)
    messages.success(request, _("It is handed in. %(who)s gets a message.") % {"who": checker_words(obligation)})
    return _here(request, obligation, "obligation")


def _answer_points(request: HttpRequest, found: HandIn) -> None:
    """Write down the answers to the points that the form carries."""
    sent = {key.split("-")[1] for key in request.POST if key.startswith("point-")}
    for point in ReviewPoint.objects.filter(kind=KIND, object_id=found.pk, pk__in=[n for n in sent if n.isdecimal()]):
        answer = request.POST.get(f"point-{point.pk}-answer", "").strip()
        done = request.POST.get(f"point-{point.pk}-done") == "on"
        if (answer, done) != (point.answer, point.addressed_at is not None):
            services.answer_point(actor=request.actor, hand_in=found, point=point, answer=answer, addressed=done)


@require_http_methods(["GET", "POST"])
def conflict(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: both texts of a draft that two people changed. POST: the text that is to stand."""
    obligation, found = _find(request, pk)
    if not policies.can_hand_in(request.actor, obligation):
        raise PermissionDenied
    waiting = list(open_conflicts(KIND, found.pk).order_by("at")) if found else []
    if not waiting:
        return _here(request, obligation)
    one = waiting[0]
    if request.method == "POST":
        theirs = one.data.get("text", "")
        take = {"saved": found.text, "other": theirs}.get(request.POST.get("do", ""))
        text = request.POST.get("text", "").replace("\r\n", "\n") if take is None else take
        services.settle(actor=request.actor, hand_in=found, conflict=one, text=text)
        messages.success(request, _("The text is settled."))
        return _here(request, obligation)
    marked = review.mark_changes(found.text, one.data.get("text", ""))
    return render(
        request,
        "roadmap/hand_in_conflict.html",
        {
            "obligation": obligation,
            "hand_in": found,
            "conflict": one,
            "mine": one.user_id == request.actor.user_id,
            "more": len(waiting) - 1,
            "saved": paragraphs(review.mark_changes(found.text, found.text)),
            "other": paragraphs(marked),
            "other_text": one.data.get("text", ""),
        },
    )


# --- Checking and reading ---------------------------------------------------------------------------------------------


def _read_page(
    request: HttpRequest, found: HandIn, form: DecisionForm | None = None, problem: str = "", rows: Any = None
) -> HttpResponse:
    obligation = found.obligation
    new, old = review.latest_versions(KIND, found.pk)
    show = request.GET.get("show", "")
    checks = policies.can_check_hand_in(request.actor, found) and found.state == State.SUBMITTED
    marked = review.mark_changes(old.data.get("text", ""), new.data["text"]) if new and old else ""
    text = new.data["text"] if new else found.text
    if show == "old" and old:
        text = old.data["text"]
    shown = marked if marked and show not in ("clean", "old") else review.mark_changes(text, text)
    counts = word_counts(text, str(marked))
    points = [p for p in review.points_for(KIND, found.pk) if new is None or p.change.at <= new.at]
    last = max((p.change_id for p in points), default=None)
    kept = [file for file in files_of(KIND, found.pk) if new is None or file.created_at <= new.at]
    before = set(old.data.get("files", "").split("\n")) if old else set()
    return render(
        request,
        "roadmap/hand_in.html",
        {
            "obligation": obligation,
            "hand_in": found,
            "key": key_of(obligation, request.network.today()),
            "who": party_words(obligation),
            "new": new,
            "old": old,
            "show": show,
            "checks": checks,
            "texts": [{"paragraphs": paragraphs(shown)}],
            "words": counts[0],
            "added": counts[1],
            "removed": counts[2],
            "files": [(file, bool(old) and file.name not in before) for file in kept],
            "points": [p for p in points if p.change_id == last],
            "form": form or DecisionForm(),
            "rows": rows or point_rows(None),
            "problem": problem,
            "steps": steps_of(list(review.history(KIND, found.pk))),
        },
    )


def _decide(request: HttpRequest, found: HandIn, do: str) -> HttpResponse:
    """Accept it, or return it with points."""
    form = DecisionForm(request.POST)
    points = points_in(request.POST)
    if not form.is_valid():
        return _read_page(request, found, form, rows=points)
    if do == "more":
        return _read_page(request, found, form, rows=point_rows(points, more=True))
    comment, who = form.cleaned_data["comment"], party_words(found.obligation)
    if do == "approve":
        services.approve(actor=request.actor, hand_in=found, comment=comment)
        messages.success(request, _("Approved. %(who)s gets a message.") % {"who": who})
    else:
        try:
            services.ask_changes(
                actor=request.actor, hand_in=found, points=points, comment=comment, due=form.cleaned_data["due"]
            )
        except CommentMissingError as missing:
            return _read_page(request, found, form, problem=str(missing), rows=points)
        messages.success(request, _("Returned. %(who)s gets a message with what to address.") % {"who": who})
    return _here(request, found.obligation, "obligation")
