"""A report as it was handed in: for whoever checks it, and for whoever may read it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aoce.common import review
from aoce.common.enums import State
from aoce.common.forms import DecisionForm, point_rows, points_in
from aoce.common.jobs import start_job
from aoce.common.models import SubmittedVersion
from aoce.common.reading import paragraphs
from aoce.common.workflow import CommentMissingError
from meetings import pages, policies
from meetings.figures import attendance_of
from meetings.models import Attendee, UlgReport
from meetings.services import drafting
from meetings.services import ulg as services
from meetings.services.drafting import KIND
from meetings.views.ulg import find
from partners.models import StakeholderKind
from roadmap.enums import OPEN_STATES
from roadmap.models import Obligation

TEXT_FIELDS = ("topics", "decisions", "lessons")
FACT_FIELDS = ("date", "place", "link", "grid_shared", "grid_shared_on")


def shown_text(code: str, text: str) -> str:
    """Return a frozen field's text as people read it."""
    if code in ("date", "grid_shared_on") and (day := drafting.as_day(text)):
        return date_format(day, "j F Y")
    if code == "grid_shared":
        return _("Yes") if text == "Yes" else _("No")
    return text


@require_http_methods(["GET", "POST"])
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the report; its writer comes to the form while it is open. POST with ``do``: the checker's decisions."""
    report = find(request, pk)
    if request.method == "POST":
        if not policies.can_check_report(request.actor, report):
            raise PermissionDenied
        return _decide(request, report)
    if policies.can_write_report(request.actor, report) and report.state in policies.OPEN:
        return redirect("meetings:ulg_edit", network=request.network.slug, pk=report.pk)
    return _page(request, report)


def _frozen(report: UlgReport, new: SubmittedVersion | None) -> dict[str, str]:
    """Return what was handed in last; the draft itself while nothing was."""
    return new.data if new else drafting.read(report)


def _page(
    request: HttpRequest,
    report: UlgReport,
    form: DecisionForm | None = None,
    problem: str = "",
    rows: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    actor = request.actor
    new, old = review.latest_versions(KIND, report.pk)
    report._prefetched_objects_cache = {"counts": list(report.counts.all())}
    data = _frozen(report, new)
    show = request.GET.get("show", "")
    if show == "old" and old:
        data = old.data
    before = old.data if old and show not in ("clean", "old") else data
    texts = [
        {
            "code": code,
            "label": drafting.LABELS[code],
            "paragraphs": paragraphs(review.mark_changes(before.get(code, ""), data.get(code, ""))),
        }
        for code in TEXT_FIELDS
    ]
    facts = [
        {
            "label": drafting.LABELS[code],
            "text": shown_text(code, data.get(code, "")),
            "before": shown_text(code, before.get(code, "")) if before.get(code) != data.get(code) else "",
        }
        for code in FACT_FIELDS
        if data.get(code) or before.get(code)
    ]
    kinds = list(StakeholderKind.objects.filter(network=request.network))
    people = list(Attendee.objects.filter(report=report))
    names = policies.can_see_people(actor, report)
    obligations = list(
        Obligation.objects.filter(partner=report.meeting.partner_id, task__deliverable=KIND)
        .with_due()
        .select_related("task")
        .order_by("due_on", "pk")
    )
    checks = policies.can_check_report(actor, report)
    every = list(review.points_for(KIND, report.pk))
    last = max((p.change_id for p in every), default=0)
    free = [o for o in obligations if o.deliverable_id is None and o.state in OPEN_STATES]
    version = new.number if new else 0
    return render(
        request,
        "meetings/ulg_detail.html",
        {
            "report": report,
            "meeting": report.meeting,
            "city": report.meeting.partner,
            "title": data.get("title") or str(report.meeting),
            "new": new,
            "old": old,
            "show": show,
            "texts": texts,
            "facts": facts,
            "people_changed": bool(old) and old.data.get("people") != (new.data if new else {}).get("people"),
            "people_before": old.data.get("people", "") if old else "",
            "attendance": attendance_of(kinds, people, report.counts.all()),
            "people": pages.people_lines(people, {k.pk: k.name for k in kinds}) if names else [],
            "names": names,
            "files": [
                (line, bool(old) and line.file.name not in old.data.get("files", "").split("\n"))
                for line in pages.files_of(report, sheets=names)
            ],
            "checks": checks and report.state == State.SUBMITTED,
            "reopens": checks and report.state == State.APPROVED,
            "writes": policies.can_write_report(actor, report) and report.state == State.SUBMITTED,
            "served": [o for o in obligations if o.deliverable == KIND and o.deliverable_id == report.pk],
            "further": free if checks and report.state in policies.SHARED else [],
            "points": [p for p in every if p.change_id == last],
            "steps": review.steps_of(review.history(KIND, report.pk)),
            "form": form or DecisionForm(initial={"version": version}),
            "rows": rows or point_rows(None),
            "problem": problem,
        },
    )


def _decide(request: HttpRequest, report: UlgReport) -> HttpResponse:
    """Accept, return with points, open again, or let the report serve a further task."""
    do = request.POST.get("do", "")
    if do == "serve":
        rows = services.further_obligations(report)
        obligation = get_object_or_404(rows, pk=request.POST.get("obligation") or 0)
        services.serve_also(actor=request.actor, report=report, obligation=obligation)
        messages.success(request, _("It also counts for “%(task)s”.") % {"task": obligation.task.title})
        return _again(request, report)
    points = points_in(request.POST)
    form = DecisionForm(request.POST)
    if do not in ("approve", "ask_changes", "reopen", "more"):
        return HttpResponseBadRequest()
    if not form.is_valid() or do == "more":
        return _page(request, report, form, rows=point_rows(points, more=do == "more"))
    comment, version, city = form.cleaned_data["comment"], form.cleaned_data["version"], report.meeting.partner
    try:
        if do == "approve":
            services.approve(actor=request.actor, report=report, comment=comment, version=version)
            messages.success(request, _("Approved. %(who)s gets a message.") % {"who": city})
        elif do == "reopen":
            services.reopen(actor=request.actor, report=report, comment=comment)
            messages.success(request, _("Open again. %(who)s gets a message.") % {"who": city})
        else:
            services.ask_changes(
                actor=request.actor,
                report=report,
                points=points,
                comment=comment,
                due=form.cleaned_data["due"],
                version=version,
            )
            messages.success(request, _("Returned. %(who)s gets a message with what to address.") % {"who": city})
    except CommentMissingError as missing:
        return _page(request, report, form, problem=str(missing), rows=points)
    except services.NewerVersionError:
        newest, _before = review.latest_versions(KIND, report.pk)
        data = request.POST.copy()
        data["version"] = str(newest.number if newest else 0)
        words = _("The city changed the report while you were reading. Look at the new version, then decide again.")
        return _page(request, report, DecisionForm(data), problem=words, rows=points)
    return _again(request, report)


def _again(request: HttpRequest, report: UlgReport) -> HttpResponse:
    return redirect("meetings:ulg_detail", network=request.network.slug, pk=report.pk)


@require_POST
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the attendance list of a local meeting made, with what was signed on a screen."""
    from meetings.tasks import render_local_sheet

    report = find(request, pk)
    if not policies.can_see_people(request.actor, report):
        raise PermissionDenied
    job = start_job(
        actor=request.actor,
        network_id=request.network.pk,
        kind="attendance_sheet",
        title=_("Attendance list of %(meeting)s as PDF") % {"meeting": report.meeting},
        task=render_local_sheet,
        object_id=report.pk,
        back_url=reverse("meetings:ulg_detail", kwargs={"network": request.network.slug, "pk": pk}),
        report_id=report.pk,
        language=get_language() or "en",
    )
    return redirect("common:job", network=request.network.slug, uuid=job.pk)
