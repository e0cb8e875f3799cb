"""The outbox: a row first, then the worker; claimed, sent, marked; every outcome has its state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as django_mail
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from aoce.common import mail as outbox
from aoce.common.enums import MailState
from aoce.common.models import OutgoingMail
from aoce.common.smtp import LineLostError, NotSentError, OutcomeUnknownError, RefusedError, UnreachableError
from aoce.common.tasks import send_mail, sweep_mail
from partners.enums import Role
from partners.models import User
from tests.partners.factories import NetworkFactory, PartnerFactory, UserFactory, person

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 3, 4, 10, tzinfo=UTC)


def write(**fields: Any) -> OutgoingMail:
    """Write a mail as if its transaction were in."""
    return OutgoingMail.objects.create(
        **{"to": "ana@city.example", "purpose": "t", "subject": "S", "body_text": "T"} | fields
    )


class Server:
    """A mail connection whose answers are given: None takes the mail, an exception is raised."""

    def __init__(self, *answers: Exception | None) -> None:
        """Answer with these, then take everything."""
        self.answers = list(answers)
        self.sent: list[str] = []
        self.opened = 0
        self.closed = 0

    def send_one(self, message: Any) -> None:
        """Take it or raise."""
        answer = self.answers.pop(0) if self.answers else None
        if answer:
            raise answer
        self.sent.append(message.extra_headers["Message-ID"])

    def close(self) -> None:
        """Count."""
        self.closed += 1


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """Give every connection the outbox opens."""
    made = Server()

    def connect() -> Server:
        made.opened += 1
        return made

    monkeypatch.setattr(outbox, "get_connection", connect)
    monkeypatch.setattr("aoce.common.tasks.get_connection", connect)
    return made


# --- Writing ----------------------------------------------------------------------------------------------------------


def queue_digest(user: User, **fields: Any) -> OutgoingMail:
    """Queue a mail whose words we have in both languages."""
    network = NetworkFactory(
        name="Coëxistence", short_name="Coëx", funding_statement="Co-funded", funding_programme="Interreg"
    )
    return outbox.queue(
        to_user=user,
        network=network,
        purpose="digest",
        template="overdue_digest",
        context={"lines": [], "count": 2, "today": NOW.date()},
        **fields,
    )


def test_a_queued_mail_goes_out_once_the_transaction_is_in(django_capture_on_commit_callbacks: Any) -> None:
    user = UserFactory(name="Zoë Ștefănescu")
    with django_capture_on_commit_callbacks(execute=True):
        mail = queue_digest(user)
        assert django_mail.outbox == []
        assert mail.state == MailState.PENDING
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, [entry["what"] for entry in mail.log]) == (MailState.SENT, 1, ["sent"])
    (sent,) = django_mail.outbox
    assert (sent.to, sent.subject) == ([user.email], "Coëx: 2 things are overdue")
    assert sent.extra_headers["Message-ID"] == mail.message_id
    text = sent.message().as_bytes().decode()
    assert "Subject: =?utf-8?" in text
    assert "Auto-Submitted: auto-generated" in text


def test_a_mail_of_a_transaction_that_fails_is_not_there() -> None:
    user = UserFactory()
    with transaction.atomic():
        queue_digest(user)
        transaction.set_rollback(True)
    assert OutgoingMail.objects.count() == 0


def test_both_bodies_say_the_same_and_carry_the_frame() -> None:
    mail = queue_digest(UserFactory(name="Zoë <b>"))
    for body in (mail.body_text, mail.body_html):
        assert "This is overdue today:" in body
        assert "Co-funded · Interreg" in body
        assert f"/n/{mail.network.slug}/reminders/mine/" in body
    assert "Dear Zoë <b>," in mail.body_text
    assert "Dear Zoë &lt;b&gt;," in mail.body_html
    assert '<html lang="en">' in mail.body_html


@pytest.mark.parametrize(("language", "expected"), [("nl", "nl"), ("nl-be", "nl"), ("sk", "en"), ("", "en")])
def test_a_mail_is_in_one_complete_language(language: str, expected: str) -> None:
    assert queue_digest(UserFactory(language=language)).language == expected


def test_a_broker_that_is_down_only_delays(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any, server: Server
) -> None:
    def down(_mail_id: int) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(send_mail, "delay", down)
    with django_capture_on_commit_callbacks(execute=True):
        mail = queue_digest(UserFactory())
    mail.refresh_from_db()
    assert mail.state == MailState.PENDING
    sweep_mail()
    assert server.sent == [mail.message_id]


def test_any_other_error_of_the_broker_is_not_hidden(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def broken(_mail_id: int) -> None:
        raise TypeError

    monkeypatch.setattr(send_mail, "delay", broken)
    with pytest.raises(TypeError), django_capture_on_commit_callbacks(execute=True):
        queue_digest(UserFactory())


# --- Sending ----------------------------------------------------------------------------------------------------------


def test_only_one_claims_a_mail(server: Server) -> None:
    mail = write()
    assert outbox.claim(mail.pk) is not None
    assert outbox.claim(mail.pk) is None
    send_mail(mail.pk)
    assert server.sent == []


def test_a_mail_that_is_not_due_yet_waits(server: Server) -> None:
    mail = write(not_before=timezone.now() + timedelta(minutes=5))
    send_mail(mail.pk)
    assert (sweep_mail(), server.sent) == (None, [])


@pytest.mark.parametrize(
    ("answer", "state", "what"),
    [
        (NotSentError("451 later"), MailState.PENDING, "retry"),
        (UnreachableError("refused"), MailState.PENDING, "retry"),
        (LineLostError("reset"), MailState.PENDING, "retry"),
        (RefusedError("550 no such person"), MailState.FAILED, "failed"),
        (OutcomeUnknownError("timed out"), MailState.UNKNOWN, "unknown"),
        (None, MailState.SENT, "sent"),
    ],
)
def test_every_outcome_has_its_state(server: Server, answer: Exception | None, state: str, what: str) -> None:
    server.answers = [answer]
    mail = write()
    with time_machine.travel(NOW, tick=False):
        OutgoingMail.objects.update(not_before=NOW)
        send_mail(mail.pk)
    mail.refresh_from_db()
    text = str(answer) if answer else ""
    assert (mail.state, mail.attempts, mail.error) == (state, 1, text)
    assert mail.log == [{"at": "2024-03-04T10:00:00+00:00", "what": what, "text": text}]
    assert mail.not_before == NOW + timedelta(minutes=1 if state == MailState.PENDING else 0)


def test_it_tries_for_five_days_then_says_so(server: Server) -> None:
    mail = write()
    server.answers = [UnreachableError("refused")] * 100
    when = timezone.now()
    while OutgoingMail.objects.get().state == MailState.PENDING:
        when = OutgoingMail.objects.get().not_before
        with time_machine.travel(when, tick=False):
            send_mail(mail.pk)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MailState.FAILED, 25)
    assert timedelta(days=4.5) < when - mail.created_at < timedelta(days=5.5)


def test_one_sweep_sends_all_that_waits_over_one_connection(server: Server) -> None:
    mails = [write() for _ in range(5)]
    outbox.sweep()
    assert server.sent == [mail.message_id for mail in mails]
    assert (server.opened, server.closed) == (1, 1)
    outbox.sweep()
    assert server.opened == 1


def test_a_sweep_goes_on_after_a_refusal(server: Server) -> None:
    mails = [write() for _ in range(3)]
    server.answers = [None, RefusedError("550")]
    outbox.sweep()
    assert server.sent == [mails[0].message_id, mails[2].message_id]


def test_a_sweep_ends_when_there_is_no_server(server: Server) -> None:
    for _ in range(3):
        write()
    server.answers = [UnreachableError("refused")]
    assert outbox.sweep() == 1
    assert sorted(OutgoingMail.objects.values_list("state", "attempts")) == [
        ("pending", 0),
        ("pending", 0),
        ("pending", 1),
    ]


def test_a_sweep_ends_when_the_server_drops_line_after_line(server: Server) -> None:
    for _ in range(5):
        write()
    server.answers = [OutcomeUnknownError("dropped"), LineLostError("dropped"), OutcomeUnknownError("dropped")]
    assert outbox.sweep() == 3


def test_a_claim_of_a_worker_that_is_gone_becomes_unknown(server: Server) -> None:
    mail = write(state=MailState.CLAIMED, claimed_at=timezone.now() - timedelta(seconds=901))
    young = write(state=MailState.CLAIMED, claimed_at=timezone.now() - timedelta(seconds=800))
    outbox.sweep()
    mail.refresh_from_db()
    young.refresh_from_db()
    assert (mail.state, young.state, server.sent) == (MailState.UNKNOWN, MailState.CLAIMED, [])
    assert mail.error == "The portal stopped while it was sending."


def test_a_slow_worker_that_was_given_up_still_says_that_it_sent(server: Server) -> None:
    mail = write()

    def slowly(message: Any) -> None:
        OutgoingMail.objects.update(state=MailState.UNKNOWN)
        server.sent.append(message.extra_headers["Message-ID"])

    server.send_one = slowly  # type: ignore[method-assign]
    send_mail(mail.pk)
    mail.refresh_from_db()
    assert mail.state == MailState.SENT


def test_a_slow_worker_does_not_write_over_a_newer_try(server: Server) -> None:
    mail = write()

    def slowly(_message: Any) -> None:
        OutgoingMail.objects.update(state=MailState.CLAIMED, claimed_at=timezone.now())

    server.send_one = slowly  # type: ignore[method-assign]
    send_mail(mail.pk)
    mail.refresh_from_db()
    assert mail.state == MailState.CLAIMED


# --- By hand ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [MailState.FAILED, MailState.UNKNOWN])
def test_send_again_tries_the_same_mail_once_more(
    server: Server, state: MailState, django_capture_on_commit_callbacks: Any
) -> None:
    mail, lead = write(state=state, error="?", attempts=25), UserFactory(name="Lea")
    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.send_again(mail=mail, by=lead)
        assert not outbox.send_again(mail=mail, by=lead)
    mail.refresh_from_db()
    assert (mail.state, server.sent) == (MailState.SENT, [mail.message_id])
    assert [(entry["what"], entry["text"]) for entry in mail.log] == [("again", "Lea"), ("sent", "")]


@pytest.mark.parametrize("state", [MailState.PENDING, MailState.CLAIMED, MailState.SENT])
def test_what_went_out_or_waits_is_not_sent_again(server: Server, state: MailState) -> None:
    mail = write(state=state)
    assert not outbox.send_again(mail=mail, by=UserFactory())
    assert OutgoingMail.objects.get().state == state
    assert server.sent == []


def test_take_back_deletes_only_what_nobody_has() -> None:
    waiting, claimed = write(), write(state=MailState.CLAIMED)
    with transaction.atomic():
        assert outbox.take_back(waiting.pk)
        assert not outbox.take_back(claimed.pk)
    assert list(OutgoingMail.objects.all()) == [claimed]


# --- Pages ------------------------------------------------------------------------------------------------------------


class Pages:
    """A network with a Lead Partner, a coordinator and mails to each."""

    def __init__(self, client: Any) -> None:
        """Make it."""
        self.client = client
        self.network = NetworkFactory()
        self.lead = person(self.network, Role.LEAD_PARTNER)
        self.coordinator = person(self.network, Role.COORDINATOR, PartnerFactory(network=self.network))
        self.unknown = write(
            network=self.network,
            user=self.coordinator,
            subject="Late: a map",
            state=MailState.UNKNOWN,
            to="iasi@x.example",
        )
        self.own = write(network=self.network, user=self.lead, subject="Digest", state=MailState.SENT)
        write(network=NetworkFactory(), user=self.lead, subject="Elsewhere")
        self.url = f"/n/{self.network.slug}/mails/"

    def get(self, user: User, path: str = "") -> Any:
        """Ask as somebody."""
        self.client.force_login(user)
        return self.client.get(self.url + path)


@pytest.fixture
def pages(client: Any) -> Pages:
    """Give the pages."""
    return Pages(client)


def subjects(answer: Any) -> list[str]:
    """Return the subjects on a list page."""
    return sorted(mail.subject for mail in answer.context["page"])


def test_the_lead_partner_sees_all_mails_and_others_their_own(pages: Pages) -> None:
    assert subjects(pages.get(pages.lead)) == ["Digest", "Late: a map"]
    assert subjects(pages.get(pages.coordinator)) == ["Late: a map"]
    assert pages.get(pages.coordinator, f"{pages.own.pk}/").status_code == 404
    assert pages.get(pages.coordinator, f"{pages.unknown.pk}/").status_code == 200


def test_mails_are_found_by_state_and_by_words(pages: Pages) -> None:
    assert subjects(pages.get(pages.lead, "?state=unknown")) == ["Late: a map"]
    assert subjects(pages.get(pages.lead, "?q=iasi")) == ["Late: a map"]
    assert subjects(pages.get(pages.lead, "?q=digest&state=sent")) == ["Digest"]
    assert subjects(pages.get(pages.lead, "?q=digest&state=nonsense")) == ["Digest"]


def test_the_list_asks_as_much_of_the_database_for_three_as_for_one(
    pages: Pages, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    pages.client.force_login(pages.lead)
    with django_assert_max_num_queries(12) as first:
        pages.client.get(pages.url)
    for _ in range(3):
        write(network=pages.network)
    with django_assert_num_queries(len(first)):
        pages.client.get(pages.url)


def test_an_unknown_mail_has_a_button_for_the_lead_partner_only(
    pages: Pages, django_capture_on_commit_callbacks: Any
) -> None:
    again = f"{pages.url}{pages.unknown.pk}/again/"
    assert again not in pages.get(pages.coordinator, f"{pages.unknown.pk}/").content.decode()
    assert pages.client.post(again).status_code == 403
    assert again in pages.get(pages.lead, f"{pages.unknown.pk}/").content.decode()
    assert again not in pages.get(pages.lead, f"{pages.own.pk}/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = pages.client.post(again, follow=True)
    assert "The mail goes out once more." in answer.content.decode()
    pages.unknown.refresh_from_db()
    assert pages.unknown.state == MailState.SENT
    assert [m.to for m in django_mail.outbox] == [["iasi@x.example"]]
    assert "waits already, or went out" in pages.client.post(again, follow=True).content.decode()


def test_sent_mail_in_dutch_names_its_language(pages: Pages) -> None:
    User.objects.filter(pk=pages.lead.pk).update(language="nl")
    answer = pages.get(User.objects.get(pk=pages.lead.pk), f"{pages.unknown.pk}/")
    assert '<html lang="nl"' in answer.content.decode()
    assert 'lang="en"' in answer.content.decode()
