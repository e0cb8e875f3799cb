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
    """End a process and its group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(5)


@contextmanager
def program(
    *words: str | Path, log: Path, env: Mapping[str, str] | None = None, user: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in its own group while the block lasts; its output goes to ``log``."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [str(word) for word in words],
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user,
        )
    try:
        yield process
    finally:
        end(process)


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
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    try:
        if user:
            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        data = folder / "data"
        run = {"check": True, "capture_output": True, "user": user, "cwd": folder}
        subprocess.run([binaries / "initdb", "-D", data, "-U", "portal", "-A", "trust", "--no-sync"], **run)
        words = (binaries / "postgres", "-D", data, "-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1")
        fast = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
        with program(*words, *fast, log=folder.parent / f"{folder.name}.log", user=user):
            wait_until(lambda: listens(port), "PostgreSQL")
            psql = [binaries / "psql", "-h", "127.0.0.1", "-p", str(port), "-U", "portal", "-d", "postgres"]

            def created() -> bool:
                done = subprocess.run([*psql, "-c", "CREATE DATABASE portal"], check=False, capture_output=True)
                return done.returncode == 0

            wait_until(created, "PostgreSQL's database")
            yield f"postgres://portal@127.0.0.1:{port}/portal"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        (folder.parent / f"{folder.name}.log").unlink(missing_ok=True)


@contextmanager
def celery_worker(env: Mapping[str, str], log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker with the given settings."""
    call = (sys.executable, "-m", "celery", "-A", "aoce", "worker", "--concurrency", "1", "--loglevel", "INFO")
    with program(*call, "--without-gossip", "--without-mingle", *words, log=log, env=env) as process:
        wait_until(lambda: " ready." in log.read_text(errors="replace"), "the Celery worker")
        yield process


@contextmanager
def celery_beat(env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery beat with the given settings."""
    call = (sys.executable, "-m", "celery", "-A", "aoce", "beat", "--pidfile", "", "--loglevel", "INFO")
    with program(*call, log=log, env=env) as process:
        yield process
