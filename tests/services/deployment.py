"""docker-compose.yml started by hand: its commands, environment and checks, with real servers on this machine."""

from __future__ import annotations

import os
import re
import shlex
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from tests.services.processes import (
    ROOT,
    free_port,
    listens,
    nginx_server,
    postgres_server,
    program,
    redis_server,
    self_signed_certificate,
    wait_until,
)
from tests.services.smtp import SmtpServer, smtp_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message
    from pathlib import Path

SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


class UnsetError(Exception):
    """A variable that compose demands is not set."""


def interpolate(text: str, values: dict[str, str]) -> str:
    """Fill in ``${…}`` as compose does: ``:?`` demands, ``:-`` and ``-`` give defaults, ``$$`` is a dollar."""

    def value(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        name, how, rest = match["name"], match["how"], match["rest"] or ""
        found = values.get(name)
        if how == ":?" and not found:
            raise UnsetError(rest)
        if (how == ":-" and not found) or (how == "-" and found is None):
            return rest
        return found or ""

    return re.sub(r"\$\$|\$\{(?P<name>\w+)(?:(?P<how>:\?|:-|-)(?P<rest>[^}]*))?\}", value, text)


def environment(service: str, values: dict[str, str]) -> dict[str, str]:
    """Return a service's environment; a name without value is passed on if it is set."""
    given: dict[str, str | None] = SERVICES[service]["environment"]
    passed_on = {name: values[name] for name, value in given.items() if value is None and name in values}
    return {name: interpolate(value, values) for name, value in given.items() if value is not None} | passed_on


def image_environment(stage: str) -> dict[str, str]:
    """Return the last stage's ENV lines of the Dockerfile."""
    text = DOCKERFILE.split(f" AS {stage}\n")[1].split("\nFROM ")[0]
    return dict(re.findall(r"^(?:ENV|   ) ([A-Z_]+)=(\S+)", text, re.MULTILINE))


def words(service: str, what: Any, values: dict[str, str]) -> list[str]:
    """Return a command or health check with this Python instead of the image's."""
    filled = [interpolate(word, values) for word in what]
    if filled[0] == "CMD-SHELL":
        filled = ["CMD", *shlex.split(filled[1])]
    if filled[0] == "CMD":
        filled = filled[1:]
    assert filled[0] in {"python", "gunicorn", "celery", "curl"}, service
    if filled[0] == "curl":
        return filled
    return [sys.executable, *filled[1:]] if filled[0] == "python" else [sys.executable, "-m", *filled]


@dataclass
class Answer:
    """What came back over HTTP."""

    status: int
    headers: Message
    body: bytes


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Answers a redirect as it is."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """Follow nothing."""


@dataclass
class Deployment:
    """The running set."""

    http_port: int
    https_port: int
    web_port: int
    smtp: SmtpServer
    folder: Path
    values: dict[str, str]
    env: dict[str, dict[str, str]]

    @property
    def site_url(self) -> str:
        """Where people reach it."""
        return self.values["SITE_URL"]

    def open(self, url: str, data: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """Ask for an address as a browser that trusts the certificate and follows no redirect."""
        context = ssl.create_default_context(cafile=str(self.folder / "tls" / "fullchain.pem"))
        https = urllib.request.HTTPSHandler(context=context)
        request = urllib.request.Request(url, data=data, headers=headers or {})  # noqa: S310 - this machine
        try:
            with urllib.request.build_opener(https, NoRedirect()).open(request, timeout=20) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def get(self, path: str, **headers: str) -> Answer:
        """Ask the proxy over TLS."""
        return self.open(f"{self.site_url}{path}", headers={k.replace("_", "-"): v for k, v in headers.items()})

    def run(self, service: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run Python in a service's environment."""
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **self.env[service]}
        call = [sys.executable, *arguments]
        return subprocess.run(call, cwd=ROOT, env=env, capture_output=True, text=True, check=check, timeout=120)

    def health(self, service: str) -> int:
        """Return the exit code of a service's health check."""
        env = {"PATH": os.environ["PATH"], **self.env[service], "HOSTNAME": os.uname().nodename}
        call = words(service, SERVICES[service]["healthcheck"]["test"], self.values)
        call = [word.replace("$HOSTNAME", env["HOSTNAME"]) for word in call]
        call = [word.replace("127.0.0.1/", f"127.0.0.1:{self.http_port}/") for word in call]
        return subprocess.run(call, cwd=ROOT, env=env, capture_output=True, check=False, timeout=60).returncode

    def log(self, service: str) -> str:
        """Return what a process has written."""
        return (self.folder / f"{service}.log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def deployment(folder: Path, static_root: Path) -> Iterator[Deployment]:
    """Start PostgreSQL, Redis, a mail server, migrate, web, worker, beat and the proxy; stop them all."""
    http_port, https_port, web_port = free_port(), free_port(), free_port()
    with ExitStack() as stack:
        postgres = stack.enter_context(postgres_server())
        redis = stack.enter_context(redis_server())
        smtp = stack.enter_context(smtp_server())
        values = {
            "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz",
            "SITE_URL": f"https://localhost:{https_port}",
            "ALLOWED_HOSTS": "localhost",
            "POSTGRES_PASSWORD": "trusted",
            "EMAIL_URL": smtp.url,
            "DEFAULT_FROM_EMAIL": "AoCE portal <portal@portal.example>",
            "TLS_DIR": str(folder / "tls"),
        }
        # What is elsewhere on this machine than in its container.
        here = {
            "DATABASE_URL": postgres,
            "REDIS_URL": redis,
            "MEDIA_ROOT": str(folder / "files"),
            "STATIC_ROOT": str(static_root),
            "BIND": f"127.0.0.1:{web_port}",
            "PORT": str(web_port),
            "SWEEP_SECONDS": "1",
            "DJANGO_SETTINGS_MODULE": "aoce.settings",
        }
        env = {}
        for service in ("migrate", "web", "worker", "beat"):
            (folder / f"{service}-data").mkdir()
            own = {"DATA_DIR": str(folder / f"{service}-data")}
            env[service] = image_environment("portal") | environment(service, values) | here | own
            del env[service]["PATH"]
        env["proxy"] = {}
        running = Deployment(http_port, https_port, web_port, smtp, folder, values, env)
        running.run("migrate", *words("migrate", SERVICES["migrate"]["command"], values)[1:])
        for service in ("web", "worker", "beat"):
            call = words(service, SERVICES[service]["command"], values)
            stack.enter_context(program(*call, log=folder / f"{service}.log", env=env[service]))
        self_signed_certificate(folder / "tls")
        proxy = image_environment("proxy") | environment("proxy", values)
        proxy |= {
            "PORTAL_HTTP_PORT": f"127.0.0.1:{http_port}",
            "PORTAL_HTTPS_PORT": f"127.0.0.1:{https_port}",
            "PORTAL_WEB": f"127.0.0.1:{web_port}",
            "PORTAL_STATIC_DIR": here["STATIC_ROOT"],
            "PORTAL_FILES_DIR": here["MEDIA_ROOT"],
            "PORTAL_TLS_DIR": values["TLS_DIR"],
            "PORTAL_ACME_DIR": str(folder / "acme"),
        }
        stack.enter_context(nginx_server(ROOT / "deploy" / "nginx.conf.template", proxy, folder / "nginx"))
        wait_until(lambda: listens(web_port) and " ready." in running.log("worker"), "the portal", 60)
        yield running
