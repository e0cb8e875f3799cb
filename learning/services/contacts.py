"""Asking for a practice, and saying what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from aoce.common import mail
from learning import policies
from learning.models import GoodPractice, KnowledgeNeed, PracticeContact
from learning.workflow import PRACTICE_CONTACT
from partners.enums import Role
from partners.models import Membership, User

if TYPE_CHECKING:
    from aoce.common.models import StatusChange
    from partners.actors import Actor
    from partners.models import Partner

KIND = PRACTICE_CONTACT.kind


def need_for(partner_id: int, practice: GoodPractice) -> KnowledgeNeed | None:
    """Return the city's open need that this practice could serve."""
    rows = KnowledgeNeed.objects.open().filter(partner=partner_id, sub_theme__in=practice.sub_themes.all())
    return rows.order_by("sub_theme__position", "pk").first()


def ask(*, actor: Actor, practice: GoodPractice, partner: Partner, message: str) -> PracticeContact:
    """Open the contact and write to the coordinators of the asked city (the Lead Expert for a place outside).

    A city asks for a practice once: the contact there already is returned as it is.
    """
    if not policies.can_ask(actor, practice, partner.pk):
        raise PermissionDenied
    with transaction.atomic():
        contact, made = PracticeContact.objects.get_or_create(
            practice=practice,
            partner=partner,
            defaults={
                "network_id": practice.network_id,
                "need": need_for(partner.pk, practice),
                "message": message.strip(),
                "asked_by_id": actor.user_id,
            },
        )
        if made:
            _tell(contact, actor, contact.message)
    return contact


def move(*, actor: Actor, contact: PracticeContact, name: str, comment: str = "") -> StatusChange:
    """Take a step of the contact's way; ``change`` keeps its comment as what was changed. ``again`` writes a mail.

    Raises as ``Workflow.apply``.
    """
    fields = {"changed_what": comment.strip()} if name == "change" else {}
    with transaction.atomic():
        change = PRACTICE_CONTACT.apply(actor=actor, obj=contact, name=name, comment=comment, fields=fields)
        if name == "again":
            _tell(contact, actor, comment.strip() or contact.message)
    return change


def _tell(contact: PracticeContact, actor: Actor, message: str) -> None:
    practice = contact.practice
    rows = Membership.objects.live().filter(network=contact.network_id)
    if practice.owner_id is None:
        rows = rows.filter(role=Role.LEAD_EXPERT)
    else:
        rows = rows.filter(role=Role.COORDINATOR, partner=practice.owner_id)
    network = practice.network
    path = reverse("learning:contact", kwargs={"network": network.slug, "pk": contact.pk})
    person = User.objects.filter(pk=actor.user_id).first()
    for user in User.objects.filter(memberships__in=rows).exclude(pk=actor.user_id).distinct():
        mail.queue(
            to_user=user,
            network=network,
            purpose="practice_asked",
            template="practice_asked",
            context={
                "title": practice.name,
                "party": contact.partner.name,
                "where": practice.where,
                "outside": practice.owner_id is None,
                "message": message,
                "person": str(person or ""),
                "url": settings.SITE_URL + path,
            },
        )
