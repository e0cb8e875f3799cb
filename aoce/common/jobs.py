"""Long work: made by a request, done by the worker, watched on a page.

A job outlives its message: if the worker dies or the broker loses the message, :func:`sweep` hands it out again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from celery import Task, current_app
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from aoce.common.enums import JobState
from aoce.common.models import Job, StoredFile
from aoce.common.workflow import ActorLike

#: A worker that said nothing for this long is gone: longer than any job's time limit.
SILENT = timedelta(minutes=15)
#: A job that no worker began for this long is handed out again; one too many is harmless, see :func:`running`.
UNSEEN = timedelta(minutes=3)
#: After this long nobody waits any more.
GIVEN_UP = timedelta(hours=24)
#: A job that took its worker down this often is not tried again.
MOST_TRIES = 3


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
        title=title[:200],
        task=task.name,
        task_kwargs=task_kwargs,
        object_id=object_id,
        back_url=back_url,
        handed_at=timezone.now(),
    )
    transaction.on_commit(lambda: task.delay(job_id=str(job.pk), **task_kwargs))
    return job


@contextmanager
def running(job_id: str) -> Iterator[JobProgress | None]:
    """Run a job's work: claims it, yields its progress, records its end; yields None if it has ended already.

    A job that another worker has begun is begun once more: that worker may be gone, and the work survives it.
    An exception is recorded in the job and raised again for the worker's log.
    """
    now = timezone.now()
    claimed = Job.objects.filter(pk=job_id, state__in=(JobState.QUEUED, JobState.RUNNING)).update(
        state=JobState.RUNNING, started_at=now, heartbeat_at=now, tries=F("tries") + 1
    )
    if not claimed:
        yield None
        return
    job = Job.objects.get(pk=job_id)
    try:
        yield JobProgress(job)
    except Exception:
        # What went wrong is for the log: it may name what this person may not see.
        message = _(
            "Something went wrong, and it was written to the log. "
            "Try again; if it stays so, tell whoever runs the portal."
        )
        finish(job, state=JobState.FAILED, message=message)
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


def sweep() -> int:
    """Hand out again what was lost, fail what cannot be helped; returns how many jobs were looked after.

    Lost is a job whose worker went silent, or that no worker began. Safe to run at any time and twice at once: each job
    is taken by whoever moves its ``handed_at`` first.
    """
    now = timezone.now()
    silent = Q(state=JobState.RUNNING, heartbeat_at__lt=now - SILENT)
    unseen = Q(state=JobState.QUEUED, last_handed__lt=now - UNSEEN)
    jobs = Job.objects.annotate(last_handed=Coalesce("handed_at", "created_at")).filter(silent | unseen)
    looked_after = 0
    for job in jobs:
        taken = Job.objects.filter(pk=job.pk, state=job.state, handed_at=job.handed_at, tries=job.tries)
        if job.tries >= MOST_TRIES:
            message = _("The worker began this three times and never came to an end. Tell whoever runs the portal.")
        elif job.created_at < now - GIVEN_UP:
            message = _(
                "No worker took this in a whole day. Ask for it again; if it stays so, tell whoever runs the portal."
            )
        elif job.task not in current_app.tasks:
            message = _("The portal was changed meanwhile and does not know this work any more. Ask for it again.")
        else:
            if taken.update(state=JobState.QUEUED, handed_at=now):
                current_app.tasks[job.task].delay(job_id=str(job.pk), **job.task_kwargs)
                looked_after += 1
            continue
        looked_after += taken.update(state=JobState.FAILED, message=message[:300], finished_at=now)
    return looked_after
