"""Start the whole portal on this machine: web server, Celery worker and beat, on SQLite and the filesystem broker.

Environment: ``PORT`` (8000), ``DATA_DIR`` (./var) and everything of ``aoce/settings.py``. Ctrl-C ends every process
that was started; so does the end of any one of them.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from io import TextIOWrapper

ROOT = Path(__file__).resolve().parent.parent
PORT = os.environ.get("PORT") or "8000"
DATA = Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve()
PROCESSES = {
    "web": ("gunicorn", "-c", "aoce/gunicorn.py", "aoce.wsgi"),
    "worker": ("celery", "-A", "aoce", "worker", "-c", "2", "-l", "INFO", "--without-gossip", "--without-mingle"),
    "beat": ("celery", "-A", "aoce", "beat", "--pidfile", "", "-l", "INFO"),
}
START_SECONDS = 60
#: How long a process may take to finish what it does, to hand its work back, and to vanish.
STOP_SECONDS = ((signal.SIGTERM, 8), (signal.SIGQUIT, 3))

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


class Stop(Exception):  # noqa: N818 - no error: somebody asked
    """Somebody asked to stop: Ctrl-C, SIGTERM or a closed terminal."""


def stop_with(message: str) -> NoReturn:
    """End with one clear line."""
    sys.exit(f"portal: {message}")


def check_port() -> None:
    """Stop with one line if the port is no number or taken."""
    if not PORT.isdecimal() or not 0 < int(PORT) < 65536:  # noqa: PLR2004 - the highest port
        stop_with(f"PORT={PORT} is not a port number. Use one from 1024 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(PORT)))
        except OSError as error:
            other = int(PORT) + 1 if int(PORT) >= 1024 else 8000  # noqa: PLR2004 - below it only root may listen
            stop_with(f"port {PORT} cannot be used ({error.strerror}). Try another one: PORT={other} make run")


def own_data_folder() -> TextIOWrapper:
    """Make the data folder and return its lock, so that no two portals run in one."""
    try:
        (DATA / "logs").mkdir(parents=True, exist_ok=True)
        lock = (DATA / "run.lock").open("w")
    except OSError as error:
        stop_with(f"DATA_DIR={DATA} cannot be written ({error.strerror}).")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stop_with(f"a portal runs in DATA_DIR={DATA} already. Stop it, or choose another: DATA_DIR=… make run")
    return lock


def prepare() -> str:
    """Make the data folder ready; return one login per role, one a line."""
    done = subprocess.run([sys.executable, ROOT / "scripts/prepare.py"], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    found = json.loads(done.stdout)
    lines = [f"  {role:<18}{email:<44}{name}\n" for role, name, email in found["people"]]
    return "".join([*lines, f"\n  Everybody's password: {found['password']}\n"]) if lines else ""


def log_of(name: str) -> Path:
    """Return a process's log."""
    return DATA / "logs" / f"{name}.log"


def start(name: str) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, its output in its log; the run before's is kept beside it."""
    path = log_of(name)
    if path.exists():
        path.replace(path.with_suffix(".log.1"))
    with path.open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", *PROCESSES[name]],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Should this program be killed outright, the kernel asks the process to end.
            preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM),  # noqa: PLW1509 - no threads here
        )


def descendants() -> set[int]:
    """Return every process that comes from this one, orphans of its children included (it is their reaper)."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                stat = (entry / "stat").read_text(errors="replace")
                parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found, wave = set(), {os.getpid()}
    while wave:
        wave = {pid for pid, parent in parents.items() if parent in wave}
        found |= wave
    return found


def end(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """End every process: ask it, ask it to hand back its work, then take it and all that came from it away."""
    try:
        for how, seconds in STOP_SECONDS:
            for process in processes.values():
                if process.poll() is None:
                    process.send_signal(how)
            limit = time.monotonic() + seconds
            while any(process.poll() is None for process in processes.values()) and time.monotonic() < limit:
                time.sleep(0.05)
    finally:
        # Also when asked to stop a second time, while waiting.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while left := descendants():
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def web_answers() -> bool:
    """Whether the web server answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz/", timeout=5) as response:
            return bool(response.status == 200)  # noqa: PLR2004 - HTTP's OK
    except OSError:
        return False


def worker_is_ready() -> bool:
    """Whether the worker has said that it takes tasks."""
    return " ready." in log_of("worker").read_text(encoding="utf-8", errors="replace")


def check_alive(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """Stop with the end of its log if a process has ended by itself."""
    for name, process in processes.items():
        if process.poll() is not None:
            last = log_of(name).read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
            sys.stderr.write("".join(f"  {line}\n" for line in last))
            stop_with(f"{name} ended by itself (exit code {process.returncode}). Its log: {log_of(name)}")


def wait_until_ready(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """Wait until the web server answers and the worker takes tasks."""
    limit = time.monotonic() + START_SECONDS
    while not (web_answers() and worker_is_ready()):
        check_alive(processes)
        if time.monotonic() > limit:
            stop_with(f"it did not start within {START_SECONDS} seconds. Its logs: {DATA / 'logs'}")
        time.sleep(0.1)


def asked_to_stop(*_args: object) -> NoReturn:
    """Turn a signal into an exception."""
    raise Stop


def main() -> int:
    """Prepare, start, wait; return the exit code."""
    if os.environ.get("MODE", "embedded") != "embedded":
        stop_with("`make run` is the embedded portal. For MODE=production see docs/operations.md.")
    check_port()
    os.environ |= {"PORT": PORT, "DATA_DIR": str(DATA), "PYTHONUNBUFFERED": "1"}
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)
    processes: dict[str, subprocess.Popen[bytes]] = {}
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, asked_to_stop)
    lock = own_data_folder()
    try:
        logins = prepare()
        for name in PROCESSES:
            processes[name] = start(name)
        wait_until_ready(processes)
        sys.stdout.write(f"\nThe portal runs at http://localhost:{PORT}/\n\n{logins}\n")
        sys.stdout.write(f"Data, mails and logs are in {DATA}\nCtrl-C ends it.\n")
        sys.stdout.flush()
        while True:
            check_alive(processes)
            time.sleep(0.5)
    except Stop:
        sys.stderr.write("\nStopping …\n")
        return 0
    finally:
        with suppress(Stop):
            end(processes)
        lock.close()


if __name__ == "__main__":
    sys.exit(main())
