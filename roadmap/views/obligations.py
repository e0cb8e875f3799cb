"""One obligation: what is asked, until when, what happened; and what the Lead Partner may do about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from aoce.common import review
from aoce.common.models import StatusChange
from aoce.common.review import Step
from partners.enums import Role
from roadmap import policies, services
from roadmap.board import cell_of, checker_words, party_words
from roadmap.deliverables import url_for
from roadmap.enums import OPEN_STATES, ObligationState
from roadmap.forms.obligations import CommentForm, MoveDueForm, WaiveForm
from roadmap.models import Obligation, Reminder
from roadmap.workflow import OBLIGATION

#: What a step is called once it was made.
PAST = {
    **review.DONE,
    "begin": gettext_lazy("Begun"),
    "drop": gettext_lazy("Put aside"),
    "complete": gettext_lazy("Marked as done"),
    "waive": gettext_lazy("Not needed"),
    "unwaive": gettext_lazy("Needed after all"),
    "unwaive_draft": gettext_lazy("Needed after all"),
    "unwaive_changes": gettext_lazy("Needed after all"),
    "move_due": gettext_lazy("Day moved"),
}


def steps_of(changes: list[StatusChange]) -> list[Step]:
    """Return what happened to an obligation, the newest first; a moved day is told with both days."""
    found = []
    for change, step in zip(reversed(changes), review.steps_of(changes, PAST), strict=True):
        if change.transition == "move_due":
            days = {k: date_format(date.fromisoformat(getattr(change, k)), "j F Y") for k in ("source", "target")}
            moved = _("From %(source)s to %(target)s.") % days
            found.append(replace(step, state="none", text=f"{moved} {step.text}".strip()))
        else:
            found.append(step)
    return found


def can_open(request: HttpRequest, obligation: Obligation) -> bool:
    """Say whether the thing handed in, or the form that starts it, is for this person."""
    if policies.can_hand_in(request.actor, obligation):
        return obligation.state != ObligationState.WAIVED
    if obligation.deliverable_id is None:
        return False
    handed_in = obligation.state in (ObligationState.SUBMITTED, ObligationState.APPROVED)
    if request.actor.leads:
        return handed_in or obligation.state == ObligationState.CHANGES
    return handed_in and (
        obligation.partner_id in request.actor.partner_ids
        or request.actor.has(Role.OBSERVER)
        or (obligation.partner_id is None and obligation.state == ObligationState.APPROVED)
    )


def forms_for(request: HttpRequest, obligation: Obligation, do: str = "") -> dict[str, Form]:
    """Return the forms of what this person may do now; the one named ``do`` filled from the request."""
    actor = request.actor
    found: dict[str, Form] = {}
    if policies.can_manage_obligation(actor, obligation) and obligation.state in OPEN_STATES:
        start = {"due": obligation.due_override, "reason": obligation.due_reason}
        found["move_due"] = MoveDueForm(request.POST if do == "move_due" else None, initial=start, prefix="move")
    for step in OBLIGATION.available(actor, obligation):
        if step.name == "waive":
            found["waive"] = WaiveForm(request.POST if do == "waive" else None, prefix="waive")
        elif step.name == "complete":
            found["complete"] = CommentForm(request.POST if do == "complete" else None, prefix="complete")
        elif step.name == "unwaive":
            found["unwaive"] = CommentForm(request.POST if do == "unwaive" else None, prefix="unwaive")
    return found


def perform(request: HttpRequest, obligation: Obligation, do: str, data: dict[str, Any]) -> str:
    """Do what was asked and return the sentence that says so."""
    actor = request.actor
    if do == "move_due":
        services.move_due(actor=actor, obligation=obligation, due=data["due"], reason=data["reason"])
        return _("The new day is %(day)s.") % {"day": date_format(obligation.due, "j F Y")}
    if do == "waive":
        services.waive(actor=actor, obligation=obligation, reason=data["reason"])
        return _("It is not needed from %(who)s any more.") % {"who": party_words(obligation)}
    if do == "unwaive":
        services.unwaive(actor=actor, obligation=obligation, comment=data["comment"])
        return _("%(who)s owes it again.") % {"who": party_words(obligation)}
    services.complete(actor=actor, obligation=obligation, comment=data["comment"])
    return _("It is marked as done.")


@require_http_methods(["GET", "POST"])
def obligation(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: show it. POST with ``do``: move its day, waive, ask again, mark as done."""
    rows = Obligation.objects.visible_to(request.actor).select_related("task__track__period", "partner")
    found = get_object_or_404(rows, pk=pk)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    forms = forms_for(request, found, do)
    if request.method == "POST":
        if do not in ("move_due", "waive", "unwaive", "complete"):
            return HttpResponseBadRequest()
        allowed = policies.can_complete if do == "complete" else policies.can_manage_obligation
        if not allowed(request.actor, found):
            raise PermissionDenied
        if do not in forms:
            # The state has moved on since the page was read: the service says so.
            perform(request, found, do, {"due": found.task.due, "reason": "-", "comment": ""})
        if forms[do].is_valid():
            messages.success(request, perform(request, found, do, forms[do].cleaned_data))
            return redirect("roadmap:obligation", network=request.network.slug, pk=found.pk)
    today = request.network.today()
    reminders = []
    if request.actor.leads or policies.can_hand_in(request.actor, found):
        reminders = list(
            Reminder.objects.filter(obligation=found).select_related("user", "mail", "rule").order_by("-send_on", "-pk")
        )
    return render(
        request,
        "roadmap/obligation.html",
        {
            "obligation": found,
            "cell": cell_of(request.network, found, today),
            "who": party_words(found),
            "checker": checker_words(found),
            "open_url": url_for(request.network.slug, found) if can_open(request, found) else "",
            "is_own": policies.can_hand_in(request.actor, found),
            "can_check": policies.can_check(request.actor, found) and found.state == ObligationState.SUBMITTED,
            "can_remind": policies.can_manage_obligation(request.actor, found) and found.state in OPEN_STATES,
            "forms": forms,
            "active": do,
            "steps": steps_of(list(review.history(OBLIGATION.kind, found.pk))),
            "reminders": reminders,
            "today": today,
            "now": timezone.now(),
        },
    )
