"""What Django cannot do without, to measure pages beside: one indexed query, 25 rows, about 20 kB of HTML.

It is settings, address list and WSGI application in one, without middleware, on the portal's own database.
"""

from __future__ import annotations

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from aoce.settings import DATABASES

if not settings.configured:
    settings.configure(
        SECRET_KEY=os.urandom(32).hex(),
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        DATABASES=DATABASES,
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    )
    django.setup()

PAGE = "<!doctype html><title>x</title>{% for row in rows %}<p>{{ row.0 }} {{ row.1 }}" + "." * 760 + "{% endfor %}"
TEMPLATE = engines["django"].from_string(PAGE)


def rows(request: HttpRequest) -> HttpResponse:
    """Answer with the first 25 facts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, printed FROM partners_partnerfact ORDER BY id LIMIT 25")
        return HttpResponse(TEMPLATE.render({"rows": cursor.fetchall()}, request))


urlpatterns = [path("", rows)]
application = get_wsgi_application()
