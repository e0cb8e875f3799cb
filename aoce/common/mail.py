"""The one way to send mail: a row first, then the worker.

``queue`` writes an ``OutgoingMail`` in the caller's transaction and hands it to the worker once that is in. Should the
broker be down, the row waits and the sweep finds it. A mail is claimed by ``UPDATE … WHERE state = pending``, sent
outside of any transaction with its stable Message-ID, then marked.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from kombu.exceptions import OperationalError

from aoce.common.enums import MailState
from aoce.common.models import OutgoingMail
from aoce.common.smtp import NotSentError, OutcomeUnknownError, RefusedError

if TYPE_CHECKING:
    from partners.models import Network, User

logger = logging.getLogger(__name__)

#: How long to wait after the first, second, … try that did not reach the server; then the mail counts as refused.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
#: A claim older than this belongs to a worker that is gone: whether its mail went out cannot be known.
CLAIM_LASTS = timedelta(minutes=10)


def queue(
    *,
    to_user: User | None = None,
    to: str = "",
    network: Network | None = None,
    purpose: str,
    template: str,
    context: dict[str, Any],
    language: str = "",
    attachments: Sequence[dict[str, str]] = (),
    once_key: str | None = None,
    soon: bool = True,
) -> OutgoingMail:
    """Write a mail to one person, in their language, and send it once the transaction is in.

    ``template`` names a folder of ``templates/mail/`` with ``subject.txt``, ``body.txt`` and ``body.html``. Attachments
    are ``{"name", "content_type", "text"}``. Raises IntegrityError if a mail with this ``once_key`` exists. With
    ``soon`` false the mail waits for the next sweep.
    """
    language = language or (to_user.language if to_user else settings.LANGUAGE_CODE)
    with translation.override(language):
        everything = {"site_url": settings.SITE_URL, "network": network, "to_user": to_user, **context}
        subject = " ".join(render_to_string(f"mail/{template}/subject.txt", everything).split())
        body_text = render_to_string(f"mail/{template}/body.txt", everything).strip() + "\n"
        body_html = render_to_string(f"mail/{template}/body.html", everything)
    mail = OutgoingMail.objects.create(
        network=network,
        user=to_user,
        purpose=purpose,
        to=to or (to_user.email if to_user else ""),
        language=language,
        subject=subject[:300],
        body_text=body_text,
        body_html=body_html,
        attachments=list(attachments),
        once_key=once_key,
    )
    if soon:
        send_soon([mail.pk])
    return mail


def send_soon(mail_ids: Iterable[int]) -> None:
    """Hand mails to the worker once the transaction is in; a broker that is down only delays them."""
    ids = list(mail_ids)

    def hand_over() -> None:
        from aoce.common.tasks import send_mail

        for mail_id in ids:
            try:
                send_mail.delay(mail_id)
            except (OperationalError, OSError):
                logger.warning("The broker is down; mail %s waits for the sweep.", mail_id)
                return

    transaction.on_commit(hand_over)


def as_message(mail: OutgoingMail, connection: Any = None) -> EmailMultiAlternatives:
    """Return the mail as Django sends it, with its stable Message-ID."""
    headers = {"Message-ID": mail.message_id, "Content-Language": mail.language, "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(
        subject=mail.subject, body=mail.body_text, to=[mail.to], headers=headers, connection=connection
    )
    if mail.body_html:
        message.attach_alternative(mail.body_html, "text/html")
    for part in mail.attachments:
        message.attach(part["name"], part["text"], part["content_type"])
    return message


def claim(mail_id: int) -> bool:
    """Take a waiting mail for this process; False if another one has it, or it is not due."""
    now = timezone.now()
    return bool(
        OutgoingMail.objects.filter(pk=mail_id, state=MailState.PENDING, not_before__lte=now).update(
            state=MailState.CLAIMED, claimed_at=now, attempts=models.F("attempts") + 1
        )
    )


def _mark(mail_id: int, state: MailState, error: str = "", **fields: Any) -> None:
    OutgoingMail.objects.filter(pk=mail_id, state=MailState.CLAIMED).update(state=state, error=error[:2000], **fields)


def deliver(mail_id: int, connection: Any) -> None:
    """Claim and send one mail over ``connection``; record the outcome. Never raises for what a mail server does."""
    if not claim(mail_id):
        return
    mail = OutgoingMail.objects.get(pk=mail_id)
    message = as_message(mail, connection)
    try:
        if hasattr(connection, "send_one"):
            connection.send_one(message)
        else:
            message.send()
    except NotSentError as error:
        if mail.attempts > len(BACK_OFF):
            _mark(mail_id, MailState.FAILED, str(error))
        else:
            wait = BACK_OFF[mail.attempts - 1]
            _mark(mail_id, MailState.PENDING, str(error), not_before=timezone.now() + wait)
    except RefusedError as error:
        _mark(mail_id, MailState.FAILED, str(error))
    except OutcomeUnknownError as error:
        _mark(mail_id, MailState.UNKNOWN, str(error))
    else:
        _mark(mail_id, MailState.SENT, sent_at=timezone.now())


def open_connection() -> AbstractContextManager[Any]:
    """Return a mail connection to use for several mails; it opens with the first and closes at the end of the block."""
    return get_connection()


def sweep() -> int:
    """Send everything that waits and is due, over one connection; return how many were tried.

    Claims of workers that are gone become unknown first.
    """
    stale = timezone.now() - CLAIM_LASTS
    OutgoingMail.objects.filter(state=MailState.CLAIMED, claimed_at__lt=stale).update(
        state=MailState.UNKNOWN, error="The worker stopped while it was sending."
    )
    due = OutgoingMail.objects.filter(state=MailState.PENDING, not_before__lte=timezone.now())
    ids = list(due.order_by("created_at").values_list("pk", flat=True)[:2000])
    if ids:
        connection = get_connection()
        try:
            for mail_id in ids:
                deliver(mail_id, connection)
        finally:
            connection.close()
    return len(ids)


def send_again(*, mail: OutgoingMail) -> None:
    """Try a refused or unknown mail once more, as a person decided; the Message-ID stays the same."""
    changed = OutgoingMail.objects.filter(pk=mail.pk, state__in=(MailState.FAILED, MailState.UNKNOWN)).update(
        state=MailState.PENDING, not_before=timezone.now(), attempts=0
    )
    if changed:
        send_soon([mail.pk])
