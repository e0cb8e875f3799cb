"""The roadmap as a table, as a list, and as a PDF."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from aoce.common.enums import JobState
from aoce.common.models import Job, StoredFile
from roadmap import services
from roadmap.enums import ObligationState, OwedBy, PeriodState, TrackGroup
from roadmap.models import Obligation, Period, Task
from tests.roadmap.factories import PeriodFactory, TaskFactory, TrackFactory
from tests.roadmap.reading import As, publish, slot, soup_of, words
from tests.roadmap.world import Place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


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
