"""The production set, started process by process as docker-compose.yml says, with real servers around it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest

from tests.services.deployment import SERVICES, Deployment, UnsetError, deployment, interpolate
from tests.services.processes import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def portal(static_root: Path) -> Iterator[Deployment]:
    folder = Path(tempfile.mkdtemp(prefix="portal-deployment-"))
    try:
        with deployment(folder, static_root) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def private_file(portal: Deployment) -> dict[str, str]:
    made: dict[str, str] = json.loads(portal.run("web", "tests/services/deployment_file.py").stdout)
    return made


def test_portal_answers_over_tls(portal: Deployment) -> None:
    answer = portal.get("/healthz/")
    assert (answer.status, json.loads(answer.body)["status"]) == (200, "ok")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert answer.headers["Server"] == "nginx"


def test_plain_http_is_sent_to_the_site_address(portal: Deployment) -> None:
    answer = portal.open(f"http://localhost:{portal.http_port}/n/aoce/?a=1")
    assert (answer.status, answer.headers["Location"]) == (301, f"{portal.site_url}/n/aoce/?a=1")


def test_other_host_names_are_refused(portal: Deployment) -> None:
    assert portal.get("/healthz/", Host="elsewhere.example").status == 400


@pytest.mark.parametrize("service", ["web", "worker", "beat", "proxy"])
def test_health_check_of_the_compose_file_passes(portal: Deployment, service: str) -> None:
    wait_until(lambda: portal.health(service) == 0, f"the health check of {service}", 60)


def test_static_files_come_from_the_proxy_compressed_and_kept_for_good(portal: Deployment, static_root: Path) -> None:
    manifest = json.loads((static_root / "staticfiles.json").read_text())
    hashed = manifest["paths"]["css/portal.css"]
    answer = portal.get(f"/static/{hashed}", Accept_Encoding="gzip")
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/css"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert portal.get("/static/css/portal.css").headers["Cache-Control"] == "public, max-age=3600"
    assert portal.get("/static/../../etc/passwd").status in {400, 404}


def test_private_file_is_handed_out_by_the_proxy_to_who_may_see_it(
    portal: Deployment, private_file: dict[str, str]
) -> None:
    answer = portal.get(private_file["path"], Cookie=private_file["owner"])
    assert answer.status == 200
    assert hashlib.sha256(answer.body).hexdigest() == private_file["sha256"]
    assert answer.headers["Content-Type"] == "application/pdf"
    assert quote("Správa o stretnutí.pdf") in answer.headers["Content-Disposition"]
    assert answer.headers["X-Accel-Redirect"] is None
    assert "no-store" in answer.headers["Cache-Control"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_private_file_is_not_sent_by_the_web_process_itself(portal: Deployment, private_file: dict[str, str]) -> None:
    headers = {"Host": "localhost", "X-Forwarded-Proto": "https", "Cookie": private_file["owner"]}
    answer = portal.open(f"http://127.0.0.1:{portal.web_port}{private_file['path']}", headers=headers)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["X-Accel-Redirect"] == f"/protected/{private_file['stored']}"


def test_private_file_is_not_to_be_had_otherwise(portal: Deployment, private_file: dict[str, str]) -> None:
    assert (portal.folder / "files" / private_file["stored"]).exists()
    assert portal.get(private_file["path"], Cookie=private_file["stranger"]).status == 404
    assert portal.get(private_file["path"]).status in {302, 404}
    for path in (f"/protected/{private_file['stored']}", f"/static/../files/{private_file['stored']}"):
        assert portal.get(path, Cookie=private_file["owner"]).status in {400, 404}


def test_task_goes_from_web_over_redis_to_the_worker_and_out_by_mail(
    portal: Deployment, private_file: dict[str, str]
) -> None:
    assert private_file["path"].startswith("/n/ours/")
    page = portal.get("/accounts/login/code/")
    assert page.status == 200
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.body)
    cookie = re.search(r"csrftoken=[^;]+", str(page.headers["Set-Cookie"]))
    assert token
    assert cookie
    form = urlencode({"csrfmiddlewaretoken": token[1].decode(), "email": "lies@ours.example"}).encode()
    headers = {"Cookie": cookie[0], "Referer": f"{portal.site_url}/accounts/login/code/"}
    before = len(portal.smtp.messages)
    assert portal.open(f"{portal.site_url}/accounts/login/code/", form, headers).status == 302
    wait_until(lambda: len(portal.smtp.messages) > before, "the mail with the code", 30)
    mail = portal.smtp.messages[-1]
    assert mail["To"] == "lies@ours.example"
    assert mail["From"] == "AoCE portal <portal@portal.example>"
    done = re.compile(r"Task common\.send_mail\[[^]]+\] succeeded")
    wait_until(lambda: done.search(portal.log("worker")) is not None, "the worker to have done it", 30)


def test_beat_ticks_and_the_worker_does_what_it_asks(portal: Deployment) -> None:
    wait_until(lambda: "Sending due task mail.sweep (common.sweep_mail)" in portal.log("beat"), "beat's tick", 30)
    done = re.compile(r"Task common\.sweep_mail\[[^]]+\] succeeded")
    seen = len(done.findall(portal.log("worker")))
    wait_until(lambda: len(done.findall(portal.log("worker"))) >= seen + 2, "two more sweeps", 30)


def test_worker_knows_every_task_of_the_schedule(portal: Deployment) -> None:
    asked = re.compile(r"Sending due task \S+ \((\S+)\)")
    wait_until(lambda: len(asked.findall(portal.log("beat"))) >= 8, "beat's second round", 30)
    assert "Received unregistered task" not in portal.log("worker")


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("${A:?say A}", {"A": "1"}, "1"),
        ("${A:-2}", {"A": ""}, "2"),
        ("${A-2}", {"A": ""}, ""),
        ("${A-2}", {}, "2"),
        ("x ${A} $$B", {"A": "1"}, "x 1 $B"),
    ],
)
def test_compose_values_are_filled_in_as_compose_does(text: str, values: dict[str, str], filled: str) -> None:
    assert interpolate(text, values) == filled


def test_compose_stops_with_the_name_of_what_is_not_set() -> None:
    with pytest.raises(UnsetError, match=r"set SECRET_KEY in \.env"):
        interpolate(SERVICES["web"]["environment"]["SECRET_KEY"], {"SECRET_KEY": ""})
