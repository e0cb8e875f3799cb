"""The one way to send mail: a row first, then the worker.

``queue`` writes an ``OutgoingMail`` in the caller's transaction and hands it to the worker once that is in. Should the
broker be down, the row waits and the sweep finds it. A mail is claimed by ``UPDATE … WHERE state = pending``, sent
outside of any transaction with its stable Message-ID, then marked.
"""

from __future__ import annotations

import enum
import logging
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from aoce.common.enums import MailState
from aoce.common.models import OutgoingMail
from aoce.common.smtp import LineLostError, NotSentError, OutcomeUnknownError, RefusedError, UnreachableError

if TYPE_CHECKING:
    from partners.models import Network, User

logger = logging.getLogger(__name__)

#: How long to wait after the first, second, … try that did not reach the server: five days in all, then it is refused.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, *[360] * 19))
#: One sweep's share: how many mails, how many seconds, how many lines the server may drop.
SWEEP_MAILS = 2000
SWEEP_SECONDS = 480
LOST_LINES = 3


class Outcome(enum.Enum):
    """What a sweep needs to know after each mail."""

    NOT_MINE = enum.auto()
    DONE = enum.auto()
    LINE_LOST = enum.auto()
    NO_SERVER = enum.auto()


def language_for(language: str) -> str:
    """Return the complete language of the portal nearest to this one, so that no mail mixes two."""
    try:
        return translation.get_supported_language_variant(language)
    except LookupError:
        return settings.LANGUAGE_CODE


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
    language = language_for(language or (to_user.language if to_user else settings.LANGUAGE_CODE))
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


def claim(mail_id: int) -> datetime | None:
    """Take a waiting mail for this process and return the moment; None if another one has it, or it is not due."""
    now = timezone.now()
    taken = OutgoingMail.objects.filter(pk=mail_id, state=MailState.PENDING, not_before__lte=now).update(
        state=MailState.CLAIMED, claimed_at=now, attempts=models.F("attempts") + 1
    )
    return now if taken else None


def _note(mail: OutgoingMail, what: str, text: str = "") -> list[dict[str, str]]:
    return [*mail.log, {"at": timezone.now().isoformat(timespec="seconds"), "what": what, "text": text[:500]}]


def _mark(mail: OutgoingMail, state: MailState, error: str = "", **fields: Any) -> None:
    """Write what became of the mail, unless somebody else holds it by now."""
    held = OutgoingMail.objects.filter(
        pk=mail.pk, state__in=(MailState.CLAIMED, MailState.UNKNOWN), claimed_at=mail.claimed_at
    )
    what = "retry" if state == MailState.PENDING else state.value
    held.update(state=state, error=error[:2000], log=_note(mail, what, error), **fields)


def deliver(mail_id: int, connection: Any) -> Outcome:
    """Claim and send one mail over ``connection``; record what became of it. Never raises for what a server does."""
    if not claim(mail_id):
        return Outcome.NOT_MINE
    mail = OutgoingMail.objects.get(pk=mail_id)
    message = as_message(mail, connection)
    try:
        if hasattr(connection, "send_one"):
            connection.send_one(message)
        else:
            message.send()
    except (NotSentError, OSError) as error:
        if mail.attempts > len(BACK_OFF):
            _mark(mail, MailState.FAILED, str(error))
        else:
            _mark(mail, MailState.PENDING, str(error), not_before=timezone.now() + BACK_OFF[mail.attempts - 1])
        if isinstance(error, UnreachableError):
            return Outcome.NO_SERVER
        return Outcome.LINE_LOST if isinstance(error, LineLostError) else Outcome.DONE
    except RefusedError as error:
        _mark(mail, MailState.FAILED, str(error))
    except OutcomeUnknownError as error:
        _mark(mail, MailState.UNKNOWN, str(error))
        return Outcome.LINE_LOST
    else:
        _mark(mail, MailState.SENT, sent_at=timezone.now())
    return Outcome.DONE


def give_up_stale_claims() -> None:
    """Make claims of workers that are gone unknown: whether those mails went out cannot be known."""
    stale = timezone.now() - timedelta(seconds=settings.MAIL_CLAIM_SECONDS)
    for mail in OutgoingMail.objects.filter(state=MailState.CLAIMED, claimed_at__lt=stale):
        _mark(mail, MailState.UNKNOWN, _("The portal stopped while it was sending."))


def sweep() -> int:
    """Send everything that waits and is due, over one connection; return how many were tried.

    Ends early when the server cannot be reached, or lets the line drop again and again: the rest waits for the next
    sweep, untried.
    """
    give_up_stale_claims()
    due = OutgoingMail.objects.filter(state=MailState.PENDING, not_before__lte=timezone.now())
    ids = list(due.order_by("created_at", "pk").values_list("pk", flat=True)[:SWEEP_MAILS])
    if not ids:
        return 0
    tried, lost, limit = 0, 0, time.monotonic() + SWEEP_SECONDS
    connection = get_connection()
    try:
        for mail_id in ids:
            outcome = deliver(mail_id, connection)
            tried += outcome is not Outcome.NOT_MINE
            lost += outcome is Outcome.LINE_LOST
            if outcome is Outcome.NO_SERVER or lost >= LOST_LINES or time.monotonic() > limit:
                break
    finally:
        connection.close()
    return tried


def send_again(*, mail: OutgoingMail, by: User) -> bool:
    """Send a refused or unknown mail once more, as a person decided (the caller has checked that they may).

    The same row waits again, with the same Message-ID, so that a reader's mail program can tell that a second copy is
    the same mail; who asked for it stands in its log. False if it is not refused or unknown any more.
    """
    again = OutgoingMail.objects.filter(pk=mail.pk, state__in=(MailState.FAILED, MailState.UNKNOWN)).update(
        state=MailState.PENDING, not_before=timezone.now(), attempts=0, error="", log=_note(mail, "again", str(by))
    )
    if again:
        send_soon([mail.pk])
    return bool(again)


def take_back(mail_id: int) -> bool:
    """Delete a mail that has not gone out, so that a newer one can take its place; call it inside a transaction.

    It is claimed first, so that nobody sends it meanwhile. False if somebody has it already.
    """
    taken = OutgoingMail.objects.filter(pk=mail_id, state=MailState.PENDING).update(
        state=MailState.CLAIMED, claimed_at=timezone.now()
    )
    if taken:
        OutgoingMail.objects.filter(pk=mail_id).delete()
    return bool(taken)
