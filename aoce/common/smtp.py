"""Sending by SMTP so that three outcomes can be told apart: sent, refused, and unknown.

Until the text's final dot is out nothing can have arrived, so a failure is safe to try again. When the line drops, or
falls silent, between that dot and the server's answer, nobody can know; that is ``OutcomeUnknownError``, and such a
mail is never repeated by itself.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

GO_AHEAD = 354
SUCCESS = range(200, 300)
CLOSING = 421
FINAL = 500


class RefusedError(Exception):
    """The server will never take this mail: a 5xx answer to its recipient or to its text."""


class NotSentError(Exception):
    """The mail was not handed over; trying again is safe."""


class LineLostError(NotSentError):
    """The line broke before the mail was handed over."""


class UnreachableError(LineLostError):
    """There was no line at all; other mails would fare no better now."""


class OutcomeUnknownError(Exception):
    """The text was handed over and no answer came."""


class OutcomeEmailBackend(EmailBackend):
    """Django's SMTP backend, one message at a time over one connection, with its outcome as an exception."""

    _partial_connection: Any

    def send_one(self, message: EmailMessage) -> None:
        """Send one message; raise NotSentError, RefusedError or OutcomeUnknownError if it did not go out."""
        encoding = message.encoding or "utf-8"
        try:
            sender = sanitize_address(message.from_email, encoding)
            recipients = [sanitize_address(address, encoding) for address in message.recipients()]
            payload = cast("Any", message.message()).as_bytes(linesep="\r\n")
        except ValueError as error:
            raise RefusedError(str(error)) from error
        kept = self.connection is not None
        try:
            line = self._envelope(self._line(), sender, recipients)
        except LineLostError:
            if not kept:
                raise
            # The server had hung up on the line kept from the mail before.
            line = self._envelope(self._line(), sender, recipients)
        self._text(line, payload)

    def _line(self) -> smtplib.SMTP:
        """Return the open connection, or a new one."""
        try:
            self.open()
            line = cast("smtplib.SMTP", self.connection)
            line.ehlo_or_helo_if_needed()
        except OSError as error:
            self._drop()
            raise UnreachableError(str(error) or type(error).__name__) from error
        return line

    def _envelope(self, line: smtplib.SMTP, sender: str, recipients: Sequence[str]) -> smtplib.SMTP:
        """Give sender and recipients and announce the text; returns the line.

        Only a recipient can be refused for good here.
        """
        try:
            self._judge(*line.mail(sender), can_refuse=False)
            for recipient in recipients:
                self._judge(*line.rcpt(recipient), can_refuse=True)
            code, answer = line.docmd("DATA")
            if code != GO_AHEAD:
                self._judge(code, answer, can_refuse=False)
                self._drop()
                raise NotSentError(f"{code} {answer.decode(errors='replace')}")
        except OSError as error:
            self._drop()
            raise LineLostError(str(error) or type(error).__name__) from error
        return line

    def _text(self, line: smtplib.SMTP, payload: bytes) -> None:
        """Hand the text over. A server takes it only with the dot that ends it: what breaks before, broke in time."""
        quoted = re.sub(rb"(?m)^\.", b"..", payload)
        try:
            line.send(quoted if quoted.endswith(b"\r\n") else quoted + b"\r\n")
            line.send(b".\r\n")
        except OSError as error:
            self._drop()
            raise LineLostError(str(error) or type(error).__name__) from error
        try:
            code, answer = line.getreply()
        except OSError as error:
            self._drop()
            raise OutcomeUnknownError(str(error) or type(error).__name__) from error
        self._judge(code, answer, can_refuse=True)

    def _judge(self, code: int, answer: bytes, *, can_refuse: bool) -> None:
        """Raise for an answer that is no success, leaving the connection ready for the next message."""
        if code in SUCCESS:
            return
        if code == CLOSING:
            self._drop()
        else:
            try:
                cast("smtplib.SMTP", self.connection).rset()
            except OSError:
                self._drop()
        text = f"{code} {answer.decode(errors='replace')}"
        raise RefusedError(text) if can_refuse and code >= FINAL else NotSentError(text)

    def _drop(self) -> None:
        """Forget the connection without a word to the server."""
        for connection in (self.connection, self._partial_connection):
            if connection is not None:
                with suppress(OSError):
                    connection.close()
        self.connection = self._partial_connection = None

    def close(self) -> None:
        """Close the connection; a server that is gone by then changes nothing."""
        try:
            super().close()
        except OSError:
            self._drop()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send several, as Django's interface has it."""
        for message in email_messages:
            self.send_one(message)
        return len(email_messages)
