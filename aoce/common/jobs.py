"""Long work: made by a request, done by the worker, watched on a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import Task
from django.db import transaction
from django.utils import timezone

from aoce.common.enums import JobState
from aoce.common.models import Job, StoredFile
from aoce.common.workflow import ActorLike


class JobProgress:
    """What a task uses to say how far it is."""

    def __init__(self, job: Job) -> None:
        """Hold the job."""
        self.job = job

    def step(self, done: int, total: int, message: str = "") -> None:
        """Write how many of how many steps are done."""
        Job.objects.filter(pk=self.job.pk).update(
            done=done, total=total, message=message[:300], heartbeat_at=timezone.now()
        )


def start_job(
    *,
    actor: ActorLike,
    network_id: int,
    kind: str,
    title: str,
    task: Task,
    object_id: int | None = None,
    back_url: str = "",
    **task_kwargs: Any,
) -> Job:
    """Create the job and hand ``task(job_id=…, **task_kwargs)`` to the worker once the transaction is in."""
    job = Job.objects.create(
        network_id=network_id,
        requested_by_id=actor.user_id,
        kind=kind,
        title=title,
        object_id=object_id,
        back_url=back_url,
    )
    transaction.on_commit(lambda: task.delay(job_id=str(job.pk), **task_kwargs))
    return job


@contextmanager
def running(job_id: str) -> Iterator[JobProgress | None]:
    """Run a job's work once: claims it, yields its progress, records its end; yields None if it is done already.

    An exception is recorded in the job and raised again for the worker's log.
    """
    claimed = Job.objects.filter(pk=job_id, state__in=(JobState.QUEUED, JobState.RUNNING)).update(
        state=JobState.RUNNING, started_at=timezone.now(), heartbeat_at=timezone.now()
    )
    if not claimed:
        yield None
        return
    job = Job.objects.get(pk=job_id)
    try:
        yield JobProgress(job)
    except Exception as error:
        finish(job, state=JobState.FAILED, message=f"{type(error).__name__}: {error}")
        raise
    if Job.objects.filter(pk=job_id, state=JobState.RUNNING).exists():
        finish(job, state=JobState.DONE)


def finish(job: Job, *, state: JobState, message: str = "", result: StoredFile | None = None) -> None:
    """Record how a job ended."""
    fields: dict[str, Any] = {"state": state, "finished_at": timezone.now()}
    if message:
        fields["message"] = message[:300]
    if result is not None:
        fields["result"] = result
    Job.objects.filter(pk=job.pk).update(**fields)
