"""Let 500 people answer a survey within a minute, with the wall looking on: errors, p95, lag, what was kept.

Run it on a loaded portal: ``DATA_DIR=… python benchmarks/bench_survey.py [people] [seconds]``. Every tenth person taps
twice. Each of them is a phone of its own: one connection, one cookie jar.
"""

from __future__ import annotations

import http.client
import os
import re
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aoce.settings")

import django

django.setup()

from django.conf import settings
from django.test import Client
from django.urls import reverse

from benchmarks.serving import served
from learning.enums import SurveyState
from learning.models import Answer, Question, Respondent, Survey
from partners.enums import Role
from partners.models import Membership, Network, Partner

PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 500
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 60


def person(
    port: int,
    url: str,
    body: dict[str, str],
    start: float,
    *,
    twice: bool,
    done: http.HTTPStatus = http.HTTPStatus.FOUND,
) -> tuple[list[float], int]:
    """Open the page at ``start``, answer; return how long each request took, and how many were not ``done``."""
    time.sleep(max(0, start - time.monotonic()))
    times, errors = [], 0
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    host = {"Host": f"localhost:{port}"}
    try:
        before = time.perf_counter()
        line.request("GET", url, headers=host)
        answer = line.getresponse()
        page = answer.read().decode()
        times.append(time.perf_counter() - before)
        cookies = "; ".join(value.split(";")[0] for value in answer.headers.get_all("Set-Cookie") or [])
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        form = urlencode(body | {"csrfmiddlewaretoken": token})
        heads = host | {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        for _time in range(2 if twice else 1):
            before = time.perf_counter()
            line.request("POST", url, body=form, headers=heads)
            answer = line.getresponse()
            answer.read()
            times.append(time.perf_counter() - before)
            errors += answer.status != done
    except (OSError, http.client.HTTPException, TypeError):
        errors += 1
    finally:
        line.close()
    return times, errors


def watch(port: int, url: str, cookie: str, until: float) -> tuple[list[float], int]:
    """Look at the wall every two seconds; return how long each new look took, and the number of 304s."""
    line, mark, times, same = http.client.HTTPConnection("127.0.0.1", port, timeout=60), "", [], 0
    while time.monotonic() < until:
        before = time.perf_counter()
        heads = {"Host": f"localhost:{port}", "Cookie": cookie, "X-Part": "wall", "If-None-Match": mark}
        line.request("GET", url, headers=heads)
        answer = line.getresponse()
        answer.read()
        if answer.status == http.HTTPStatus.OK:
            mark = answer.headers["ETag"]
            times.append(time.perf_counter() - before)
        else:
            same += 1
        time.sleep(2)
    return times, same


def main() -> None:
    """Print what happened."""
    network = Network.objects.order_by("pk").first()
    survey = Survey.objects.create(
        network=network, title={"en": "What do we need to learn?"}, code=Survey.free_code(), state=SurveyState.OPEN
    )
    text = Question.objects.create(survey=survey, kind="text", text={"en": "I need to learn how to …"}, most=3)
    scale = Question.objects.create(survey=survey, kind="scale", text={"en": "How sure?"}, position=1)
    cities = list(Partner.objects.filter(network=network).values_list("pk", flat=True))
    client = Client()
    client.force_login(Membership.objects.filter(network=network, role=Role.LEAD_EXPERT).first().user)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"
    url = reverse("join:survey", kwargs={"code": survey.code})
    wall = reverse("learning:survey_wall", kwargs={"network": network.slug, "pk": survey.pk})

    def form(n: int) -> dict[str, str]:
        city = str(cities[n % len(cities)])
        return {"city": city, f"q{text.pk}": f"need number {n}", f"q{scale.pk}": str(n % 5 + 1)}

    with served("aoce.wsgi") as server, ThreadPoolExecutor(PEOPLE + 1) as pool:
        begin = time.monotonic() + 1
        looks = pool.submit(watch, server.port, wall, cookie, begin + SECONDS + 4)
        answers = [
            pool.submit(
                person,
                server.port,
                url,
                form(n),
                begin + SECONDS * n / PEOPLE,
                twice=n % 10 == 0,
            )
            for n in range(PEOPLE)
        ]
        done = [future.result() for future in answers]
        shown, same = looks.result()
    times = [1000 * t for found, _errors in done for t in found]
    kept = Answer.objects.filter(question__survey=survey).count()
    print(f"people {PEOPLE} in {SECONDS:.0f} s, requests {len(times)}, failed {sum(errors for _t, errors in done)}")
    print(f"answers kept {kept} of {2 * PEOPLE}, people {Respondent.objects.filter(survey=survey).count()}")
    print(f"request: median {statistics.median(times):.0f} ms, p95 {statistics.quantiles(times, n=20)[-1]:.0f} ms")
    print(f"wall: {len(shown)} times new, longest {1000 * max(shown):.0f} ms, and {same} times 304")
    survey.delete()


if __name__ == "__main__":
    main()
