"""What is written around a meeting: its rationale before, its record afterwards."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aoce.common import review
from aoce.common.jobs import start_job
from aoce.common.workflow import CommentMissingError, NotAllowedError, WrongStateError
from meetings import policies
from meetings.forms.record import CommentForm, RationaleForm, RecordForm
from meetings.models import Rationale, TransnationalMeeting
from meetings.record import record_page
from meetings.services import record as services
from meetings.views.transnational import find
from meetings.workflow import RATIONALE


def _readable(request: HttpRequest, slug: str) -> tuple[TransnationalMeeting, Rationale]:
    meeting = find(request, slug)
    rationale = services.rationale_of(meeting)
    rationale.meeting = meeting
    if not policies.can_see_rationale(request.actor, rationale):
        raise Http404
    return meeting, rationale


def _back(request: HttpRequest, name: str, meeting: TransnationalMeeting) -> HttpResponse:
    return redirect(f"meetings:{name}", network=request.network.slug, slug=meeting.slug)


@require_http_methods(["GET", "POST"])
def rationale(request: HttpRequest, slug: str) -> HttpResponse:
    """Show why a meeting is held as it is, what changed since the version before, and what was said of it.

    POST with ``do``: a comment, or a step of its workflow.
    """
    meeting, row = _readable(request, slug)
    actor, do = request.actor, request.POST.get("do", "")
    form = CommentForm(request.POST if do == "comment" else None)
    if do == "comment":
        if form.is_valid():
            services.comment_rationale(actor=actor, rationale=row, text=form.cleaned_data["text"])
            return _back(request, "rationale", meeting)
    elif do and row.pk:
        try:
            services.move_rationale(actor=actor, rationale=row, step=do, comment=request.POST.get("comment", ""))
        except (WrongStateError, CommentMissingError) as error:
            messages.error(request, str(error))
        except NotAllowedError as error:
            raise PermissionDenied from error
        except KeyError:
            return HttpResponseBadRequest()
        return _back(request, "rationale", meeting)
    elif request.method == "POST":
        return HttpResponseBadRequest()
    new, old = review.latest_versions(RATIONALE.kind, row.pk) if row.pk else (None, None)
    context = {
        "meeting": meeting,
        "rationale": row,
        "changes": review.compare(new, old) if new and old else [],
        "version": new,
        "comments": list(row.comments.select_related("user")) if row.pk else [],
        "steps": RATIONALE.available(actor, row) if row.pk else [],
        "form": form,
        "writes": policies.can_write_rationale(actor, row),
        "comments_on": policies.can_comment_rationale(actor, row),
        "draws_on": list(row.draws_on.all()) if row.pk else [],
    }
    return render(request, "meetings/rationale.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def rationale_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the rationale; when somebody else saved it meanwhile, both texts are shown."""
    meeting, row = _readable(request, slug)
    if not policies.can_write_rationale(request.actor, row):
        raise PermissionDenied
    chosen = [other.pk for other in row.draws_on.all()] if row.pk else []
    initial = {"body": row.body, "read_version": row.version, "draws_on": chosen}
    form = RationaleForm(request.POST or None, meeting=meeting, initial=initial)
    saved = None
    if request.method == "POST" and form.is_valid():
        try:
            services.save_rationale(actor=request.actor, meeting=meeting, **form.cleaned_data)
        except services.TextChangedError:
            saved = {"who": row.updated_by, "texts": [(_("Rationale"), row.body)]}
            form = RationaleForm(_with_version(request, row.version), meeting=meeting)
        else:
            messages.success(request, _("The rationale is saved."))
            return _back(request, "rationale", meeting)
    context = {"meeting": meeting, "form": form, "saved": saved, "what": _("Rationale"), "back": "meetings:rationale"}
    return render(request, "meetings/text_form.html", context, status=_status(form, saved))


def _with_version(request: HttpRequest, version: int) -> Any:
    data = request.POST.copy()
    data["read_version"] = str(version)
    return data


def _status(form: RationaleForm | RecordForm, saved: dict[str, Any] | None) -> int:
    if saved:
        return 409
    return 422 if form.errors else 200


@require_safe
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a meeting's record: compiled from its agenda, people, documents and photos, and what is written of it."""
    meeting = find(request, slug)
    writes = policies.can_write_agenda(request.actor, meeting)
    context = record_page(meeting, writes=writes) | {"writes": writes}
    return render(request, "meetings/record.html", context)


@require_http_methods(["GET", "POST"])
def record_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Write what the record says beside what is compiled; when somebody else did meanwhile, both are shown."""
    meeting = find(request, slug)
    if not policies.can_write_agenda(request.actor, meeting):
        raise PermissionDenied
    row = services.record_of(meeting)
    names = ("introduction", "decisions", "next_steps")
    initial = {name: getattr(row, name) for name in names} | {"read_version": row.version}
    form = RecordForm(request.POST or None, initial=initial)
    saved = None
    if request.method == "POST" and form.is_valid():
        try:
            services.save_record(actor=request.actor, meeting=meeting, **form.cleaned_data)
        except services.TextChangedError:
            texts = [(form.fields[name].label, getattr(row, name)) for name in names]
            saved = {"who": row.updated_by, "texts": texts}
            form = RecordForm(_with_version(request, row.version))
        else:
            messages.success(request, _("The record is saved."))
            return _back(request, "record", meeting)
    context = {"meeting": meeting, "form": form, "saved": saved, "what": _("Record"), "back": "meetings:record"}
    return render(request, "meetings/text_form.html", context, status=_status(form, saved))


@require_POST
def record_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """Have the record made as PDF."""
    from meetings.tasks import render_record

    meeting = find(request, slug)
    job = start_job(
        actor=request.actor,
        network_id=request.network.pk,
        kind="meeting_record",
        title=_("Record of %(meeting)s as PDF") % {"meeting": meeting},
        task=render_record,
        object_id=meeting.pk,
        back_url=reverse("meetings:record", kwargs={"network": request.network.slug, "slug": slug}),
        meeting_id=meeting.pk,
        language=get_language() or "en",
        writes=policies.can_write_agenda(request.actor, meeting),
    )
    return redirect("common:job", network=request.network.slug, uuid=job.pk)
