"""Mails about local reports: to whoever checks them, and to whoever writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from aoce.common import mail
from meetings.models import UlgReport
from partners.enums import Role
from partners.models import Membership, User

if TYPE_CHECKING:
    from partners.actors import Actor


def _people(report: UlgReport, role: str, partner_id: int | None = None) -> QuerySet[User]:
    rows = Membership.objects.live().filter(network=report.meeting.partner.network_id, role=role)
    if partner_id is not None:
        rows = rows.filter(partner=partner_id)
    return User.objects.filter(memberships__in=rows).distinct()


def checkers(report: UlgReport) -> QuerySet[User]:
    """Return who checks it."""
    return _people(report, Role.LEAD_PARTNER)


def owners(report: UlgReport) -> QuerySet[User]:
    """Return who writes it."""
    return _people(report, Role.COORDINATOR, report.meeting.partner_id)


def tell(
    *,
    report: UlgReport,
    people: QuerySet[User],
    template: str,
    actor: Actor,
    comment: str = "",
    points: list[dict[str, str]] | None = None,
) -> None:
    """Write a mail to each of these people but the one who acts: ``submitted``, ``returned``, ``accepted``."""
    partner = report.meeting.partner
    network = partner.network
    path = reverse("meetings:ulg_detail", kwargs={"network": network.slug, "pk": report.pk})
    person = User.objects.filter(pk=actor.user_id).first()
    for user in people.exclude(pk=actor.user_id):
        mail.queue(
            to_user=user,
            network=network,
            purpose=template,
            template=template,
            context={
                "title": str(report.meeting),
                "party": partner.name,
                "url": settings.SITE_URL + path,
                "comment": comment.strip(),
                "points": points or [],
                "person": str(person or ""),
            },
        )
