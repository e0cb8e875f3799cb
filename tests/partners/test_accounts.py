"""Signing in by password and by code, telling nobody who has an account; where people land."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from aoce.common.models import OutgoingMail
from partners.enums import Role
from partners.models import Network, User
from tests.partners.factories import PASSWORD, MembershipFactory, NetworkFactory, PartnerFactory, UserFactory, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def network() -> Network:
    return NetworkFactory()


@pytest.fixture
def user(network: Network) -> User:
    return person(network, Role.OBSERVER, email="ewa@city.example", language="nl")


def login(client: Client, email: str, password: str) -> int:
    return client.post(reverse("account_login"), {"login": email, "password": password}).status_code


def test_sign_in_by_password_ignores_the_case_of_the_address(user: User) -> None:
    client = Client()
    assert login(client, "EWA@city.example", PASSWORD) == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_wrong_password_and_unknown_address_get_the_same_answer(user: User) -> None:
    texts = []
    for email in (user.email, "nobody@city.example"):
        client = Client()
        response = client.post(reverse("account_login"), {"login": email, "password": "wrong-one-here"})
        assert "_auth_user_id" not in client.session
        text = response.content.decode().replace(email, "…")
        texts.append(re.sub(r'(csrfmiddlewaretoken" value=)"[^"]*"', r"\1", text))
    assert texts[0] == texts[1]


def test_sign_in_by_mailed_code(user: User, django_capture_on_commit_callbacks: pytest.FixtureRequest) -> None:
    client = Client()
    with django_capture_on_commit_callbacks():
        response = client.post(reverse("account_request_login_code"), {"email": user.email})
    assert response.url == reverse("account_confirm_login_code")
    mail = OutgoingMail.objects.get(purpose="account_login_code")
    assert (mail.to, mail.language, mail.network) == (user.email, "nl", None)
    code = mail.subject.split()[0]
    assert code in mail.body_text
    assert code in mail.body_html
    assert client.post(reverse("account_confirm_login_code"), {"code": "wrong"}).status_code == 200
    response = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert (response.status_code, client.session["_auth_user_id"]) == (302, str(user.pk))


def test_code_for_an_unknown_address_looks_the_same_and_sends_nothing(user: User) -> None:
    places = []
    for email in (user.email, "nobody@city.example"):
        response = Client().post(reverse("account_request_login_code"), {"email": email})
        places.append((response.status_code, response.url))
    assert places[0] == places[1]
    assert [m.to for m in OutgoingMail.objects.all()] == [user.email]


def test_new_password_by_mail(user: User) -> None:
    client = Client()
    for email in (user.email, "nobody@city.example"):
        assert client.post(reverse("account_reset_password"), {"email": email}).url == reverse(
            "account_reset_password_done"
        )
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.purpose) == (user.email, "account_password_reset")
    path = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.body_text)[1]
    response = client.get(path, follow=True)
    new = {"password1": "other unusual words", "password2": "other unusual words"}
    assert client.post(response.request["PATH_INFO"], new).status_code == 302
    user.refresh_from_db()
    assert user.check_password("other unusual words")


def test_nobody_signs_up() -> None:
    response = Client().get(reverse("account_signup"))
    assert "by invitation" in response.content.decode()
    Client().post(reverse("account_signup"), {"email": "new@city.example", "password1": PASSWORD})
    assert User.objects.count() == 0


def test_too_many_tries_get_our_page(user: User) -> None:
    client = Client()
    statuses = [client.post(reverse("account_login"), {"login": user.email, "password": f"{n}"}) for n in range(40)]
    last = statuses[-1]
    assert last.status_code == 429 or "Too many failed" in last.content.decode()


def test_second_factor_and_email_pages_open(user: User) -> None:
    client = Client()
    login(client, user.email, PASSWORD)
    again = reverse("account_reauthenticate")
    assert client.get(reverse("mfa_activate_totp")).url.startswith(again)
    assert client.post(again, {"password": PASSWORD}).status_code == 302
    for name in ("mfa_index", "account_email", "account_change_password", "mfa_activate_totp", "mfa_list_webauthn"):
        response = client.get(reverse(name))
        assert response.status_code == 200, name
        assert response.content.decode().count("<h1") == 1, name


def test_visitor_gets_the_front_page() -> None:
    text = Client().get("/").content.decode()
    assert reverse("account_login") in text
    assert "no open registration" in text


def test_one_network_opens_by_itself(user: User, network: Network) -> None:
    client = Client()
    client.force_login(user)
    home = reverse("roadmap:home", kwargs={"network": network.slug})
    assert client.get("/").url == home
    assert client.get(reverse("account_pages:networks")).url == home


def test_several_networks_give_a_choice(user: User, network: Network) -> None:
    other = NetworkFactory()
    city = PartnerFactory(network=other)
    MembershipFactory(user=user, network=other, role=Role.COORDINATOR, partner=city)
    far = NetworkFactory()
    client = Client()
    client.force_login(user)
    text = client.get("/").content.decode()
    for one in (network, other):
        assert reverse("roadmap:home", kwargs={"network": one.slug}) in text
    assert city.name in text
    assert far.name not in text


def test_person_in_no_network_is_told_why() -> None:
    client = Client()
    client.force_login(UserFactory())
    assert "not part of a network" in client.get("/").content.decode()


def test_network_of_others_does_not_exist(user: User) -> None:
    far = NetworkFactory()
    client = Client()
    client.force_login(user)
    assert client.get(reverse("partners:list", kwargs={"network": far.slug})).status_code == 404
    MembershipFactory(user=user, network=far, is_active=False)
    assert client.get(reverse("partners:list", kwargs={"network": far.slug})).status_code == 404


def test_visitor_is_asked_to_sign_in_and_comes_back(network: Network) -> None:
    url = reverse("partners:list", kwargs={"network": network.slug})
    assert Client().get(url).url == f"{reverse('account_login')}?next={url}"


def test_profile_is_saved_and_speaks_the_new_language_at_once(user: User) -> None:
    client = Client()
    client.force_login(user)
    url = reverse("account_pages:profile")
    data = {"name": "Ewa N.", "organisation": "City Hall", "language": "en", "time_zone": "Europe/Warsaw"}
    response = client.post(url, data, follow=True)
    assert "Your profile is saved." in response.content.decode()
    user.refresh_from_db()
    assert (user.name, user.organisation, user.language, user.time_zone) == tuple(data.values())
    assert client.post(url, data | {"time_zone": "Mars"}).status_code == 422
    assert client.post(url, data | {"name": ""}).status_code == 422
