"""The portal's addresses with the style page, and with pages that break, for the tests."""

from typing import Never

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.urls import include, path

from aoce import urls

handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500


def breaks(_request: HttpRequest) -> Never:
    raise RuntimeError("broken on purpose")


def refuses(_request: HttpRequest) -> Never:
    raise SuspiciousOperation("refused on purpose")


urlpatterns = [
    *urls.urlpatterns,
    path("styleguide/", include("aoce.common.urls_styleguide")),
    path("breaks/", breaks, name="breaks"),
    path("refuses/", refuses, name="refuses"),
]
