"""axe (WCAG 2.2 AA) over every page, in both themes, wide and on a phone; and what only a browser can see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page

from tests.access import OUTSIDE, PAGES
from tests.test_access_matrix import address, outside_address
from tests.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = settings.NODE_MODULES / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: Files and the like: no pages.
NO_PAGES = {"roadmap:board_sheet", "common:file", "partners:map", "calendar:feed", "public:report_file"}
RUN = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  return found.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(" | ")}`);
}"""
#: What sticks out of a phone's screen, outside of the regions that say they scroll.
OVERFLOW = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
  [...document.querySelectorAll("main *, header *, footer *")]
    .filter(e => !e.closest(".scroller, .scroll") && e.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 3).map(e => e.tagName + "." + e.className)"""


def watch(page: Page, faults: list[str], base: str) -> None:
    """Note what the browser complains of, and every request to another host."""

    def console(message: Any) -> None:
        if message.type in {"error", "warning"} and "favicon" not in message.text:
            faults.append(f"console: {message.text}")

    def request(asked: Any) -> None:
        if not asked.url.startswith((base, "data:", "blob:")):
            faults.append(f"another host: {asked.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("request", request)


def faults_of(page: Page, path: str, width: int) -> list[str]:
    """Return what axe and the layout say of a page; empty for what is no HTML page."""
    response = page.goto(path)
    if response is None or "text/html" not in response.headers.get("content-type", ""):
        return []
    page.add_script_tag(path=str(AXE)) if page.evaluate("typeof axe") == "undefined" else None
    faults = [f"axe {violation}" for violation in page.evaluate(RUN, TAGS)]
    if width < 400:
        faults += [f"sticks out: {what}" for what in page.evaluate(OVERFLOW)]
    return faults


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_is_accessible(
    context_for: Callable[..., BrowserContext], live_server: Any, width: int, dark: bool
) -> None:
    world = make_world()
    found: dict[str, list[str]] = {}
    by_person: dict[str, list[tuple[str, str]]] = {}
    for page in PAGES:
        if page.method == "GET" and page.ok and page.name not in NO_PAGES:
            people = page.ok.split()
            person = "coordinator" if "coordinator" in people else people[0]
            by_person.setdefault(person, []).append((page.name, address(page, world)))
            if "lead_partner" in people and person != "lead_partner":
                by_person.setdefault("lead_partner", []).append((page.name, address(page, world)))
    by_person["nobody"] = [
        (name, outside_address(name, world))
        for name, declared in OUTSIDE.items()
        if declared.visitor == 200 and name not in NO_PAGES
    ]
    for person, pages in by_person.items():
        # The policy forbids scripts of other origin; axe is brought in by the test itself.
        context = context_for(world.people.get(person), width=width, dark=dark, bypass_csp=True)
        tab = context.new_page()
        heard: list[str] = []
        watch(tab, heard, live_server.url)
        for name, path in pages:
            faults = faults_of(tab, path, width)
            if faults or heard:
                found[f"{name} as {person}"] = faults + heard
            heard.clear()
    assert found == {}


def test_content_policy_stands_in_the_browser(context_for: Callable[..., BrowserContext], live_server: Any) -> None:
    """Without the bypass of the test above: no page breaks the policy it is sent with."""
    world = make_world()
    tab = context_for(world.people["lead_partner"]).new_page()
    heard: list[str] = []
    watch(tab, heard, live_server.url)
    visited = 0
    for page in PAGES:
        if page.method == "GET" and "lead_partner" in page.ok.split() and page.name not in NO_PAGES:
            tab.goto(address(page, world))
            visited += 1
    assert visited > 20
    assert heard == []
