"""Quarterly reports: the list, one report, its sections, preview, rendering, deciding."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from js_asset import Media

from aoce.common import autosave, review
from aoce.common.charts import drawing
from aoce.common.drafts import EditConflictError, open_conflicts
from aoce.common.models import DraftConflict, SubmittedVersion
from aoce.common.review import FieldChange
from aoce.common.richtext import to_marks
from aoce.common.workflow import CommentMissingError
from reports import policies, services
from reports.blanks import blanks_of
from reports.charts import CHARTS
from reports.enums import ReportState
from reports.forms import NewReportForm, PlainSectionForm, ReturnForm, SectionForm
from reports.models import QuarterlyReport
from reports.sections import BY_CODE, SECTIONS
from reports.services.quarterly import KIND, SECTION_KIND, WRITABLE
from reports.services.rendering import page_context, title_of
from reports.workflow import QUARTERLY


def find(request: HttpRequest, year: int, quarter: int) -> QuarterlyReport:
    """Return the report of a quarter if this person sees it; else it does not exist."""
    rows = QuarterlyReport.objects.visible_to(request.actor).select_related("file")
    report = get_object_or_404(rows, year=year, quarter=quarter)
    report.network = request.network
    return report


def here(report: QuarterlyReport, name: str = "detail", **more: Any) -> str:
    """Return the address of a page of this report."""
    where = {"network": report.network.slug, "year": report.year, "quarter": report.quarter, **more}
    return reverse(f"reports:{name}", kwargs=where)


@require_GET
def report_list(request: HttpRequest) -> HttpResponse:
    """List the quarters, with the state of each report."""
    if not policies.can_list_reports(request.actor):
        raise PermissionDenied
    reports = list(QuarterlyReport.objects.visible_to(request.actor).select_related("file"))
    writes = policies.can_create_report(request.actor, request.network.pk)
    today = request.network.today()
    current = next((r for r in reports if r.state != ReportState.PUBLISHED and r.end <= today), None)
    context = {
        "reports": reports,
        "is_public": any(report.state == ReportState.PUBLISHED for report in reports),
        "current": current,
        "needed": request.network.minimums.get("quarterly_reports", 0),
        "published": sum(report.state == ReportState.PUBLISHED for report in reports),
        "form": NewReportForm(initial={"year": today.year, "quarter": (today.month + 2) // 3}) if writes else None,
    }
    return render(request, "reports/list.html", context)


@require_POST
def report_new(request: HttpRequest) -> HttpResponse:
    """Begin the report of a quarter."""
    if not policies.can_create_report(request.actor, request.network.pk):
        raise PermissionDenied
    form = NewReportForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a year and a quarter."))
        return redirect("reports:list", network=request.network.slug)
    report = services.create_report(actor=request.actor, network=request.network, **form.cleaned_data)
    return redirect(here(report))


@require_GET
def detail(request: HttpRequest, year: int, quarter: int) -> HttpResponse:
    """Show a report: its figures, what it lacks, its sections, what can be done."""
    report = find(request, year, quarter)
    return render(request, "reports/detail.html", detail_context(request, report))


def detail_context(request: HttpRequest, report: QuarterlyReport, form: ReturnForm | None = None) -> dict[str, Any]:
    """Return what the report's page shows."""
    figures = services.figures_of(report, lessons=False)
    sections = {section.code: section for section in report.sections.select_related("updated_by")}
    bodies = {code: section.body for code, section in sections.items()}
    writes = policies.can_write_report(request.actor, report) and report.state in WRITABLE
    leads = request.actor.leads
    job, drafted = services.work_on(report) if leads and report.state != ReportState.PUBLISHED else (None, None)
    steps = list(review.history(KIND, report.pk)) if leads else []
    asked = next((step for step in reversed(steps) if step.transition == "ask_changes"), None)
    transitions = {t.name for t in QUARTERLY.available(request.actor, report)}
    changed, before = changes_of(report) if "approve" in transitions else ({}, None)
    return {
        "report": report,
        "figures": figures,
        "chapters": [{"section": s, "row": sections.get(s.code), "changed": changed.get(s.code)} for s in SECTIONS],
        "before": before,
        "writes": writes,
        "blanks": blanks_of(report, figures, bodies) if writes else [],
        "steps": review.steps_of(steps),
        "transitions": transitions,
        "form": form or ReturnForm(),
        "asked": asked,
        "points": list(review.points_for(KIND, report.pk).filter(change=asked)) if asked else [],
        "job": job,
        "drafted": drafted,
        "languages": services.report_languages(request.network),
    }


def changes_of(report: QuarterlyReport) -> tuple[dict[str, FieldChange], SubmittedVersion | None]:
    """Return what changed since it was submitted before, by section, and that version; nothing the first time."""
    new, old = review.latest_versions(KIND, report.pk)
    if new is None or old is None:
        return {}, None
    return {change.code: change for change in review.compare(new, old) if change.changed}, old


@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, year: int, quarter: int, code: str) -> HttpResponse:
    """Write one section. Saving while typing posts with ``do=autosave`` and gets JSON."""
    report = find(request, year, quarter)
    if code not in BY_CODE:
        raise Http404
    if not policies.can_write_report(request.actor, report):
        raise PermissionDenied
    if report.state not in WRITABLE:
        return redirect(here(report))
    row = report.sections.filter(code=code).select_related("updated_by").first()
    plain = "plain" in (request.POST or request.GET)
    form_class = PlainSectionForm if plain else SectionForm
    if request.method == "POST":
        form = form_class(request.POST)
        if form.is_valid():
            form.cleaned_data.pop("plain", None)
            return _save_section(request, report, code, form)
        if request.POST.get("do") == "autosave":
            return autosave.refused(_("Not saved: press “Save” to see why."))
    else:
        body = row.body if row else ""
        initial = {"body": to_marks(body) if plain else body, "read_version": row.version if row else 1}
        form = form_class(initial=initial)
    context = {"report": report, "section": BY_CODE[code], "row": row, "form": form, "plain": plain}
    context["figures"] = services.figures_of(report)
    context["conflicts"] = list(open_conflicts(SECTION_KIND, row.pk)) if row else []
    # The editor's import map is an inline script: it carries the page's nonce.
    context["editor"] = "" if plain else Media.from_media(form.media, nonce=request.csp_nonce)
    return render(request, "reports/section.html", context)


def _save_section(request: HttpRequest, report: QuarterlyReport, code: str, form: SectionForm) -> HttpResponse:
    quiet = request.POST.get("do") == "autosave"
    try:
        row = services.save_section(actor=request.actor, report=report, code=code, **form.cleaned_data)
    except EditConflictError as conflict:
        target = here(report, "section_conflict", code=code, pk=conflict.conflict.pk)
        if quiet:
            return autosave.torn(target)
        return redirect(target)
    if quiet:
        return autosave.saved(row.version)
    messages.success(request, _("“%(title)s” is saved.") % {"title": BY_CODE[code].title})
    return redirect(here(report))


@require_http_methods(["GET", "POST"])
def section_conflict(request: HttpRequest, year: int, quarter: int, code: str, pk: int) -> HttpResponse:
    """Show both texts of a section that two people changed; POST chooses."""
    report = find(request, year, quarter)
    if not policies.can_write_report(request.actor, report):
        raise PermissionDenied
    row = get_object_or_404(report.sections.select_related("updated_by"), code=code)
    conflict: DraftConflict = get_object_or_404(open_conflicts(SECTION_KIND, row.pk), pk=pk)
    typed = conflict.data.get("body", "")
    if request.method == "POST":
        body = {"saved": row.body, "typed": typed}.get(request.POST.get("do", ""), row.body + typed)
        services.resolve_section(actor=request.actor, report=report, section=row, conflict=conflict, body=body)
        messages.success(request, _("Settled. You can go on writing."))
        return redirect(here(report, "section", code=code))
    context = {"report": report, "section": BY_CODE[code], "row": row, "conflict": conflict, "typed": typed}
    return render(request, "reports/conflict.html", context)


@require_GET
def preview(request: HttpRequest, year: int, quarter: int) -> HttpResponse:
    """Show the report as the PDF will show it."""
    report = find(request, year, quarter)
    is_draft = report.state != ReportState.PUBLISHED
    with translation.override(report_language(request)):
        context = page_context(report, services.figures_of(report), is_draft=is_draft)
        context |= {"pdf_language": translation.get_language(), "title": title_of(report)}
        return render(request, "pdf/quarterly.html", context)


def report_language(request: HttpRequest) -> str:
    """Return the language a report is made in: the one asked for if the network has it, else its first."""
    codes = [code for code, _name in services.report_languages(request.network)]
    asked = request.POST.get("language") or request.GET.get("language")
    return asked if asked in codes else codes[0]


@require_GET
def chart(request: HttpRequest, year: int, quarter: int, name: str) -> HttpResponse:
    """Draw one of the report's charts."""
    report = find(request, year, quarter)
    if name not in CHARTS:
        raise Http404
    asked = request.GET.get("language", "")
    with translation.override(asked if asked in dict(settings.LANGUAGES) else report_language(request)):
        drawn = drawing(CHARTS[name](services.figures_of(report)))
    response = HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")
    response["Cache-Control"] = "private, no-cache"
    return response


@require_POST
def render_pdf(request: HttpRequest, year: int, quarter: int) -> HttpResponse:
    """Ask the worker for a draft PDF, and show its progress."""
    report = find(request, year, quarter)
    job = services.start_render(actor=request.actor, report=report, language=report_language(request))
    return redirect("common:job", network=request.network.slug, uuid=job.pk)


@require_POST
def decide(request: HttpRequest, year: int, quarter: int) -> HttpResponse:
    """Submit, approve, return or publish."""
    report = find(request, year, quarter)
    do = request.POST.get("do", "")
    if do == "publish":
        job = services.start_publishing(actor=request.actor, report=report, language=report_language(request))
        return redirect("common:job", network=request.network.slug, uuid=job.pk)
    if do == "answer":
        return _answer_points(request, report)
    if do == "submit":
        services.submit(actor=request.actor, report=report)
        messages.success(request, _("The report is with the Lead Partner."))
    elif do == "approve":
        services.approve(actor=request.actor, report=report, comment=request.POST.get("comment", ""))
        messages.success(request, _("Approved. You can publish it now."))
    elif do == "ask_changes":
        form = ReturnForm(request.POST)
        points = [("", line.strip()) for line in request.POST.get("points", "").splitlines() if line.strip()]
        comment = request.POST.get("comment", "").strip()
        try:
            if form.is_valid():
                services.ask_changes(actor=request.actor, report=report, comment=comment, points=points)
        except CommentMissingError:
            form.add_error("points", _("Write at least one point, or a comment, so that it is clear what to mend."))
        if not form.is_valid():
            return render(request, "reports/detail.html", detail_context(request, report, form), status=422)
        messages.success(request, _("Returned. The Lead Expert gets a message with what to address."))
    else:
        raise Http404
    return redirect(here(report))


def _answer_points(request: HttpRequest, report: QuarterlyReport) -> HttpResponse:
    """Write down what became of each point the Lead Partner asked for."""
    if not policies.can_write_report(request.actor, report):
        raise PermissionDenied
    for point in review.points_for(KIND, report.pk):
        if f"point-{point.pk}-answer" not in request.POST:
            continue
        answer = request.POST[f"point-{point.pk}-answer"].strip()
        done = request.POST.get(f"point-{point.pk}-done") == "on"
        if (answer, done) != (point.answer, point.addressed_at is not None):
            services.answer_point(actor=request.actor, report=report, point=point, answer=answer, addressed=done)
    messages.success(request, _("Your answers are saved. Submit the report when everything is addressed."))
    return redirect(here(report))
