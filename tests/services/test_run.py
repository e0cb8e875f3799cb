"""``make run``: the embedded portal starts with one command and leaves no process behind, whatever ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.services.processes import ROOT, free_port, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run") / "my data"


def processes_of(data_dir: Path) -> dict[int, str]:
    """Return every process that runs with this data folder, by number, with its command."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                env = (entry / "environ").read_bytes().split(b"\0")
                command = (entry / "cmdline").read_text(errors="replace").replace("\0", " ")
            except OSError:
                continue
            if f"DATA_DIR={data_dir}".encode() in env and command:
                found[int(entry.name)] = command
    return found


def call(data_dir: Path, port: int | str, static_root: Path) -> subprocess.Popen[str]:
    """Start the portal."""
    env = {**os.environ, "DATA_DIR": str(data_dir), "PORT": str(port), "STATIC_ROOT": str(static_root)}
    env.pop("DATABASE_URL", None)
    words = [sys.executable, "scripts/run.py"]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, cwd=ROOT, env=env, stdout=pipe, stderr=pipe, text=True, start_new_session=True)


@contextmanager
def running(data_dir: Path, port: int, static_root: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the portal; yields its process and what it said when it was ready."""
    with ExitStack() as stack:
        process = stack.enter_context(call(data_dir, port, static_root))
        stack.callback(process.kill)
        said = ""
        assert process.stdout
        for line in process.stdout:
            said += line
            if line.startswith("Ctrl-C"):
                break
        else:
            assert process.stderr
            pytest.fail(process.stderr.read())
        yield process, said


def end_of(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Return the exit code and the last words."""
    assert process.stderr
    words = process.stderr.read()
    return process.wait(30), words


def test_run_loads_the_network_answers_and_ends_all_it_started(data_dir: Path, static_root: Path) -> None:
    port = free_port()
    with running(data_dir, port, static_root) as (process, said):
        assert f"http://localhost:{port}/" in said
        roles = ("Lead Partner", "Lead Expert", "Ad-hoc expert", "ULG coordinator", "ULG member", "Observer")
        assert [role for role in roles if f"\n  {role} " not in said] == []
        with urllib.request.urlopen(f"http://localhost:{port}/healthz/") as response:
            assert response.status == 200
        started = " ".join(processes_of(data_dir).values())
        assert all(name in started for name in ("gunicorn", "celery -A aoce worker", "celery -A aoce beat"))
        with call(data_dir, port, static_root) as second:
            code, words = end_of(second)
        assert (code, words.count("\n")) == (1, 1)
        assert f"port {port} cannot be used" in words
        with call(data_dir, free_port(), static_root) as second:
            code, words = end_of(second)
        assert (code, words.count("\n")) == (1, 1)
        assert "runs in DATA_DIR=" in words
        process.send_signal(signal.SIGINT)
        code, _ = end_of(process)
    assert code == 0
    assert processes_of(data_dir) == {}


@pytest.mark.parametrize("name", ["gunicorn", "celery -A aoce worker", "celery -A aoce beat"])
def test_run_ends_when_one_process_dies_and_says_which(name: str, data_dir: Path, static_root: Path) -> None:
    with running(data_dir, free_port(), static_root) as (process, _said):
        # The first with this command is the parent of the others.
        os.kill(min(pid for pid, command in processes_of(data_dir).items() if f"-m {name}" in command), signal.SIGKILL)
        code, words = end_of(process)
    said = {"gunicorn": "web", "celery -A aoce worker": "worker", "celery -A aoce beat": "beat"}[name]
    assert code == 1
    assert f"portal: {said} ended by itself" in words
    assert processes_of(data_dir) == {}


def test_run_killed_outright_takes_its_processes_along(data_dir: Path, static_root: Path) -> None:
    with running(data_dir, free_port(), static_root) as (process, _said):
        process.kill()
        process.wait(10)
        wait_until(lambda: processes_of(data_dir) == {}, "the end of the processes", 30)


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_run_refuses_what_is_no_port(port: str, data_dir: Path, static_root: Path) -> None:
    with call(data_dir, port, static_root) as process:
        code, words = end_of(process)
    assert (code, words) == (1, f"portal: PORT={port} is not a port number. Use one from 1024 to 65535.\n")
