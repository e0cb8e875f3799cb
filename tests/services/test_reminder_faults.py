"""Reminders with a real worker, beat, broker, database and mail server, each of which fails in turn.

What must hold, whatever dies when: nobody gets a reminder twice; all that can be known arrives; what cannot be known
stands as unknown before the Lead Partner, who can send it again.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.db import connection
from django.utils import timezone

from partners.enums import Role
from partners.models import Membership
from roadmap.models import Obligation, ReminderRule
from tests.common.smtp_server import Server, scripted_server
from tests.partners.factories import NetworkFactory, PartnerFactory, person
from tests.roadmap.factories import ObligationFactory, PeriodFactory, TaskFactory, TrackFactory
from tests.services.processes import (
    ROOT,
    celery_beat,
    celery_worker,
    end,
    free_port,
    listens,
    program,
    wait_until,
)

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

CITIES = 5
EVERYBODY = {f"coordinator{n}@city.example" for n in range(CITIES)}
LEAD = "lead@city.example"


def make_rows() -> None:
    """Make a network in which every coordinator is to be reminded today, of a day that was missed among others.

    Each city owes two things: one due in three days, and one that was due two days ago, when nothing ran: its three
    reminders (three days before, on the day, one day after) were all missed.
    """
    network = NetworkFactory(slug="net", time_zone="UTC")
    today = network.today()
    for offset in (-3, 0, 1):
        ReminderRule.objects.create(network=network, offset_days=offset)
    track = TrackFactory(period=PeriodFactory(network=network))
    soon = TaskFactory(track=track, title="Soon", start=today - timedelta(days=60), due=today + timedelta(days=3))
    late = TaskFactory(track=track, title="Late", start=today - timedelta(days=60), due=today - timedelta(days=2))
    for n in range(CITIES):
        city = PartnerFactory(network=network)
        person(network, Role.COORDINATOR, city, email=f"coordinator{n}@city.example")
        for task in (soon, late):
            ObligationFactory(task=task, network=network, partner=city)
    person(network, Role.LEAD_PARTNER, email=LEAD)
    long_ago = timezone.now() - timedelta(days=30)
    Obligation.objects.update(created_at=long_ago)
    Membership.objects.update(created_at=long_ago)
    ReminderRule.objects.update(since=long_ago)


class Portal:
    """A database with those rows, a broker and a mail server; processes are started and killed by the tests."""

    def __init__(self, folder: Path, server: Server, redis_url: str = "") -> None:
        """Prepare the environment the processes get."""
        self.folder, self.server, self.log = folder, server, folder / "log"
        self.env = {
            "DATA_DIR": str(folder),
            "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
            "EMAIL_TIMEOUT": "20",
            "MAIL_CLAIM_SECONDS": "2",
            "SWEEP_SECONDS": "1",
            "REDIS_URL": redis_url,
            "DJANGO_SETTINGS_MODULE": "aoce.settings",
        }
        make_rows()
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(folder / "portal.sqlite3")) as target:
                connection.ensure_connection()
                connection.connection.backup(target)
        else:
            found = connection.settings_dict
            login = f"{found['USER']}:{found['PASSWORD']}@{found['HOST'] or 'localhost'}:{found['PORT'] or 5432}"
            self.env["DATABASE_URL"] = f"postgres://{login}/{found['NAME']}"
        self.celery = Celery(broker=redis_url or "filesystem://", set_as_current=False)
        if not redis_url:
            for name in ("messages", "control"):
                (folder / "broker" / name).mkdir(parents=True)
            self.celery.conf.broker_transport_options = {
                "data_folder_in": str(folder / "broker/messages"),
                "data_folder_out": str(folder / "broker/messages"),
                "control_folder": str(folder / "broker/control"),
            }

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Run SQL on the processes' database."""
        if connection.vendor != "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall()) if cursor.description else []
        with closing(sqlite3.connect(self.folder / "portal.sqlite3", timeout=20)) as database, database:
            return list(database.execute(statement).fetchall())

    def count(self, table: str, where: str) -> int:
        """Count rows."""
        return int(self.sql(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])  # noqa: S608 - the test's own words

    def mails(self, state: str) -> set[str]:
        """Return who has a reminder mail in this state."""
        found = self.sql(
            f"SELECT \"to\" FROM common_outgoingmail WHERE purpose = 'reminder' AND state = '{state}'"  # noqa: S608
        )
        return {to for (to,) in found}

    def ask(self, *tasks: str) -> None:
        """Put tasks into the queue, as beat does."""
        with self.celery.connection_for_write() as line:
            for task in tasks:
                self.celery.send_task(task, connection=line)

    def remind(self) -> None:
        """Let the worker do a minute's work."""
        self.ask("roadmap.plan_reminders")
        wait_until(lambda: self.count("roadmap_reminder", "1 = 1") > 0, "the plan")
        self.ask("roadmap.send_reminders")

    def let_time_pass(self) -> None:
        """Let the waits after failed tries be over."""
        moment = (timezone.now() - timedelta(seconds=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
        self.sql(f"UPDATE common_outgoingmail SET not_before = '{moment}' WHERE state = 'pending'")  # noqa: S608

    def worker(self) -> Any:
        """Return a real worker, to be used as a context."""
        return celery_worker(self.env, self.log)

    def reminders(self) -> list[Any]:
        """Return the reminders the mail server has kept; the Lead Partner's digest is none."""
        found = [message_from_bytes(text, policy=policy.default) for text in self.server.kept]
        return [m for m in found if m["to"] != LEAD]

    def kept(self) -> Counter[str]:
        """Count the reminders the mail server has kept, by recipient."""
        return Counter(m["to"] for m in self.reminders())

    def check(self) -> None:
        """Check what must always hold of the database."""
        doubled = self.sql(
            "SELECT obligation_id, user_id FROM roadmap_reminder WHERE state <> 'pending' AND mail_id IS NOT NULL"
            " GROUP BY obligation_id, user_id HAVING count(DISTINCT mail_id) > 1"
        )
        assert doubled == []


@contextmanager
def portal_on(folder: Path, redis_url: str = "", **script: str) -> Iterator[Portal]:
    """Make a portal; its mail server answers by the script."""
    with scripted_server(**script) as server:
        yield Portal(folder, server, redis_url)


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """A portal on the filesystem broker."""
    with portal_on(tmp_path) as made:
        yield made


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a worker with all its children, at once."""
    end(process, signal.SIGKILL)


def test_worker_and_beat_remind_everybody_once(portal: Portal) -> None:
    done = "state = 'sent' AND send_on <= CURRENT_DATE"
    with celery_beat(portal.env, portal.folder / "beat"), portal.worker():
        wait_until(lambda: portal.count("roadmap_reminder", done) == 4 * CITIES, "every reminder")
        time.sleep(2)  # beat asks again and again
    assert portal.kept() == Counter(EVERYBODY)
    assert len(portal.server.kept) == CITIES + 1, "a digest for the Lead Partner, once"
    assert portal.count("roadmap_reminder", done) == 4 * CITIES
    body = portal.reminders()[0].get_body(("plain",)).get_content()
    assert (body.count("* Late"), body.count("* Soon")) == (1, 1), "three missed reminders are one line"
    portal.check()


@pytest.mark.parametrize(
    ("moment", "script", "arrived"),
    [
        ("claimed, no line yet", {"greet": "hang|220 hi"}, 0),
        ("the server has the text and has not answered", {"dot": "hang|250 kept"}, 1),
    ],
)
def test_a_worker_killed_while_sending_leaves_one_unknown(
    moment: str, script: dict[str, str], arrived: int, tmp_path: Path
) -> None:
    with portal_on(tmp_path, **script) as portal:
        with portal.worker() as worker:
            portal.remind()
            assert portal.server.hanging.wait(20), moment
            assert len(portal.mails("claimed")) == 1
            kill(worker)
        (one,) = portal.mails("claimed")
        assert len(portal.server.kept) == arrived
        time.sleep(2.1)  # the claim grows stale
        with portal.worker():
            portal.remind()
            wait_until(lambda: portal.mails("sent") == EVERYBODY - {one}, "the others")
            portal.remind()
            wait_until(lambda: portal.count("roadmap_reminder", "state = 'unknown'") == 4, "the unknown ones")
        assert portal.mails("unknown") == {one}
        assert portal.kept() == Counter(EVERYBODY - {one}) + Counter({one: arrived})
        portal.check()


def test_a_worker_killed_again_and_again_sends_nothing_twice(portal: Portal) -> None:
    portal.server.slow = 0.15
    for pause in (0.1, 0.6):
        with portal.worker() as worker:
            portal.ask("roadmap.plan_reminders", "roadmap.send_reminders", "common.sweep_mail")
            time.sleep(pause)
            kill(worker)
    portal.server.slow = 0
    time.sleep(2.1)  # claims grow stale

    def settled() -> bool:
        portal.ask("roadmap.plan_reminders", "roadmap.send_reminders")
        time.sleep(0.3)
        waiting = portal.count("roadmap_reminder", "state IN ('pending', 'claimed') AND send_on <= CURRENT_DATE")
        return waiting == 0 and portal.count("roadmap_reminder", "1 = 1") > 0

    with portal.worker():
        wait_until(settled, "the end")
    kept, unknown = portal.kept(), portal.mails("unknown")
    assert max(kept.values()) == 1
    assert set(kept) | unknown == EVERYBODY
    assert portal.mails("sent") == EVERYBODY - unknown
    assert len(unknown) <= 2, "one for each time it was killed"
    portal.check()


def test_a_stopped_broker_only_delays(tmp_path: Path) -> None:
    port = free_port()
    with portal_on(tmp_path, f"redis://127.0.0.1:{port}/0") as portal:
        # A request that mails while the broker is stopped: the row is written and nothing fails.
        code = (
            "from aoce.common import mail; from partners.models import Network, User;"
            f"lead = User.objects.get(email='{LEAD}');"
            "mail.queue(to_user=lead, network=Network.objects.get(), purpose='test', template='overdue_digest',"
            " context={'lines': [], 'count': 1})"
        )
        call = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        done = subprocess.run(
            call, cwd=ROOT, env={**os.environ, **portal.env}, capture_output=True, text=True, timeout=30, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "The broker is down" in done.stderr
        assert portal.count("common_outgoingmail", "state = 'pending'") == 1
        # The broker comes back, is stopped under the running worker, and comes back again.
        words = ("redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path))
        with ExitStack() as stack:
            with program(*words, log=tmp_path / "redis"):
                wait_until(lambda: listens(port), "Redis")
                stack.enter_context(portal.worker())
                stack.enter_context(celery_beat(portal.env, tmp_path / "beat"))
                wait_until(
                    lambda: portal.count("common_outgoingmail", "purpose = 'test' AND state = 'sent'") == 1, "it"
                )
            with program(*words, log=tmp_path / "redis"):
                wait_until(lambda: portal.kept() == Counter(EVERYBODY), "every reminder", 40)
                time.sleep(2)  # beat asks again and again
        assert portal.kept() == Counter(EVERYBODY)
        portal.check()


def test_a_server_that_fails_in_every_way(tmp_path: Path) -> None:
    """One worker, and a mail server that refuses, hangs, drops the line before DATA and after it."""
    with portal_on(tmp_path, greet="421 not now") as portal:
        portal.env["EMAIL_TIMEOUT"] = "1"
        portal.env["MAIL_CLAIM_SECONDS"] = "60"
        with portal.worker():
            server = portal.server

            def tried(n: int) -> bool:
                return portal.count("common_outgoingmail", f"state = 'pending' AND attempts >= {n}") > 0

            # It refuses the line, hangs, refuses the sender, drops the line before DATA: every mail waits, none is out.
            portal.remind()
            wait_until(lambda: tried(1), "a first try")
            for n, step in enumerate(({"greet": "hang"}, {"mail": "451 busy"}, {"rcpt": "drop"}), start=2):
                server.script |= {"greet": "220 hi", "mail": "250 ok", **step}
                portal.let_time_pass()
                portal.ask("common.sweep_mail")
                wait_until(lambda n=n: tried(n), f"try {n}")  # type: ignore[misc]
            wait_until(lambda: portal.mails("pending") == EVERYBODY, "the end of the sweep")
            assert server.kept == []
            # It refuses one person for good, takes one, and drops the line after the text of the others.
            server.script |= {"rcpt": "550 5.1.1 no such person|250 ok", "dot": "250 kept|drop"}

            def swept() -> bool:
                portal.let_time_pass()
                portal.ask("common.sweep_mail")
                time.sleep(0.3)
                return not portal.mails("pending") | portal.mails("claimed")

            wait_until(swept, "the sweeps")
            failed, sent, unknown = (portal.mails(state) for state in ("failed", "sent", "unknown"))
            # The digest may be the one that was refused or taken.
            assert failed | sent | unknown == EVERYBODY
            assert len(unknown) >= CITIES - 2
            before = portal.kept()
            assert before == Counter(sent | unknown)
            # The server is well again: nothing is repeated by itself.
            server.script |= {"dot": "250 kept"}
            portal.ask("roadmap.send_reminders", "common.sweep_mail")
            settled = "SELECT count(*) FROM roadmap_reminder WHERE state = 'unknown'"
            wait_until(lambda: portal.sql(settled) == [(4 * len(unknown),)], "the reminders' states")
            assert portal.kept() == before
            # The Lead Partner sends one of them again.
            one = min(unknown)
            code = (
                "from django.test import Client; from partners.models import User;"
                "from aoce.common.models import OutgoingMail; client = Client(raise_request_exception=True);"
                f"client.force_login(User.objects.get(email='{LEAD}'));"
                f"mail = OutgoingMail.objects.get(to='{one}');"
                "page = client.get(f'/n/net/mails/{mail.pk}/').content.decode();"
                "assert f'/n/net/mails/{mail.pk}/again/' in page;"
                "assert client.post(f'/n/net/mails/{mail.pk}/again/').status_code == 302"
            )
            call = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
            subprocess.run(call, cwd=ROOT, env={**os.environ, **portal.env}, timeout=30, check=True)
            wait_until(lambda: one in portal.mails("sent"), "the mail sent again")
        assert portal.kept() == before + Counter([one])
        ids = {m["message-id"] for m in portal.reminders() if m["to"] == one}
        assert len(ids) == 1, "a second copy can be told to be the same mail"
        portal.check()
