"""Let 200 people sign in to a meeting within a minute: errors, p95, what was kept, what a phone has to load.

Run it on a loaded portal: ``DATA_DIR=… python benchmarks/bench_sign.py [people] [seconds]``. Every tenth person taps
twice, as on a line that drops. Each of them is a phone of its own.
"""

from __future__ import annotations

import gzip
import http.client
import io
import os
import re
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aoce.settings")

import django

django.setup()

from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from benchmarks.bench_survey import person
from benchmarks.serving import served
from meetings.models import MeetingKind, Participation, Presence, TransnationalMeeting
from meetings.passes import Pass, page_pass, wall_code
from meetings.services import attendance
from meetings.services.participation import register
from meetings.services.ulg import start
from partners.actors import Actor
from partners.enums import Role
from partners.models import Membership, Network, Partner

PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 200
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 60
#: Rows of the attendance list that is read.
LISTED = 500
#: About as much as a signature takes: 120 points.
FINGER = "M10 100" + "".join(f"L{10 + 4 * n} {100 + (n * 37) % 80}" for n in range(120))


def weight(page: str) -> int:
    """Return how many bytes a phone loads to sign: the page and what it links to, packed as servers pack them."""
    names = set(re.findall(r'(?:href|src)="/static/([^"]+)"', page))
    parts = [Path(finders.find(name)).read_bytes() for name in names]
    return sum(len(gzip.compress(part)) for part in [*parts, page.encode()])


def attendance_list() -> None:
    """Upload an XLSX of 500 people to a local report and take it over; print how long each took."""
    city = Partner.objects.filter(memberships__role=Role.COORDINATOR).first()
    member = Membership.objects.filter(partner=city, role=Role.COORDINATOR).select_related("user").first()
    actor = Actor(
        user_id=member.user_id,
        network_id=city.network_id,
        roles=frozenset({Role.COORDINATOR}),
        partner_ids=frozenset({city.pk}),
        coordinated_partner_ids=frozenset({city.pk}),
    )
    book = Workbook()
    book.active.append(["Name", "Organisation", "E-mail"])
    for n in range(LISTED):
        book.active.append([f"Person {n} of the list", f"Organisation {n % 40}", f"person{n}@city.example"])
    out = io.BytesIO()
    book.save(out)
    report = start(actor=actor, partner=city)
    before = time.perf_counter()
    sheet = attendance.attach_sheet(actor=actor, report=report, upload=SimpleUploadedFile("list.xlsx", out.getvalue()))
    read = time.perf_counter()
    added = attendance.take_over(actor=actor, sheet=sheet)
    print(f"XLSX of {LISTED}: read {read - before:.2f} s, {added} taken over {time.perf_counter() - read:.2f} s")
    report.meeting.delete()


def main() -> None:
    """Print what happened."""
    network = Network.objects.order_by("pk").first()
    kind = MeetingKind.objects.filter(network=network).first()
    today = network.today()
    meeting = TransnationalMeeting.objects.create(
        network=network, slug="bench", title="Bench", kind=kind, is_online=True, start=today, end=today
    )
    cities = list(Partner.objects.filter(network=network))
    actor = Actor.system(network.pk)
    rows = [
        register(
            actor=actor,
            meeting=meeting,
            partner=cities[n % len(cities)],
            name=f"Person {n}",
            organisation="City hall",
            part="member",
        )
        for n in range(PEOPLE)
    ]
    url = reverse("sign:page", kwargs={"code": wall_code(meeting.pk, today)})
    opened = page_pass(Pass(meeting.pk, today))
    with served("aoce.wsgi") as server, ThreadPoolExecutor(PEOPLE) as pool:
        line = http.client.HTTPConnection("127.0.0.1", server.port)
        line.request("GET", url, headers={"Host": f"localhost:{server.port}"})
        bytes_to_load = weight(line.getresponse().read().decode())
        line.close()
        begin = time.monotonic() + 1
        answers = [
            pool.submit(
                person,
                server.port,
                url,
                {"pass": opened, "who": str(row.pk), "signature": FINGER},
                begin + SECONDS * n / PEOPLE,
                twice=n % 10 == 0,
                done=http.HTTPStatus.OK,
            )
            for n, row in enumerate(rows)
        ]
        done = [future.result() for future in answers]
    times = [1000 * t for found, _errors in done for t in found]
    kept = Presence.objects.filter(participation__meeting=meeting)
    print(f"people {PEOPLE} in {SECONDS:.0f} s, requests {len(times)}, failed {sum(errors for _t, errors in done)}")
    print(f"signatures kept {kept.exclude(signature='').count()} of {PEOPLE}, presences {kept.count()}")
    print(f"request: median {statistics.median(times):.0f} ms, p95 {statistics.quantiles(times, n=20)[-1]:.0f} ms")
    print(f"a phone loads {bytes_to_load / 1000:.1f} kB, with {PEOPLE} names on the list")
    Participation.objects.filter(meeting=meeting).delete()
    meeting.delete()
    attendance_list()


if __name__ == "__main__":
    main()
