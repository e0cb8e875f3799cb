"""The SMTP backend against a server on a socket that misbehaves at every step."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from aoce.common.smtp import (
    LineLostError,
    NotSentError,
    OutcomeEmailBackend,
    OutcomeUnknownError,
    RefusedError,
    UnreachableError,
)
from tests.common.smtp_server import Server, scripted_server


@contextmanager
def serving(**script: str) -> Iterator[tuple[Server, OutcomeEmailBackend]]:
    """Run a server; give it and a backend that talks to it."""
    with scripted_server(**script) as server:
        backend = OutcomeEmailBackend(host="127.0.0.1", port=server.port, timeout=0.5)
        try:
            yield server, backend
        finally:
            backend.close()


def message(subject: str = "Größe", body: str = "Văd.\n.dot\n") -> EmailMultiAlternatives:
    """Make a mail with a dot at the start of a line."""
    made = EmailMultiAlternatives(subject, body, "Portal Coëx <portal@x.example>", ["ana@city.example"])
    made.attach_alternative("<p>Văd</p>", "text/html")
    return made


@pytest.mark.parametrize(
    ("script", "error", "kept"),
    [
        ({"greet": "554 no"}, UnreachableError, 0),
        ({"greet": "drop"}, UnreachableError, 0),
        ({"greet": "hang"}, UnreachableError, 0),
        ({"ehlo": "502 no"}, UnreachableError, 0),
        ({"ehlo": "drop"}, UnreachableError, 0),
        ({"mail": "451 later"}, NotSentError, 0),
        ({"mail": "550 you may not"}, NotSentError, 0),
        ({"mail": "421 going away"}, NotSentError, 0),
        ({"mail": "drop"}, LineLostError, 0),
        ({"rcpt": "450 greylisted"}, NotSentError, 0),
        ({"rcpt": "550 no such person"}, RefusedError, 0),
        ({"rcpt": "drop"}, LineLostError, 0),
        ({"rcpt": "hang"}, LineLostError, 0),
        ({"data": "554 no"}, NotSentError, 0),
        ({"data": "250 what"}, NotSentError, 0),
        ({"data": "drop"}, LineLostError, 0),
        ({"dot": "451 later"}, NotSentError, 0),
        ({"dot": "554 spam"}, RefusedError, 0),
        ({"dot": "421 going away"}, NotSentError, 0),
        ({"dot": "drop"}, OutcomeUnknownError, 1),
        ({"dot": "hang"}, OutcomeUnknownError, 1),
    ],
)
def test_each_way_to_fail_is_told_apart(script: dict[str, str], error: type[Exception], kept: int) -> None:
    with serving(**script) as (server, backend):
        with pytest.raises(error) as raised:
            backend.send_one(message())
        assert raised.type is error
        assert str(raised.value)
        assert len(server.kept) == kept


def test_no_server_at_all_is_unreachable() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        backend = OutcomeEmailBackend(host="127.0.0.1", port=probe.getsockname()[1], timeout=0.5)
        with pytest.raises(UnreachableError):
            backend.send_one(message())


def test_the_text_arrives_whole_with_names_that_are_not_ascii() -> None:
    with serving() as (server, backend):
        backend.send_one(message())
    (text,) = server.kept
    assert b"Subject: =?utf-8?" in text
    assert b"From: =?utf-8?" in text
    assert b"\r\n..dot\r\n" in text
    assert "Văd.".encode() in text
    assert text.endswith(b"\r\n")


def test_several_mails_share_one_connection_refused_ones_among_them() -> None:
    with serving(rcpt="250 ok|550 no|250 ok") as (server, backend):
        backend.send_one(message("one"))
        with pytest.raises(RefusedError, match="550 no"):
            backend.send_one(message("two"))
        backend.send_one(message("three"))
        assert (server.connections, len(server.kept)) == (1, 2)


def test_a_line_the_server_closed_between_two_mails_is_opened_again() -> None:
    with serving(mail="250 ok|421 idle too long|250 ok") as (server, backend):
        backend.send_one(message("one"))
        with pytest.raises(NotSentError):
            backend.send_one(message("two"))
        backend.send_one(message("two"))
    with serving(mail="250 ok|drop|250 ok") as (server, backend):
        backend.send_one(message("one"))
        backend.send_one(message("two"))
        assert (server.connections, len(server.kept)) == (2, 2)


def test_djangos_own_interface_sends_as_well() -> None:
    with serving() as (server, backend):
        sent: Any = backend.send_messages([message("one"), message("two")])
        assert (sent, len(server.kept), server.connections) == (2, 2, 1)


def test_an_address_that_cannot_be_written_is_refused() -> None:
    with serving() as (server, backend):
        bad = message()
        bad.to = ["no address\nBcc: x@x.example"]
        with pytest.raises(RefusedError):
            backend.send_one(bad)
        assert server.connections == 0
