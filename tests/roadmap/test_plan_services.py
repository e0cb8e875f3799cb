"""The half-year's plan: who may write it, publishing, copying, moving, what changed, two people in one task."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from aoce.common.models import DraftConflict, StatusChange
from aoce.common.workflow import WrongStateError
from partners.actors import Actor
from partners.models import Network
from roadmap import policies, services
from roadmap.enums import ObligationState, OwedBy, Party, PeriodState, TrackGroup
from roadmap.models import Obligation, Period, Reminder, ReminderRule, Task, Track
from roadmap.plan_changes import changes_since
from roadmap.services.plan import TaskBegunError, TaskChangedError, TrackInUseError, add_months, open_conflict
from tests.roadmap.factories import PeriodFactory, TaskFactory, TrackFactory
from tests.roadmap.world import Place

pytestmark = pytest.mark.django_db
OTHERS = ("adhoc_expert", "coordinator", "member", "observer")
FIELDS = {
    "title": "Policy context",
    "description": "First chapter.",
    "start": date(2024, 2, 1),
    "due": date(2024, 2, 29),
    "due_precision": "month",
    "owed_by": OwedBy.EACH_PARTNER,
    "deliverable": "document",
    "source": "",
    "conflict": "",
}


def draft(place: Place, **fields: Any) -> Period:
    return PeriodFactory(network=place.network, state=PeriodState.DRAFT, published_at=None, **fields)


def save(place: Place, who: str = "lead_partner", task: Task | None = None, **changes: Any) -> Task:
    track = task.track if task else place.period.tracks.first() or TrackFactory(period=place.period)
    fields = ({name: getattr(task, name) for name in FIELDS} if task else FIELDS) | changes
    return services.save_task(
        actor=place.actor(who), track=track, task=task, fields=fields, hosts=[], read_version=task and task.version
    )


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 6, date(2024, 8, 31)),
        (date(2024, 2, 28), 6, date(2024, 8, 28)),
        (date(2024, 8, 30), 6, date(2025, 2, 28)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(2024, 4, 30), -2, date(2024, 2, 29)),
    ],
)
def test_add_months_keeps_the_last_day_of_a_month(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@pytest.mark.parametrize("who", OTHERS)
def test_plan_is_written_by_leads_only(place: Place, who: str) -> None:
    task = place.task()
    actor, period, track = place.actor(who), place.period, task.track
    day = date(2024, 5, 1)
    for write in (
        lambda: services.create_period(actor=actor, network=place.network, title="x", start=day, end=day),
        lambda: services.save_period(actor=actor, period=period, title="x", start=day, end=day),
        lambda: services.copy_period(actor=actor, period=period, title="x", start=day),
        lambda: services.publish_period(actor=actor, period=period),
        lambda: services.delete_period(actor=actor, period=period),
        lambda: services.save_track(actor=actor, period=period, track=None, name="x", group=TrackGroup.PARTNERS),
        lambda: services.move_track(actor=actor, track=track, up=True),
        lambda: services.delete_track(actor=actor, track=track),
        lambda: services.save_task(actor=actor, track=track, task=task, fields=FIELDS, hosts=[]),
        lambda: services.move_task(actor=actor, task=task, start=day, due=day),
        lambda: services.delete_task(actor=actor, task=task),
    ):
        with pytest.raises(PermissionDenied):
            write()
    assert list(Period.objects.values_list("title", flat=True)) == [period.title]
    assert Task.objects.get() == task


@pytest.mark.parametrize("who", ["lead_partner", "lead_expert", "system"])
def test_publish_makes_obligations_and_remembers_the_plan(place: Place, who: str) -> None:
    period = draft(place)
    task = TaskFactory(track=TrackFactory(period=period, name="Plan"), title="Chapter", start=date(2024, 2, 1))
    TaskFactory(track=task.track, owed_by=OwedBy.LEAD_EXPERT)
    TaskFactory(track=task.track, owed_by=OwedBy.NOBODY, deliverable="")
    makes = services.preview_publication(period)
    assert (makes.obligations, makes.cities, makes.of_cities, makes.of_leads, makes.created) == (4, 3, 3, 1, 4)
    assert Obligation.objects.count() == 0
    services.publish_period(actor=place.actor(who), period=period)
    assert Obligation.objects.count() == makes.obligations
    period.refresh_from_db()
    assert period.state == PeriodState.PUBLISHED
    assert {old["id"]: old for old in period.published_plan}[task.pk] == {
        "id": task.pk,
        "title": "Chapter",
        "track": "Plan",
        "start": "2024-02-01",
        "due": "2024-04-26",
        "due_precision": "day",
        "owed_by": "each_partner",
    }
    change = StatusChange.objects.get(kind="period", object_id=period.pk)
    assert (change.transition, change.source, change.target) == ("publish", "draft", "published")
    assert services.preview_publication(period).created == 0


@pytest.mark.parametrize("who", ["lead_partner", "lead_expert", "system", *OTHERS, "other_coordinator"])
def test_visible_half_years_and_tasks_are_those_the_policy_lets_see(place: Place, who: str) -> None:
    elsewhere = [PeriodFactory(), PeriodFactory(state=PeriodState.DRAFT, published_at=None)]
    periods = [place.period, draft(place), *elsewhere]
    tasks = [TaskFactory(track=TrackFactory(period=period)) for period in periods]
    actor = place.actor(who)
    assert set(Period.objects.visible_to(actor)) == {p for p in periods if policies.can_view_period(actor, p)}
    assert set(Task.objects.visible_to(actor)) == {t for t in tasks if policies.can_view_period(actor, t.track.period)}
    nobody = Actor(place.people["member"].pk, place.network.pk)
    assert not Period.objects.visible_to(nobody).exists()
    assert not Task.objects.visible_to(nobody).exists()
    assert not policies.can_view_period(nobody, place.period)


def test_published_half_year_cannot_be_removed_and_a_draft_can(place: Place) -> None:
    with pytest.raises(WrongStateError):
        services.delete_period(actor=place.actor("lead_partner"), period=place.period)
    services.delete_period(actor=place.actor("lead_partner"), period=draft(place))
    assert Period.objects.get() == place.period


def test_real_file_makes_its_obligations(db: None) -> None:  # noqa: ARG001 - asks for the database
    call_command("load_network", Path(settings.BASE_DIR) / "data/networks/aoce.yaml", verbosity=0)
    network = Network.objects.get(slug="aoce")
    period = Period.objects.get(network=network)
    makes = services.preview_publication(period)
    assert Task.objects.filter(track__period=period).count() == 27
    assert (makes.of_cities, makes.cities, makes.of_leads, makes.obligations) == (108, 9, 11, 119)
    assert Obligation.objects.filter(party=Party.PARTNER).count() == 108
    assert Obligation.objects.filter(party=Party.LEAD_EXPERT).count() == 11
    assert changes_since(period, Task.objects.filter(track__period=period).select_related("track")) == []


def test_change_of_a_published_plan_moves_obligations_and_reminders_at_once(now: None, place: Place) -> None:  # noqa: ARG001
    ReminderRule.objects.create(network=place.network, offset_days=-3)
    task = place.task(due=date(2024, 4, 30))
    services.publish_period(actor=place.actor("lead_partner"), period=place.period)
    assert set(Reminder.objects.values_list("send_on", flat=True)) == {date(2024, 4, 27)}
    services.move_task(
        actor=place.actor("lead_expert"), task=task, start=date(2024, 5, 1), due=date(2024, 5, 3), source="Meeting"
    )
    assert (task.due, task.source, task.version, task.updated_by) == (
        date(2024, 5, 3),
        "Meeting",
        2,
        place.people["lead_expert"],
    )
    assert set(Reminder.objects.values_list("send_on", flat=True)) == {date(2024, 4, 30)}
    save(place, task=task, owed_by=OwedBy.LEAD_EXPERT)
    assert list(Obligation.objects.values_list("party", flat=True)) == [Party.LEAD_EXPERT]


def test_move_to_the_same_dates_changes_nothing(place: Place) -> None:
    task = place.task(conflict="May or June?")
    services.move_task(actor=place.actor("lead_partner"), task=task, start=task.start, due=task.due)
    assert (task.version, task.conflict) == (1, "May or June?")


def test_move_settles_what_was_open(place: Place) -> None:
    task = place.task(conflict="May or June?")
    services.move_task(actor=place.actor("lead_partner"), task=task, start=date(2024, 6, 3), due=date(2024, 6, 5))
    assert (task.version, task.conflict) == (2, "")


def test_changes_since_publication_are_told_and_end_with_the_next(place: Place) -> None:
    actor = place.actor("lead_partner")
    moved, renamed, gone = place.task(title="Moved"), place.task(title="Old name"), place.task(title="Gone")
    untouched = place.task(title="Untouched")
    event = place.task(
        title="Meeting", owed_by=OwedBy.NOBODY, start=date(2024, 7, 1), due=date(2024, 7, 31), due_precision="month"
    )
    services.publish_period(actor=actor, period=place.period)
    save(place, task=moved, due=date(2024, 5, 3))
    save(place, task=renamed, title="New name")
    services.move_task(actor=actor, task=event, start=date(2024, 7, 9), due=date(2024, 7, 11))
    services.delete_task(actor=actor, task=gone)
    added = save(place, title="Added")
    period = Period.objects.get()
    tasks = Task.objects.filter(track__period=period).select_related("track")
    found = {change.title: change for change in changes_since(period, tasks)}
    assert {title: change.kinds for title, change in found.items()} == {
        "Moved": ("moved",),
        "New name": ("renamed",),
        "Meeting": ("moved",),
        "Added": ("added",),
        "Gone": ("removed",),
    }
    assert found["Moved"].text == "Moved from 26 April to 3 May."
    assert found["Moved"].mark == "Was 26 Apr"
    assert found["New name"].text == "Was called “Old name”."
    assert found["Meeting"].text == "Moved from July 2024, day open to 9–11 July 2024."
    assert found["Added"].task_id == added.pk
    assert found["Gone"].text == "Removed; it was due 26 April."
    assert untouched.title not in found
    services.publish_period(actor=actor, period=period)
    assert changes_since(period, tasks.all()) == []
    assert StatusChange.objects.filter(kind="period", transition="publish").count() == 2


def test_copy_moves_by_whole_months_and_makes_no_obligations(place: Place) -> None:
    track = TrackFactory(period=place.period, name="Plan", code="plan", position=3)
    task = TaskFactory(
        track=track,
        code="chapter",
        start=date(2024, 2, 1),
        due=date(2024, 2, 29),
        owed_by=OwedBy.HOSTS,
        conflict="?",
        source="Study",
    )
    task.hosts.set([place.own, place.other])
    services.publish_period(actor=place.actor("lead_partner"), period=place.period)
    before = Obligation.objects.count()
    new = services.copy_period(
        actor=place.actor("lead_expert"), period=place.period, title="August to February", start=date(2024, 8, 1)
    )
    assert (new.state, new.slug, new.start, new.end) == (
        PeriodState.DRAFT,
        "2024-2",
        date(2024, 8, 1),
        date(2025, 2, 28),
    )
    twin = Task.objects.get(track__period=new)
    assert (twin.code, twin.start, twin.due) == ("chapter", date(2024, 9, 1), date(2024, 9, 30))
    assert (twin.conflict, twin.source, twin.version) == ("", "", 1)
    assert set(twin.hosts.all()) == {place.own, place.other}
    assert (twin.track.name, twin.track.code, twin.track.position) == ("Plan", "plan", 3)
    assert Obligation.objects.count() == before == 2
    other = services.copy_period(
        actor=place.actor("lead_expert"),
        period=place.period,
        title="Again",
        start=date(2024, 8, 1),
        end=date(2024, 12, 31),
    )
    assert (other.slug, other.end) == ("2024-08-2", date(2024, 12, 31))


def test_two_people_in_one_task_lose_nothing(place: Place) -> None:
    task = place.task(title="Before")
    mine, theirs = Task.objects.get(), Task.objects.get()
    save(place, "lead_expert", theirs, title="Theirs")
    with pytest.raises(TaskChangedError) as raised:
        save(place, "lead_partner", mine, title="Mine", description="More")
    task.refresh_from_db()
    assert (task.title, task.updated_by) == ("Theirs", place.people["lead_expert"])
    kept = open_conflict(place.actor("lead_partner"), task)
    assert kept == raised.value.conflict
    assert (kept.data["title"], kept.data["description"], kept.base_version) == ("Mine", "More", 1)
    assert open_conflict(place.actor("lead_expert"), task) is None
    save(place, "lead_partner", task, title="Both")
    assert open_conflict(place.actor("lead_partner"), task) is None
    assert DraftConflict.objects.get().resolved_at is not None


def test_save_without_a_change_writes_nothing(place: Place) -> None:
    task = place.task()
    save(place, task=Task.objects.get())
    task.refresh_from_db()
    assert (task.version, task.updated_by) == (1, None)


def test_same_change_by_two_people_is_no_conflict(place: Place) -> None:
    place.task(title="Before")
    mine, theirs = Task.objects.get(), Task.objects.get()
    save(place, "lead_expert", theirs, title="After")
    save(place, "lead_partner", mine, title="After")
    assert Task.objects.get().title == "After"
    assert DraftConflict.objects.count() == 0


def test_task_moves_to_another_row_where_its_code_is_taken(place: Place) -> None:
    task = place.task(code="same")
    other = TrackFactory(period=place.period)
    TaskFactory(track=other, code="same")
    saved = services.save_task(
        actor=place.actor("lead_partner"),
        track=other,
        task=task,
        fields={name: getattr(task, name) for name in FIELDS},
        hosts=[],
    )
    assert (saved.track, saved.code) == (other, "same-2")


def test_task_cannot_move_to_another_half_year(place: Place) -> None:
    task = place.task()
    with pytest.raises(ValueError, match="another half-year"):
        services.save_task(
            actor=place.actor("lead_partner"),
            track=TrackFactory(period=draft(place)),
            task=task,
            fields=FIELDS,
            hosts=[],
        )


def test_begun_task_stays(place: Place) -> None:
    obligation = place.owes()
    task = obligation.task
    Obligation.objects.update(state=ObligationState.DRAFT)
    with pytest.raises(TaskBegunError):
        services.delete_task(actor=place.actor("lead_partner"), task=task)
    Obligation.objects.update(state=ObligationState.NONE)
    services.delete_task(actor=place.actor("lead_partner"), task=task)
    assert (Task.objects.count(), Obligation.objects.count()) == (0, 0)


def test_rows_change_places_within_their_group(place: Place) -> None:
    actor = place.actor("lead_partner")
    names = [("A", TrackGroup.PARTNERS), ("X", TrackGroup.LEAD_EXPERT), ("B", TrackGroup.PARTNERS)]
    tracks = [services.save_track(actor=actor, period=place.period, track=None, name=n, group=g) for n, g in names]
    services.move_track(actor=actor, track=tracks[2], up=True)
    assert list(place.period.tracks.values_list("name", flat=True)) == ["B", "X", "A"]
    services.move_track(actor=actor, track=Track.objects.get(name="B"), up=True)
    services.move_track(actor=actor, track=Track.objects.get(name="X"), up=False)
    assert list(place.period.tracks.values_list("name", flat=True)) == ["B", "X", "A"]


def test_row_with_tasks_stays(place: Place) -> None:
    task = place.task()
    with pytest.raises(TrackInUseError):
        services.delete_track(actor=place.actor("lead_partner"), track=task.track)
    task.delete()
    services.delete_track(actor=place.actor("lead_partner"), track=task.track)
    assert Track.objects.count() == 0
