"""Measure the portal's pages beside a bare view: median and p95 in milliseconds, queries, HTML weight.

Run it on a loaded portal: ``DATA_DIR=… python benchmarks/bench_pages.py``. The bare view is what Django cannot do
without: one indexed query, 25 rows, about 20 kB of HTML.
"""

from __future__ import annotations

import gc
import gzip
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aoce.settings")

import django

django.setup()

from django.db import connection
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners.enums import Role
from partners.models import Membership, Network, PartnerFact

ROUNDS = 60
BARE = Template(
    "<!doctype html><title>x</title>{% for f in rows %}<p>{{ f.printed }} {{ f.note }}" + "." * 700 + "{% endfor %}"
)


def bare() -> bytes:
    """Answer with 25 rows of one query and about 20 kB."""
    RequestFactory().get("/")
    return BARE.render(Context({"rows": PartnerFact.objects.order_by("pk")[:25]})).encode()


def timed(call: object) -> tuple[float, float]:
    """Return median and p95 of ``ROUNDS`` calls in milliseconds."""
    for _ in range(3):
        call()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def main() -> None:
    """Print the table."""
    network = Network.objects.order_by("pk").first()
    gc.collect()
    gc.freeze()
    base, base95 = timed(bare)
    print("| page | as | median ms | p95 ms | × bare | queries | gzip kB |")
    print("|---|---|---|---|---|---|---|")
    print(f"| bare view | | {base:.1f} | {base95:.1f} | 1.0 | 1 | |")
    pages = [
        ("roadmap:home", Role.LEAD_PARTNER),
        ("roadmap:home", Role.COORDINATOR),
        ("roadmap:board", Role.LEAD_PARTNER),
        ("roadmap:plan", Role.LEAD_PARTNER),
        ("meetings:list", Role.COORDINATOR),
        ("meetings:ulg_list", Role.LEAD_PARTNER),
        ("learning:matrix", Role.COORDINATOR),
        ("actionplans:overview", Role.COORDINATOR),
        ("reports:list", Role.LEAD_EXPERT),
        ("partners:list", Role.OBSERVER),
        ("common:mails", Role.LEAD_PARTNER),
    ]
    for name, role in pages:
        client = Client()
        client.force_login(Membership.objects.filter(network=network, role=role).order_by("pk").first().user)
        url = reverse(name, kwargs={"network": network.slug})
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
        assert response.status_code == 200, (name, response.status_code)
        weight = len(gzip.compress(response.content)) / 1000
        median, p95 = timed(lambda client=client, url=url: client.get(url))
        ratio = median / base
        print(f"| {name} | {role.label} | {median:.1f} | {p95:.1f} | {ratio:.1f} | {len(queries)} | {weight:.1f} |")


if __name__ == "__main__":
    main()
