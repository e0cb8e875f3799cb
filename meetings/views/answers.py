"""The page an invitation's mail leads to: no account, one answer. Looking at it answers nothing."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aoce.common.workflow import WrongStateError
from meetings.enums import Answer
from meetings.services import invitations


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """GET: the meeting and the question; ``?answer=yes`` only ticks it, for programs open links, too. POST: answer."""
    invitation = invitations.find(token)
    if invitation is None:
        raise Http404
    meeting = invitation.meeting
    network = meeting.partner.network
    today = network.today()
    problem = ""
    if request.method == "POST":
        try:
            invitations.answer(invitation=invitation, given=request.POST.get("answer", ""), today=today)
        except invitations.TooLateError:
            pass
        except WrongStateError:
            problem = _("Choose yes, maybe or no.")
        else:
            return redirect("answers:answer", token=token)
    wished = request.GET.get("answer", "")
    context = {
        "invitation": invitation,
        "meeting": meeting,
        "city": meeting.partner,
        "held_by": network,
        "choices": Answer.choices,
        "chosen": wished if wished in Answer.values else invitation.answer,
        "over": meeting.date is not None and meeting.date < today,
        "problem": problem,
        "agenda": [line.strip() for line in meeting.agenda.splitlines() if line.strip()],
    }
    response = render(request, "meetings/ulg_answer.html", context, status=422 if problem else 200)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    add_never_cache_headers(response)
    return response
