"""The page of a piece of long work: its progress, then its result."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from aoce.common.enums import JobState
from aoce.common.models import Job


@require_GET
def detail(request: HttpRequest, uuid: str) -> HttpResponse:
    """Show progress to whoever asked for the work, and to the leads; the page asks again until it is done."""
    job = get_object_or_404(Job.objects.select_related("result"), pk=uuid, network=request.network)
    if job.requested_by_id != request.user.pk and not request.actor.leads:
        raise Http404
    context = {"job": job, "ended": job.state in {JobState.DONE, JobState.FAILED}}
    template = "components/progress.html" if request.htmx else "common/job.html"
    return render(request, template, context)
