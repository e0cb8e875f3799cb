"""Documents and photos of a meeting."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from aoce.common.files import UploadRefusedError
from aoce.common.files.store import PICTURES
from meetings import policies
from meetings.enums import MaterialKind
from meetings.forms.record import DocumentForm, PhotoForm
from meetings.models import Material, Session, TransnationalMeeting
from meetings.services import materials as services
from meetings.views.transnational import find


def _here(request: HttpRequest, meeting: TransnationalMeeting, anchor: str = "") -> HttpResponse:
    response = redirect("meetings:materials", network=request.network.slug, slug=meeting.slug)
    response["Location"] += anchor
    return response


@require_http_methods(["GET", "POST"])
def materials(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: what is kept of a meeting, to be described. POST with ``do``: add, describe or take away."""
    meeting = find(request, slug)
    if not policies.can_write_agenda(request.actor, meeting):
        raise PermissionDenied
    sessions = list(meeting.sessions.all())
    do, _dash, pk = request.POST.get("do", "").partition("-")
    form = DocumentForm(request.POST if do == "document" else None, sessions=sessions)
    problems: dict[str, list[str]] = {"document": [], "photos": []}
    if do in ("document", "photos"):
        form_ok = do == "photos" or form.is_valid()
        if form_ok and (answer := _added(request, meeting, do=do, form=form, sessions=sessions, problems=problems[do])):
            return answer
    elif do in ("describe", "remove"):
        row = get_object_or_404(Material.objects.select_related("meeting", "file"), meeting=meeting, pk=_number(pk))
        row.meeting = meeting
        return _change(request, row, do, sessions)
    elif request.method == "POST":
        return HttpResponseBadRequest()
    rows = list(Material.objects.filter(meeting=meeting).select_related("file", "session"))
    context = {
        "meeting": meeting,
        "form": form,
        "problems": problems,
        "documents": [row for row in rows if not row.is_photo],
        "photos": [(row, PhotoForm(material=row, sessions=sessions)) for row in rows if row.is_photo],
        "accept": ",".join(f".{kind}" for kind in settings.UPLOAD_DOCUMENT_TYPES),
        "pictures": ",".join(f".{kind}" for kind in [*PICTURES, "jpeg"]),
        "most": settings.UPLOAD_MAX_BYTES,
    }
    wrong = form.errors or any(problems.values())
    return render(request, "meetings/materials.html", context, status=422 if wrong else 200)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _session(sessions: list[Session], pk: int | None) -> Session | None:
    return next((session for session in sessions if session.pk == pk), None)


def _added(
    request: HttpRequest,
    meeting: TransnationalMeeting,
    *,
    do: str,
    form: DocumentForm,
    sessions: list[Session],
    problems: list[str],
) -> HttpResponse | None:
    """Keep what was uploaded; None when some of it could not be, with a sentence for each in ``problems``."""
    uploads: list[UploadedFile] = request.FILES.getlist("file")
    if not uploads:
        problems.append(_("Choose a file first."))
        return None
    kept = 0
    for upload in uploads:
        about = {"kind": MaterialKind.PHOTO.value}
        if do == "document":
            data = form.cleaned_data
            about = {"kind": data["kind"], "title": data["title"], "session": _session(sessions, data["session"])}
        try:
            services.add(actor=request.actor, meeting=meeting, upload=upload, **about)
            kept += 1
        except UploadRefusedError as error:
            problems.append(str(error))
    if kept:
        words = ngettext("%(n)s file is kept.", "%(n)s files are kept.", kept) % {"n": kept}
        messages.success(request, words)
    return None if problems else _here(request, meeting, f"#{do}")


def _change(request: HttpRequest, row: Material, do: str, sessions: list[Session]) -> HttpResponse:
    if do == "remove":
        services.take_away(actor=request.actor, material=row)
        messages.success(request, _("“%(name)s” is taken away.") % {"name": row})
        return _here(request, row.meeting)
    form = PhotoForm(request.POST, material=row, sessions=sessions)
    if not form.is_valid():
        return HttpResponseBadRequest()
    data = form.cleaned_data
    services.describe(actor=request.actor, material=row, **data | {"session": _session(sessions, data["session"])})
    if row.is_shown:
        messages.success(request, _("Saved. Everybody who sees the meeting sees this photo."))
    else:
        messages.success(request, _("Saved. The photo stays hidden until it has its text and everybody agreed."))
    return _here(request, row.meeting, f"#photo-{row.pk}")
