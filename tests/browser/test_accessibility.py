"""axe (WCAG 2.2 AA) over every page, in both themes, wide and on a phone; and what only a browser can see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page

from roadmap.models import HandIn
from tests.access import OUTSIDE, PAGES
from tests.test_access_matrix import address, outside_address
from tests.world import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = settings.NODE_MODULES / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: Files and the like: no pages.
NO_PAGES = {
    "roadmap:board_sheet",
    "learning:matrix_sheet",
    "actionplans:plan_sheet",
    "learning:logs_export",
    "learning:log_export",
    "meetings:agenda_calendar",
    "meetings:participants_sheet",
    "learning:survey_export",
    "common:file",
    "partners:map",
    "calendar:feed",
    "public:report_file",
}
#: Rules that look at colours: the dark theme changes nothing else.
COLOURS = ["color-contrast", "link-in-text-block"]
RUN = """async ([type, values]) => {
  const found = await axe.run(document, { runOnly: { type, values }, resultTypes: ["violations"] });
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
    """Return what axe, in both themes, and the layout say of a page; empty for what is no HTML page."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    response = page.goto(path)
    if response is None or "text/html" not in response.headers.get("content-type", ""):
        return []
    page.add_script_tag(path=str(AXE))
    faults = [f"axe {violation}" for violation in page.evaluate(RUN, ["tag", TAGS])]
    if width < 400:
        faults += [f"sticks out: {what}" for what in page.evaluate(OVERFLOW)]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    faults += [f"dark: axe {violation}" for violation in page.evaluate(RUN, ["rule", COLOURS])]
    return faults


def pages_by_person(world: World, *, both: bool) -> dict[str, list[tuple[str, str]]]:
    """Return each page's name and address under who looks at it: a coordinator, and (``both``) the Lead Partner.

    Who of them may not see a page leaves it to the first who may.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for page in PAGES:
        if page.method == "GET" and page.ok and page.name not in NO_PAGES:
            people = page.ok.split()
            person = "coordinator" if "coordinator" in people else people[0]
            found.setdefault(person, []).append((page.name, address(page, world)))
            if both and "lead_partner" in people and person != "lead_partner":
                found.setdefault("lead_partner", []).append((page.name, address(page, world)))
    for name, declared in OUTSIDE.items():
        if name in NO_PAGES:
            continue
        if declared.visitor == 200:
            found.setdefault("nobody", []).append((name, outside_address(name, world)))
        elif declared.member == 200:
            found.setdefault("coordinator", []).append((name, outside_address(name, world)))
    found["nobody"] += [("style guide", "/styleguide/"), ("404", "/nothing-here/"), ("500", "/breaks/")]
    return found


@pytest.mark.urls("tests.common.urls_styleguide")
@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_is_accessible(context_for: Callable[..., BrowserContext], live_server: Any, width: int) -> None:
    world = make_world()
    found: dict[str, list[str]] = {}
    for person, pages in pages_by_person(world, both=width > 400).items():
        # The policy forbids scripts of other origin; axe is brought in by the test itself.
        context = context_for(world.people.get(person), width=width, bypass_csp=True)
        tab = context.new_page()
        heard: list[str] = []
        watch(tab, heard, live_server.url)
        for name, path in pages:
            faults = faults_of(tab, path, width)
            if name in {"404", "500"}:  # the browser says that it could not load the page it shows
                heard.clear()
            if faults or heard:
                found[f"{name} as {person}"] = faults + heard
            heard.clear()
    assert found == {}


@pytest.mark.urls("tests.common.urls_styleguide")
def test_file_dropped_beside_the_input_is_chosen_and_too_large_a_one_is_named(
    context_for: Callable[..., BrowserContext],
) -> None:
    tab = context_for().new_page()
    tab.goto("/styleguide/")
    drop = """([name, size]) => {
      const files = new DataTransfer();
      files.items.add(new File([new Uint8Array(size)], name));
      const zone = document.querySelector("#up1").closest(".dropzone");
      zone.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: files }));
      return [...document.querySelector("#up1").files].map(f => f.name);
    }"""
    assert tab.evaluate(drop, ["sheet.pdf", 10]) == ["sheet.pdf"]
    assert tab.locator("#up1_error").inner_text() == ""
    assert tab.evaluate(drop, ["film.pdf", 27_000_000]) == ["sheet.pdf", "film.pdf"]
    assert tab.locator("#up1_error").inner_text().startswith("film.pdf is larger than 25")


@pytest.mark.urls("tests.common.urls_styleguide")
def test_list_of_errors_has_the_focus_and_leads_to_the_field(context_for: Callable[..., BrowserContext]) -> None:
    tab = context_for().new_page()
    tab.goto("/styleguide/")
    assert tab.evaluate("document.activeElement.className") == "error-summary"
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id || location.hash.slice(1)") == "wrong_day"


def test_passkey_button_is_there_only_with_javascript(context_for: Callable[..., BrowserContext]) -> None:
    for javascript in (True, False):
        tab = context_for(java_script_enabled=javascript).new_page()
        tab.goto("/accounts/login/")
        assert tab.locator("#passkey_login").is_visible() is javascript


def test_menu_opens_and_closes_by_keyboard_on_a_phone(context_for: Callable[..., BrowserContext]) -> None:
    tab = context_for(width=360, java_script_enabled=False).new_page()
    tab.goto("/accounts/login/")
    link = tab.locator("#site-menu a", has_text="Help")
    assert not link.is_visible()
    tab.get_by_role("button", name="Menu").press("Enter")
    assert link.is_visible()
    tab.keyboard.press("Escape")
    assert not link.is_visible()


def test_draft_says_when_it_could_not_be_saved_and_saves_later(context_for: Callable[..., BrowserContext]) -> None:
    world = make_world()
    context = context_for(world.people["coordinator"])
    tab = context.new_page()
    tab.goto(next(address(page, world) for page in PAGES if page.name == "roadmap:hand_in"))
    said = tab.locator("[data-draft-said]")
    context.set_offline(True)
    tab.locator("#id_text").fill("Written on the train")
    tab.get_by_text("Not saved just now.").wait_for()
    assert HandIn.objects.get(pk=world.things["hand_in"].pk).text == "Our chapter"
    context.set_offline(False)
    tab.locator("#id_text").fill("Written on the train, sent from home")
    tab.get_by_text("Saved at").wait_for()
    assert said.inner_text().startswith("Saved at")
    assert HandIn.objects.get(pk=world.things["hand_in"].pk).text == "Written on the train, sent from home"


def test_content_policy_stands_in_the_browser(context_for: Callable[..., BrowserContext], live_server: Any) -> None:
    """Without the bypass of the test above: no page breaks the policy it is sent with."""
    world = make_world()
    tab = context_for(world.people["lead_partner"]).new_page()
    heard: list[str] = []
    found: dict[str, list[str]] = {}
    watch(tab, heard, live_server.url)
    visited = 0
    for page in PAGES:
        if page.method == "GET" and "lead_partner" in page.ok.split() and page.name not in NO_PAGES:
            tab.goto(address(page, world))
            visited += 1
            if heard:
                found[page.name] = heard.copy()
            heard.clear()
    assert visited > 20
    assert found == {}
