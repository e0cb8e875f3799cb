"""Action plans: all of them, one, its chapters, its versions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from js_asset import Media

from actionplans import policies
from actionplans.content import (
    Part,
    cost_chart,
    costs_by_source,
    parts_of,
    places_of,
    reading_of,
    risk_map,
    spans_of,
)
from actionplans.enums import PLAN_WRITABLE, PlanState
from actionplans.forms.plans import ChapterTextForm, MeetingForm, PictureForm, PlainChapterForm
from actionplans.glance import plans_at_a_glance
from actionplans.models import ActionPlan, TemplateChapter, TestingIdea
from actionplans.services import editions
from actionplans.services import plans as services
from actionplans.services.plans import CHAPTER_KIND, KIND
from actionplans.sheets import XLSX, glance_sheet
from actionplans.views.ideas import city_of, must_view
from actionplans.workflow import PLAN
from aoce.common import autosave, review
from aoce.common.charts import chart_image
from aoce.common.documents import DocxError, compare_documents, counted, pictures_in
from aoce.common.drafts import EditConflictError, open_conflicts
from aoce.common.files import UploadRefusedError
from aoce.common.models import DraftConflict, SubmittedVersion
from aoce.common.richtext import to_marks
from aoce.common.workflow import WrongStateError
from partners.models import Partner
from roadmap.models import Obligation

#: Each step of a plan as a thing done.
DONE = review.DONE | {
    "take_back": gettext_lazy("Taken back"),
    "accept": gettext_lazy("Checked: good so far"),
    "amend": gettext_lazy("New edition begun"),
}


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show city by city: the plan's focus and the testing action idea, open where there is none yet."""
    must_view(request)
    plans = {p.partner_id: p for p in ActionPlan.objects.visible_to(request.actor)}
    ideas: dict[int, list[TestingIdea]] = {}
    for idea in TestingIdea.objects.visible_to(request.actor).filter(is_dropped=False).exclude(title=""):
        ideas.setdefault(idea.partner_id, []).append(idea)
    rows = [
        {
            "city": city,
            "plan": plans.get(city.pk),
            "ideas": ideas.get(city.pk, []),
            "is_own": city.pk in request.actor.partner_ids,
        }
        for city in Partner.objects.visible_to(request.actor).filter(is_active=True)
    ]
    context = {
        "rows": rows,
        "foci": sum(bool(r["plan"] and r["plan"].focus) for r in rows),
        "ideas": sum(bool(r["ideas"]) for r in rows),
    }
    return render(request, "actionplans/overview.html", context)


@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    """Show all plans at a glance: how far each chapter is, actions, costs, themes."""
    must_view(request)
    glance = plans_at_a_glance(request.actor, request.network)
    context = {"glance": glance, "own": request.actor.partner_ids, "edits_form": policies.can_edit_form(request.actor)}
    return render(request, "actionplans/plan_list.html", context)


@require_safe
def plan_sheet(request: HttpRequest) -> HttpResponse:
    """Send all plans at a glance as XLSX."""
    must_view(request)
    content = glance_sheet(plans_at_a_glance(request.actor, request.network))
    name = f"{request.network.slug}-plans-{request.network.today().isoformat()}.xlsx"
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


def find(request: HttpRequest, city: str) -> ActionPlan:
    """Return the plan of a city of the network; 404 otherwise."""
    must_view(request)
    rows = ActionPlan.objects.visible_to(request.actor).filter(partner__slug=city, partner__is_active=True)
    there = rows.select_related("partner").first()
    found = there or services.plan_of(city_of(request, city))
    found.partner.network = request.network
    return found


def here(plan: ActionPlan, page: str = "plan", **kwargs: Any) -> str:
    """Return the address of one of a plan's pages."""
    return reverse(f"actionplans:{page}", kwargs={"network": plan.network.slug, "city": plan.partner.slug, **kwargs})


@require_safe
def plan_start(request: HttpRequest) -> HttpResponse:
    """Lead from what a city owes (``obligation``), or from a plan's number (``plan``), to the plan."""
    must_view(request)
    owed, number = request.GET.get("obligation", ""), request.GET.get("plan", "")
    if number:
        plans = ActionPlan.objects.visible_to(request.actor).select_related("partner")
        partner = get_object_or_404(plans, pk=int(number) if number.isdecimal() else 0).partner
    else:
        rows = Obligation.objects.visible_to(request.actor).filter(task__deliverable=KIND).select_related("partner")
        partner = get_object_or_404(rows, pk=int(owed) if owed.isdecimal() else 0).partner
    if partner is None:
        raise Http404
    return redirect("actionplans:plan", network=request.network.slug, city=partner.slug)


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, city: str) -> HttpResponse:
    """Show a plan. POST with ``do``: hand in, take back, answer what was asked, begin a new edition."""
    found = find(request, city)
    return _do(request, found) if request.method == "POST" else _page(request, found)


def _page(request: HttpRequest, found: ActionPlan, **given: Any) -> HttpResponse:
    actor = request.actor
    places = places_of(found) if policies.can_read_draft(actor, found) else []
    reading = reading_of(actor, found, places or None)
    works = actor.leads or found.partner_id in actor.partner_ids
    writes = policies.can_write_plan_now(actor, found)
    every = list(review.points_for(KIND, found.pk)) if works and found.state == PlanState.CHANGES else []
    last = max((point.change_id for point in every), default=0)
    every_edition = list(found.editions.select_related("file"))
    meeting_form = None
    if every_edition and policies.can_reopen_plan(actor, found):
        first = every_edition[0]
        meeting_form = MeetingForm(
            initial={"day": first.presented_on, "place": first.presented_at, "note": first.presented_note}
        )
    context = {
        "plan": found,
        "reading": reading,
        "places": places,
        "writes": writes,
        "works": works,
        "available": {step.name for step in PLAN.available(actor, found)},
        "checks": policies.can_check_plan(actor, found) and found.state == PlanState.SUBMITTED,
        "points": [point for point in every if point.change_id == last],
        "history": review.steps_of(review.history(KIND, found.pk), DONE) if works else [],
        "spans": spans_of(reading.actions),
        "costs": costs_by_source(reading.actions),
        "picture": chart_image(cost_chart(reading.actions)) if costs_by_source(reading.actions) else "",
        "risks": risk_map(reading.actions),
        "problems": [],
        "editions": every_edition,
        "published": any(reading.version and one.content_id == reading.version.pk for one in every_edition),
        "publishes": policies.can_publish_plan(actor, found) and found.state == PlanState.APPROVED,
        "meeting_form": meeting_form,
    }
    wrong = given.get("problems") or (given["meeting_form"].errors if "meeting_form" in given else None)
    return render(request, "actionplans/plan.html", context | given, status=422 if wrong else 200)


def _do(request: HttpRequest, found: ActionPlan) -> HttpResponse:
    do = request.POST.get("do", "")
    if do == "publish":
        language = get_language() or "en"
        job = editions.start_publishing(actor=request.actor, plan=found, language=language)
        return redirect("common:job", network=request.network.slug, uuid=job.pk)
    if do == "meeting":
        return _meeting(request, found)
    return _write(request, found)


def _write(request: HttpRequest, found: ActionPlan) -> HttpResponse:
    do, actor = request.POST.get("do", ""), request.actor
    if do == "submit":
        try:
            services.submit(actor=actor, plan=found, comment=request.POST.get("comment", "")[:4000])
        except services.NotReadyError as missing:
            return _page(request, found, problems=missing.problems)
        messages.success(request, _("It is handed in. Lead Partner and Lead Expert get a message."))
    elif do == "answer":
        _answer_points(request, found)
        messages.success(request, _("Your answers are saved. Hand the plan in when everything is addressed."))
    elif do in ("take_back", "amend"):
        step = services.take_back if do == "take_back" else services.amend
        step(actor=actor, plan=found)
        messages.success(request, _("It is yours again. Change it, then hand it in."))
    else:
        return HttpResponseBadRequest()
    return redirect(here(found))


def _meeting(request: HttpRequest, found: ActionPlan) -> HttpResponse:
    """Write down at which public meeting the newest edition was presented."""
    edition = get_object_or_404(found.editions.all()[:1])
    edition.plan = found
    form = MeetingForm(request.POST)
    if not form.is_valid():
        return _page(request, found, meeting_form=form)
    editions.record_meeting(actor=request.actor, edition=edition, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect(here(found))


def _answer_points(request: HttpRequest, found: ActionPlan) -> None:
    if not policies.can_write_plan(request.actor, found):
        raise PermissionDenied
    for point in review.points_for(KIND, found.pk):
        answer = request.POST.get(f"point-{point.pk}-answer")
        if answer is not None:
            done = f"point-{point.pk}-done" in request.POST
            services.answer_point(actor=request.actor, plan=found, point=point, answer=answer, addressed=done)


# --- Chapters ---------------------------------------------------------------------------------------------------------


def _writable(request: HttpRequest, city: str) -> ActionPlan:
    """Return a plan this person writes. Raises PermissionDenied; WrongStateError when it is with its checkers."""
    found = find(request, city)
    if not policies.can_write_plan(request.actor, found):
        raise PermissionDenied
    return found


def _template(request: HttpRequest, code: str) -> TemplateChapter:
    return get_object_or_404(TemplateChapter, network=request.network, code=code)


@require_http_methods(["GET", "POST"])
def chapter(request: HttpRequest, city: str, code: str) -> HttpResponse:
    """Write one chapter. ``do=autosave`` saves while somebody types and gets JSON; ``do=import`` takes a DOCX in."""
    found, template = _writable(request, city), _template(request, code)
    if found.state not in PLAN_WRITABLE:
        if request.method == "POST":
            raise WrongStateError(_("The plan is with its checkers, or approved. Take it back to change it."))
        return redirect(here(found))
    plain = "plain" in (request.POST or request.GET)
    form_class = PlainChapterForm if plain else ChapterTextForm
    pictures = here(found, "pictures")
    row = found.chapters.filter(template=template).select_related("updated_by").first()
    if request.method == "POST":
        form = form_class(request.POST, pictures=pictures)
        if form.is_valid():
            return _save_chapter(request, found, template, form)
        if request.POST.get("do") == "autosave":
            return autosave.refused(_("Not saved: press “Save” to see why."))
    else:
        body = row.body if row else ""
        first = {"body": to_marks(body) if plain else body, "read_version": row.version if row else 1}
        form = form_class(initial=first | {"sources": row.sources if row else ""}, pictures=pictures)
    return _chapter_page(request, found, template, form=form, row=row, plain=plain)


def _chapter_page(
    request: HttpRequest, found: ActionPlan, template: TemplateChapter, *, status: int = 200, **given: Any
) -> HttpResponse:
    row, form = given["row"], given["form"]
    places = places_of(found)
    at = next((n for n, place in enumerate(places) if place.template.pk == template.pk), None)
    points = list(review.points_for(KIND, found.pk)) if found.state == PlanState.CHANGES else []
    last = max((point.change_id for point in points), default=0)
    context = {
        "plan": found,
        "template": template,
        "place": places[at] if at is not None else None,
        "before": places[at - 1].template if at else None,
        "after": places[at + 1].template if at is not None and at + 1 < len(places) else None,
        "questions": [line for line in template.questions.splitlines() if line.strip()],
        "points": [one for one in points if one.change_id == last and one.where in ("", template.label)],
        "conflicts": list(open_conflicts(CHAPTER_KIND, row.pk)) if row else [],
        # The editor's import map is an inline script: it carries the page's nonce.
        "editor": "" if given["plain"] else Media.from_media(form.media, nonce=request.csp_nonce),
        "refused": [],
    }
    return render(request, "actionplans/chapter.html", context | given, status=422 if form.errors else status)


def _save_chapter(
    request: HttpRequest, found: ActionPlan, template: TemplateChapter, form: ChapterTextForm
) -> HttpResponse:
    quiet = request.POST.get("do") == "autosave"
    given = {name: form.cleaned_data[name] for name in ("body", "sources", "read_version")}
    try:
        row = services.save_chapter(actor=request.actor, plan=found, template=template, **given)
    except EditConflictError as conflict:
        target = here(found, "chapter_conflict", code=template.code, pk=conflict.conflict.pk)
        return autosave.torn(target) if quiet else redirect(target)
    if quiet:
        return autosave.saved(row.version)
    if request.POST.get("do") == "import":
        return _import(request, found, template)
    messages.success(request, _("“%(title)s” is saved.") % {"title": template})
    return redirect(here(found))


def _import(request: HttpRequest, found: ActionPlan, template: TemplateChapter) -> HttpResponse:
    """Put a DOCX below the text, which was saved before."""
    upload, plain = request.FILES.get("document"), "plain" in request.POST
    problem = "" if upload else _("Choose a DOCX file first.")
    if upload:
        try:
            _row, left_out = services.import_docx(actor=request.actor, plan=found, template=template, upload=upload)
        except (UploadRefusedError, DocxError) as refused:
            problem = str(refused)
        else:
            messages.success(request, _("The text of “%(name)s” stands below yours.") % {"name": upload.name})
            if left_out:
                words = _("%(n)s pictures could not be taken over: they lie elsewhere, or are of an unknown type.")
                messages.warning(request, words % {"n": left_out})
            back = here(found, "chapter", code=template.code)
            return redirect(f"{back}?plain=1" if plain else back)
    row = found.chapters.filter(template=template).select_related("updated_by").first()
    form_class = PlainChapterForm if plain else ChapterTextForm
    body = row.body if row else ""
    first = {"body": to_marks(body) if plain else body, "read_version": row.version if row else 1}
    form = form_class(initial=first | {"sources": row.sources if row else ""}, pictures=here(found, "pictures"))
    given = {"form": form, "row": row, "plain": plain, "refused": [problem]}
    return _chapter_page(request, found, template, status=422, **given)


@require_http_methods(["GET", "POST"])
def chapter_conflict(request: HttpRequest, city: str, code: str, pk: int) -> HttpResponse:
    """Show both texts of a chapter that two people changed; POST chooses."""
    conflict = get_object_or_404(DraftConflict, pk=pk, network=request.network, kind=CHAPTER_KIND, resolved_at=None)
    found, template = _writable(request, city), _template(request, code)
    rows = found.chapters.select_related("updated_by")
    row = get_object_or_404(rows, template=template, pk=conflict.object_id)
    row.plan, row.template = found, template
    typed = conflict.data.get("body", row.body)
    if request.method == "POST":
        body = {"saved": row.body, "typed": typed}.get(request.POST.get("do", ""), row.body + typed)
        services.resolve_chapter(actor=request.actor, chapter=row, conflict=conflict, body=body)
        messages.success(request, _("Settled. You can go on writing."))
        return redirect(here(found, "chapter", code=code))
    context = {"plan": found, "section": template, "row": row, "conflict": conflict, "typed": typed}
    return render(request, "reports/conflict.html", context)


@require_http_methods(["GET", "POST"])
def pictures(request: HttpRequest, city: str) -> HttpResponse:
    """Show the plan's pictures, to choose one for the editor. POST: add one (``alt``, ``picture``)."""
    found = _writable(request, city)
    asked = request.GET.get("CKEditorFuncNum", "")
    form, refused = PictureForm(request.POST or None), []
    if request.method == "POST" and form.is_valid():
        upload, alt = request.FILES.get("picture"), form.cleaned_data["alt"]
        try:
            services.add_picture(actor=request.actor, plan=found, upload=upload, alt=alt)
        except UploadRefusedError as problem:
            refused = [str(problem)]
        else:
            messages.success(request, _("The picture is there. Choose it below."))
            return redirect(request.get_full_path())
    context = {
        "plan": found,
        "pictures": services.pictures_of(found),
        "asked": asked if asked.lstrip("-").isdecimal() else "",
        "form": form,
        "refused": refused,
        "kept_alts": dict(pictures_in("".join(found.chapters.values_list("body", flat=True)))),
    }
    return render(request, "actionplans/pictures.html", context, status=422 if form.errors or refused else 200)


# --- Versions ---------------------------------------------------------------------------------------------------------


@require_safe
def versions(request: HttpRequest, city: str) -> HttpResponse:
    """Compare two versions of a plan, ``old`` and ``new`` by number; the last two unless asked otherwise."""
    found = find(request, city)
    every = list(SubmittedVersion.objects.filter(kind=KIND, object_id=found.pk).select_related("user"))
    if not every:
        raise Http404
    by_number = {str(one.number): one for one in every}
    new = by_number.get(request.GET.get("new", ""), every[-1])
    old = by_number.get(request.GET.get("old", "")) or next(
        (one for one in reversed(every) if one.number < new.number), None
    )
    parts = compared(old, new)
    context = {
        "plan": found,
        "versions": every,
        "old": old,
        "new": new,
        "parts": parts,
        "all": request.GET.get("all") == "1",
        "changed": [row for row in parts if row["counts"]],
    }
    return render(request, "actionplans/versions.html", context)


def compared(old: SubmittedVersion | None, new: SubmittedVersion) -> list[dict[str, Any]]:
    """Return each part of ``new`` with its blocks marked against ``old``; parts that are gone come last."""
    before = {part.code: part for part in parts_of(old)} if old else {}
    after = parts_of(new)
    gone = [Part(code, part.title, part.html[:0]) for code, part in before.items() if code not in new.data]
    rows = []
    for part in [*after, *gone]:
        was = before.get(part.code)
        changes = compare_documents(str(was.html) if was else ("" if old else str(part.html)), str(part.html))
        rows.append({"part": part, "changes": changes, "counts": counted(changes), "is_new": bool(old) and was is None})
    return rows
