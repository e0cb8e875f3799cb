"""The pages for what cannot be answered: each says what happened and what to do.

Those that may come before anybody is known, or when the database is gone (400, 413, 500), are drawn by a template of
their own that needs neither session nor database.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

#: How the portal's mark is drawn on an error page: which of its nine places shows what went wrong.
MARKS = {400: "changes", 403: "na", 404: "none", 409: "draft", 413: "changes", 429: "draft", 500: "overdue"}


def _mark(status: int) -> list[str]:
    return ["approved" if n != 4 else MARKS[status] for n in range(9)]  # noqa: PLR2004 - the place in the middle


def _back(request: HttpRequest) -> str:
    """Return the page this request came from, if it was one of ours."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host() or came_from.path == request.path_info:
        return ""
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    context = {"title": title, "text": text, "status": status, "mark": _mark(status), "back": _back(request)}
    return render(request, "errors/error.html", context, status=status)


def _plain(status: int, title: str, text: str) -> HttpResponse:
    language = translation.get_language() or settings.LANGUAGE_CODE
    context = {"title": title, "text": text, "status": status, "mark": _mark(status), "LANGUAGE_CODE": language}
    return HttpResponse(render_to_string("errors/plain.html", context), status=status)


def _spoken(request: HttpRequest) -> translation.override:
    """Return the language to answer in when the middleware that sets it was not reached."""
    return translation.override(getattr(request, "LANGUAGE_CODE", "") or translation.get_language_from_request(request))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """400."""
    with _spoken(request):
        return _plain(
            400, _("The portal could not read this request"), _("Go back, reload the page and try once more.")
        )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: visible, but not allowed."""
    text = (
        str(exception) if exception and str(exception) else _("Your role in this network does not include this step.")
    )
    return _page(request, 403, _("You may not do this"), text)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """404: not there, or not visible to you."""
    return _page(
        request,
        404,
        _("This page is not here"),
        _("The address may be wrong, the page may have moved, or it is not shared with you."),
    )


def wrong_state(request: HttpRequest, text: str) -> HttpResponse:
    """409: somebody else was faster."""
    return _page(request, 409, _("This has changed in the meantime"), text)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: said before the body is read and before anybody is known."""
    with _spoken(request):
        return _plain(
            413,
            _("The files are too large together"),
            _("Go back and send fewer or smaller files. What you saved before is still there."),
        )


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """429."""
    return _page(request, 429, _("Too many tries"), _("Wait a few minutes, then try again."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    with _spoken(request):
        return _plain(
            500,
            _("Something broke on our side"),
            _("What you had saved is still there. Try again; if it happens twice, write to the Lead Partner."),
        )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """403: the form's security token is missing or old."""
    return _page(
        request,
        403,
        _("This form was open for too long"),
        _("Go back, copy what you typed if it is long, reload the page and send it again."),
    )
