"""Sending by SMTP so that three outcomes can be told apart: sent, refused, and unknown.

Until the server has been given the text nothing can have arrived, so a failure is safe to try again. When the line
drops after the text's final dot, nobody can know; that is ``OutcomeUnknownError``, and such a mail is never repeated by
itself.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address


class RefusedError(Exception):
    """The server will never take this mail (a 5xx answer)."""


class NotSentError(Exception):
    """The mail was not handed over; trying again is safe."""


class OutcomeUnknownError(Exception):
    """The text was handed over and the line dropped before the answer came."""


class OutcomeEmailBackend(EmailBackend):
    """Django's SMTP backend, one message at a time over one connection, with its outcome as an exception."""

    def send_one(self, message: EmailMessage) -> None:
        """Send one message; raise NotSentError, RefusedError or OutcomeUnknownError."""
        try:
            self.open()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise NotSentError(str(error)) from error
        encoding = message.encoding or "utf-8"
        sender = sanitize_address(message.from_email, encoding)
        recipients = [sanitize_address(address, encoding) for address in message.recipients()]
        payload = message.message().as_bytes(linesep="\r\n")
        self._envelope(sender, recipients)
        self._text(payload)

    def _envelope(self, sender: str, recipients: Sequence[str]) -> None:
        """Give sender and recipients; nothing has been handed over yet."""
        try:
            for code, answer in (self.connection.mail(sender), *(self.connection.rcpt(r) for r in recipients)):
                self._judge(code, answer)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise NotSentError(str(error)) from error

    def _text(self, payload: bytes) -> None:
        """Hand the text over; from its final dot on a lost line means unknown."""
        try:
            code, answer = self.connection.docmd("DATA")
            if code != 354:  # noqa: PLR2004 - SMTP's "go ahead"
                self._judge(code, answer)
                raise NotSentError(f"{code} {answer!r}")
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise NotSentError(str(error)) from error
        try:
            self.connection.send(smtplib._quote_periods(payload))
            self.connection.send(b".\r\n" if payload.endswith(b"\r\n") else b"\r\n.\r\n")
            code, answer = self.connection.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise OutcomeUnknownError(str(error)) from error
        self._judge(code, answer)

    def _judge(self, code: int, answer: bytes) -> None:
        """Raise for an answer that is no success, leaving the connection ready for the next message."""
        if 200 <= code < 300:  # noqa: PLR2004 - SMTP's success answers
            return
        try:
            self.connection.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()
        text = f"{code} {answer.decode(errors='replace')}"
        if code >= 500:  # noqa: PLR2004 - SMTP's permanent refusals
            raise RefusedError(text)
        raise NotSentError(text)

    def _drop(self) -> None:
        """Forget the connection."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send several, as Django's interface has it."""
        for message in email_messages:
            self.send_one(message)
        return len(email_messages)

    def __exit__(self, *args: object) -> None:
        """Close the connection."""
        self.close()
