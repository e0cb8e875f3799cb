"""Changing the roadmap in place: tasks, rows, half-years."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aoce.common.models import DraftConflict
from roadmap.enums import ObligationState, OwedBy, PeriodState, TrackGroup
from roadmap.models import Obligation, Period, Task, Track
from tests.roadmap.factories import PeriodFactory, TaskFactory, TrackFactory
from tests.roadmap.reading import HX, As, form_data, publish, slot, soup_of, words
from tests.roadmap.world import Place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


# --- A task -----------------------------------------------------------------------------------------------------------


def test_page_of_a_meeting_tells_its_days(place: Place, as_: As) -> None:
    days = {"start": date(2024, 3, 4), "due": date(2024, 3, 8)}
    meeting = TaskFactory(track__period=place.period, owed_by=OwedBy.NOBODY, **days)
    page = words(soup_of(as_("coordinator").get(place.url(f"roadmap/tasks/{meeting.pk}/"))).main)
    assert "4–8 March 2024" in page


def test_task_page_tells_source_and_states_to_who_may_see_them(place: Place, as_: As) -> None:
    task = place.task(
        source="Baseline Study, Table 3", conflict="May or June?", description="Write it.", start=date(2024, 2, 1)
    )
    publish(place)
    page = words(soup_of(as_("lead_partner").get(place.url(f"roadmap/tasks/{task.pk}/"))).main)
    assert "From 1 February 2024" in page
    for text in ("Baseline Study, Table 3", "To settle: May or June?", "Write it.", "Iași", "Genk", "Due on 26 April"):
        assert text in page
    page = words(soup_of(as_("coordinator").get(place.url(f"roadmap/tasks/{task.pk}/"))).main)
    assert "Budaörs" in page
    assert "Iași" not in page


def test_edit_is_a_page_without_htmx_and_a_form_in_the_table_with_it(place: Place, as_: As) -> None:
    task = place.task()
    client, url = as_("lead_expert"), place.url(f"roadmap/tasks/{task.pk}/edit/")
    page = soup_of(client.get(url))
    assert page.h1 is not None
    assert page.form is not None
    assert page.find(id="plan") is None
    assert not soup_of(client.get(place.url("roadmap/"))).find(id="plan-lists").has_attr("hx-swap-oob")
    response = client.get(url, headers=HX)
    part = soup_of(response)
    assert part.html is None
    assert part.find(id="plan") is not None
    assert slot(part, task).form["hx-post"] == url
    assert "slot-form" in slot(part, task)["class"]
    assert "HX-Request" in response.headers["Vary"]


def test_save_in_place_answers_with_the_table(place: Place, as_: As) -> None:
    task = place.task()
    publish(place)
    client, url = as_("lead_partner"), place.url(f"roadmap/tasks/{task.pk}/edit/")
    soup = soup_of(
        client.post(url, form_data(task, title="New title", start="2024-05-01", due="2024-06-05"), headers=HX)
    )
    found = slot(soup, task)
    assert {"s-5", "w-2"} <= set(found["class"])
    assert words(found.select_one(".title")) == "New title"
    assert found.select_one(".title").has_attr("autofocus")
    assert words(found.select_one(".flag-change")) == "Was 26 Apr, Renamed"
    lists = soup.find(id="plan-lists")
    assert lists["hx-swap-oob"] == "true"
    assert "Moved from 26 April to 5 June. Was called" in words(lists)
    task.refresh_from_db()
    assert (task.title, task.due, task.version) == ("New title", date(2024, 6, 5), 2)


def test_save_without_htmx_leads_back_to_the_task_in_the_table(place: Place, as_: As) -> None:
    task = place.task()
    url = place.url(f"roadmap/tasks/{task.pk}/edit/?show=partners")
    response = as_("lead_partner").post(url, form_data(task, title="New title"))
    assert response.status_code == 302
    assert response.url == place.url(f"roadmap/{place.period.slug}/?show=partners#task-{task.pk}")
    assert Task.objects.get().title == "New title"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"due": "2024-01-01"}, ("due", "The due day is before the start.")),
        ({"start": "2025-01-01", "due": "2025-01-02"}, ("due", "This half-year lasts from 1 January 2024")),
        ({"deliverable": ""}, ("deliverable", "Say what is handed in")),
        ({"owed_by": "hosts"}, ("hosts", "Tick the cities")),
        ({"title": ""}, ("title", "This field is required.")),
        ({"track": "0"}, ("track", "Select a valid choice.")),
    ],
)
@pytest.mark.parametrize("headers", [HX, {}])
def test_wrong_entry_is_told_at_its_field(
    place: Place, as_: As, changes: dict[str, str], found: tuple[str, str], headers: dict[str, str]
) -> None:
    field, message = found
    task = place.task(start=date(2024, 2, 1))
    url = place.url(f"roadmap/tasks/{task.pk}/edit/")
    soup = soup_of(as_("lead_partner").post(url, form_data(task, **changes), headers=headers))
    assert message in words(soup.find(id=f"id_{field}_error"))
    assert message in words(soup.select_one(".error-summary"))
    assert soup.select_one(f".error-summary a[href='#id_{field}']") is not None
    assert Task.objects.get().version == 1


@pytest.mark.parametrize("headers", [HX, {}])
def test_two_editors_see_both_versions_until_one_chooses(place: Place, as_: As, headers: dict[str, str]) -> None:
    task = place.task(title="Before")
    url = place.url(f"roadmap/tasks/{task.pk}/edit/")
    expert, partner = as_("lead_expert"), as_("lead_partner")
    read = form_data(task)
    expert.post(url, read | {"title": "Theirs"})
    soup = soup_of(partner.post(url, read | {"title": "Mine"}, headers=headers))
    assert soup.find(id="id_title")["value"] == "Mine"
    assert "Saved now: Theirs" in words(soup)
    assert "lead expert saved it while you were writing" in words(soup)
    assert Task.objects.get().title == "Theirs"
    again = soup_of(partner.get(url, headers=headers))
    assert again.find(id="id_title")["value"] == "Mine"
    assert soup_of(expert.get(url)).find(id="id_title")["value"] == "Theirs"
    version = again.find("input", {"name": "read_version"})["value"]
    assert version == "2"
    partner.post(url, read | {"title": "Both", "read_version": version}, headers=headers)
    assert Task.objects.get().title == "Both"
    assert soup_of(partner.get(url)).find(id="id_title")["value"] == "Both"


def test_keeping_what_is_saved_closes_the_conflict(place: Place, as_: As) -> None:
    task = place.task(title="Before")
    url = place.url(f"roadmap/tasks/{task.pk}/edit/")
    client, read = as_("lead_partner"), form_data(task)
    as_("lead_expert").post(url, read | {"title": "Theirs"})
    client.post(url, read | {"title": "Mine"})
    assert client.post(url, read | {"title": "Mine", "do": "keep"}).status_code == 302
    assert Task.objects.get().title == "Theirs"
    assert DraftConflict.objects.filter(resolved_at=None).count() == 0


def test_new_task_is_added_and_makes_its_obligations(place: Place, as_: As) -> None:
    track = TrackFactory(period=place.period)
    client, url = as_("lead_partner"), place.url(f"roadmap/{place.period.slug}/tasks/new/")
    assert soup_of(client.get(url)).find(id="id_start")["value"] == "2024-04-18"
    data = {
        "title": "Zusätzlich",
        "track": track.pk,
        "start": "2024-05-01",
        "due": "2024-05-31",
        "due_precision": "month",
        "owed_by": "each_partner",
        "deliverable": "document",
    }
    assert client.post(url, data).status_code == 302
    assert Task.objects.get().title == "Zusätzlich"
    assert Obligation.objects.count() == 3


def test_new_task_asks_for_a_row_first(place: Place, as_: As) -> None:
    response = as_("lead_partner").get(place.url(f"roadmap/{place.period.slug}/tasks/new/"))
    assert response.url == place.url(f"roadmap/{place.period.slug}/rows/new/")


def test_remove_asks_and_then_removes(place: Place, as_: As) -> None:
    task = place.task()
    publish(place)
    client, url = as_("lead_partner"), place.url(f"roadmap/tasks/{task.pk}/remove/")
    assert "3 obligations go with it" in words(soup_of(client.get(url)))
    assert Task.objects.count() == 1
    assert client.post(url).status_code == 302
    assert Task.objects.count() == 0
    assert "Removed; it was due 26 April." in words(soup_of(client.get(place.url("roadmap/"))))


def test_begun_task_cannot_be_removed(place: Place, as_: As) -> None:
    task = place.owes().task
    Obligation.objects.update(state=ObligationState.DRAFT)
    client, url = as_("lead_partner"), place.url(f"roadmap/tasks/{task.pk}/remove/")
    soup = soup_of(client.get(url))
    assert "It cannot be removed: 1 obligation" in words(soup)
    assert soup.main.form is None
    client.post(url)
    assert Task.objects.count() == 1


# --- Rows and half-years ----------------------------------------------------------------------------------------------


def test_rows_are_added_renamed_moved_and_removed(place: Place, as_: As) -> None:
    client = as_("lead_expert")
    for name in ("One", "Two"):
        client.post(place.url(f"roadmap/{place.period.slug}/rows/new/"), {"name": name, "group": "partners"})
    two = Track.objects.get(name="Two")
    url = place.url(f"roadmap/rows/{two.pk}/")
    client.post(url, {"do": "up"})
    assert list(Track.objects.values_list("name", flat=True)) == ["Two", "One"]
    client.post(url, {"name": "Zwei", "group": "lead_expert"})
    two.refresh_from_db()
    assert (two.name, two.group) == ("Zwei", TrackGroup.LEAD_EXPERT)
    assert "required" in words(soup_of(client.post(url, {"name": "", "group": "partners"})).select_one(".field-error"))
    client.post(url, {"do": "remove"})
    assert list(Track.objects.values_list("name", flat=True)) == ["One"]


def test_publish_shows_what_it_makes_then_makes_it(place: Place, as_: As) -> None:
    place.task()
    place.task(owed_by=OwedBy.LEAD_EXPERT)
    Period.objects.update(state=PeriodState.DRAFT, published_at=None)
    client, url = as_("lead_partner"), place.url(f"roadmap/{place.period.slug}/publish/")
    page = words(soup_of(client.get(url)))
    assert "3 obligations for 3 cities, 1 for Lead Expert and Lead Partner. Together 4." in page
    assert Obligation.objects.count() == 0
    assert client.post(url).status_code == 302
    assert (Period.objects.get().state, Obligation.objects.count()) == (PeriodState.PUBLISHED, 4)
    assert "None of them is new." in words(soup_of(client.get(url)))


def test_copy_offers_the_next_half_year(place: Place, as_: As) -> None:
    place.task()
    client, url = as_("lead_partner"), place.url(f"roadmap/{place.period.slug}/copy/")
    soup = soup_of(client.get(url))
    offered = {name: soup.find(id=f"id_{name}")["value"] for name in ("title", "start", "end")}
    assert offered == {"title": "August to February 2025", "start": "2024-08-01", "end": "2025-02-28"}
    response = client.post(url, offered)
    assert response.url == place.url("roadmap/2024-2/")
    assert Task.objects.get(track__period__slug="2024-2").start == date(2024, 8, 1)
    wrong = soup_of(client.post(url, offered | {"end": "2024-07-01"}))
    assert "before the first" in words(wrong.select_one(".field-error"))
    wrong = soup_of(client.post(url, offered | {"end": "2042-07-01"}))
    assert "too long" in words(wrong.select_one(".field-error"))


def test_half_year_is_begun_changed_and_removed(place: Place, as_: As) -> None:
    client = as_("lead_partner")
    soup = soup_of(client.get(place.url("roadmap/half-years/new/")))
    assert [soup.find(id=f"id_{name}")["value"] for name in ("start", "end")] == ["2024-08-01", "2025-01-31"]
    client.post(place.url("roadmap/half-years/new/"), {"title": "Next", "start": "2024-08-01", "end": "2025-01-31"})
    assert "This half-year has no tasks yet." in words(soup_of(client.get(place.url("roadmap/2024-2/"))))
    changed = {"title": "Later", "start": "2024-09-01", "end": "2025-01-31"}
    client.post(place.url("roadmap/2024-2/edit/"), changed)
    assert Period.objects.get(slug="2024-2").title == "Later"
    assert "Later" in words(soup_of(client.get(place.url("roadmap/half-years/"))))
    client.post(place.url("roadmap/2024-2/remove/"))
    assert list(Period.objects.values_list("slug", flat=True)) == [place.period.slug]
    assert client.post(place.url(f"roadmap/{place.period.slug}/remove/")).status_code == 409


@pytest.mark.parametrize(("rows", "expected"), [(1, 1), (3, 3)])
def test_list_of_half_years_needs_the_same_queries(place: Place, as_: As, rows: int, expected: int) -> None:
    for _n in range(rows - 1):
        PeriodFactory(network=place.network)
    client = as_("lead_partner")
    with CaptureQueriesContext(connection) as queries:
        soup = soup_of(client.get(place.url("roadmap/half-years/")))
    assert (len(soup.select(".periods > li")), len(queries)) == (expected, 4)
