"""The one way out for private files."""

from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from aoce.common.files import may_view
from aoce.common.models import StoredFile


@require_GET
def download(request: HttpRequest, uuid: str) -> HttpResponse:
    """Hand out a file under its own name if its owner's policy allows; else it does not exist."""
    file = get_object_or_404(StoredFile, pk=uuid, network=request.network)
    if not may_view(request.actor, file):
        raise Http404
    return respond(file)


def respond(file: StoredFile, *, inline: bool = False) -> HttpResponse:
    """Return the response for a file somebody may see; the web server sends the bytes when ACCEL_PREFIX is set."""
    if settings.ACCEL_PREFIX:
        response = HttpResponse()
        response["X-Accel-Redirect"] = f"{settings.ACCEL_PREFIX.rstrip('/')}/{quote(file.file.name)}"
    else:
        response = FileResponse(file.file.open("rb"))
        response["Content-Length"] = str(file.size)
    response["Content-Type"] = file.content_type
    response["Content-Disposition"] = content_disposition_header(not inline, file.name) or ""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
