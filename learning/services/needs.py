"""Learning needs: from a survey's answers or entered directly, confirmed by the city, answered or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aoce.common.workflow import WrongStateError
from learning import policies
from learning.enums import NeedState
from learning.models import Answer, LearningNeed, Survey
from meetings.models import SessionKind
from meetings.services.agenda import save_session

if TYPE_CHECKING:
    from learning.models import GoodPractice
    from meetings.models import Session, TransnationalMeeting
    from partners.actors import Actor
    from partners.models import Partner, SubTheme


class NeedThereAlreadyError(Exception):
    """The city has a need in the same words."""


@dataclass(frozen=True)
class Adoption:
    """A need to be made of answers that say much the same."""

    partner: Partner
    text: str
    sub_theme: SubTheme | None
    answers: Sequence[int]


def adopt(*, actor: Actor, survey: Survey, adoptions: Iterable[Adoption]) -> list[LearningNeed]:
    """Make needs of answers, for the cities to confirm; a need in the same words takes their voices as well."""
    if actor.network_id != survey.network_id or not policies.can_run_surveys(actor):
        raise PermissionDenied
    made = []
    with transaction.atomic():
        for one in adoptions:
            free = Answer.objects.filter(
                question__survey=survey, pk__in=one.answers, need=None, respondent__partner=one.partner
            )
            need, _made = LearningNeed.objects.get_or_create(
                partner=one.partner,
                text=one.text,
                defaults={
                    "network_id": survey.network_id,
                    "sub_theme": one.sub_theme,
                    "meeting_id": survey.meeting_id,
                    "survey": survey,
                    "created_by_id": actor.user_id,
                },
            )
            need.voices += free.update(need=need)
            need.save(update_fields=["voices"])
            made.append(need)
    return made


def save_need(
    *,
    actor: Actor,
    need: LearningNeed | None,
    partner: Partner,
    text: str,
    sub_theme: SubTheme | None,
    meeting: TransnationalMeeting | None,
) -> LearningNeed:
    """Enter a need, or change its words. What a coordinator writes is confirmed; what others write, the city confirms.

    Raises NeedThereAlreadyError when the city has a need in the same words.
    """
    own = partner.pk in actor.coordinated_partner_ids
    may = policies.can_write_needs(actor, partner.pk) if need is None else policies.can_change_need(actor, need)
    if partner.network_id != actor.network_id or not may:
        raise PermissionDenied
    if LearningNeed.objects.filter(partner=partner, text=text).exclude(pk=need.pk if need else None).exists():
        raise NeedThereAlreadyError
    need = need or LearningNeed(network_id=partner.network_id, partner=partner, created_by_id=actor.user_id)
    need.text, need.sub_theme, need.meeting = text, sub_theme, meeting
    if own:
        need.state = NeedState.CONFIRMED
    need.save()
    return need


def confirm(*, actor: Actor, need: LearningNeed) -> None:
    """Make a proposed need the city's own."""
    if not policies.can_confirm_need(actor, need):
        raise PermissionDenied
    if not LearningNeed.objects.filter(pk=need.pk, state=NeedState.PROPOSED).update(state=NeedState.CONFIRMED):
        raise WrongStateError


def remove(*, actor: Actor, need: LearningNeed) -> None:
    """Take a need away; its answers are free to be read again."""
    if not policies.can_change_need(actor, need):
        raise PermissionDenied
    need.delete()


def say_outcome(*, actor: Actor, need: LearningNeed, outcome: str, note: str) -> None:
    """Say whether the need was answered, and by what."""
    if not policies.can_confirm_need(actor, need):
        raise PermissionDenied
    if need.state != NeedState.CONFIRMED:
        raise WrongStateError
    need.outcome, need.outcome_note = outcome, note
    need.save(update_fields=["outcome", "outcome_note"])


def put_on_agenda(
    *, actor: Actor, meeting: TransnationalMeeting, needs: Sequence[LearningNeed], practices: Iterable[GoodPractice]
) -> Session:
    """Make a session of needs that belong together; it remembers them, and its time is still open.

    The cities that own the practices present. Who writes the meeting's agenda may. Raises PermissionDenied.
    """
    first = needs[0]
    if any(need.network_id != meeting.network_id for need in needs):
        raise PermissionDenied
    theme = first.sub_theme
    kinds = SessionKind.objects.filter(network=meeting.network_id)
    kind = kinds.filter(look="workshop").first() or kinds.first()
    if kind is None:
        raise PermissionDenied
    title = theme.name if theme else first.text
    with transaction.atomic():
        session = save_session(
            actor=actor,
            meeting=meeting,
            session=None,
            read_version=None,
            kind=kind,
            title=title[:200],
            day=None,
            start=None,
            end=None,
            place="",
            about="\n".join(f"{need.partner}: {need}" for need in needs)[:4000],
            speakers="\n".join(sorted({practice.place for practice in practices if practice.owner_id is None}))[:2000],
            conclusion="",
            members=[],
            guests=[],
            cities={practice.owner_id for practice in practices if practice.owner_id},
            themes=[theme.theme_id] if theme else [],
            horizontal_themes=[],
        )
        for need in needs:
            need.sessions.add(session)
    return session
