"""The main journeys, as people make them: without JavaScript, and with the keyboard only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, Page

from aoce.common.enums import State
from meetings.models import UlgReport
from roadmap.models import Obligation
from tests.world import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "secret-enough"


@pytest.fixture
def world() -> World:
    return make_world()


def sign_in(page: Page, email: str) -> None:
    """Sign in through the page, as a person does."""
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", level=1).wait_for()


def attendance_list(folder: Path) -> Path:
    """Make a list as a city would: Slovak headings, one person without an organisation."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Prezenčná listina", None, None])
    sheet.append(["Meno a priezvisko", "Organizácia", "Skupina"])
    sheet.append(["Zuzana Hudecová", "Mesto Banská Bystrica", "Civil servants"])
    sheet.append(["Ján Kováč", "Rada mládeže", "Platforms"])
    sheet.append(["Eva Malá", None, "Platforms"])
    path = folder / "prezenčná listina.xlsx"
    book.save(path)
    return path


def report_by_clicks(page: Page, world: World, folder: Path) -> None:
    """Write and submit the report of a local meeting, from Home on."""
    page.goto(f"/n/{world.network.slug}/")
    page.locator(".todo li", has_text="Ulg-Report").get_by_role("link").click()
    page.get_by_role("button", name="Start the report").click()
    page.get_by_label("Place", exact=True).fill("Town hall")
    page.get_by_label("Main topics").fill("Trust\nNext steps")
    page.get_by_label("Attendance sheets", exact=True).set_input_files(attendance_list(folder))
    page.get_by_role("button", name="Submit to the Lead Partner").click()
    # Two answers are missing; nothing typed or uploaded is lost.
    summary = page.get_by_role("alert")
    assert "to correct" in summary.inner_text()
    assert page.get_by_label("Place", exact=True).input_value() == "Town hall"
    assert page.get_by_text("prezenčná listina.xlsx").first.is_visible()
    page.get_by_label("Date of the meeting").fill(world.network.today().isoformat())
    page.get_by_label("Title").fill("What people told us")
    page.get_by_label("What the group decided").fill("Meet again in spring.")
    page.get_by_role("button", name="Take over these 3 people").click()
    page.get_by_role("button", name="Submit to the Lead Partner").click()
    page.get_by_role("heading", level=1).wait_for()


def test_report_goes_in_comes_back_and_is_accepted_without_javascript(
    context_for: Callable[..., BrowserContext], world: World, tmp_path: Path
) -> None:
    city = context_for(java_script_enabled=False).new_page()
    sign_in(city, "coordinator@ours.example")
    report_by_clicks(city, world, tmp_path)
    report = UlgReport.objects.get(meeting__title="What people told us")
    assert report.state == State.SUBMITTED
    assert report.attendees.count() == 3

    lead = context_for(java_script_enabled=False, width=360).new_page()
    sign_in(lead, "lead_partner@ours.example")
    lead.goto(f"/n/{world.network.slug}/board/")
    lead.locator(".inbox li", has_text="Ulg-Report").get_by_role("link").first.click()
    lead.locator("#point-1").fill("Say who takes the first step.")
    lead.get_by_role("button", name="Request changes").click()
    lead.get_by_role("heading", level=1).wait_for()
    report.refresh_from_db()
    assert report.state == State.CHANGES

    city.goto(f"/n/{world.network.slug}/")
    assert city.get_by_text("Say who takes the first step.").is_visible()
    city.locator(".todo li", has_text="Ulg-Report").get_by_role("link").click()
    city.get_by_label("Your answer").fill("The youth council does.")
    city.get_by_label("Addressed").check()
    city.get_by_label("What the group decided").fill("Meet again in spring; the youth council invites.")
    city.get_by_role("button", name="Submit to the Lead Partner").click()
    city.get_by_role("heading", level=1).wait_for()

    lead.goto(f"/n/{world.network.slug}/board/")
    lead.locator(".inbox li", has_text="Ulg-Report").get_by_role("link").first.click()
    assert lead.locator("ins", has_text="youth council").first.is_visible()
    lead.get_by_role("button", name="Approve", exact=True).click()
    lead.get_by_role("heading", level=1).wait_for()
    report.refresh_from_db()
    assert report.state == State.APPROVED
    assert Obligation.objects.get(deliverable="ulg_report", deliverable_id=report.pk).state == "approved"


def press_to(page: Page, wanted: str, limit: int = 60) -> None:
    """Press Tab until the element with the focus reads ``wanted`` (its text, label or name)."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        reads = page.evaluate(
            """() => { const e = document.activeElement;
              return [e.innerText, e.ariaLabel, e.name, e.labels && [...e.labels].map(l => l.innerText).join(" ")]
                .filter(Boolean).join(" | "); }"""
        )
        if wanted.lower() in reads.lower():
            ring = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
            assert ring != "none", f"no focus ring on {wanted}"
            return
    raise AssertionError(f"{wanted} was not reached by keyboard")


def test_coordinator_hands_in_a_document_by_keyboard_only(
    context_for: Callable[..., BrowserContext], world: World
) -> None:
    page = context_for().new_page()
    page.goto("/accounts/login/")
    press_to(page, "Email")
    page.keyboard.type("other_coordinator@ours.example")
    press_to(page, "Password")
    if page.evaluate("document.activeElement.tagName") == "A":
        press_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/n/ours/")
    press_to(page, "Skip to the main content", limit=3)
    page.keyboard.press("Enter")
    press_to(page, "Chapter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/hand-in/")
    press_to(page, "What you hand in")
    page.keyboard.type("Our first chapter, by keyboard.")
    press_to(page, "Submit")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/hand-in/" not in url)
    obligation = Obligation.objects.get(task__code="chapter", partner=world.other)
    assert obligation.state == "submitted"
    assert obligation.hand_in.text == "Our first chapter, by keyboard."


def test_phone_menu_opens_by_keyboard(context_for: Callable[..., BrowserContext], world: World) -> None:
    page = context_for(world.people["coordinator"], width=360).new_page()
    page.goto(f"/n/{world.network.slug}/")
    press_to(page, "Menu", limit=6)
    page.keyboard.press("Enter")
    press_to(page, "Roadmap", limit=6)
    page.keyboard.press("Enter")
    page.wait_for_url("**/roadmap/")
    assert page.get_by_role("heading", level=1).inner_text() == "Roadmap"


def test_draft_saves_itself_while_typing(context_for: Callable[..., BrowserContext], world: World) -> None:
    page = context_for(world.people["coordinator"]).new_page()
    page.goto(f"/n/{world.network.slug}/meetings/local/{world.things['draft'].pk}/edit/")
    page.get_by_label("Main topics").fill("Typed and left alone")
    page.locator("[data-draft-said]", has_text="Saved at").wait_for(timeout=10000)
    assert UlgReport.objects.get(pk=world.things["draft"].pk).topics == "Typed and left alone"


def test_two_people_in_one_draft_see_both_texts(context_for: Callable[..., BrowserContext], world: World) -> None:
    where = f"/n/{world.network.slug}/meetings/local/{world.things['draft'].pk}/edit/"
    first = context_for(world.people["coordinator"], java_script_enabled=False).new_page()
    second = context_for(world.people["coordinator"], java_script_enabled=False).new_page()
    first.goto(where)
    second.goto(where)
    first.get_by_label("Main topics").fill("The first text")
    first.get_by_role("button", name="Save as draft").last.click()
    second.get_by_label("Main topics").fill("The second text")
    second.get_by_role("button", name="Save as draft").last.click()
    shown = second.locator("main").inner_text()
    assert "first" in shown
    assert "second" in shown
    assert UlgReport.objects.get(pk=world.things["draft"].pk).topics == "The first text"


def test_action_table_is_written_by_keyboard_and_pasted_into(
    context_for: Callable[..., BrowserContext], world: World
) -> None:
    page = context_for(world.people["member"]).new_page()
    page.goto(f"/n/{world.network.slug}/learning/logs/of/own/")
    page.locator("[data-column=title]").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+A")
    page.keyboard.type("People sit and talk")
    page.keyboard.press("Enter")
    page.locator("[data-said]", has_text="Saved").wait_for()
    action = world.things["log_action"]
    action.refresh_from_db()
    assert action.cells == {"result": "People sit and talk"}
    page.keyboard.press("x")
    page.keyboard.press("Escape")
    assert page.locator("[data-column=result]").inner_text() == "People sit and talk"
    # Somebody else writes meanwhile: their words are told, nothing is written over.
    page.keyboard.press("Enter")
    action.cells = {"result": "Somebody else's words"}
    action.save()
    page.keyboard.type("!")
    page.keyboard.press("Enter")
    page.locator("[data-said]", has_text="Somebody else's words").wait_for()
    page.keyboard.press("Escape")
    paste = """([cell, text]) => {
        const data = new DataTransfer();
        data.setData("text/plain", text);
        cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }"""
    cell = page.locator("[data-column=title]").first.element_handle()
    with page.expect_navigation():
        page.evaluate(paste, [cell, "A bench\tTalk\nA walk\tMove\n"])
    assert page.locator("[data-column=title]").all_inner_texts() == ["A bench", "A walk"]
    assert page.locator("[data-column=result]").all_inner_texts() == ["Talk", "Move"]
