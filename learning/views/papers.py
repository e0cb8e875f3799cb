"""Papers: asked for with one press, made by the worker."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aoce.common.jobs import start_job
from learning import policies
from learning.papers import PAPERS
from learning.tasks import render_paper

#: What a paper may be asked for by: which grid, meeting, theme, testing action, city or version.
ASKED = ("grid", "meeting", "theme", "testing", "city", "version", "chapter")


@require_POST
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """Let the worker make a paper, and show how far it is."""
    if not policies.can_view_matrix(request.actor):
        raise PermissionDenied
    if code not in PAPERS:
        raise Http404
    wanted = PAPERS[code]
    asked = {name: request.POST[name][:80] for name in ASKED if name in request.POST}
    try:
        wanted.build(request.actor, request.network, asked)
    except LookupError:
        messages.info(request, _("There is nothing to put on paper yet."))
        return redirect(wanted.back, network=request.network.slug)
    day = date_format(request.network.today(), "j F Y")
    job = start_job(
        actor=request.actor,
        network_id=request.network.pk,
        kind="learning_paper",
        title=_("%(title)s as PDF, %(day)s") % {"title": wanted.title, "day": day},
        task=render_paper,
        back_url=reverse(wanted.back, kwargs={"network": request.network.slug}),
        network_pk=request.network.pk,
        code=code,
        asked=asked,
        language=get_language() or "en",
    )
    return redirect("common:job", network=request.network.slug, uuid=job.pk)
