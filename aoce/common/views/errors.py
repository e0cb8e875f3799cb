"""The pages for what cannot be answered: each says what happened and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "errors/error.html", {"title": title, "text": text, "status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """400."""
    return _page(
        request, 400, _("The portal could not read this request"), _("Go back, reload the page and try once more.")
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
    """413."""
    return _page(
        request,
        413,
        _("The files are too large together"),
        _("Go back and send fewer or smaller files. What you saved before is still there."),
    )


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """429."""
    return _page(request, 429, _("Too many tries"), _("Wait a few minutes, then try again."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return _page(
        request,
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
