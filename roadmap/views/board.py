"""The board: who owes what; reminding from it; its spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from partners.enums import Role
from partners.models import Membership
from roadmap import policies
from roadmap.board import LATE, WORDS, Cell, Filters, board_of, cell_of, current_period, obligations_of, party_words
from roadmap.enums import OPEN_STATES, Party, ReminderState
from roadmap.models import Obligation, Period, Reminder
from roadmap.services import remind_now

if TYPE_CHECKING:
    from partners.models import Network

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _periods(request: HttpRequest) -> tuple[list[Period], Period | None]:
    if not policies.can_see_board(request.actor):
        raise PermissionDenied
    periods = list(Period.objects.visible_to(request.actor).filter(published_at__isnull=False))
    slug = request.GET.get("period", "")
    if slug and slug not in {period.slug for period in periods}:
        raise Http404
    return periods, current_period(periods, request.network.today(), slug)


def _last_reminders(obligations: list[Obligation]) -> dict[int | None, date]:
    """Return the day of the last reminder sent to each city about these (one query)."""
    rows = Reminder.objects.filter(
        obligation__in=[o.pk for o in obligations], state__in=(ReminderState.SENT, ReminderState.UNKNOWN)
    )
    found = rows.order_by().values("obligation__partner").annotate(last=Max("send_on"))
    return {row["obligation__partner"]: row["last"] for row in found}


@require_http_methods(["GET"])
def board(request: HttpRequest) -> HttpResponse:
    """Show cities × obligations of one half-year."""
    periods, period = _periods(request)
    today = request.network.today()
    obligations = obligations_of(request.actor, period) if period else []
    filters = Filters.of(request.GET)
    found = board_of(request.actor, request.network, obligations, today, filters)
    last = _last_reminders(obligations) if obligations else {}
    for row in found.rows:
        row.last = date_format(last[row.city.pk], "j F") if row.city.pk in last else ""
    place = periods.index(period) if period else 0
    kept = {"period": period.slug} if period and request.GET.get("period") else {}
    return render(
        request,
        "roadmap/board.html",
        {
            "period": period,
            "earlier": periods[place - 1] if place else None,
            "later": periods[place + 1] if place + 1 < len(periods) else None,
            "board": found,
            "filters": filters,
            "states": WORDS,
            "today": today,
            "kept": urlencode(kept),
            "query": request.GET.urlencode(),
            "brief": not filters and "all" not in request.GET,
            "can_remind": request.actor.is_lead_partner,
        },
    )


@require_http_methods(["GET"])
def board_sheet(request: HttpRequest) -> HttpResponse:
    """Download what the board shows as a spreadsheet."""
    from roadmap.sheets import board_sheet as make  # openpyxl is loaded only when asked for

    _found, period = _periods(request)
    if period is None:
        raise Http404
    today = request.network.today()
    obligations = obligations_of(request.actor, period)
    found = board_of(request.actor, request.network, obligations, today, Filters.of(request.GET))
    response = HttpResponse(make(found, request.network, today), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{request.network.slug}-{period.slug}-{today}.xlsx"'
    return response


@dataclass
class Addressee:
    """Somebody who owes chosen things: what, who gets the mail, when they were last reminded."""

    name: str
    cells: list[tuple[Cell, bool]]
    people: list[str]
    last: date | None


def _addressees(network: Network, obligations: list[Obligation], today: date) -> list[Addressee]:
    cities = {o.partner_id for o in obligations if o.partner_id}
    memberships = (
        Membership.objects.live()
        .filter(network=network)
        .filter(role__in=(Role.COORDINATOR, Role.LEAD_EXPERT, Role.LEAD_PARTNER))
        .select_related("user")
    )
    people: dict[Any, list[str]] = {}
    for m in memberships:
        if m.role == Role.COORDINATOR and m.partner_id in cities:
            people.setdefault(m.partner_id, []).append(str(m.user))
        elif m.role != Role.COORDINATOR:
            people.setdefault(m.role, []).append(str(m.user))
    last = _last_reminders(obligations)
    found: dict[Any, Addressee] = {}
    any_late = {o.partner_id or o.party for o in obligations if o.days_late(today)}
    for o in obligations:
        key = o.partner_id or o.party
        who = found.setdefault(key, Addressee(party_words(o), [], people.get(key, []), last.get(o.partner_id)))
        cell = cell_of(network, o, today)
        # Late things are ticked; a city with nothing late is reminded of what comes first.
        who.cells.append((cell, cell.key == LATE or (key not in any_late and not who.cells)))
    return list(found.values())


@require_http_methods(["GET", "POST"])
def remind(request: HttpRequest) -> HttpResponse:
    """GET: show who would get which reminder; POST: send it."""
    _found, period = _periods(request)
    if not request.actor.is_lead_partner:
        raise PermissionDenied
    rows = Obligation.objects.visible_to(request.actor).filter(state__in=OPEN_STATES).with_due()
    rows = rows.select_related("task", "partner").order_by("partner__position", "due_on", "pk")
    today = request.network.today()
    back = redirect("roadmap:board", network=request.network.slug)
    if request.method == "POST":
        chosen = list(rows.filter(pk__in=_numbers(request.POST.getlist("obligation"))))
        sent = remind_now(actor=request.actor, obligations=chosen) if chosen else 0
        if sent:
            words = ngettext("%(n)s reminder is on its way.", "%(n)s reminders are on their way.", sent)
            messages.success(request, words % {"n": sent})
        elif chosen:
            words = _("No mail went out: whoever owes these was reminded today already, or has no account yet.")
            messages.info(request, words)
        else:
            messages.info(request, _("Nothing was chosen, so nobody was reminded."))
        return back
    cities, single = _numbers(request.GET.getlist("city")), _numbers(request.GET.getlist("obligation"))
    if single:
        rows = rows.filter(pk__in=single)
    elif cities:
        rows = rows.filter(party=Party.PARTNER, partner__in=cities, task__track__period=period)
    else:
        messages.info(request, _("Choose at least one city to remind."))
        return back
    addressees = _addressees(request.network, list(rows), today)
    return render(request, "roadmap/board_remind.html", {"addressees": addressees, "today": today})


def _numbers(values: list[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal()][:1000]
