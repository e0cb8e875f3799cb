"""Start the real programs the portal works with, on free ports and in folders of their own, and stop them again."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    """Return a TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Wait until ``ready()``; raise TimeoutError naming ``what`` after ``seconds``."""
    limit = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > limit:
            raise TimeoutError(f"{what} was not ready after {seconds:.0f} seconds")
        time.sleep(0.05)


def listens(port: int) -> bool:
    """Whether something accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def end(process: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> None:
    """Ask a process to end and give it time; then nothing of its group is left."""
    process.send_signal(how)
    with suppress(subprocess.TimeoutExpired):
        process.wait(15)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(5)


@contextmanager
def program(
    *words: str | Path,
    log: Path,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    folder: Path = ROOT,
    how: int = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in its own group while the block lasts, ended by ``how``; its output goes to ``log``."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [str(word) for word in words],
            cwd=folder,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
        )
    try:
        yield process
    finally:
        end(process, how)


@contextmanager
def redis_server() -> Iterator[str]:
    """A Redis that keeps nothing; yields its URL."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="portal-redis-") as folder:
        words = ("redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder)
        with program(*words, log=Path(folder) / "log"):
            wait_until(lambda: listens(port), "Redis")
            yield f"redis://127.0.0.1:{port}/0"


def postgres_folder() -> Path:
    """Return the folder of the newest PostgreSQL's programs."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))


@contextmanager
def postgres_server() -> Iterator[str]:
    """A PostgreSQL with an empty database ``portal``; yields its URL. Not run as root, which it refuses."""
    binaries, port = postgres_folder(), free_port()
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="portal-postgres-"))
    try:
        if user:
            shutil.chown(folder, user)
        initdb = [binaries / "initdb", "-D", folder / "data", "-U", "portal", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(initdb, check=True, capture_output=True, user=user, cwd=folder)
        words = (binaries / "postgres", "-D", folder / "data", "-p", str(port), "-k", folder, "-h", "127.0.0.1")
        fast = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
        # SIGINT: do not wait for whoever is still connected.
        with program(*words, *fast, log=folder / "log", user=user, folder=folder, how=signal.SIGINT):
            createdb = [binaries / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "portal", "portal"]

            def created() -> bool:
                return subprocess.run(createdb, check=False, capture_output=True).returncode == 0

            wait_until(created, "PostgreSQL")
            yield f"postgres://portal@127.0.0.1:{port}/portal"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def self_signed_certificate(folder: Path) -> Path:
    """Make ``fullchain.pem`` and ``privkey.pem`` for localhost; return the certificate."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate = folder / "fullchain.pem"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    words += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", folder / "privkey.pem", "-out", certificate]
    subprocess.run([*words, *files], check=True, capture_output=True)
    return certificate


NGINX_CONF = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 256; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/default.conf;
}}
"""


@contextmanager
def nginx_server(template: Path, values: Mapping[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """An nginx with one ``conf.d`` file made from a template, as the image's envsubst makes it."""
    folder.mkdir(parents=True, exist_ok=True)
    text = template.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    (folder / "default.conf").write_text(text, encoding="utf-8")
    user = f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX_CONF.format(folder=folder, user=user), encoding="utf-8")
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    log = folder / "log"
    with program(nginx, "-p", folder, "-c", folder / "nginx.conf", log=log, how=signal.SIGQUIT) as process:
        wait_until(lambda: process.poll() is not None or (folder / "nginx.pid").exists(), "nginx")
        if process.poll() is not None:
            raise RuntimeError(log.read_text())
        yield process


@contextmanager
def celery_worker(env: Mapping[str, str], log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker with the given settings."""
    call = (sys.executable, "-m", "celery", "-A", "aoce", "worker", "--concurrency", "1", "--loglevel", "INFO")
    quiet = ("--without-gossip", "--without-mingle")
    # SIGQUIT: hand back what was taken and go at once.
    with program(*call, *quiet, *words, log=log, env=env, how=signal.SIGQUIT) as process:
        wait_until(lambda: " ready." in log.read_text(errors="replace"), "the Celery worker")
        yield process


@contextmanager
def celery_beat(env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery beat with the given settings."""
    call = (sys.executable, "-m", "celery", "-A", "aoce", "beat", "--pidfile", "", "--loglevel", "INFO")
    with program(*call, log=log, env=env) as process:
        yield process
