"""Start the whole portal on this machine: web server, Celery worker and beat, on SQLite and the filesystem broker.

Environment: ``PORT`` (8000), ``DATA_DIR`` (./var) and everything of ``aoce/settings.py``. Ctrl-C ends every process started.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"
PORT = os.environ.get("PORT", "8000")
DATA = Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve()
NETWORK = ROOT / "data" / "networks" / "aoce.yaml"
PEOPLE = ROOT / "data" / "networks" / "demo_people.yaml"
START_SECONDS = 60
STOP_SECONDS = 10


def stop_with(message: str) -> None:
    """End with one clear line."""
    sys.exit(f"portal: {message}")


def check_port() -> None:
    """Stop with one line if the port is no number or taken."""
    if not PORT.isdigit() or not 0 < int(PORT) < 65536:  # noqa: PLR2004 - the highest port
        stop_with(f"PORT={PORT} is not a port number. Use one from 1024 to 65535.")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(PORT)))
        except OSError as error:
            stop_with(f"port {PORT} cannot be used ({error.strerror}). Try another one: PORT={int(PORT) + 1} make run")


def manage(*words: str) -> None:
    """Run a management command; stop with its last line if it fails."""
    done = subprocess.run([PYTHON, ROOT / "manage.py", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        stop_with(f"{words[0]} failed: {(done.stderr.strip() or done.stdout.strip()).splitlines()[-1]}")


def prepare() -> None:
    """Create the database, load AoCE with its demo people into an empty one, collect the static files."""
    try:
        (DATA / "logs").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        stop_with(f"DATA_DIR={DATA} cannot be written ({error.strerror}).")
    stamp = DATA / "prepared"
    wanted = str(newest_source())
    if stamp.exists() and stamp.read_text() == wanted:
        return
    manage("migrate", "--verbosity", "0")
    manage("collectstatic", "--noinput", "--verbosity", "0")
    if not (DATA / "loaded").exists():
        manage("load_network", str(NETWORK), "--demo-people", str(PEOPLE), "--shift-to", "today")
        (DATA / "loaded").touch()
    stamp.write_text(wanted)


def newest_source() -> float:
    """Return the time of the newest file that migrations or static files come from."""
    files = [ROOT / "package-lock.json", *(ROOT / "static").rglob("*"), *ROOT.glob("*/migrations/*.py")]
    return max(path.stat().st_mtime for path in [*files, *ROOT.glob("aoce/common/migrations/*.py")])


def start(name: str, *words: str) -> subprocess.Popen[bytes]:
    """Start a process in a group of its own, its output in ``DATA_DIR/logs``."""
    with (DATA / "logs" / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            [PYTHON, "-m", *words], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )


def alive(group: int) -> bool:
    """Whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def end(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """End every process and its children: politely, then for good."""
    for how, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5)):
        for process in processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, how)
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            for process in processes.values():
                process.poll()
            if not any(alive(process.pid) for process in processes.values()):
                return
            time.sleep(0.1)


def answers() -> bool:
    """Whether the web server answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz/", timeout=2) as response:
            return response.status == 200  # noqa: PLR2004 - HTTP's OK
    except (OSError, urllib.error.URLError):
        return False


def logins() -> str:
    """Return one login per role, as the database has them."""
    done = subprocess.run(
        [PYTHON, ROOT / "manage.py", "demo_logins"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout


def main() -> int:
    """Prepare, start, wait; return the exit code."""
    check_port()
    os.environ |= {"PORT": PORT, "DATA_DIR": str(DATA), "PYTHONUNBUFFERED": "1"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aoce.settings")
    prepare()
    processes: dict[str, subprocess.Popen[bytes]] = {}

    def asked(*_args: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, asked)
    signal.signal(signal.SIGHUP, asked)
    try:
        processes["web"] = start("web", "gunicorn", "-c", "aoce/gunicorn.py", "aoce.wsgi")
        processes["worker"] = start(
            "worker", "celery", "-A", "aoce", "worker", "--concurrency", "2", "--loglevel", "INFO", "--without-gossip"
        )
        processes["beat"] = start("beat", "celery", "-A", "aoce", "beat", "--pidfile", "", "--loglevel", "WARNING")
        limit = time.monotonic() + START_SECONDS
        while not answers():
            gone = [name for name, process in processes.items() if process.poll() is not None]
            if gone or time.monotonic() > limit:
                name = gone[0] if gone else "web"
                sys.stderr.write(f"portal: {name} did not start. Its log is {DATA / 'logs' / name}.log\n")
                return 1
            time.sleep(0.1)
        sys.stdout.write(f"\nThe portal runs at http://localhost:{PORT}/\n\n{logins()}\nCtrl-C ends it. ")
        sys.stdout.write(f"Logs and mails are in {DATA}\n")
        sys.stdout.flush()
        while True:
            for name, process in processes.items():
                if process.poll() is not None:
                    sys.stderr.write(f"portal: {name} ended by itself. Its log is {DATA / 'logs' / name}.log\n")
                    return 1
            time.sleep(0.5)
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        end(processes)


if __name__ == "__main__":
    sys.exit(main())
