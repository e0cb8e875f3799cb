"""Local reports for whoever writes them: the form and what its buttons do."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from aoce.common import autosave
from aoce.common.drafts import EditConflictError, open_conflicts
from aoce.common.enums import State
from aoce.common.files import UploadRefusedError
from aoce.common.models import ReviewPoint, StatusChange, StoredFile
from aoce.common.review import points_for
from meetings import pages, policies
from meetings.forms.ulg import HOW_CHOICES, PARTS, ReportForm, new_person, people_edits
from meetings.models import AttendanceSheet, TransnationalMeeting, UlgReport
from meetings.services import attendance, drafting
from meetings.services import ulg as services
from meetings.services.drafting import KIND
from partners.models import StakeholderKind


def find(request: HttpRequest, pk: int) -> UlgReport:
    """Return a report the actor sees, with its meeting and city; 404 otherwise. One query."""
    rows = UlgReport.objects.visible_to(request.actor).select_related(
        "meeting__partner", "meeting__transnational", "updated_by"
    )
    report = get_object_or_404(rows, pk=pk)
    report.meeting.partner.network = request.network
    return report


def writable(request: HttpRequest, pk: int) -> UlgReport:
    """Return a report the actor may write; 404 for one they do not see, 403 for one they only read."""
    report = find(request, pk)
    if not policies.can_write_report(request.actor, report):
        raise PermissionDenied
    return report


def here(request: HttpRequest, report: UlgReport, name: str = "ulg_edit", anchor: str = "") -> HttpResponse:
    """Send the browser to one of the report's pages."""
    return redirect(reverse(f"meetings:{name}", kwargs={"network": request.network.slug, "pk": report.pk}) + anchor)


def _choices(request: HttpRequest) -> tuple[list[TransnationalMeeting], list[StakeholderKind]]:
    meetings = list(TransnationalMeeting.objects.visible_to(request.actor))
    return meetings, list(StakeholderKind.objects.filter(network=request.network))


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the form. POST with ``do``: save, autosave, submit, attach, take-…, remove-…."""
    report = writable(request, pk)
    if request.method == "POST":
        attendance.must_be_writable(request.actor, report)
        return _write(request, report)
    if report.state == State.APPROVED:
        return here(request, report, "ulg_detail")
    return _form_page(request, report)


def _form_page(
    request: HttpRequest,
    report: UlgReport,
    form: ReportForm | None = None,
    problems: list[services.Problem] | None = None,
    refused: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    meetings, kinds = _choices(request)
    counts = list(report.counts.all())
    report._prefetched_objects_cache = {"counts": counts}
    today = request.network.today()
    fields = drafting.read(report)
    if form is None:
        form = ReportForm(
            initial={**fields, "read_version": report.version, "base": drafting.base_of(fields)},
            meetings=meetings,
            kinds=kinds,
            today=today,
            problems={p.field: p.words for p in problems or ()},
        )
    edit_all = request.GET.get("people") == "all"
    sides = pages.sides_of(report, kinds, counts, edit_all=edit_all)
    errors: dict[str, int] = {}
    for problem in problems or ():
        errors[problem.part] = errors.get(problem.part, 0) + 1
    for name in () if problems else form.errors:
        part = next((code for code, names in PARTS.items() if name in names), "attendance")
        errors[part] = errors.get(part, 0) + 1
    for target, _words in refused or ():
        part = "attendance" if target == "sheets" else "talk"
        errors[part] = errors.get(part, 0) + 1
    asked, points = asked_of(report) if report.state == State.CHANGES else (None, [])
    served = list(services.obligations_of(report).order_by("due_on"))
    conflicts = list(open_conflicts(KIND, report.pk))
    saved = timezone.localtime(report.updated_at)
    context = {
        "report": report,
        "meeting": report.meeting,
        "city": report.meeting.partner,
        "form": form,
        "sides": sides,
        "parts": pages.parts_of(report, sides, errors, today),
        "problems": problems or [],
        "refused": refused or [],
        "refused_report": [words for target, words in refused or () if target == "report_files"],
        "refused_grid": [words for target, words in refused or () if target == "grid_proof"],
        "refused_sheets": [words for target, words in refused or () if target == "sheets"],
        "error_count": sum(errors.values()),
        "kinds": kinds,
        "how_choices": HOW_CHOICES,
        "edit_all": edit_all,
        "asked": asked,
        "points": points,
        "served": served,
        "conflicts": conflicts,
        "is_draft": report.state in policies.OPEN,
        "saved_today": saved.date() == timezone.localdate(),
        "report_types": ", ".join(kind.upper() for kind in settings.UPLOAD_REPORT_TYPES),
        "report_accept": ",".join(f".{kind}" for kind in settings.UPLOAD_REPORT_TYPES),
        "scan_types": ", ".join(kind.upper() for kind in settings.UPLOAD_SCAN_TYPES),
        "list_types": ", ".join(kind.upper() for kind in settings.UPLOAD_LIST_TYPES),
        "sheet_accept": ",".join(f".{kind}" for kind in (*attendance.sheet_types(), "jpeg")),
        "most": settings.UPLOAD_MAX_BYTES // (1024 * 1024),
    }
    return render(request, "meetings/ulg_edit.html", context)


def asked_of(report: UlgReport) -> tuple[StatusChange | None, list[ReviewPoint]]:
    """Return the last request for changes and its points. One query, two when it has no points."""
    every = list(points_for(KIND, report.pk))
    newest = max((p.change_id for p in every), default=0)
    changes = StatusChange.objects.filter(kind=KIND, object_id=report.pk, target=State.CHANGES).select_related("user")
    if every and report.state != State.CHANGES:
        return every[-1].change, [p for p in every if p.change_id == newest]
    last = changes.last() if not every else every[-1].change
    return last, [p for p in every if p.change_id == newest]


def _answer_points(request: HttpRequest, report: UlgReport) -> None:
    sent = {key.split("-")[1] for key in request.POST if key.startswith("point-")}
    for point in ReviewPoint.objects.filter(kind=KIND, object_id=report.pk, pk__in=[n for n in sent if n.isdecimal()]):
        answer = request.POST.get(f"point-{point.pk}-answer", "").strip()
        done = request.POST.get(f"point-{point.pk}-done") == "on"
        if (answer, done) != (point.answer, point.addressed_at is not None):
            services.answer_point(actor=request.actor, report=report, point=point, answer=answer, addressed=done)


def _save_people(request: HttpRequest, report: UlgReport, *, adding: bool) -> None:
    """Write what the form says of people: on the report, on lists that wait, and on the empty line."""
    edits = people_edits(request.POST)
    if people := edits.pop("p", {}):
        attendance.correct_people(actor=request.actor, report=report, edits=people)
    wanted = {int(group[1:]): rows for group, rows in edits.items()}
    for sheet in AttendanceSheet.objects.filter(report=report, pk__in=wanted).select_related("file"):
        sheet.report = report
        attendance.correct_rows(actor=request.actor, sheet=sheet, edits=wanted[sheet.pk])
    person = new_person(request.POST) if adding else None
    if person is not None:
        attendance.add_person(actor=request.actor, report=report, person=person)


#: Fields of files → what keeps one.
TAKERS = (
    ("report_files", attendance.attach_report),
    ("grid_proof", attendance.attach_grid_proof),
    ("sheets", attendance.attach_sheet),
)


def _attach(request: HttpRequest, report: UlgReport) -> list[tuple[str, str]]:
    """Keep what was uploaded; return what was refused, with the field it came from."""
    refused = []
    for target, take in TAKERS:
        for upload in request.FILES.getlist(target):
            try:
                take(actor=request.actor, report=report, upload=upload)
            except UploadRefusedError as error:
                refused.append((target, str(error)))
    return refused


def _write(request: HttpRequest, report: UlgReport) -> HttpResponse:
    """Save everything the form carries; then do what was asked. A conflict keeps both texts."""
    quiet = request.POST.get("do") == "autosave"
    if quiet and report.state == State.SUBMITTED:
        return JsonResponse({"said": ""})
    meetings, kinds = _choices(request)
    form = ReportForm(request.POST, meetings=meetings, kinds=kinds, today=request.network.today())
    if not form.is_valid():
        if quiet:
            return autosave.refused(_("Not saved: press “Save as draft” to see why."))
        _save_people(request, report, adding=True)
        return _form_page(request, report, form, refused=_attach(request, report))
    torn = False
    try:
        services.save(
            actor=request.actor,
            report=report,
            fields=form.texts,
            read_version=form.cleaned_data["read_version"],
            base=form.cleaned_data["base"],
        )
    except EditConflictError:
        torn = True
    _save_people(request, report, adding=not quiet)
    _answer_points(request, report)
    if quiet:
        return _quiet_answer(request, report, torn=torn)
    refused = _attach(request, report)
    if torn:
        return here(request, report, "ulg_conflict")
    return _form_page(request, report, refused=refused) if refused else _after(request, report)


def _after(request: HttpRequest, report: UlgReport) -> HttpResponse:
    """Do what was asked, now that everything typed and uploaded is kept."""
    do = request.POST.get("do", "")
    anchor = _act(request, report, do)
    if report.state == State.SUBMITTED:
        return _amend(request, report)
    if do == "submit":
        return _submit(request, report)
    if do == "save":
        messages.success(request, _("Saved as a draft."))
    return here(request, report, anchor=anchor)


def _quiet_answer(request: HttpRequest, report: UlgReport, *, torn: bool) -> JsonResponse:
    if torn:
        target = reverse("meetings:ulg_conflict", kwargs={"network": request.network.slug, "pk": report.pk})
        return autosave.torn(target)
    return autosave.saved(report.version)


def _act(request: HttpRequest, report: UlgReport, do: str) -> str:
    """Do what a button besides save and submit asks; return where to go on the page."""
    name, _sep, which = do.partition("-")
    if name == "remove":
        file = get_object_or_404(
            StoredFile, owner_kind__in=attendance.OWN_FILES, owner_id=report.pk, removed_at=None, pk=which
        )
        people = attendance.detach(actor=request.actor, report=report, file=file)
        said = _("“%(name)s” is taken out.") % {"name": file.name}
        if people:
            more = ngettext("%(n)s person from it, too.", "%(n)s people from it, too.", people)
            said = f"{said} {more % {'n': people}}"
        messages.success(request, said)
        return "#attendance" if file.owner_kind == attendance.SHEET_FILE else "#talk"
    if name == "take" and which.isdecimal():
        sheet = get_object_or_404(AttendanceSheet.objects.select_related("file"), report=report, pk=which)
        sheet.report = report
        try:
            people = attendance.take_over(actor=request.actor, sheet=sheet)
        except attendance.NotCompleteError:
            messages.error(request, _("Some rows have no name. Write it, or leave the row out; then take over."))
            return f"#list-{sheet.pk}"
        said = ngettext("%(n)s person is taken over.", "%(n)s people are taken over.", people) % {"n": people}
        messages.success(request, said)
        return "#people"
    if do == "attach":
        return "#attendance" if request.FILES.getlist("sheets") else "#talk"
    return "#people" if do in ("add", "people") else ""


def _submit(request: HttpRequest, report: UlgReport) -> HttpResponse:
    try:
        services.submit(actor=request.actor, report=report, today=request.network.today())
    except services.NotReadyError as error:
        return _form_page(request, report, problems=error.problems)
    messages.success(request, _("It is handed in. The Lead Partner gets a message."))
    return here(request, report, "ulg_detail")


def _amend(request: HttpRequest, report: UlgReport) -> HttpResponse:
    """A submitted report was changed: freeze it again if it is still complete."""
    try:
        changed = services.amend(actor=request.actor, report=report, today=request.network.today())
    except services.NotReadyError as error:
        return _form_page(request, report, problems=error.problems)
    if changed:
        messages.success(request, _("The change is handed in."))
    return here(request, report, anchor="" if changed else "#attendance")


@require_http_methods(["POST"])
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away that was never submitted."""
    report = writable(request, pk)
    services.discard(actor=request.actor, report=report)
    messages.success(request, _("The draft is thrown away."))
    return redirect("meetings:ulg_list", network=request.network.slug)
