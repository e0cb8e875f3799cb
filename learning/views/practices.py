"""The catalogue: the list of practices, one practice, what its owner writes and the Lead Expert decides."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from aoce.common import autosave, review
from aoce.common.enums import State
from aoce.common.files import UploadRefusedError
from aoce.common.forms import DecisionForm, point_rows, points_in
from aoce.common.reading import paragraphs
from aoce.common.workflow import CommentMissingError, WrongStateError
from learning import policies
from learning.catalogue import OUTSIDE, described, filtered
from learning.forms.practices import PracticeForm, RemarkForm
from learning.models import GoodPractice, KnowledgeNeed, PracticeContact, PracticeRemark
from learning.services import practices as services
from learning.services import remarks
from learning.services.practices import KIND, TEXTS, verbose
from learning.workflow import PRACTICE
from partners.models import Partner, SubTheme

PER_PAGE = 30
FILTERS = ("q", "theme", "city", "state")


def find(request: HttpRequest, slug: str) -> GoodPractice:
    """Return a practice this person sees, or 404."""
    rows = GoodPractice.objects.visible_to(request.actor).select_related("owner", "network")
    themes = Prefetch("sub_themes", SubTheme.objects.select_related("theme"))
    return get_object_or_404(rows.prefetch_related(themes), slug=slug)


def _again(request: HttpRequest, practice: GoodPractice, name: str = "practice") -> HttpResponse:
    return redirect(f"learning:{name}", network=request.network.slug, slug=practice.slug)


@require_safe
def practices(request: HttpRequest) -> HttpResponse:
    """List the practices by what they are called, with search and filters."""
    if not policies.can_view_matrix(request.actor):
        raise PermissionDenied
    asked = {name: request.GET.get(name, "")[:100] for name in FILTERS}
    rows = filtered(GoodPractice.objects.visible_to(request.actor), asked)
    rows = rows.select_related("owner").prefetch_related("sub_themes__theme").order_by("name", "pk")
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "any_asked": any(asked.values()),
        "sub_themes": list(SubTheme.objects.filter(theme__network=request.network).select_related("theme")),
        "cities": list(Partner.objects.visible_to(request.actor).filter(is_active=True)),
        "outside": OUTSIDE,
        "states": State.choices,
        "adds": policies.can_add_practice(request.actor),
        "contacts": policies.can_view_contacts(request.actor),
    }
    return render(request, "learning/practices.html", context)


# --- One practice -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def practice(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one practice. POST with ``do``: the Lead Expert's decisions, the owner's steps, remarks."""
    found = find(request, slug)
    if request.method == "POST":
        return _do(request, found)
    return _page(request, found)


def _texts(parts: dict[str, str], before: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "label": verbose(code),
            "paragraphs": paragraphs(review.mark_changes(before.get(code, parts[code]), parts[code])),
        }
        for code in TEXTS
        if parts.get(code) or before.get(code)
    ]


def _page(
    request: HttpRequest,
    found: GoodPractice,
    form: DecisionForm | None = None,
    *,
    problem: str = "",
    rows: list[tuple[str, str]] | None = None,
    remark: RemarkForm | None = None,
) -> HttpResponse:
    actor = request.actor
    works = policies.can_read_working_text(actor, found)
    show = request.GET.get("show", "")
    description = described(actor, found, approved=show == "published")
    in_check = works and found.state == State.SUBMITTED
    new, old = review.latest_versions(KIND, found.pk) if in_check else (None, None)
    contacts = list(PracticeContact.objects.visible_to(actor).filter(practice=found).select_related("partner"))
    asked = {contact.partner_id for contact in contacts}
    parts = {part.code: part.text for part in description.parts}
    before: dict[str, str] = {}
    if show == "old" and old:
        parts = {code: old.data.get(code, "") for code in TEXTS}
    elif old and show == "":
        before = old.data
        parts = {code: parts.get(code, "") for code in TEXTS}
    themes = list(found.sub_themes.all())
    needs = KnowledgeNeed.objects.visible_to(actor).open().filter(sub_theme__in=themes).exclude(partner=found.owner_id)
    needs = needs.select_related("partner", "sub_theme").order_by("partner__position")
    said = list(found.remarks.select_related("partner", "author"))
    for row in said:
        row.practice = found
    checks = policies.can_check_practice(actor, found)
    steps = {step.name for step in PRACTICE.available(actor, found)}
    every = list(review.points_for(KIND, found.pk)) if works else []
    last = max((point.change_id for point in every), default=0)
    context = {
        "practice": found,
        "description": description,
        "texts": _texts(parts, before),
        "asking": list({need.partner_id: need for need in needs}.values()),
        "works": works,
        "show": show,
        "new": new,
        "old": old,
        "contacts": contacts,
        "asks": any(policies.can_ask(actor, found, pk) for pk in actor.coordinated_partner_ids - asked),
        "points": [point for point in every if point.change_id == last],
        "steps": review.steps_of(review.history(KIND, found.pk), DONE) if works else [],
        "checks": checks and found.state == State.SUBMITTED,
        "writes": policies.can_write_practice(actor, found) and found.state in services.WRITABLE,
        "takes_back": "take_back" in steps,
        "revises": "revise" in steps,
        "withdraws": checks and found.published_at is not None,
        "remarks": [(row, policies.can_remove_remark(actor, row)) for row in said],
        "remark_form": (remark or RemarkForm()) if policies.can_remark(actor, found) else None,
        "form": form or DecisionForm(initial={"version": new.number if new else 0}),
        "rows": rows or point_rows(None),
        "problem": problem,
    }
    return render(request, "learning/practice.html", context)


#: Each step of a practice as a thing done.
DONE = review.DONE | {
    "take_back": gettext_lazy("Taken back"),
    "revise": gettext_lazy("New version begun"),
    "withdraw": gettext_lazy("Taken out of the public"),
}


def _do(request: HttpRequest, found: GoodPractice) -> HttpResponse:
    do, actor = request.POST.get("do", ""), request.actor
    if do in ("take_back", "revise"):
        services.step(actor=actor, practice=found, name=do)
        return _again(request, found, "practice_edit")
    if do == "remark":
        form = RemarkForm(request.POST)
        if not policies.can_remark(actor, found):
            raise PermissionDenied
        if not form.is_valid():
            return _page(request, found, remark=form)
        remarks.add(actor=actor, practice=found, **form.cleaned_data)
        messages.success(request, _("Added. Thank you."))
        return _again(request, found)
    if do == "remove-remark":
        row = get_object_or_404(PracticeRemark, practice=found, pk=_number(request.POST.get("remark")))
        remarks.remove(actor=actor, remark=row)
        messages.success(request, _("Taken away."))
        return _again(request, found)
    if do not in ("approve", "ask_changes", "withdraw", "more"):
        return HttpResponseBadRequest()
    if not policies.can_check_practice(actor, found):
        raise PermissionDenied
    return _decide(request, found, do)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _decide(request: HttpRequest, found: GoodPractice, do: str) -> HttpResponse:
    points, form = points_in(request.POST), DecisionForm(request.POST)
    if not form.is_valid() or do == "more":
        return _page(request, found, form, rows=point_rows(points, more=do == "more"))
    comment, version = form.cleaned_data["comment"], form.cleaned_data["version"]
    actor = request.actor
    try:
        if do == "approve":
            services.approve(actor=actor, practice=found, comment=comment, version=version)
            messages.success(request, _("Approved. It is in the catalogue and on the public pages now."))
        elif do == "withdraw":
            services.withdraw(actor=actor, practice=found, comment=comment)
            messages.success(request, _("It is not public any more. The city gets a message."))
        else:
            services.ask_changes(actor=actor, practice=found, points=points, comment=comment, version=version)
            messages.success(
                request, _("Returned. %(who)s gets a message with what to address.") % {"who": found.where}
            )
    except CommentMissingError as missing:
        return _page(request, found, form, problem=str(missing), rows=point_rows(points))
    except services.NewerVersionError:
        newest, _before = review.latest_versions(KIND, found.pk)
        data = request.POST.copy()
        data["version"] = str(newest.number if newest else 0)
        words = _("There is a newer version than the one you were reading. Look at it, then decide again.")
        return _page(request, found, DecisionForm(data), problem=words, rows=point_rows(points))
    return _again(request, found)


# --- Write ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def practice_new(request: HttpRequest) -> HttpResponse:
    """Begin a practice: of an own city, or (Lead Expert) of a place outside."""
    if not policies.can_add_practice(request.actor):
        raise PermissionDenied
    form = PracticeForm(request.POST or None, actor=request.actor, network=request.network)
    if request.method == "POST" and form.is_valid():
        made = services.create(
            actor=request.actor,
            network=request.network,
            owner=form.cleaned_data.get("owner"),
            values=form.values,
            sub_themes=form.cleaned_data["sub_themes"],
        )
        messages.success(request, _("The practice is begun. Add photos, then submit it."))
        return _again(request, made, "practice_edit")
    return render(request, "learning/practice_form.html", {"form": form, "practice": None})


@require_http_methods(["GET", "POST"])
def practice_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a practice. POST keeps what was typed, then does what the button says: save, submit, photos."""
    found = find(request, slug)
    if not policies.can_write_practice(request.actor, found):
        raise PermissionDenied
    if found.state not in services.WRITABLE:
        if request.method == "POST":
            raise WrongStateError(_("Somebody has handed it in meanwhile. Take it back to change it."))
        return _again(request, found)
    form = PracticeForm(request.POST or None, actor=request.actor, network=request.network, practice=found)
    if request.method != "POST":
        return _form_page(request, found, form)
    quiet = request.POST.get("do") == "autosave"
    if not form.is_valid():
        words = _("Not saved: press “Save” to see why.")
        return autosave.refused(words) if quiet else _form_page(request, found, form)
    try:
        services.save(
            actor=request.actor,
            practice=found,
            values=form.values,
            sub_themes=form.cleaned_data["sub_themes"],
            read_version=form.cleaned_data["read_version"] or 0,
        )
    except services.NewerTextError as newer:
        return autosave.torn() if quiet else _both(request, newer.current, form)
    _answer_points(request, found)
    return autosave.saved(found.version) if quiet else _after(request, found)


def _both(request: HttpRequest, current: GoodPractice, form: PracticeForm) -> HttpResponse:
    """Show the typed text again, with what somebody else saved meanwhile beside it."""
    data = request.POST.copy()
    data["read_version"] = str(current.version)
    again = PracticeForm(data, actor=request.actor, network=request.network, practice=current)
    torn = [
        (verbose(name), getattr(current, name), again[name].id_for_label)
        for name, typed in form.values.items()
        if name in again.fields and typed != getattr(current, name)
    ]
    return _form_page(request, current, again, torn=torn)


def _answer_points(request: HttpRequest, found: GoodPractice) -> None:
    for point in review.points_for(KIND, found.pk):
        answer = request.POST.get(f"point-{point.pk}-answer")
        if answer is not None:
            services.answer_point(
                actor=request.actor,
                practice=found,
                point=point,
                answer=answer,
                addressed=f"point-{point.pk}-done" in request.POST,
            )


def _after(request: HttpRequest, found: GoodPractice) -> HttpResponse:
    do, actor = request.POST.get("do", ""), request.actor
    upload = request.FILES.get("photo")
    if upload is not None:
        try:
            services.add_photo(actor=actor, practice=found, upload=upload, alt=request.POST.get("alt", ""))
        except UploadRefusedError as refused:
            form = PracticeForm(actor=actor, network=request.network, practice=find(request, found.slug))
            return _form_page(request, found, form, refused=[str(refused)])
    if do.startswith("remove-"):
        photo = get_object_or_404(found.photos.select_related("file"), pk=_number(do.removeprefix("remove-")))
        photo.practice = found
        services.remove_photo(actor=actor, photo=photo)
        messages.success(request, _("The photo is taken out."))
    elif do == "submit":
        try:
            services.submit(actor=actor, practice=found)
        except services.NotReadyError as missing:
            form = PracticeForm(request.POST, actor=actor, network=request.network, practice=found)
            for name, words in missing.problems:
                form.add_error(name, words)
            form.data = form.data.copy()
            form.data["read_version"] = str(found.version)
            return _form_page(request, found, form)
        messages.success(request, _("It is handed in. The Lead Expert gets a message."))
        return _again(request, found)
    else:
        messages.success(request, _("Saved."))
    return _again(request, found, "practice_edit")


def _form_page(
    request: HttpRequest,
    found: GoodPractice,
    form: PracticeForm,
    *,
    refused: list[str] | None = None,
    torn: list[tuple[Any, str, str]] | None = None,
) -> HttpResponse:
    every = list(review.points_for(KIND, found.pk))
    last = max((point.change_id for point in every), default=0)
    context = {
        "form": form,
        "practice": found,
        "photos": list(found.photos.exclude(file=None).select_related("file")),
        "refused": refused or [],
        "typed_alt": request.POST.get("alt", "") if refused else "",
        "torn": torn or [],
        "points": [point for point in every if point.change_id == last] if found.state == State.CHANGES else [],
    }
    return render(request, "learning/practice_form.html", context)
