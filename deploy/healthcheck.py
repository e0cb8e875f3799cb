"""Exit 0 when a container's process does its work: ``python deploy/healthcheck.py web|beat``.

The worker's check is Celery's own: ``celery -A aoce inspect ping``.
"""

from __future__ import annotations

import os
import sys
import time
import urllib.request
from pathlib import Path

# Beat writes its schedule every three minutes.
BEAT_SECONDS = 600


def web() -> bool:
    """Whether the web server answers and reaches the database."""
    request = urllib.request.Request(f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz/")
    request.add_header("Host", os.environ["ALLOWED_HOSTS"].split(",")[0])
    request.add_header("X-Forwarded-Proto", "https")
    with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310 - our own address
        return bool(response.status == 200)  # noqa: PLR2004 - HTTP's OK


def beat() -> bool:
    """Whether beat has written its schedule lately."""
    written = [path.stat().st_mtime for path in Path(os.environ["DATA_DIR"]).glob("beat-schedule*")]
    return bool(written) and time.time() - max(written) < BEAT_SECONDS


if __name__ == "__main__":
    try:
        ok = {"web": web, "beat": beat}[sys.argv[1]]()
    except OSError as error:
        sys.exit(f"{sys.argv[1]}: {error}")
    sys.exit(not ok)
