"""Writing an agenda: sessions added, changed, moved; published; taken out as PDF and calendar file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aoce.common.jobs import start_job
from meetings import policies
from meetings.agenda import agenda_of, hours, read_along
from meetings.forms.agenda import CopyForm, PlaceForm, SessionForm, TemplateForm
from meetings.grid import grid_of
from meetings.models import AgendaTemplate, Session, TransnationalMeeting
from meetings.services import agenda as services
from meetings.views.transnational import find, words_of

#: What the buttons beside a session do: minutes to move by, minutes to make it longer by, days to move by.
MOVES = {
    "earlier": {"minutes": -15},
    "later": {"minutes": 15},
    "longer": {"longer": 15},
    "shorter": {"longer": -15},
    "day-before": {"days": -1},
    "day-after": {"days": 1},
}


def _write(request: HttpRequest, slug: str) -> TransnationalMeeting:
    meeting = find(request, slug)
    if not policies.can_write_agenda(request.actor, meeting):
        raise PermissionDenied
    return meeting


def _agenda(request: HttpRequest, meeting: TransnationalMeeting, anchor: str = "") -> HttpResponse:
    response = redirect("meetings:agenda", network=request.network.slug, slug=meeting.slug)
    response["Location"] += anchor
    return response


def context_of(request: HttpRequest, meeting: TransnationalMeeting) -> dict[str, Any]:
    """Return a meeting's agenda and what was published of it."""
    edition = meeting.editions.first()
    return {"agenda": agenda_of(meeting, read_along(meeting), edition, request.network.today()), "edition": edition}


@require_safe
def agenda(request: HttpRequest, slug: str) -> HttpResponse:
    """The agenda as it is written: every session with its buttons, what overlaps, what changed."""
    meeting = _write(request, slug)
    context = context_of(request, meeting) | {"meeting": meeting, "when": words_of(meeting)}
    context["copy"] = CopyForm(meeting=meeting)
    context["keep"] = TemplateForm() if policies.can_edit_meeting(request.actor, meeting) else None
    context["grid"] = grid_of(context["agenda"])
    return render(request, "meetings/agenda.html", context)


@require_http_methods(["GET", "POST"])
def session_edit(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """Add a session, or change one. When somebody else saved it meanwhile, both texts are shown."""
    meeting = _write(request, slug)
    session = Session.objects.filter(meeting=meeting, pk=pk).first() if pk else None
    gone = bool(pk) and session is None
    if gone and request.method == "GET":
        raise Http404
    day = request.GET.get("day", "")
    form = SessionForm(request.POST or None, meeting=meeting, session=session, initial={"day": day} if day else None)
    status, saved = 200, None
    if gone:
        status = 409
    elif request.method == "POST" and form.is_valid():
        try:
            data = {"guests": [], **form.cleaned_data}
            made = services.save_session(actor=request.actor, meeting=meeting, session=session, **data)
        except services.OutsideMeetingError:
            when = words_of(meeting)
            form.add_error("day", _("The meeting is %(when)s. Choose one of its days.") % {"when": when})
        except services.SessionGoneError:
            session, gone, status = None, True, 409
        except services.SessionChangedError:
            session.refresh_from_db()
            saved, status = session, 409
            data = request.POST.copy()
            data["read_version"] = str(session.version)
            form = SessionForm(data, meeting=meeting, session=session)
        else:
            messages.success(request, _("“%(title)s” is saved.") % {"title": made})
            return _agenda(request, meeting, f"#s{made.pk}")
    context = {"meeting": meeting, "session": session, "form": form, "saved": saved, "saved_hours": "", "gone": gone}
    if saved:
        context["saved_hours"] = hours(saved.start, saved.end)
    return render(request, "meetings/session_form.html", context, status=status)


@require_POST
def session_do(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Move a session, make it longer or shorter, or take it out."""
    meeting = _write(request, slug)
    session = get_object_or_404(Session.objects.select_related("meeting"), meeting=meeting, pk=pk)
    do = request.POST.get("do", "")
    if do == "remove":
        services.remove_session(actor=request.actor, session=session)
        messages.success(request, _("“%(title)s” is taken out.") % {"title": session})
        return _agenda(request, meeting)
    session.meeting = meeting
    if do == "place":
        return _place(request, meeting, session)
    if do not in MOVES:
        return HttpResponseBadRequest()
    services.move_session(actor=request.actor, session=session, **MOVES[do])
    return _agenda(request, meeting, f"#s{session.pk}")


def _place(request: HttpRequest, meeting: TransnationalMeeting, session: Session) -> HttpResponse:
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    data = form.cleaned_data | {"minutes": form.cleaned_data["minutes"] or 0}
    try:
        services.place_session(actor=request.actor, session=session, **data)
    except services.SessionChangedError:
        words = _("Somebody else changed “%(title)s” meanwhile. Here is how it stands now. Move it again if you like.")
        messages.warning(request, words % {"title": session})
    except services.OutsideMeetingError:
        messages.error(
            request,
            _("A session lies within one day of the meeting. “%(title)s” stays where it was.") % {"title": session},
        )
    return _agenda(request, meeting, f"#s{session.pk}")


@require_POST
def agenda_do(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish an agenda, with or without telling people; begin with another; keep it to begin with; make its PDF."""
    meeting = find(request, slug)
    do = request.POST.get("do", "")
    if do in ("programme", "programme-short"):
        return _programme(request, meeting, short=do == "programme-short")
    if not policies.can_write_agenda(request.actor, meeting):
        raise PermissionDenied
    if do in ("publish", "publish-tell"):
        return _publish(request, meeting, tell=do == "publish-tell")
    if do == "copy":
        return _copy(request, meeting)
    if do == "keep":
        return _keep(request, meeting)
    return HttpResponseBadRequest()


def _publish(request: HttpRequest, meeting: TransnationalMeeting, *, tell: bool) -> HttpResponse:
    try:
        edition = services.publish(actor=request.actor, meeting=meeting, tell=tell)
    except services.NothingNewError:
        messages.info(request, _("Nothing has changed since the agenda was published; nobody gets a second mail."))
    else:
        words = _("The agenda is published.")
        if edition.told:
            told = ngettext("%(n)s person gets a mail.", "%(n)s people get a mail.", edition.told)
            words = f"{words} {told % {'n': edition.told}}"
        messages.success(request, words)
    return redirect("meetings:detail", network=request.network.slug, slug=meeting.slug)


def _copy(request: HttpRequest, meeting: TransnationalMeeting) -> HttpResponse:
    form = CopyForm(request.POST, meeting=meeting)
    if form.is_valid():
        source = form.cleaned_data["source"]
        if isinstance(source, AgendaTemplate):
            n = services.begin_from_template(actor=request.actor, meeting=meeting, template=source)
        else:
            n = services.copy_agenda(actor=request.actor, meeting=meeting, source=source)
        words = ngettext("%(n)s session is taken over.", "%(n)s sessions are taken over.", n)
        messages.success(request, words % {"n": n})
    return _agenda(request, meeting)


def _keep(request: HttpRequest, meeting: TransnationalMeeting) -> HttpResponse:
    form = TemplateForm(request.POST)
    if form.is_valid():
        kept = services.keep_as_template(actor=request.actor, meeting=meeting, name=form.cleaned_data["name"])
        messages.success(request, _("“%(name)s” can be taken over for other meetings now.") % {"name": kept})
    else:
        messages.error(request, _("Give the template a name of up to 100 characters."))
    return _agenda(request, meeting)


def _programme(request: HttpRequest, meeting: TransnationalMeeting, *, short: bool) -> HttpResponse:
    from meetings.tasks import render_programme

    job = start_job(
        actor=request.actor,
        network_id=request.network.pk,
        kind="programme",
        title=_("Programme of %(meeting)s as PDF") % {"meeting": meeting},
        task=render_programme,
        object_id=meeting.pk,
        back_url=request.build_absolute_uri(".").replace(request.build_absolute_uri("/")[:-1], "").replace("do/", ""),
        meeting_id=meeting.pk,
        short=short,
        language=get_language() or "en",
    )
    return redirect("common:job", network=request.network.slug, uuid=job.pk)


@require_safe
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Download the agenda for a calendar: the same UIDs at every download, numbered by their changes."""
    from meetings.agenda_files import calendar_of  # icalendar is loaded only when asked for

    meeting = find(request, slug)
    response = HttpResponse(calendar_of(meeting), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{request.network.slug}-{meeting.slug}.ics"'
    return response
