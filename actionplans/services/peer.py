"""Peer review: a round planned, opened, written, shown; answers thanked for; changes agreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from actionplans import policies
from actionplans.enums import SHARED, RoundState, Subject
from actionplans.models import ActionPlan, AgreedChange, PeerQuestion, PeerReview, ReviewRound, TestingAction
from actionplans.pairing import propose
from actionplans.workflow import ROUND
from aoce.common import mail
from aoce.common.models import SubmittedVersion
from aoce.common.workflow import WrongStateError
from learning.models import KnowledgeNeed
from partners.enums import Role
from partners.models import Membership, Network, Partner, User

if TYPE_CHECKING:
    from aoce.common.models import StatusChange
    from meetings.models import TransnationalMeeting
    from partners.actors import Actor


class NewerReviewError(Exception):
    """Somebody else of the city saved the review since it was read; ``current`` is what stands now."""

    def __init__(self, current: PeerReview) -> None:
        """Keep what stands now."""
        super().__init__("edited by two people")
        self.current = current


def begin(
    *,
    actor: Actor,
    network: Network,
    title: str,
    subject: str,
    each: int,
    reciprocal: str,
    themes: str,
    meeting: TransnationalMeeting | None = None,
) -> ReviewRound:
    """Plan a round: the questions of its kind are kept, and pairs are proposed."""
    if actor.network_id != network.pk or not actor.leads:
        raise PermissionDenied
    asked = PeerQuestion.objects.filter(network=network, subject=subject, is_retired=False)
    with transaction.atomic():
        made = ReviewRound.objects.create(
            network=network,
            meeting=meeting,
            title=title,
            subject=subject,
            each=each,
            reciprocal=reciprocal,
            themes=themes,
            questions=[[one.code, one.label, one.help] for one in asked],
        )
        propose_pairs(actor=actor, round_=made)
    return made


def _must_plan(actor: Actor, round_: ReviewRound) -> None:
    if not policies.can_lead_round(actor, round_):
        raise PermissionDenied
    if round_.state != RoundState.PLANNED:
        raise WrongStateError(_("The cities write already: pairs cannot be changed any more."))


def propose_pairs(*, actor: Actor, round_: ReviewRound) -> None:
    """Propose who reviews whom, in place of what was proposed before."""
    _must_plan(actor, round_)
    cities = list(Partner.objects.filter(network=round_.network_id, is_active=True).values_list("pk", flat=True))
    earlier = ReviewRound.objects.filter(network=round_.network_id).exclude(pk=round_.pk)
    before = earlier.exclude(state=RoundState.PLANNED).first()
    last = set(before.reviews.values_list("reviewer", "reviewed")) if before else set()
    needs: dict[int, set[int]] = {}
    for partner, sub_theme in KnowledgeNeed.objects.filter(partner__in=cities).values_list("partner", "sub_theme"):
        needs.setdefault(partner, set()).add(sub_theme)
    pairs = propose(
        cities, round_.each, last_time=last, reciprocal=round_.reciprocal, themes=round_.themes, needs=needs
    )
    set_pairs(actor=actor, round_=round_, pairs=pairs)


def set_pairs(*, actor: Actor, round_: ReviewRound, pairs: Iterable[tuple[int, int]]) -> None:
    """Write who reviews whom, (reviewer, reviewed) by their ids; no city reviews itself, and none twice the same."""
    _must_plan(actor, round_)
    known = set(Partner.objects.filter(network=round_.network_id, is_active=True).values_list("pk", flat=True))
    wanted = {(one, other) for one, other in pairs if one != other and {one, other} <= known}
    with transaction.atomic():
        for row in round_.reviews.all():
            if (row.reviewer_id, row.reviewed_id) not in wanted:
                row.delete()
        there = set(round_.reviews.values_list("reviewer", "reviewed"))
        PeerReview.objects.bulk_create(
            [PeerReview(round=round_, reviewer_id=a, reviewed_id=b) for a, b in sorted(wanted - there)]
        )


def shared_version(round_: ReviewRound, partner_id: int) -> SubmittedVersion | None:
    """Return what a city handed in last of the kind the round is about; None where it has not."""
    if round_.subject == Subject.PLAN:
        rows = list(ActionPlan.objects.filter(partner=partner_id).values_list("pk", flat=True))
    else:
        testing = TestingAction.objects.filter(partner=partner_id, state__in=SHARED)
        rows = list(testing.values_list("pk", flat=True))
    return SubmittedVersion.objects.filter(kind=round_.subject, object_id__in=rows).order_by("at", "number").last()


def move(*, actor: Actor, round_: ReviewRound, step: str) -> StatusChange:
    """Open a round (each review gets the version it is about), show all reviews at once, or plan it again.

    Opening tells the reviewing cities by mail, showing the reviewed ones.
    """
    with transaction.atomic():
        change = ROUND.apply(actor=actor, obj=round_, name=step)
        if step == "open":
            versions = {
                city: shared_version(round_, city) for city in set(round_.reviews.values_list("reviewed", flat=True))
            }
            for row in round_.reviews.all():
                row.content = versions[row.reviewed_id]
                row.save(update_fields=["content"])
            _tell(round_, round_.reviews.values_list("reviewer", flat=True), actor, shown=False)
        elif step == "show":
            _tell(round_, round_.reviews.values_list("reviewed", flat=True), actor, shown=True)
    return change


def _tell(round_: ReviewRound, cities: Iterable[int], actor: Actor, *, shown: bool) -> None:
    network = Network.objects.get(pk=round_.network_id)
    path = reverse("actionplans:round", kwargs={"network": network.slug, "pk": round_.pk})
    rows = Membership.objects.live().filter(network=network, role=Role.COORDINATOR, partner__in=set(cities))
    for user in User.objects.filter(memberships__in=rows).exclude(pk=actor.user_id).distinct():
        mail.queue(
            to_user=user,
            network=network,
            purpose="peer",
            template="peer",
            context={"title": round_.title, "url": settings.SITE_URL + path, "shown": shown},
        )


def save_review(*, actor: Actor, review: PeerReview, answers: Mapping[str, str], read_version: int) -> PeerReview:
    """Write a review's answers by question code. Raises NewerReviewError, WrongStateError when it is shown already."""
    with transaction.atomic():
        row = PeerReview.objects.select_for_update(of=("self",)).select_related("round").get(pk=review.pk)
        if not policies.can_write_review(actor, row):
            raise PermissionDenied
        if row.round.state != RoundState.OPEN:
            raise WrongStateError(_("Reviews of this round are not written now."))
        kept = {**row.answers, **answers}
        if kept == row.answers:
            return row
        if row.version != read_version:
            raise NewerReviewError(row)
        row.answers = kept
        row.version += 1
        row.updated_by_id = actor.user_id
        row.save()
    return row


def hand_in(*, actor: Actor, review: PeerReview) -> None:
    """Say that a review is complete; it can still be changed until the round is shown."""
    if not policies.can_write_review(actor, review):
        raise PermissionDenied
    review.handed_at = review.handed_at or timezone.now()
    review.save(update_fields=["handed_at"])


def _must_answer(actor: Actor, review: PeerReview) -> None:
    if not policies.can_answer_review(actor, review):
        raise PermissionDenied
    if review.round.state != RoundState.SHOWN:
        raise WrongStateError(_("The reviews of this round are not shown yet."))


def answer(*, actor: Actor, review: PeerReview, thanks: str, replies: Mapping[str, str]) -> None:
    """Thank for a review, and answer its points by question code."""
    _must_answer(actor, review)
    review.thanks = thanks.strip()
    review.replies = {code: text.strip() for code, text in replies.items() if text.strip()}
    review.save(update_fields=["thanks", "replies", "updated_at"])


def agree(*, actor: Actor, review: PeerReview, text: str) -> AgreedChange:
    """Write down something the city will change: it stands with its plan until it is done."""
    _must_answer(actor, review)
    return AgreedChange.objects.create(review=review, text=text.strip()[:300])


def tick(*, actor: Actor, change: AgreedChange, done: bool) -> None:
    """Say that an agreed change is made, or not yet."""
    _must_answer(actor, change.review)
    change.done_at = timezone.now() if done else None
    change.done_by_id = actor.user_id if done else None
    change.save(update_fields=["done_at", "done_by"])
