"""The quarterly report's PDF from a real worker: asked for, killed under way, lost by the broker."""

from __future__ import annotations

import io
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from celery import Celery
from django.db import connection
from django.utils import timezone

from aoce.common.enums import JobState
from aoce.common.jobs import SILENT, UNSEEN
from aoce.common.models import Job
from partners.enums import Role
from partners.models import User
from reports.models import QuarterlyReport
from reports.tasks import render_draft
from tests.partners.factories import NetworkFactory, PartnerFactory, person
from tests.reports.factories import QuarterlyReportFactory, write
from tests.services.processes import celery_worker, end, wait_until

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


class Portal:
    """A database with a report and a job on it, and a filesystem broker; the tests start and kill workers."""

    def __init__(self, folder: Path) -> None:
        """Prepare the environment the worker gets; nothing is in the queue yet."""
        self.folder, self.log = folder, folder / "log"
        self.env = {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "aoce.settings", "REDIS_URL": ""}
        network = NetworkFactory(slug="net")
        PartnerFactory(network=network, name="Ķekava")
        self.report: QuarterlyReport = write(QuarterlyReportFactory(network=network))
        self.expert: User = person(network, Role.LEAD_EXPERT)
        queue = folder / "broker"
        for name in ("messages", "control"):
            (queue / name).mkdir(parents=True)
        self.celery = Celery(broker="filesystem://", set_as_current=False)
        self.celery.conf.broker_transport_options = {
            "data_folder_in": str(queue / "messages"),
            "data_folder_out": str(queue / "messages"),
            "control_folder": str(queue / "control"),
        }

    def job(self, **fields: Any) -> str:
        """Make the job, in this state, and hand the database to the worker; return the job's id."""
        job = Job.objects.create(
            network=self.report.network,
            requested_by=self.expert,
            kind="quarterly_report",
            object_id=self.report.pk,
            title="Draft",
            task=render_draft.name,
            task_kwargs={"report_id": self.report.pk, "language": "en"},
            **fields,
        )
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(self.folder / "portal.sqlite3")) as target:
                connection.ensure_connection()
                connection.connection.backup(target)
        else:
            found = connection.settings_dict
            login = f"{found['USER']}:{found['PASSWORD']}@{found['HOST'] or 'localhost'}:{found['PORT'] or 5432}"
            self.env["DATABASE_URL"] = f"postgres://{login}/{found['NAME']}"
        return str(job.pk)

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Run SQL on the worker's database."""
        if connection.vendor != "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall())
        with closing(sqlite3.connect(self.folder / "portal.sqlite3", timeout=20)) as database, database:
            return list(database.execute(statement).fetchall())

    def state(self) -> str:
        """Return the job's state."""
        return str(self.sql("SELECT state FROM common_job")[0][0])

    def ask(self, task: str, **kwargs: Any) -> None:
        """Put a task into the queue."""
        with self.celery.connection_for_write() as line:
            self.celery.send_task(task, kwargs=kwargs, connection=line)

    def check_done(self) -> None:
        """Wait for the job's end and look at the one PDF it made."""
        wait_until(lambda: self.state() in ("done", "failed"), "the PDF", 90)
        found = self.sql(
            "SELECT j.state, f.file FROM common_job j LEFT JOIN common_storedfile f ON f.uuid = j.result_id"
        )
        assert [state for state, _file in found] == ["done"], self.log.read_text()
        assert len(self.sql("SELECT 1 FROM common_storedfile WHERE removed_at IS NULL")) == 1
        pdf = pypdf.PdfReader(io.BytesIO((self.folder / "files" / found[0][1]).read_bytes()))
        assert "Ķekava" in pdf.pages[0].extract_text()


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """A portal on the filesystem broker."""
    return Portal(tmp_path)


def test_worker_renders_the_pdf_that_was_asked_for(portal: Portal) -> None:
    job = portal.job(handed_at=timezone.now())
    portal.ask(render_draft.name, job_id=job, report_id=portal.report.pk, language="en")
    with celery_worker(portal.env, portal.log):
        portal.check_done()


def test_pdf_whose_message_the_broker_lost_is_made_all_the_same(portal: Portal) -> None:
    portal.job(handed_at=timezone.now() - UNSEEN - timedelta(minutes=1))
    portal.ask("common.sweep_jobs")
    with celery_worker(portal.env, portal.log):
        portal.check_done()


def test_pdf_whose_worker_was_killed_is_made_by_the_next(portal: Portal) -> None:
    job = portal.job(handed_at=timezone.now())
    portal.ask(render_draft.name, job_id=job, report_id=portal.report.pk, language="en")
    with celery_worker(portal.env, portal.log) as worker:
        wait_until(lambda: portal.state() != JobState.QUEUED, "the worker's beginning", 60)
        end(worker, signal.SIGKILL)
    if portal.state() == JobState.RUNNING:
        gone = (timezone.now() - SILENT - timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
        portal.sql(f"UPDATE common_job SET heartbeat_at = '{gone}' WHERE state = 'running' RETURNING 1")  # noqa: S608
    portal.ask("common.sweep_jobs")
    with celery_worker(portal.env, portal.log):
        portal.check_done()
