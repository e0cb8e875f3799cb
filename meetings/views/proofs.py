"""Bringing in signed lists that were scanned, and participant lists of online platforms."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from aoce.common.files import UploadRefusedError, files_of
from aoce.common.models import StoredFile
from meetings.lists import ListUnreadableError
from meetings.lists.online import Match
from meetings.models import TransnationalMeeting
from meetings.presence_files import PRESENCE_FILE
from meetings.services import proofs as services
from meetings.services.participation import NotTodayError
from meetings.views.participation import day_asked, days_of, hosted

ACCEPT = ".pdf,.jpg,.jpeg,.png,.heic,.csv"


def _words(day: date) -> str:
    return date_format(day, "l j F")


def _take_in(request: HttpRequest, meeting: TransnationalMeeting, upload: UploadedFile | None) -> str | services.Proof:
    """Take an upload in; a sentence when it cannot be taken."""
    if upload is None:
        return _("Choose a file first.")
    try:
        return services.take_in(actor=request.actor, meeting=meeting, upload=upload)
    except services.OtherSheetError as error:
        if error.found and error.found != meeting:
            words = _("“%(name)s” is the list of another meeting: %(meeting)s, %(day)s. Bring it in there.")
            return words % {"name": upload.name, "meeting": error.found, "day": _words(error.day)}
        return _("“%(name)s” is the list of another meeting or another day. Nothing was kept.") % {"name": upload.name}
    except (UploadRefusedError, ListUnreadableError) as error:
        return str(error)


@require_http_methods(["GET", "POST"])
def proofs(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: what was brought in, by day. POST with ``do``: upload one more, or say of which day a scan is."""
    meeting = hosted(request, slug)
    days, problems = days_of(meeting), []
    do = request.POST.get("do", "")
    if do == "upload":
        found = _take_in(request, meeting, request.FILES.get("file"))
        if isinstance(found, services.Proof):
            return _after_upload(request, meeting, found)
        problems.append(found)
    elif do.startswith("day-"):
        return _set_day(request, meeting, do.removeprefix("day-"))
    elif request.method == "POST":
        return HttpResponseBadRequest()
    rows = services.proofs_of(meeting)
    context = {
        "meeting": meeting,
        "days": days,
        "problems": problems,
        "accept": ACCEPT,
        "most": settings.UPLOAD_MAX_BYTES,
        "scans": [row for row in rows if row.day is None and row.file.purpose == services.OPEN_SCAN],
        "lists": [row for row in rows if row.day is None and row.file.purpose == services.OPEN_LIST],
        "filed": [row for row in rows if row.day],
    }
    return render(request, "meetings/proofs.html", context, status=422 if problems else 200)


def _here(request: HttpRequest, meeting: TransnationalMeeting) -> HttpResponse:
    return redirect("meetings:proofs", network=request.network.slug, slug=meeting.slug)


def _after_upload(request: HttpRequest, meeting: TransnationalMeeting, proof: services.Proof) -> HttpResponse:
    if proof.file.purpose == services.OPEN_LIST:
        return redirect("meetings:online", network=request.network.slug, slug=meeting.slug, uuid=proof.file.pk)
    if proof.day is None:
        words = _("“%(name)s” is kept, but its code could not be read. Say of which day it is.")
        messages.warning(request, words % {"name": proof.file})
        return _here(request, meeting)
    words = _("“%(name)s” is the signed list of %(day)s and kept with it. Tick who signed.")
    messages.success(request, words % {"name": proof.file, "day": _words(proof.day)})
    response = redirect("meetings:participants", network=request.network.slug, slug=meeting.slug)
    response["Location"] += f"?day={proof.day.isoformat()}#there-title"
    return response


def _set_day(request: HttpRequest, meeting: TransnationalMeeting, pk: str) -> HttpResponse:
    file, day = _file(meeting, pk), day_asked(request, days_of(meeting))
    if day is None:
        messages.error(request, _("Choose one of the meeting's days."))
    else:
        services.set_day(actor=request.actor, meeting=meeting, file=file, day=day)
        messages.success(request, _("“%(name)s” is kept with %(day)s.") % {"name": file, "day": _words(day)})
    return _here(request, meeting)


def _file(meeting: TransnationalMeeting, pk: object) -> StoredFile:
    rows = files_of(PRESENCE_FILE, meeting.pk)
    return get_object_or_404(rows, pk__in=[row.pk for row in rows if str(row.pk) == str(pk)])


def _chosen(request: HttpRequest, matches: list[Match]) -> dict[int, int | None]:
    """Return who was chosen for each place of the list; only somebody who was offered, or somebody new."""
    found: dict[int, int | None] = {}
    for place, match in enumerate(matches):
        said = request.POST.get(f"who-{place}", "")
        offered = {p.pk for p in (match.person, *match.offered) if p}
        if said == "new":
            found[place] = None
        elif said.isdecimal() and int(said) in offered:
            found[place] = int(said)
    return found


@require_http_methods(["GET", "POST"])
def online(request: HttpRequest, slug: str, uuid: object) -> HttpResponse:
    """Show who is on an online list and whom the portal takes them for; POST: write them down as present."""
    meeting = hosted(request, slug)
    file = _file(meeting, uuid)
    try:
        matches = services.matches_of(meeting, file)
    except ListUnreadableError:
        return HttpResponseBadRequest()
    days = days_of(meeting)
    problem = ""
    if request.method == "POST":
        day = day_asked(request, days)
        if day is None:
            problem = _("Choose the day on which these people joined.")
        else:
            try:
                chosen = _chosen(request, matches)
                n = services.take_over(actor=request.actor, meeting=meeting, file=file, day=day, chosen=chosen)
            except NotTodayError:
                problem = _("That day is still to come.")
            else:
                words = ngettext("%(n)s person is written down.", "%(n)s people are written down.", n)
                messages.success(request, words % {"n": n})
                return redirect("meetings:participants", network=request.network.slug, slug=meeting.slug)
    rows = [
        {"place": place, "match": match, "said": request.POST.get(f"who-{place}", _usual(match))}
        for place, match in enumerate(matches)
    ]
    context = {
        "meeting": meeting,
        "file": file,
        "days": days,
        "problem": problem,
        "day": request.POST.get("day") or (days[0].isoformat() if len(days) == 1 else ""),
        "sure": [row for row in rows if row["match"].person],
        "unsure": [row for row in rows if not row["match"].person and row["match"].offered],
        "unknown": [row for row in rows if not row["match"].person and not row["match"].offered],
    }
    return render(request, "meetings/online.html", context, status=422 if problem else 200)


def _usual(match: Match) -> str:
    """Return what is chosen before anybody chooses: who it surely is, somebody new; of those unsure, nobody."""
    if match.person:
        return str(match.person.pk)
    return "" if match.offered else "new"
