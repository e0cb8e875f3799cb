"""Sent mail: what went to whom, and what became of it."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from aoce.common import mail as outbox
from aoce.common.enums import MailState
from aoce.common.models import OutgoingMail

PER_PAGE = 50
#: What became of a try, in words.
TRIES = {
    "sent": gettext_lazy("Sent"),
    "retry": gettext_lazy("Not handed over; the portal tries again"),
    "failed": gettext_lazy("Refused"),
    "unknown": gettext_lazy("Handed over, no answer"),
    "again": gettext_lazy("Sent again by hand"),
}


def visible_mails(request: HttpRequest) -> QuerySet[OutgoingMail]:
    """The network's mails for the Lead Partner; their own ones for everybody else."""
    rows = OutgoingMail.objects.filter(network=request.network)
    return rows if request.actor.is_lead_partner else rows.filter(user=request.user)


@require_GET
def mail_list(request: HttpRequest) -> HttpResponse:
    """List mails, newest first, by state and by what is searched in address or subject."""
    rows = visible_mails(request).only("to", "subject", "state", "created_at", "sent_at", "purpose")
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip()
    if state in MailState.values:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(Q(to__icontains=text) | Q(subject__icontains=text))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "common/mails.html", {"page": page, "states": MailState.choices, "state": state, "text": text}
    )


@require_GET
def mail_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one mail as its reader gets it, in plain text, and what is known of it."""
    mail = get_object_or_404(visible_mails(request), pk=pk)
    again = request.actor.is_lead_partner and mail.state in {MailState.FAILED, MailState.UNKNOWN}
    tries = [
        {"at": datetime.fromisoformat(entry["at"]), "words": TRIES[entry["what"]], "text": entry["text"]}
        for entry in mail.log
    ]
    return render(request, "common/mail.html", {"mail": mail, "again": again, "tries": tries})


@require_POST
def mail_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a refused or unknown mail once more; the Lead Partner decides."""
    mail = get_object_or_404(visible_mails(request), pk=pk)
    if not request.actor.is_lead_partner:
        raise PermissionDenied
    if outbox.send_again(mail=mail, by=request.user):
        messages.success(request, _("The mail goes out once more."))
    else:
        messages.info(request, _("The mail waits already, or went out. Nothing was changed."))
    return redirect("common:mail", network=request.network.slug, pk=pk)
