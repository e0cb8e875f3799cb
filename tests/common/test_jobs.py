"""Long work: done once, watched by who asked, and handed out again when it was lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from celery import current_app, shared_task
from django.test import Client

from aoce.common.enums import JobState
from aoce.common.jobs import GIVEN_UP, MOST_TRIES, SILENT, UNSEEN, finish, running, start_job, sweep
from aoce.common.models import Job
from aoce.common.tasks import sweep_jobs
from partners.actors import Actor
from partners.enums import Role
from tests.partners.factories import NetworkFactory, PartnerFactory, actor_of, person

NOW = datetime(2024, 4, 18, 10, tzinfo=UTC)
DONE: list[tuple[str, int]] = []


@shared_task(name="tests.long_work")
def long_work(*, job_id: str, number: int) -> None:
    """Do the work of these tests."""
    with running(job_id) as progress:
        if progress is not None:
            progress.step(1, 2, "Half")
            DONE.append((job_id, number))


@shared_task(name="tests.broken_work")
def broken_work(*, job_id: str) -> None:
    """Fail."""
    with running(job_id):
        raise RuntimeError("the name of somebody nobody should see")


@pytest.fixture(autouse=True)
def _clean(db: None) -> Iterator[None]:  # noqa: ARG001 - asks for the database
    DONE.clear()
    with time_machine.travel(NOW, tick=False):
        yield


def make(**fields: Any) -> Job:
    """Make a job that nothing has happened to."""
    network = NetworkFactory()
    start = {"kind": "test", "title": "Work", "task": "tests.long_work", "task_kwargs": {"number": 3}, "handed_at": NOW}
    return Job.objects.create(network=network, **{**start, **fields})


def test_job_is_handed_out_when_the_transaction_is_in(django_capture_on_commit_callbacks: Any) -> None:
    network = NetworkFactory()
    with django_capture_on_commit_callbacks(execute=True):
        job = start_job(
            actor=Actor(None, network.pk), network_id=network.pk, kind="test", title="Work", task=long_work, number=3
        )
        assert DONE == []
    job.refresh_from_db()
    assert [(str(job.pk), 3)] == DONE
    assert (job.state, job.done, job.total, job.message, job.tries) == (JobState.DONE, 1, 2, "Half", 1)


def test_job_that_ended_is_not_run_again() -> None:
    job = make(state=JobState.DONE)
    long_work(job_id=str(job.pk), number=3)
    assert DONE == []


def test_failed_job_keeps_what_went_wrong_for_the_log() -> None:
    job = make(task="tests.broken_work", task_kwargs={})
    with pytest.raises(RuntimeError):
        broken_work(job_id=str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "somebody" not in job.message
    assert job.message.startswith("Something went wrong")


@pytest.mark.parametrize(
    ("fields", "again"),
    [
        ({"handed_at": NOW - UNSEEN}, False),
        ({"handed_at": NOW - UNSEEN - timedelta(seconds=1)}, True),
        ({"state": JobState.RUNNING, "heartbeat_at": NOW - SILENT}, False),
        ({"state": JobState.RUNNING, "heartbeat_at": NOW - SILENT - timedelta(seconds=1), "tries": 1}, True),
        ({"state": JobState.DONE, "handed_at": NOW - timedelta(days=3)}, False),
        ({"state": JobState.FAILED, "handed_at": NOW - timedelta(days=3)}, False),
    ],
)
def test_lost_work_is_handed_out_again(fields: dict[str, Any], again: bool) -> None:
    job = make(**fields)
    sweep_jobs()
    assert [(str(job.pk), 3)] * again == DONE
    job.refresh_from_db()
    assert (job.state == JobState.DONE) == (again or fields.get("state") == JobState.DONE)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": JobState.RUNNING, "heartbeat_at": NOW - timedelta(hours=1), "tries": MOST_TRIES}, "three times"),
        ({"handed_at": NOW - timedelta(hours=1), "created_at": NOW - GIVEN_UP - timedelta(hours=1)}, "whole day"),
        ({"handed_at": NOW - timedelta(hours=1), "task": "tests.gone"}, "does not know this work"),
    ],
)
def test_work_that_cannot_be_done_fails_with_a_sentence(fields: dict[str, Any], words: str) -> None:
    job = make()
    Job.objects.filter(pk=job.pk).update(**fields)
    assert sweep() == 1
    job.refresh_from_db()
    assert (job.state, job.finished_at) == (JobState.FAILED, NOW)
    assert words in job.message
    assert DONE == []


def test_lost_work_is_taken_by_one_sweep_only(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make(handed_at=NOW - timedelta(hours=1))
    monkeypatch.setattr(long_work, "delay", lambda **kwargs: DONE.append((kwargs["job_id"], kwargs["number"])))
    assert current_app.tasks["tests.long_work"] is not None
    first = sweep()
    assert (first, sweep()) == (1, 0)
    assert [(str(job.pk), 3)] == DONE


@pytest.mark.parametrize(("name", "status"), [("asker", 200), ("lead", 200), ("other", 404), ("outsider", 404)])
def test_job_page_is_for_who_asked_and_the_leads(name: str, status: int) -> None:
    job = make()
    city = PartnerFactory(network=job.network)
    people = {
        "asker": person(job.network, Role.COORDINATOR, city),
        "lead": person(job.network, Role.LEAD_EXPERT),
        "other": person(job.network, Role.COORDINATOR, city),
        "outsider": person(NetworkFactory(), Role.LEAD_PARTNER),
    }
    Job.objects.filter(pk=job.pk).update(requested_by=people["asker"])
    client = Client()
    client.force_login(people[name])
    url = f"/n/{job.network.slug}/work/{job.pk}/"
    assert client.get(url).status_code == status
    assert client.get(url, headers={"HX-Request": "true"}).status_code == status
    assert actor_of(people["asker"], job.network).network_id == job.network_id


def test_job_page_asks_again_until_it_is_done() -> None:
    job = make()
    client = Client()
    client.force_login(person(job.network, Role.LEAD_EXPERT))
    url = f"/n/{job.network.slug}/work/{job.pk}/"
    page, part = client.get(url).text, client.get(url, headers={"HX-Request": "true"}).text
    assert f'hx-get="{url}"' in page
    assert f'<a href="{url}">Look again</a>' in page  # without JavaScript
    assert part.strip().startswith("<div")
    assert part.strip() in page
    finish(job, state=JobState.FAILED, message="It did not work, because.")
    ended = client.get(url).text
    assert "hx-get" not in ended
    assert "It did not work, because." in ended
