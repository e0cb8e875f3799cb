"""Learning grids: all of them, one city's on a phone, all cities' on a wall, and the review at the next event."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from aoce.common import review
from aoce.common.files import UploadRefusedError
from aoce.common.workflow import CommentMissingError
from learning import policies
from learning.enums import ActionOutcome
from learning.forms.grids import EntryForm, MessagesForm, PhotoForm
from learning.grids import MEETING, THEME, entries_of, events_of, gathered, still_to_do
from learning.models import GridEntry, LearningGrid
from learning.models.grids import SHARED
from learning.services import grids as services
from learning.threads import thread_of_entry
from learning.views.matrix import must_view
from learning.workflow import GRID
from meetings.models import TransnationalMeeting
from partners.models import HorizontalTheme, Partner
from roadmap.models import Obligation

#: Each step of a grid as a thing done.
DONE = review.DONE | {"take_back": gettext_lazy("Opened again")}
#: What a review may say.
OUTCOMES = [choice for choice in ActionOutcome.choices if choice[0] != ActionOutcome.OPEN]


@require_safe
def grids(request: HttpRequest) -> HttpResponse:
    """Show which city has which grid: of each meeting and of each horizontal theme."""
    must_view(request)
    events = events_of(request.actor, request.network)
    cities = list(Partner.objects.visible_to(request.actor).filter(is_active=True))
    rows = [
        (city, [(event, event.grids.get(city.pk), city.pk in request.actor.partner_ids) for event in events])
        for city in cities
    ]
    own = [city for city in cities if city.pk in request.actor.partner_ids]
    context = {
        "events": events,
        "rows": rows,
        "own": [(city, still_to_do(city.pk).count()) for city in own],
    }
    return render(request, "learning/grids.html", context)


def about_of(request: HttpRequest, kind: str, key: str) -> tuple[TransnationalMeeting | None, HorizontalTheme | None]:
    """Return the meeting or the horizontal theme of an address; 404 otherwise."""
    if kind == MEETING:
        rows = TransnationalMeeting.objects.visible_to(request.actor).filter(kind__has_grid=True)
        meeting = get_object_or_404(rows, slug=key)
        meeting.network = request.network
        return meeting, None
    if kind == THEME:
        return None, get_object_or_404(HorizontalTheme, network=request.network, code=key)
    raise Http404


def _find(request: HttpRequest, city: str, kind: str, key: str) -> LearningGrid:
    """Return a city's grid this person may see, also one nobody has written in; 404 otherwise."""
    must_view(request)
    about = {"meeting__slug": key} if kind == MEETING else {"horizontal_theme__code": key, "meeting": None}
    rows = LearningGrid.objects.filter(network=request.network, partner__slug=city, **about)
    found = rows.select_related("partner", "meeting", "horizontal_theme").first()
    if found is None:
        meeting, theme = about_of(request, kind, key)
        partner = get_object_or_404(Partner, network=request.network, slug=city)
        found = LearningGrid(network=request.network, partner=partner, meeting=meeting, horizontal_theme=theme)
    found.network = request.network
    if found.meeting:
        found.meeting.network = request.network
    if not policies.can_view_grid(request.actor, found):
        raise Http404
    return found


def to_grid(request: HttpRequest, grid: LearningGrid, part: str = "") -> HttpResponse:
    """Go to a grid's page."""
    kind, key = (MEETING, grid.meeting.slug) if grid.meeting else (THEME, getattr(grid.horizontal_theme, "code", ""))
    response = redirect("learning:grid", network=request.network.slug, city=grid.partner.slug, kind=kind, key=key)
    if part:
        response["Location"] += f"#{part}"
    return response


@require_safe
def grid_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead from a grid's number, as obligations and mails have it, to its page."""
    must_view(request)
    rows = LearningGrid.objects.visible_to(request.actor).select_related("partner", "meeting", "horizontal_theme")
    return to_grid(request, get_object_or_404(rows, pk=pk))


@require_safe
def grid_own(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Lead to the own city's grid of an event; who comes for no city goes to the wall of all."""
    must_view(request)
    meeting, theme = about_of(request, kind, key)
    city = Partner.objects.filter(pk__in=request.actor.partner_ids, is_active=True).first()
    if city is None:
        return redirect("learning:grid_wall", network=request.network.slug, kind=kind, key=key)
    return to_grid(request, LearningGrid(partner=city, meeting=meeting, horizontal_theme=theme))


@require_safe
def grid_start(request: HttpRequest) -> HttpResponse:
    """Lead from what a city owes to the grid of the meeting it is about."""
    must_view(request)
    asked = request.GET.get("obligation", "")
    rows = Obligation.objects.visible_to(request.actor).filter(task__deliverable=services.KIND)
    owed = get_object_or_404(rows.select_related("task", "partner"), pk=int(asked) if asked.isdecimal() else 0)
    meeting = services.meeting_of(owed)
    if meeting is None:
        return redirect("learning:grids", network=request.network.slug)
    return to_grid(request, LearningGrid(partner=owed.partner, meeting=meeting))


@require_http_methods(["GET", "POST"])
def grid(request: HttpRequest, city: str, kind: str, key: str) -> HttpResponse:
    """Show one city's grid. POST with ``do``: add a lesson, messages or a photo; hand in; accept or ask for more."""
    found = _find(request, city, kind, key)
    if request.method == "POST":
        return _do(request, found)
    return _page(request, found)


def _page(request: HttpRequest, found: LearningGrid, **given: Any) -> HttpResponse:
    actor = request.actor
    entries = list(entries_of(found.entries.all())) if found.pk else []
    for entry in entries:
        entry.grid = found
    is_open = found.state not in SHARED
    writes = policies.can_write_grid(actor, found) and is_open
    context = {
        "grid": found,
        "entries": entries,
        "writes": writes,
    }
    if request.htmx:
        return render(request, "learning/partials/_entries.html", context)
    first = {"messages": found.messages, "read_version": found.version}
    context |= {
        "about": found.about,
        "kind": MEETING if found.meeting else THEME,
        "key": found.meeting.slug if found.meeting else getattr(found.horizontal_theme, "code", ""),
        "photos": list(found.photos.exclude(file=None).prefetch_related("entries")) if found.pk else [],
        "form": EntryForm(grid=found) if writes else None,
        "messages_form": MessagesForm(initial=first) if writes else None,
        "photo_form": PhotoForm(entries=entries) if writes and entries else None,
        "steps": GRID.available(actor, found) if found.pk else [],
        "to_review": still_to_do(found.partner_id).exclude(grid=found.pk).count()
        if policies.can_review_actions(actor, found.partner_id)
        else 0,
        "history": review.steps_of(review.history(GRID.kind, found.pk), DONE) if found.pk else [],
        "refused": [],
        "problem": "",
        "comment": request.POST.get("comment", ""),
    }
    problem = given.get("problem") or given.get("refused")
    form = given.get("form")
    status = 422 if problem or (form is not None and form.errors) else 200
    return render(request, "learning/grid.html", context | given, status=status)


def _do(request: HttpRequest, found: LearningGrid) -> HttpResponse:
    do, actor = request.POST.get("do", ""), request.actor
    if do in ("submit", "take_back", "ask_changes", "approve"):
        return _step(request, found, do)
    if not policies.can_write_grid(actor, found):
        raise PermissionDenied
    if do == "add":
        form = EntryForm(request.POST, grid=found)
        if not form.is_valid() or form.cleaned_data["uid"] is None:
            return _page(request, found, form=form)
        made = services.add_entry(actor=actor, grid=found, uid=form.cleaned_data["uid"], values=form.values)
        messages.success(request, _("Added. Write the next one, or leave it at that."))
        return to_grid(request, found, f"entry-{made.pk}")
    if do == "messages":
        return _messages(request, found)
    if do == "photo":
        return _photo(request, found)
    return _photo_there(request, found, do)


def _photo_there(request: HttpRequest, found: LearningGrid, do: str) -> HttpResponse:
    """Change the words of a photo, or take it out: ``describe-`` or ``remove-`` and its number."""
    what, _dash, number = do.partition("-")
    if what not in ("describe", "remove") or not number.isdecimal() or found.pk is None:
        return HttpResponseBadRequest()
    photo = get_object_or_404(found.photos.select_related("file"), pk=int(number))
    photo.grid = found
    if what == "describe":
        words = {name: request.POST.get(name, "") for name in ("alt", "said")}
        services.describe_photo(actor=request.actor, photo=photo, **words)
        messages.success(request, _("Saved."))
    else:
        services.remove_photo(actor=request.actor, photo=photo)
        messages.success(request, _("The photo is taken out."))
    return to_grid(request, found, "photos")


def _step(request: HttpRequest, found: LearningGrid, do: str) -> HttpResponse:
    if found.pk is None:
        raise Http404
    words = {
        "submit": _("The grid is handed in. The Lead Expert gets a message."),
        "take_back": _("The grid is open again."),
        "approve": _("Accepted. The city gets a message."),
        "ask_changes": _("The city gets a message with what you ask for."),
    }
    try:
        services.step(actor=request.actor, grid=found, name=do, comment=request.POST.get("comment", ""))
    except services.EmptyGridError:
        return _page(request, found, problem=_("Write at least one lesson before you hand in the grid."))
    except services.SilentPhotoError:
        return _page(request, found, problem=_("Say what each photo shows, for people who do not see it."))
    except CommentMissingError as missing:
        return _page(request, found, problem=str(missing))
    messages.success(request, words[do])
    return to_grid(request, found)


def _messages(request: HttpRequest, found: LearningGrid) -> HttpResponse:
    form = MessagesForm(request.POST)
    if not form.is_valid():
        return _page(request, found, messages_form=form, problem=_("The messages are longer than 4,000 characters."))
    text = form.cleaned_data["messages"].replace("\r\n", "\n").strip()
    try:
        services.save_messages(
            actor=request.actor, grid=found, text=text, read_version=form.cleaned_data["read_version"] or 0
        )
    except services.NewerEntryError as newer:
        data = request.POST.copy()
        data["read_version"] = str(newer.current.version)
        return _page(
            request,
            found,
            messages_form=MessagesForm(data),
            torn=newer.current.messages,
            problem=_(
                "Somebody else saved the messages while you were writing. Both texts stand below: put them together."
            ),
        )
    messages.success(request, _("Saved."))
    return to_grid(request, found, "messages")


def _photo(request: HttpRequest, found: LearningGrid) -> HttpResponse:
    entries = list(found.entries.all()) if found.pk else []
    form = PhotoForm(request.POST, entries=entries)
    upload = request.FILES.get("photo")
    if upload is None:
        return _page(request, found, photo_form=form, refused=[_("Choose a photo.")])
    if not form.is_valid():
        return _page(request, found, photo_form=form, refused=[_("Choose the photo once more, then save.")])
    chosen = [int(pk) for pk in form.cleaned_data.get("entries", [])]
    data = form.cleaned_data
    try:
        services.add_photo(
            actor=request.actor, grid=found, upload=upload, alt=data["alt"], said=data["said"], entries=chosen
        )
    except UploadRefusedError as refused:
        return _page(request, found, photo_form=form, refused=[str(refused)])
    messages.success(request, _("The photo is in the grid."))
    return to_grid(request, found, "photos")


# --- One lesson -------------------------------------------------------------------------------------------------------


def _entry(request: HttpRequest, pk: int) -> GridEntry:
    must_view(request)
    rows = GridEntry.objects.visible_to(request.actor).select_related(
        "grid__partner", "grid__meeting", "grid__horizontal_theme", "session__meeting", "practice__owner", "author"
    )
    found = get_object_or_404(rows, pk=pk)
    found.grid.network = request.network
    return found


@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one lesson: where it came from, and what came of it."""
    found = _entry(request, pk)
    context = {
        "entry": found,
        "thread": thread_of_entry(request.actor, found),
        "reviews": list(found.reviews.select_related("author").order_by("-pk")),
        "photos": list(found.photos.exclude(file=None)),
        "writes": policies.can_write_grid(request.actor, found.grid) and found.grid.state not in SHARED,
        "begins_action": policies.can_write_log(request.actor, found.grid.partner_id),
    }
    return render(request, "learning/grid_entry.html", context)


@require_http_methods(["GET", "POST"])
def entry_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a lesson, or take it out (``do=remove``)."""
    found = _entry(request, pk)
    if not policies.can_write_grid(request.actor, found.grid):
        raise PermissionDenied
    if found.grid.state in SHARED:
        return to_grid(request, found.grid)
    if request.method == "POST" and request.POST.get("do") == "remove":
        services.remove_entry(actor=request.actor, entry=found)
        messages.success(request, _("Taken out."))
        return to_grid(request, found.grid)
    form = EntryForm(request.POST or None, grid=found.grid, entry=found)
    context: dict[str, Any] = {"form": form, "entry": found}
    if request.method == "POST" and form.is_valid():
        try:
            services.change_entry(
                actor=request.actor,
                entry=found,
                values=form.values,
                read_version=form.cleaned_data["read_version"] or 0,
            )
        except services.NewerEntryError as newer:
            data = request.POST.copy()
            data["read_version"] = str(newer.current.version)
            context |= {"form": EntryForm(data, grid=found.grid, entry=found), "newer": newer.current}
        else:
            messages.success(request, _("Saved."))
            return to_grid(request, found.grid, f"entry-{found.pk}")
    return render(request, "learning/grid_entry_form.html", context)


# --- All cities, and the review ---------------------------------------------------------------------------------------


@require_safe
def wall(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Gather all cities' grids of one event."""
    must_view(request)
    meeting, theme = about_of(request, kind, key)
    cities = gathered(request.actor, request.network, meeting, theme)
    context = {
        "cities": cities,
        "about": meeting or theme,
        "kind": kind,
        "key": key,
        "lessons": sum(len(row.entries) for row in cities),
        "begun": sum(row.grid is not None for row in cities),
    }
    template = "learning/partials/_grid_wall.html" if request.htmx else "learning/grid_wall.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
def grid_review(request: HttpRequest, city: str) -> HttpResponse:
    """Say of each open action of a city what came of it. What is not finished comes up again."""
    must_view(request)
    partner = get_object_or_404(Partner, network=request.network, slug=city)
    if not policies.can_review_actions(request.actor, partner.pk):
        raise PermissionDenied
    rows = list(still_to_do(partner.pk))
    if request.method == "POST":
        said = {
            row: (request.POST[f"outcome-{row.pk}"], request.POST.get(f"note-{row.pk}", ""))
            for row in rows
            if request.POST.get(f"outcome-{row.pk}") in ActionOutcome.values
        }
        made = services.review(actor=request.actor, said=said)
        if made:
            messages.success(request, _("Saved. What is not finished comes up again at the next event."))
            return redirect("learning:grid_review", network=request.network.slug, city=city)
        messages.info(request, _("Choose for at least one action what came of it."))
    context = {
        "city": partner,
        "rows": [
            (row, request.POST.get(f"outcome-{row.pk}", ""), request.POST.get(f"note-{row.pk}", "")) for row in rows
        ],
        "outcomes": OUTCOMES,
    }
    return render(request, "learning/grid_review.html", context)
