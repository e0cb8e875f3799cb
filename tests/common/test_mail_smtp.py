"""The SMTP backend against a server on a socket that misbehaves at every step."""

from __future__ import annotations

import socket
import socketserver
import threading
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

OK = {"greet": "220 hi", "ehlo": "250 ok", "mail": "250 ok", "rcpt": "250 ok", "data": "354 go", "dot": "250 kept"}


class Server(socketserver.ThreadingTCPServer):
    """Answers each step with a line, or drops the connection (``drop``), or says nothing (``hang``)."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, script: dict[str, str]) -> None:
        """Answer by this script; steps may be given a list-like ``a|b``: first ``a``, from then on ``b``."""
        super().__init__(("127.0.0.1", 0), Session)
        self.script = {**OK, **script}
        self.kept: list[bytes] = []
        self.connections = 0

    def answer(self, step: str) -> str:
        """Return the answer to this step."""
        first, _, rest = self.script[step].partition("|")
        if rest:
            self.script[step] = rest
        return first


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    server: Server

    def say(self, step: str) -> bool:
        """Answer; False if the connection is over."""
        line = self.server.answer(step)
        if line == "hang":
            threading.Event().wait(3)
            return False
        if line == "drop":
            return False
        self.wfile.write(line.encode() + b"\r\n")
        return not line.startswith("421")

    def handle(self) -> None:
        """Talk."""
        self.server.connections += 1
        alive = self.say("greet")
        while alive and (line := self.rfile.readline()):
            word = line.split()[0].decode().lower().rstrip(":")
            if word in ("rset", "noop"):
                self.wfile.write(b"250 ok\r\n")
            elif word == "quit":
                self.wfile.write(b"221 bye\r\n")
                alive = False
            elif word == "data":
                alive = self.say("data")
                if alive and self.server.script["data"] == OK["data"]:
                    text = self.text()
                    if self.server.script["dot"].startswith(("250", "drop", "hang")):
                        self.server.kept.append(text)
                    alive = self.say("dot")
            else:
                alive = self.say("ehlo" if word == "helo" else word)

    def text(self) -> bytes:
        """Read up to the final dot."""
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)


@contextmanager
def serving(**script: str) -> Iterator[tuple[Server, OutcomeEmailBackend]]:
    """Run a server; give it and a backend that talks to it."""
    with Server(script) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        backend = OutcomeEmailBackend(host="127.0.0.1", port=server.server_address[1], timeout=0.5)
        try:
            yield server, backend
        finally:
            backend.close()
            server.shutdown()


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
