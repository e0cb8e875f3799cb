"""Answers to what goes wrong before or around a view: too large a request, a wrong state."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from aoce.common.views import errors
from aoce.common.workflow import WrongStateError


class RefusalsMiddleware:
    """Answer 413 before reading too large a body, 409 for a step no longer possible; vary every page by HX-Request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse a request above REQUEST_MAX_BYTES; else pass it on."""
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length > settings.REQUEST_MAX_BYTES:
            return errors.too_large(request)
        response = self.get_response(request)
        patch_vary_headers(response, ("HX-Request",))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a workflow's “wrong state” into a page that says so."""
        if isinstance(exception, WrongStateError):
            return errors.wrong_state(request, str(exception))
        return None
