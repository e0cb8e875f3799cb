"""Peer review: who reviews whom, written unseen, shown at once, answered."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from actionplans.enums import RoundState, Subject, Wish
from actionplans.models import AgreedChange, PeerQuestion, PeerReview, ReviewRound, TemplateChapter
from actionplans.pairing import propose
from actionplans.policies import can_view_round
from actionplans.services import peer, plans
from actionplans.workflow import ROUND
from aoce.common.models import OutgoingMail
from aoce.common.workflow import NotAllowedError, WrongStateError
from partners.actors import Actor
from partners.enums import Role
from partners.models import Network, Partner, User
from tests.actionplans.test_plans import client_of, write
from tests.partners.factories import NetworkFactory, PartnerFactory, actor_of, person


@pytest.fixture
def network() -> Network:
    network = NetworkFactory()
    for n, name in enumerate(("Genk", "Banská Bystrica", "Iași", "Aarhus")):
        PartnerFactory(network=network, name=name, slug=f"city-{n}", position=n)
    PeerQuestion.objects.create(network=network, subject="action_plan", code="strong", label="What is strong?")
    PeerQuestion.objects.create(network=network, subject="testing_action", code="other", label="Something else")
    return network


@pytest.fixture
def expert(network: Network) -> User:
    return person(network, Role.LEAD_EXPERT)


def city(network: Network, n: int) -> Partner:
    return network.partners.get(slug=f"city-{n}")


def planned(network: Network, expert: User, **about: object) -> ReviewRound:
    fields = {"each": 1, "reciprocal": Wish.AVOID, "themes": Wish.ANY, "subject": Subject.PLAN, "title": "Drafts"}
    return peer.begin(actor=actor_of(expert, network), network=network, **{**fields, **about})


# --- Who reviews whom -------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(0, 12),
    each=st.integers(1, 4),
    reciprocal=st.sampled_from(Wish.values),
    themes=st.sampled_from(Wish.values),
)
def test_nobody_reviews_itself_and_the_load_is_even(n: int, each: int, reciprocal: str, themes: str) -> None:
    cities = list(range(100, 100 + n))
    needs = {one: {one % 3, one % 2 + 5} for one in cities}
    pairs = propose(cities, each, reciprocal=reciprocal, themes=themes, needs=needs)
    assert all(one != other for one, other in pairs)
    assert len(pairs) == len(set(pairs)) == n * max(0, min(each, n - 1))
    for side in (0, 1):
        assert len(set(Counter(pair[side] for pair in pairs).values())) <= 1
    assert pairs == propose(cities, each, reciprocal=reciprocal, themes=themes, needs=needs)


@pytest.mark.parametrize("n", [4, 5, 8, 9])
def test_wishes_are_met_where_they_can_be(n: int) -> None:
    cities = list(range(n))
    first = set(propose(cities, 1, reciprocal=Wish.AVOID))
    assert not any((b, a) in first for a, b in first)
    second = set(propose(cities, 1, last_time=first, reciprocal=Wish.AVOID))
    assert not first & second
    both = set(propose(cities, 1, reciprocal=Wish.WANT))
    assert sum((b, a) in both for a, b in both) == n - (3 if n % 2 else 0)
    needs = {one: {one % 2} for one in cities}
    same, differing = (
        propose(cities, 1, themes=wish, reciprocal=Wish.ANY, needs=needs) for wish in (Wish.WANT, Wish.AVOID)
    )
    assert all(a % 2 == b % 2 for a, b in same)
    assert sum(a % 2 == b % 2 for a, b in differing) == n % 2


def hand_in_and_write_on(network: Network, author: Actor) -> None:
    """Let the third city hand in its plan, and write on."""
    TemplateChapter.objects.create(network=network, code="context", label="Context")
    plan = plans.plan_of(city(network, 2))
    write(author, plan, "<p>Handed in.</p>")
    plans.submit(actor=author, plan=plan)
    plans.take_back(actor=author, plan=plan)
    write(author, plan, "<p>Still a draft.</p>")


# --- A round ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_round_is_planned_written_unseen_shown_at_once_and_answered(network: Network, expert: User) -> None:
    writer, author = (person(network, Role.COORDINATOR, city(network, n)) for n in (1, 2))
    hand_in_and_write_on(network, actor_of(author, network))
    boss = client_of(expert)
    rounds = reverse("actionplans:rounds", kwargs={"network": network.slug})
    assert boss.post(rounds, {"title": ""}).status_code == 422
    sent = {
        "title": "CNM5",
        "subject": "action_plan",
        "each": "1",
        "reciprocal": "avoid",
        "themes": "any",
        "meeting": "",
    }
    boss.post(rounds, sent)
    found = ReviewRound.objects.get()
    assert [code for code, _label, _help in found.questions] == ["strong"]
    assert found.reviews.count() == 4
    url = reverse("actionplans:round", kwargs={"network": network.slug, "pk": found.pk})
    desk, desk_of_author = client_of(writer), client_of(author)
    assert desk.get(url).status_code == 404  # still being planned
    pairs = {f"of-{city(network, a).pk}": city(network, b).pk for a, b in ((1, 2), (2, 1), (0, 3), (3, 0))}
    boss.post(url, {"do": "pairs", **pairs, f"of-{city(network, 3).pk}": [city(network, 0).pk, city(network, 3).pk]})
    assert set(found.reviews.values_list("reviewer__slug", "reviewed__slug")) == {
        ("city-1", "city-2"),
        ("city-2", "city-1"),
        ("city-0", "city-3"),
        ("city-3", "city-0"),
    }
    boss.post(url, {"do": "open"})
    assert OutgoingMail.objects.filter(purpose="peer", to=writer.email).exists()
    review = found.reviews.get(reviewer__slug="city-1")
    assert review.content is not None
    page = reverse("actionplans:review", kwargs={"network": network.slug, "pk": review.pk})
    text = desk.get(page).content.decode()
    assert "Handed in." in text
    assert "Still a draft." not in text
    saved = desk.post(page, {"do": "autosave", "strong": "The vision", "read_version": 1}).json()
    assert saved["version"] == 2
    torn = desk.post(page, {"do": "save", "strong": "Something else", "read_version": 1})
    assert torn.status_code == 409
    assert "The vision" in torn.content.decode()
    desk.post(page, {"do": "hand_in", "strong": "The vision", "read_version": 2})
    review.refresh_from_db()
    assert review.handed_at is not None
    assert desk_of_author.get(page).status_code == 403
    assert "The vision" not in desk_of_author.get(url).content.decode()
    boss.post(url, {"do": "show"})
    assert OutgoingMail.objects.filter(purpose="peer", to=author.email).count() == 2
    assert "The vision" in desk_of_author.get(url).content.decode()
    assert desk.post(page, {"do": "save", "strong": "Too late", "read_version": 3}).status_code == 409
    desk_of_author.post(page, {"do": "answer", "thanks": "Thank you", "reply-strong": "It took long"})
    desk_of_author.post(page, {"do": "agree", "text": "Name who is missing"})
    desk_of_author.post(page, {"do": "agree", "text": " "})
    change = AgreedChange.objects.get()
    desk_of_author.post(page, {"do": f"done-{change.pk}"})
    change.refresh_from_db()
    assert change.done_by == author
    assert "It took long" in desk.get(page).content.decode()
    assert desk.post(page, {"do": "answer", "thanks": "Mine"}).status_code == 403
    actions = reverse("actionplans:plan_actions", kwargs={"network": network.slug, "city": "city-2"})
    assert "Name who is missing" in desk_of_author.get(actions).content.decode()


@pytest.mark.django_db
def test_a_second_round_does_not_repeat_the_pairs_of_the_first(network: Network, expert: User) -> None:
    first = planned(network, expert)
    peer.move(actor=actor_of(expert, network), round_=first, step="open")
    second = planned(network, expert)
    pairs = [set(one.reviews.values_list("reviewer", "reviewed")) for one in (first, second)]
    assert not pairs[0] & pairs[1]
    before = second.reviews.first()
    peer.propose_pairs(actor=actor_of(expert, network), round_=second)
    assert second.reviews.first() == before  # the same proposal keeps its rows


@pytest.mark.django_db
def test_every_role_and_state_of_a_round(network: Network, expert: User) -> None:
    people = {
        "expert": expert,
        "lead": person(network, Role.LEAD_PARTNER),
        "coordinator": person(network, Role.COORDINATOR, city(network, 0)),
        "member": person(network, Role.MEMBER, city(network, 0)),
        "observer": person(network, Role.OBSERVER),
        "adhoc": person(network, Role.ADHOC_EXPERT),
    }
    round_ = planned(network, expert)
    for state, (name, user) in product(RoundState.values, people.items()):
        ReviewRound.objects.filter(pk=round_.pk).update(state=state)
        round_.refresh_from_db()
        viewer = actor_of(user, network)
        assert ReviewRound.objects.visible_to(viewer).exists() == can_view_round(viewer, round_), (state, name)
        for step in ROUND.transitions:
            if name not in ("expert", "lead"):
                with pytest.raises(NotAllowedError):
                    ROUND.check(viewer, round_, step.name)
            elif state not in step.sources:
                with pytest.raises(WrongStateError):
                    ROUND.check(viewer, round_, step.name)
            else:
                ROUND.check(viewer, round_, step.name)


@pytest.mark.django_db
def test_pairs_are_fixed_once_cities_write_and_no_city_reviews_itself(network: Network, expert: User) -> None:
    round_, actor = planned(network, expert), actor_of(expert, network)
    review = round_.reviews.first()
    assert review is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        PeerReview.objects.filter(pk=review.pk).update(reviewed=review.reviewer)
    with pytest.raises(PermissionDenied):
        peer.set_pairs(actor=Actor(None, network.pk), round_=round_, pairs=[])
    peer.move(actor=actor, round_=round_, step="open")
    with pytest.raises(WrongStateError):
        peer.propose_pairs(actor=actor, round_=round_)
    peer.move(actor=actor, round_=round_, step="plan_again")
    peer.set_pairs(actor=actor, round_=round_, pairs=[(review.reviewer_id, review.reviewed_id)])
    assert list(round_.reviews.values_list("pk", flat=True)) == [review.pk]
