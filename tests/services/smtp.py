"""A real SMTP server on a socket, well-behaved or not."""

from __future__ import annotations

import asyncio
import email
import email.policy
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

from tests.services.processes import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage


class Behaviour(Enum):
    """How the server answers a message."""

    ACCEPT = "takes it"
    REFUSE_RECIPIENT = "550 at RCPT: that person is not here"
    TRY_LATER = "451 after DATA: come back later"
    REFUSE = "554 after DATA: for good"
    HANG = "takes the text, and says nothing"
    DROP = "takes and keeps the text, and drops the line before saying so"


class SmtpServer:
    """Where mails go; ``behaviour`` may change at any time.

    ``messages`` are those kept, in order; ``attempts`` counts every text that came in, kept or not.
    """

    def __init__(self, behaviour: Behaviour) -> None:
        self.port = free_port()
        self.behaviour = behaviour
        self.messages: list[EmailMessage] = []
        self.attempts = 0

    @property
    def url(self) -> str:
        """The value of EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Answer RCPT TO."""
        if self.behaviour is Behaviour.REFUSE_RECIPIENT:
            return "550 5.1.1 No such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Answer the end of DATA."""
        self.attempts += 1
        if self.behaviour is Behaviour.HANG:
            await asyncio.sleep(3600)
        if self.behaviour is Behaviour.TRY_LATER:
            return "451 4.3.0 Try again later"
        if self.behaviour is Behaviour.REFUSE:
            return "554 5.7.1 Refused"
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
        if self.behaviour is Behaviour.DROP:
            server.transport.abort()
        return "250 2.0.0 Kept"


@contextmanager
def smtp_server(behaviour: Behaviour = Behaviour.ACCEPT) -> Iterator[SmtpServer]:
    """Run the server while the block lasts."""
    server = SmtpServer(behaviour)
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
