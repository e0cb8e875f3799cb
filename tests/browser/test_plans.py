"""Writing a plan in real browsers: the editor, pictures, pastes, two authors, a line that is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from actionplans.models import Chapter, Remark
from actionplans.services.plans import pictures_of
from aoce.common.models import DraftConflict
from tests.common.files_made import picture
from tests.world import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p {color: red}</style></head><body>
<p class=MsoNormal style='margin:0'><b>Bold words</b><o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·&nbsp;</span>First point</p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·&nbsp;</span>Second point</p>
<p><img src="https://tracker.example/p.gif"><script>document.title = "x"</script></p></body></html>"""


@pytest.fixture
def world() -> World:
    world = make_world()
    DraftConflict.objects.all().delete()
    return world


def chapter_url(world: World) -> str:
    return f"/n/{world.network.slug}/action-plans/plans/of/own/chapters/context/"


def body() -> str:
    return Chapter.objects.get(plan__partner__slug="own").body


def opened(context: BrowserContext, world: World) -> Page:
    page = context.new_page()
    page.goto(chapter_url(world))
    page.locator(".tiptap").wait_for()
    return page


def test_two_browsers_in_one_chapter_lose_nothing(context_for: Callable[..., BrowserContext], world: World) -> None:
    first, second = (opened(context_for(world.people["coordinator"]), world) for _ in range(2))
    for page, words in ((first, "The first writes. "), (second, "The second writes. ")):
        page.locator(".tiptap p").first.click()
        page.keyboard.press("Home")
        page.keyboard.type(words)
        page.locator("[data-draft-said]", has_text="Saved at" if page is first else "Nothing is lost").wait_for()
    assert "The first writes." in body()
    second.get_by_role("link", name="See both texts").click()
    assert "The first writes." in second.locator("main").inner_text()
    second.get_by_role("button", name="Keep both, one after the other").click()
    second.locator(".tiptap").wait_for()
    assert "The first writes." in body()
    assert "The second writes." in body()


def test_a_lost_line_or_a_closed_window_loses_no_word(context_for: Callable[..., BrowserContext], world: World) -> None:
    context = context_for(world.people["coordinator"])
    page = opened(context, world)
    context.route(
        "**/chapters/context/", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.locator(".tiptap p").first.click()
    page.keyboard.press("End")
    page.keyboard.type(" Typed in the train.")
    page.locator("[data-draft-said]", has_text="Not saved just now").wait_for()
    page.close(run_before_unload=False)
    assert "Typed in the train." not in body()
    context.unroute("**/chapters/context/")
    again = opened(context, world)
    again.get_by_role("button", name="Put it back").click()
    again.locator("[data-draft-said]", has_text="Saved at").wait_for()
    assert "Typed in the train." in body()
    assert "Typed in the train." in again.locator(".tiptap").inner_text()
    last = opened(context, world)
    assert last.get_by_role("button", name="Put it back").count() == 0


def test_paste_from_word_comes_in_clean(context_for: Callable[..., BrowserContext], world: World) -> None:
    page = opened(context_for(world.people["coordinator"]), world)
    page.locator(".tiptap p").first.click()
    page.keyboard.press("Control+A")
    page.evaluate(
        """html => {
          const data = new DataTransfer();
          data.setData("text/html", html);
          const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          document.querySelector(".tiptap").dispatchEvent(paste);
        }""",
        WORD,
    )
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_url("**/of/own/")
    assert body() == (
        "<p><strong>Bold words</strong></p><ul><li><p>First point</p></li><li><p>Second point</p></li></ul>"
    )


def test_picture_is_added_and_chosen_in_the_editor(
    context_for: Callable[..., BrowserContext], world: World, tmp_path: Path
) -> None:
    path = tmp_path / "bench.png"
    path.write_bytes(picture("PNG"))
    context = context_for(world.people["coordinator"])
    page = opened(context, world)
    page.locator(".tiptap p").first.click()
    page.keyboard.press("End")
    page.get_by_role("button", name="figure").click()
    with context.expect_page() as popup:
        page.get_by_role("button", name="Browse...").click()
    chooser = popup.value
    chooser.get_by_label("Picture", exact=True).set_input_files(path)
    chooser.get_by_label("What the picture shows").fill("A bench in the park")
    chooser.get_by_role("button", name="Add", exact=True).click()
    chooser.get_by_role("button", name="Take this one").click()
    dialog = page.locator("dialog")
    assert dialog.locator("input[name=altText]").input_value() == "A bench in the park"
    dialog.get_by_role("button", name="Insert").click()
    page.locator(".tiptap img").wait_for()
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url("**/of/own/")
    (kept,) = pictures_of(world.things["plan"])
    assert str(kept.pk) in body()
    assert 'alt="A bench in the park"' in body()
    assert page.get_by_role("img", name="A bench in the park").evaluate("one => one.naturalWidth") > 0


def test_selected_words_are_what_a_remark_is_about(context_for: Callable[..., BrowserContext], world: World) -> None:
    plan = world.things["plan"]
    page = context_for(world.people["lead_expert"]).new_page()
    page.goto(f"/n/{world.network.slug}/action-plans/checks/plan/{plan.pk}/")
    page.locator("#context-1 p").evaluate(
        "one => getSelection().setBaseAndExtent(one.firstChild, 0, one.firstChild, 6)"
    )
    page.get_by_role("link", name="Remark on paragraph 1 of Context").click()
    page.get_by_label("Remark", exact=True).fill("Which people?")
    page.get_by_role("button", name="Save the remark").click()
    page.get_by_text("Which people?").wait_for()
    assert Remark.objects.latest("pk").quote == "People"
