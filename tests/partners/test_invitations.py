"""Inviting people, every way it can go."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aoce.common.models import OutgoingMail
from partners.enums import Role
from partners.models import Invitation, Membership, Network, Partner, User
from partners.services import invitations
from partners.services.invitations import InvitationClosedError, InvitationState, Outcome, WrongAccountError
from tests.partners.factories import (
    InvitationFactory,
    MembershipFactory,
    NetworkFactory,
    PartnerFactory,
    UserFactory,
    actor_of,
    person,
)

pytestmark = pytest.mark.django_db
GOOD = {"name": "Ewa Nowak", "language": "nl", "password": "three unusual words"}


@pytest.fixture
def network() -> Network:
    return NetworkFactory()


@pytest.fixture
def lead(network: Network) -> User:
    return person(network, Role.LEAD_PARTNER)


@pytest.fixture
def city(network: Network) -> Partner:
    return PartnerFactory(network=network, time_zone="Europe/Riga")


def page(invitation: Invitation) -> str:
    return reverse("account_pages:invitation", kwargs={"token": invitation.token})


def home(network: Network) -> str:
    return reverse("roadmap:home", kwargs={"network": network.slug})


def test_lead_partner_invites_several_at_once(network: Network, lead: User, city: Partner) -> None:
    client = Client()
    client.force_login(lead)
    member = MembershipFactory(network=network, role=Role.COORDINATOR, partner=city).user
    InvitationFactory(network=network, email="waits@city.example", role=Role.COORDINATOR, partner=city)
    response = client.post(
        reverse("partners:invite", kwargs={"network": network.slug}),
        {
            "emails": f"Ewa <ewa@city.example>, NEW@city.example\n{member.email}; waits@city.example",
            "role": Role.COORDINATOR,
            "partner": city.pk,
            "language": "nl",
        },
        follow=True,
    )
    text = response.content.decode()
    assert "Invited: ewa@city.example, new@city.example" in text
    assert f"{member.email} has this role already" in text
    assert "waits@city.example has an open invitation" in text
    made = Invitation.objects.exclude(email="waits@city.example").order_by("email")
    assert [(i.email, i.role, i.partner, i.invited_by) for i in made] == [
        ("ewa@city.example", Role.COORDINATOR, city, lead),
        ("new@city.example", Role.COORDINATOR, city, lead),
    ]
    mails = OutgoingMail.objects.filter(purpose="invitation")
    assert {(m.to, m.language) for m in mails} == {("ewa@city.example", "nl"), ("new@city.example", "nl")}
    for invitation in made:
        assert page(invitation) in mails.get(to=invitation.email).body_text
        assert page(invitation) in mails.get(to=invitation.email).body_html


def test_wrong_addresses_are_named_and_nobody_is_invited(network: Network, lead: User) -> None:
    client = Client()
    client.force_login(lead)
    url = reverse("partners:invite", kwargs={"network": network.slug})
    data = {"emails": "good@city.example bad@ worse@nowhere", "role": Role.OBSERVER, "language": "en"}
    response = client.post(url, data)
    assert response.status_code == 422
    assert "bad@, worse@nowhere" in response.content.decode()
    assert client.post(url, data | {"emails": "nothing here"}).status_code == 422
    assert Invitation.objects.count() == 0


def test_city_role_needs_a_city(network: Network, lead: User) -> None:
    with pytest.raises(ValidationError):
        invitations.invite(actor=actor_of(lead, network), network=network, emails=["a@b.example"], role=Role.MEMBER)
    client = Client()
    client.force_login(lead)
    data = {"emails": "a@b.example", "role": Role.MEMBER, "language": "en"}
    response = client.post(reverse("partners:invite", kwargs={"network": network.slug}), data)
    assert (response.status_code, "Choose the city" in response.content.decode()) == (422, True)


def test_others_do_not_invite(network: Network) -> None:
    expert = person(network, Role.LEAD_EXPERT)
    with pytest.raises(PermissionDenied):
        invitations.invite(actor=actor_of(expert, network), network=network, emails=["a@b.example"], role=Role.OBSERVER)
    client = Client()
    client.force_login(expert)
    assert client.get(reverse("partners:invite", kwargs={"network": network.slug})).status_code == 403


def test_lead_partner_does_not_invite_into_another_network(network: Network, lead: User) -> None:
    with pytest.raises(PermissionDenied):
        invitations.invite(
            actor=actor_of(lead, network), network=NetworkFactory(), emails=["a@b.example"], role=Role.OBSERVER
        )


def test_new_person_sets_name_language_password_and_is_in(network: Network, city: Partner) -> None:
    invitation = InvitationFactory(
        network=network, email="ewa@city.example", role=Role.MEMBER, partner=city, expires_membership=date(2098, 1, 1)
    )
    client = Client()
    assert client.get(page(invitation)).status_code == 200
    response = client.post(page(invitation), GOOD)
    assert (response.status_code, response.url) == (302, home(network))
    user = User.objects.get(email="ewa@city.example")
    assert (user.name, user.language, user.time_zone) == ("Ewa Nowak", "nl", "Europe/Riga")
    assert user.check_password(GOOD["password"])
    assert user.emailaddress_set.get().verified
    membership = user.memberships.get()
    assert (membership.role, membership.partner, membership.expires) == (Role.MEMBER, city, date(2098, 1, 1))
    assert client.get(reverse("account_pages:profile")).status_code == 200
    invitation.refresh_from_db()
    assert invitations.state_of(invitation) is InvitationState.ACCEPTED


@pytest.mark.parametrize("wrong", [{"password": "short"}, {"password": "ewa@city.example"}, {"name": ""}])
def test_weak_answers_are_told_and_lose_nothing(network: Network, wrong: dict[str, str]) -> None:
    invitation = InvitationFactory(network=network, email="ewa@city.example")
    response = Client().post(page(invitation), GOOD | wrong)
    assert response.status_code == 422
    assert User.objects.filter(email="ewa@city.example").count() == 0
    invitation.refresh_from_db()
    assert invitations.state_of(invitation) is InvitationState.OPEN


def test_person_with_an_account_signs_in_and_joins(network: Network) -> None:
    user = UserFactory(email="Ewa@city.example")
    invitation = InvitationFactory(network=network, email="ewa@city.example", role=Role.LEAD_EXPERT)
    client = Client()
    text = client.get(page(invitation)).content.decode()
    assert f"{reverse('account_login')}?next={page(invitation)}" in text
    assert client.post(page(invitation), GOOD).status_code == 409
    client.force_login(user)
    assert "Join" in client.get(page(invitation)).content.decode()
    assert client.post(page(invitation)).url == home(network)
    assert user.memberships.get().role == Role.LEAD_EXPERT


def test_somebody_else_signed_in_cannot_take_it(network: Network) -> None:
    invitation = InvitationFactory(network=network)
    client = Client()
    client.force_login(UserFactory())
    assert "for another account" in client.get(page(invitation)).content.decode()
    assert client.post(page(invitation), GOOD).status_code == 409
    assert Membership.objects.count() == 0
    with pytest.raises(WrongAccountError):
        invitations.accept_as(invitation=invitation, user=UserFactory())


@pytest.mark.parametrize(
    ("field", "days", "words"),
    [
        ("accepted_at", 0, "was used already"),
        ("revoked_at", 0, "was withdrawn"),
        ("expires_at", -1, "has expired"),
    ],
)
def test_closed_invitation_says_why(network: Network, field: str, days: int, words: str) -> None:
    invitation = InvitationFactory(network=network, **{field: timezone.now() + timedelta(days=days)})
    for ask in (Client().get(page(invitation)), Client().post(page(invitation), GOOD)):
        assert (ask.status_code, words in ask.content.decode()) == (410, True)
    with pytest.raises(InvitationClosedError):
        invitations.accept_as_new(invitation=invitation, **GOOD)
    assert User.objects.filter(email=invitation.email).count() == 0


def test_unknown_token_is_not_found() -> None:
    assert Client().get(reverse("account_pages:invitation", kwargs={"token": "nothing"})).status_code == 404


def test_lead_partner_sends_again_and_revokes(network: Network, lead: User) -> None:
    invitation = InvitationFactory(network=network, expires_at=timezone.now() - timedelta(days=1))
    client = Client()
    client.force_login(lead)
    url = reverse("partners:invitation", kwargs={"network": network.slug, "pk": invitation.pk})
    people = reverse("partners:people", kwargs={"network": network.slug})
    assert "Expired" in client.get(people).content.decode()
    assert client.post(url, {"do": "resend"}).url == people
    invitation.refresh_from_db()
    assert invitations.state_of(invitation) is InvitationState.OPEN
    assert OutgoingMail.objects.filter(to=invitation.email).count() == 1
    client.post(url, {"do": "revoke"})
    invitation.refresh_from_db()
    assert invitations.state_of(invitation) is InvitationState.REVOKED
    assert "was revoked" in client.post(url, {"do": "resend"}, follow=True).content.decode()
    assert OutgoingMail.objects.filter(to=invitation.email).count() == 1
    assert invitation.email not in client.get(people).content.decode()


def test_accepted_invitation_is_neither_sent_again_nor_revoked(network: Network, lead: User) -> None:
    invitation = InvitationFactory(network=network, accepted_at=timezone.now())
    for change in (invitations.resend, invitations.revoke):
        with pytest.raises(InvitationClosedError):
            change(actor=actor_of(lead, network), invitation=invitation)


def test_invitation_of_another_network_does_not_exist(network: Network, lead: User) -> None:
    far = InvitationFactory()
    client = Client()
    client.force_login(lead)
    url = reverse("partners:invitation", kwargs={"network": network.slug, "pk": far.pk})
    assert client.post(url, {"do": "revoke"}).status_code == 404


def test_known_person_gets_the_mail_in_their_language(network: Network, lead: User) -> None:
    UserFactory(email="known@city.example", language="nl")
    done = invitations.invite(
        actor=actor_of(lead, network), network=network, emails=["Known@city.example"], role=Role.OBSERVER, language="en"
    )
    assert [d.outcome for d in done] == [Outcome.INVITED]
    assert OutgoingMail.objects.get().language == "nl"


def test_former_member_can_be_invited_again(network: Network, lead: User) -> None:
    former = MembershipFactory(network=network, is_active=False)
    actor = actor_of(lead, network)
    done = invitations.invite(actor=actor, network=network, emails=[former.user.email], role=former.role)
    assert [d.outcome for d in done] == [Outcome.INVITED]
    invitations.accept_as(invitation=Invitation.objects.get(), user=former.user)
    former.refresh_from_db()
    assert former.is_active
