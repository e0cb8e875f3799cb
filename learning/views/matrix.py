"""The matrix of practices and needs: as a page and on paper, each city's own row, and what became of its needs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aoce.common.jobs import start_job
from learning import policies
from learning.enums import NeedState
from learning.forms.matrix import EndForm, RowForm, WordsForm
from learning.models import GoodPractice, KnowledgeNeed, LearningNeed, PracticeContact
from learning.selectors import history_of, matrix_for
from learning.services import matrix as services
from learning.services.needs import NeedThereAlreadyError
from learning.sheets import matrix_sheet
from partners.models import Partner
from roadmap.forms.plan import PaperForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def must_view(request: HttpRequest) -> None:
    """Refuse those for whom learning is not: ad-hoc experts."""
    if not policies.can_view_matrix(request.actor):
        raise PermissionDenied


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Show who can show what and who needs to know what: as a table by sub-theme, or city by city."""
    must_view(request)
    cities = list(Partner.objects.visible_to(request.actor).filter(is_active=True))
    city = request.GET.get("city", "")
    city = city if city in {c.slug for c in cities} else ""
    context = {
        "matrix": matrix_for(request.actor, request.network, city),
        "cities": cities,
        "city": city,
        "by_city": request.GET.get("by") == "city",
        "own": request.actor.coordinated_partner_ids,
    }
    return render(request, "learning/matrix.html", context)


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Show which needs were added, met and given up in each half-year."""
    must_view(request)
    halves = history_of(request.actor, request.network.today())
    slug = request.GET.get("half-year", "")
    chosen = next((half for half in halves if half.period.slug == slug), halves[0] if halves else None)
    return render(request, "learning/matrix_history.html", {"halves": halves, "chosen": chosen})


@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """Download the matrix as a spreadsheet."""
    must_view(request)
    needs = KnowledgeNeed.objects.visible_to(request.actor).select_related("partner", "sub_theme__theme")
    rows = list(needs.order_by("partner__position", "sub_theme__theme__position", "sub_theme__position", "pk"))
    content = matrix_sheet(matrix_for(request.actor, request.network), rows)
    response = HttpResponse(content, content_type=XLSX)
    name = f"{request.network.slug}-practices-and-needs-{request.network.today().isoformat()}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "POST"])
def pdf(request: HttpRequest) -> HttpResponse:
    """GET: choose the paper. POST: let the worker make the PDF, and show how far it is."""
    from learning.tasks import render_matrix  # the worker's part, with its rendering library

    must_view(request)
    form = PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        day = date_format(request.network.today(), "j F Y")
        job = start_job(
            actor=request.actor,
            network_id=request.network.pk,
            kind="matrix_pdf",
            title=_("Practices and needs as PDF, %(day)s") % {"day": day},
            task=render_matrix,
            back_url=reverse("learning:matrix", kwargs={"network": request.network.slug}),
            network_pk=request.network.pk,
            paper=form.cleaned_data["paper"],
            language=get_language() or "en",
        )
        return redirect("common:job", network=request.network.slug, uuid=job.pk)
    return render(request, "learning/matrix_pdf.html", {"form": form})


# --- A city's row -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def need_new(request: HttpRequest) -> HttpResponse:
    """Add a need to the row of an own city; ``?sub-theme=`` comes from an empty cell."""
    if not request.actor.coordinated_partner_ids:
        raise PermissionDenied
    first = {"sub_theme": request.GET.get("sub-theme"), "partner": request.GET.get("city")}
    form = RowForm(request.POST or None, actor=request.actor, network=request.network, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.add_need(actor=request.actor, today=request.network.today(), **data)
        except NeedThereAlreadyError:
            words = _("%(city)s needs this already. Change the sentence there.")
            form.add_error("sub_theme", words % {"city": data["partner"]})
        else:
            messages.success(request, _("It stands in the matrix. Here is who can help."))
            return redirect("learning:knowledge_need", network=request.network.slug, pk=made.pk)
    return render(request, "learning/row_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
def knowledge_need(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one need of the matrix and who can help. POST with ``do``: change its sentence, or end it."""
    rows = KnowledgeNeed.objects.visible_to(request.actor).select_related("partner", "sub_theme__theme")
    found = get_object_or_404(rows, pk=pk)
    words, end = WordsForm(initial={"reason": found.reason}), EndForm()
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do not in ("word", "end"):
            return HttpResponseBadRequest()
        form = WordsForm(request.POST) if do == "word" else EndForm(request.POST)
        words, end = (form, end) if do == "word" else (words, form)
        if form.is_valid():
            return _change(request, found, do, form.cleaned_data)
    return render(request, "learning/knowledge_need.html", _need_context(request, found) | {"words": words, "end": end})


def _change(request: HttpRequest, found: KnowledgeNeed, do: str, data: dict[str, Any]) -> HttpResponse:
    if do == "word":
        services.word_need(actor=request.actor, need=found, reason=data["reason"])
        messages.success(request, _("Saved."))
    else:
        services.end_need(
            actor=request.actor,
            need=found,
            is_met=data["end"] == "met",
            note=data["note"],
            today=request.network.today(),
        )
        messages.success(request, _("It is out of the matrix, and stays in its history."))
    return redirect("learning:knowledge_need", network=request.network.slug, pk=found.pk)


def _need_context(request: HttpRequest, found: KnowledgeNeed) -> dict[str, Any]:
    actor = request.actor
    rows = GoodPractice.objects.visible_to(actor).filter(sub_themes=found.sub_theme_id)
    rows = rows.filter(Q(owner=None) | ~Q(owner=found.partner_id)).select_related("owner")
    others = KnowledgeNeed.objects.visible_to(actor).open().filter(sub_theme=found.sub_theme_id)
    wanted = LearningNeed.objects.visible_to(actor).filter(partner=found.partner_id, sub_theme=found.sub_theme_id)
    contacts = PracticeContact.objects.visible_to(actor).filter(partner=found.partner_id)
    known = {contact.practice_id: contact for contact in contacts}
    asks = found.ended_on is None and found.partner_id in actor.coordinated_partner_ids
    return {
        "need": found,
        "helpers": [(row, known.get(row.pk)) for row in rows.order_by("owner__position", "name")],
        "asks": asks,
        "others": list(
            others.exclude(partner=found.partner_id).select_related("partner").order_by("partner__position")
        ),
        "learning_needs": list(wanted.exclude(state=NeedState.PROPOSED)),
        "ends": policies.can_end_need(actor, found),
    }
