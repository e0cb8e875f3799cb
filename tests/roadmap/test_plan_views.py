"""The pages of the plan: the table for each role, editing in place and without JavaScript, half-years, the PDF."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from aoce.common.enums import JobState
from aoce.common.models import DraftConflict, Job, StoredFile
from roadmap import services
from roadmap.enums import ObligationState, OwedBy, PeriodState, TrackGroup
from roadmap.models import Obligation, Period, Task, Track
from tests.roadmap.factories import PeriodFactory, TaskFactory, TrackFactory
from tests.roadmap.world import Place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
HX = {"HX-Request": "true"}
As = Callable[[str], Client]


def soup_of(response: Any) -> BeautifulSoup:
    assert response.status_code == 200, response.status_code
    return BeautifulSoup(response.content.decode(), "html.parser")


def words(tag: Tag | None) -> str:
    assert tag is not None
    return re.sub(r"\s+", " ", tag.get_text(" ")).strip()


def slot(soup: BeautifulSoup, task: Task) -> Tag:
    found = soup.find(id=f"task-{task.pk}")
    assert found is not None, task
    return found


def form_data(task: Task, **changes: Any) -> dict[str, Any]:
    data = {
        "title": task.title,
        "description": task.description,
        "track": task.track_id,
        "start": task.start.isoformat(),
        "due": task.due.isoformat(),
        "due_precision": task.due_precision,
        "owed_by": task.owed_by,
        "deliverable": task.deliverable,
        "source": task.source,
        "conflict": task.conflict,
        "hosts": [host.pk for host in task.hosts.all()],
        "read_version": task.version,
    }
    return data | changes


def publish(place: Place) -> None:
    services.publish_period(actor=place.actor("lead_partner"), period=place.period)


# --- The table --------------------------------------------------------------------------------------------------------


def test_table_has_months_in_order_and_each_task_once_in_its_first_month(place: Place, as_: As) -> None:
    late, early = place.task(title="Later", start=date(2024, 3, 1), due=date(2024, 5, 31)), place.task(title="Early")
    soup = soup_of(as_("lead_partner").get(place.url("roadmap/")))
    months = [words(h2).split()[0] for h2 in soup.select(".plan-month > h2")]
    assert months == ["January", "February", "March", "April", "May", "June", "July"]
    titles = [words(a) for a in soup.select(".plan-month .task .title")]
    assert titles == [early.title, late.title]
    assert len(soup.find_all(id=f"task-{late.pk}")) == 1
    found = slot(soup, late)
    assert set(found["class"]) == {"slot", "r-4", "s-3", "w-3"}
    assert words(found.select_one(".slot-months")) == "March to May"
    month = found.find_parent("section")
    assert words(month.find("h3")) == late.track.name
    assert words(soup.select_one(".plan-month.is-now h2")) == "April Today, Thursday 18"


def test_overlapping_tasks_get_rows_of_their_own_and_free_months_are_used_again(place: Place, as_: As) -> None:
    spans = [((1, 1), (2, 28)), ((2, 1), (3, 31)), ((3, 1), (3, 31)), ((4, 1), (4, 30))]
    tasks = [place.task(start=date(2024, *a), due=date(2024, *b)) for a, b in spans]
    soup = soup_of(as_("lead_partner").get(place.url("roadmap/")))
    rows = [next(c for c in slot(soup, t)["class"] if c.startswith("r-")) for t in tasks]
    assert rows == ["r-3", "r-4", "r-3", "r-3"]
    assert "n-2" in soup.select_one(".plan-track")["class"]


@pytest.mark.parametrize(("day", "column", "offset"), [(1, 4, "1.67"), (18, 4, "58.33"), (30, 4, "98.33")])
def test_today_line_is_exact_to_the_day(place: Place, as_: As, day: int, column: int, offset: str) -> None:
    place.task()
    with time_machine.travel(f"2024-04-{day:02d}T12:00:00+02:00", tick=False):
        soup = soup_of(as_("lead_partner").get(place.url("roadmap/")))
    svg = soup.select_one("svg.plan-today")
    assert f"s-{column}" in svg["class"]
    assert svg.line["x1"] == svg.line["x2"] == f"{offset}%"


def test_task_says_how_far_the_cities_are(place: Place, as_: As) -> None:
    task, event = place.task(), place.task(owed_by=OwedBy.NOBODY, deliverable="", due=date(2024, 3, 8))
    expert = place.task(owed_by=OwedBy.LEAD_EXPERT, due=date(2024, 4, 12))
    publish(place)

    def state(*states: str) -> None:
        for obligation, found in zip(Obligation.objects.filter(task=task).order_by("pk"), states, strict=True):
            Obligation.objects.filter(pk=obligation.pk).update(state=found)

    client = as_("lead_partner")
    state("none", "none", "none")
    soup = soup_of(client.get(place.url("roadmap/")))
    assert slot(soup, task).select_one(".nine") is None
    assert "task-now" in slot(soup, task).select_one(".task")["class"]
    assert words(slot(soup, event).select_one(".state")) == "Held"
    assert words(slot(soup, expert).select_one(".state")) == "Late 6 days"
    state("draft", "changes", "none")
    assert words(slot(soup_of(client.get(place.url("roadmap/"))), task).select_one(".who")) == "2 of 3 begun"
    state("submitted", "approved", "none")
    assert words(slot(soup_of(client.get(place.url("roadmap/"))), task).select_one(".who")) == "2 of 3 handed in"
    state("approved", "approved", "approved")
    found = slot(soup_of(client.get(place.url("roadmap/"))), task)
    assert (words(found.select_one(".who")), words(found.select_one(".state"))) == ("3 of 3 approved", "All in")
    state("approved", "none", "approved")
    Task.objects.filter(pk=task.pk).update(due=date(2024, 4, 10))
    found = slot(soup_of(client.get(place.url("roadmap/"))), task)
    assert (words(found.select_one(".who")), words(found.select_one(".state"))) == ("2 of 3 approved", "1 city late")
    assert "task-late" in found.select_one(".task")["class"]


def test_coordinator_sees_what_is_theirs_and_nobody_elses_state(place: Place, as_: As) -> None:
    task, expert = place.task(due=date(2024, 4, 10)), place.task(owed_by=OwedBy.LEAD_EXPERT)
    hosted = place.task(owed_by=OwedBy.NOBODY, deliverable="", start=date(2024, 5, 1), due=date(2024, 5, 3))
    hosted.hosts.set([place.own])
    publish(place)
    Obligation.objects.filter(partner=place.own).update(state=ObligationState.APPROVED)
    own = Obligation.objects.get(partner=place.own)
    soup = soup_of(as_("coordinator").get(place.url("roadmap/")))
    mine = slot(soup, task).select_one(".task")
    assert "is-mine" in mine["class"]
    assert words(mine.select_one(".state")) == "Done"
    assert mine.select_one(".nine") is None
    assert mine.select_one(".title")["href"] == place.url(f"obligations/{own.pk}/")
    assert "is-mine" in slot(soup, hosted).select_one(".task")["class"]
    assert "is-mine" not in slot(soup, expert).select_one(".task")["class"]
    assert "city late" not in words(soup)
    assert soup.select(".edit, a[href$='/edit/']") == []
    soup = soup_of(as_("coordinator").get(place.url("roadmap/?show=mine")))
    assert [words(a) for a in soup.select(".task .title")] == [task.title, hosted.title]
    other = slot(soup_of(as_("other_coordinator").get(place.url("roadmap/"))), task)
    assert words(other.select_one(".state")) == "Late 8 days"


def test_observer_sees_counts_of_what_is_handed_in_and_never_lateness(place: Place, as_: As) -> None:
    task = place.task(due=date(2024, 4, 10))
    publish(place)
    Obligation.objects.filter(partner=place.own).update(state=ObligationState.SUBMITTED)
    Obligation.objects.filter(partner=place.other).update(state=ObligationState.DRAFT)
    found = slot(soup_of(as_("observer").get(place.url("roadmap/"))), task)
    assert words(found.select_one(".who")) == "1 of 3 handed in"
    assert found.select_one(".n-late, .n-half") is None
    assert found.select_one(".state") is None


@pytest.mark.parametrize(
    ("show", "titles"),
    [
        ("", ["Each city", "Expert", "Event"]),
        ("partners", ["Each city", "Event"]),
        ("lead_expert", ["Expert"]),
        ("nonsense", ["Each city", "Expert", "Event"]),
    ],
)
def test_switch_shows_whose_tasks_are_asked_for(place: Place, as_: As, show: str, titles: list[str]) -> None:
    outputs = TrackFactory(period=place.period, group=TrackGroup.LEAD_EXPERT, position=1)
    partners = TrackFactory(period=place.period)
    TaskFactory(track=outputs, title="Each city")
    TaskFactory(track=outputs, title="Expert", owed_by=OwedBy.LEAD_EXPERT)
    TaskFactory(track=partners, title="Event", owed_by=OwedBy.NOBODY)
    soup = soup_of(as_("observer").get(place.url(f"roadmap/?show={show}")))
    assert sorted(words(a) for a in soup.select(".task .title")) == sorted(titles)


def test_drafts_are_for_the_leads_only(place: Place, as_: As) -> None:
    place.task()
    later = PeriodFactory(
        network=place.network,
        slug="2024-2",
        title="Next half-year",
        start=date(2024, 8, 1),
        end=date(2024, 12, 31),
        state=PeriodState.DRAFT,
        published_at=None,
    )
    task = TaskFactory(track=TrackFactory(period=later), title="Secret plan", start=later.start, due=later.end)
    for who in ("coordinator", "member", "observer", "adhoc_expert"):
        client = as_(who)
        for path in ("2024-2/", "2024-2/pdf/", f"tasks/{task.pk}/", f"tasks/{task.pk}/edit/", "2024-2/publish/"):
            assert client.get(place.url(f"roadmap/{path}")).status_code == 404, (who, path)
        assert "Next half-year" not in client.get(place.url("roadmap/")).content.decode()
        assert "Next half-year" not in client.get(place.url("roadmap/half-years/")).content.decode()
    soup = soup_of(as_("lead_expert").get(place.url("roadmap/2024-2/")))
    assert "This half-year is a draft." in words(soup)
    assert "Secret plan" in words(soup)
    assert soup.select_one(".state") is None
    assert "Next half-year" in words(soup_of(as_("lead_expert").get(place.url("roadmap/"))).select_one(".plan-nav"))


@pytest.mark.parametrize("who", ["lead_partner", "coordinator", "observer"])
def test_page_needs_the_same_few_queries_at_one_and_three_rows(place: Place, as_: As, who: str) -> None:
    client = as_(who)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(place.url("roadmap/")).status_code == 200
        return len(queries)

    place.task().hosts.set([place.own])
    publish(place)
    one = count()
    for track in (TrackFactory(period=place.period), TrackFactory(period=place.period)):
        TaskFactory(track=track, conflict="?").hosts.set([place.own, place.other])
        TaskFactory(track=track, owed_by=OwedBy.LEAD_EXPERT)
    services.sync_obligations(actor=place.actor("lead_partner"), period=place.period)
    assert (count(), one <= 12) == (one, True)


def test_plan_beyond_the_stylesheet_is_a_list(place: Place, as_: As) -> None:
    track = TrackFactory(period=place.period)
    Task.objects.bulk_create(
        Task(track=track, code=f"t{n}", title=f"T{n}", start=date(2024, 2, 1), due=date(2024, 2, 2)) for n in range(200)
    )
    soup = soup_of(as_("lead_partner").get(place.url("roadmap/")))
    assert soup.find(id="plan")["class"] == ["plan"]
    assert len(soup.select(".plan-month .slot")) == 200


def test_menu_says_where_one_is_on_every_page_of_the_roadmap(place: Place, as_: As) -> None:
    task = place.task()
    client = as_("lead_partner")
    for path in ("roadmap/", f"roadmap/{place.period.slug}/", f"roadmap/tasks/{task.pk}/", "roadmap/half-years/"):
        soup = soup_of(client.get(place.url(path)))
        assert [words(a) for a in soup.select("#site-menu a[aria-current]")] == ["Roadmap"], path


def test_network_without_a_plan_says_so(place: Place, as_: As) -> None:
    Period.objects.all().delete()
    assert "There is no roadmap yet." in words(soup_of(as_("coordinator").get(place.url("roadmap/"))))
    soup = soup_of(as_("lead_partner").get(place.url("roadmap/")))
    assert soup.select_one("main a.btn-primary")["href"] == place.url("roadmap/half-years/new/")


# --- A task -----------------------------------------------------------------------------------------------------------


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


# --- The PDF ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("paper", "width"), [("A4", 842), ("A3", 1191)])
def test_pdf_is_made_by_the_worker_and_private(
    place: Place, as_: As, paper: str, width: int, django_capture_on_commit_callbacks: Any
) -> None:
    task = place.task(title="Kapitel über Ķekava și Iași", conflict="May or June?")
    publish(place)
    Obligation.objects.update(state=ObligationState.APPROVED)
    client, url = as_("coordinator"), place.url(f"roadmap/{place.period.slug}/pdf/")
    assert client.get(url).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(url, {"paper": paper})
    job = Job.objects.get()
    assert response.url == place.url(f"work/{job.pk}/")
    assert (job.state, job.result.name) == (
        JobState.DONE,
        f"{place.network.slug}-roadmap-{place.period.slug}-{paper}.pdf",
    )
    with job.result.file.open() as file:
        reader = PdfReader(BytesIO(file.read()))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert task.title in re.sub(r"\s+", " ", text)
    assert place.network.funding_statement in re.sub(r"\s+", " ", text)
    assert round(float(reader.pages[0].mediabox.width)) == width
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "approved" not in text
    download = client.get(place.url(f"files/{job.result_id}/"))
    assert (download.status_code, download.getvalue()[:5]) == (200, b"%PDF-")
    Period.objects.update(state=PeriodState.DRAFT, published_at=None)
    assert client.get(place.url(f"files/{job.result_id}/")).status_code in {403, 404}


def test_pdf_asks_for_the_paper(place: Place, as_: As) -> None:
    soup = soup_of(as_("observer").post(place.url(f"roadmap/{place.period.slug}/pdf/"), {"paper": "A0"}))
    assert soup.select_one(".field-error") is not None
    assert StoredFile.objects.count() == 0
