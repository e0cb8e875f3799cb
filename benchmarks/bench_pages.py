"""Measure pages over HTTP beside a bare view: median and p95 in milliseconds, queries, weight of the HTML.

Run it on a loaded portal: ``DATA_DIR=… python benchmarks/bench_pages.py``. It starts the portal and the bare view
(``benchmarks/bare.py``) under gunicorn as in use, one worker each, asks one after the other over a kept connection, and
ends them.
"""

from __future__ import annotations

import gzip
import http.client
import os
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aoce.settings")

import django

django.setup()

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.test import Client
from django.urls import reverse

from benchmarks.serving import served
from partners.enums import Role
from partners.models import Membership, Network

ROUNDS = 200
PAGES = (
    ("roadmap:home", Role.LEAD_PARTNER),
    ("roadmap:home", Role.COORDINATOR),
    ("roadmap:board", Role.LEAD_PARTNER),
    ("roadmap:plan", Role.LEAD_PARTNER),
    ("meetings:list", Role.COORDINATOR),
    ("meetings:ulg_list", Role.LEAD_PARTNER),
    ("learning:matrix", Role.COORDINATOR),
    ("learning:practices", Role.COORDINATOR),
    ("learning:grids", Role.COORDINATOR),
    ("learning:logs", Role.COORDINATOR),
    ("learning:threads", Role.LEAD_EXPERT),
    ("actionplans:overview", Role.COORDINATOR),
    ("actionplans:testing_list", Role.LEAD_EXPERT),
    ("reports:list", Role.LEAD_EXPERT),
    ("partners:list", Role.OBSERVER),
    ("common:mails", Role.LEAD_PARTNER),
)


def timed(server: http.client.HTTPConnection, url: str, cookie: str = "") -> tuple[float, float, bytes]:
    """Return median and p95 of ``ROUNDS`` answers in milliseconds, and the last answer."""
    times, body = [], b""
    for n in range(ROUNDS + 10):
        start = time.perf_counter()
        server.request("GET", url, headers={"Cookie": cookie, "Host": f"localhost:{server.port}"})
        answer = server.getresponse()
        body = answer.read()
        if n >= 10:
            times.append((time.perf_counter() - start) * 1000)
        if answer.status != http.HTTPStatus.OK:
            sys.exit(f"{url} answers {answer.status}")
    return statistics.median(times), statistics.quantiles(times, n=20)[-1], body


def queries_of(client: Client, url: str) -> int:
    """Return how many statements a page asks."""
    asked: list[str] = []

    def count(execute, sql, params, many, context):  # noqa: ANN001, ANN202 - Django's wrapper
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        client.get(url)
    return len(asked)


def signed_in(role: Role, network: Network) -> tuple[Client, SessionBase]:
    """Return a client signed in as the first person with a role, and its session."""
    client = Client()
    client.force_login(Membership.objects.filter(network=network, role=role).order_by("pk").first().user)
    return client, client.session


def main() -> None:
    """Print the table."""
    network = Network.objects.order_by("pk").first()
    with served("benchmarks.bare:application") as server:
        base, base95, _ = timed(server, "/")
    print("| page | as | median ms | p95 ms | × bare | queries | gzip kB |")
    print("|---|---|---|---|---|---|---|")
    print(f"| bare view | | {base:.1f} | {base95:.1f} | 1.0 | 1 | |")
    with served("aoce.wsgi") as server:
        for name, role in PAGES:
            client, session = signed_in(role, network)
            url = reverse(name, kwargs={"network": network.slug})
            median, p95, body = timed(server, url, f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
            weight, queries = len(gzip.compress(body)) / 1000, queries_of(client, url)
            print(
                f"| {name} | {role.label} | {median:.1f} | {p95:.1f} | {median / base:.1f} | {queries} | {weight:.1f} |"
            )


if __name__ == "__main__":
    main()
