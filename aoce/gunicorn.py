"""How gunicorn runs the portal: ``gunicorn -c aoce/gunicorn.py aoce.wsgi``."""

import gc
import os
from typing import Any

bind = os.environ.get("BIND", f"127.0.0.1:{os.environ.get('PORT', '8000')}")
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = int(os.environ.get("WEB_THREADS", "8"))
worker_class = "gthread"
preload_app = True
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = int(os.environ.get("WEB_MAX_REQUESTS", "0"))
max_requests_jitter = 100 if max_requests else 0
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112 - gunicorn's heartbeat file
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
# A socket in the home directory, the same for every portal of a user, is one too many.
control_socket_disable = True


def when_ready(_server: Any) -> None:
    """Load every address and leave what is loaded out of every later collection, which then takes a fraction."""
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 - loads them
    gc.collect()
    gc.freeze()


def post_fork(_server: Any, _worker: Any) -> None:
    """Collect less often: a request makes many short-lived objects."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
