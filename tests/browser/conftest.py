"""The system's Chromium, looking at a live portal."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, sync_playwright

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

    from partners.models import User

# Playwright runs an event loop in this thread; Django must still be allowed to use the database here.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
SWITCHES = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    path = shutil.which("chromium") or "/usr/bin/chromium"
    switches = [*SWITCHES, "--no-sandbox"] if os.geteuid() == 0 else SWITCHES
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=switches)
        yield chromium
        chromium.close()


@pytest.fixture
def context_for(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser context, signed in as somebody if wanted: ``context_for(user, width=360, dark=True)``."""
    made: list[BrowserContext] = []

    def make(user: User | None = None, *, width: int = 1280, dark: bool = False, **options: Any) -> BrowserContext:
        scheme = "dark" if dark else "light"
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            base_url=live_server.url,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(15000)
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[django_settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()
