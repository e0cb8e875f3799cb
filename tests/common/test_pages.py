"""The pages that belong to no network, the frame around every page, and the pages for what went wrong."""

from __future__ import annotations

import gzip
from pathlib import Path
from unittest import mock

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aoce.common.views import errors
from partners.enums import Role
from partners.models import Network, Partner, User
from tests.partners.factories import PASSWORD, MembershipFactory, NetworkFactory, PartnerFactory, person
from tests.test_every_page import faults_of_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def network() -> Network:
    return NetworkFactory()


@pytest.fixture
def cities(network: Network) -> list[Partner]:
    return [PartnerFactory(network=network, position=n, is_lead=n == 2) for n in range(10)]


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def soup_of(client: Client, path: str, **headers: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(path, headers=headers).content.decode(), "html.parser")


def home(network: Network) -> str:
    return reverse("roadmap:home", kwargs={"network": network.slug})


# --- Health, robots, texts ------------------------------------------------------------------------------------------


def test_healthz_asks_the_database_once_and_says_ok(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/healthz/")
    assert (response.status_code, response.json(), len(queries)) == (200, {"status": "ok"}, 1)


def test_healthz_says_503_without_database(client: Client) -> None:
    with mock.patch("aoce.common.views.pages.connection.cursor", side_effect=OperationalError("gone")):
        response = client.get("/healthz/")
    assert (response.status_code, response.json()) == (503, {"status": "no database"})


def test_robots_are_kept_to_the_public_pages(client: Client) -> None:
    assert client.get("/robots.txt").content.decode() == "User-agent: *\nAllow: /public/\nDisallow: /\n"


def test_favicon_is_the_mark(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/svg+xml")
    assert response.content == Path(str(finders.find("img/mark.svg"))).read_bytes()


@pytest.mark.parametrize("name", ["accessibility", "privacy"])
def test_statements_name_an_address_to_write_to(client: Client, name: str) -> None:
    link = soup_of(client, reverse(f"site:{name}")).select_one("main a[href^='mailto:']")
    assert link["href"] == "mailto:portal@localhost"


def test_help_has_a_part_for_each_role(client: Client) -> None:
    heads = [h.get_text() for h in soup_of(client, reverse("site:help")).select("main h2")]
    assert heads == [
        "ULG coordinator",
        "ULG member",
        "Lead Partner",
        "Lead Expert",
        "Observer and ad-hoc expert",
        "Everyone",
    ]


# --- Language -------------------------------------------------------------------------------------------------------


def test_language_is_kept_in_this_browser_for_a_visitor(client: Client) -> None:
    response = client.post(reverse("site:language"), {"language": "nl", "next": "/help/"})
    assert response.url == "/help/"
    assert client.get("/help/").headers["Content-Language"] == "nl"


def test_language_is_kept_with_the_person(network: Network) -> None:
    user = person(network, Role.OBSERVER, language="en")
    client = client_of(user)
    client.post(reverse("site:language"), {"language": "nl", "next": home(network)})
    user.refresh_from_db()
    assert user.language == "nl"
    assert soup_of(client, home(network)).html["lang"] == "nl"


def test_unknown_language_changes_nothing(network: Network) -> None:
    user = person(network, Role.OBSERVER, language="en")
    client = client_of(user)
    client.post(reverse("site:language"), {"language": "xx"})
    user.refresh_from_db()
    assert (user.language, settings.LANGUAGE_COOKIE_NAME in client.cookies) == ("en", False)


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_language_leads_to_no_other_host(client: Client, target: str) -> None:
    assert client.post(reverse("site:language"), {"language": "nl", "next": target}).url == "/"


def test_language_needs_a_post(client: Client) -> None:
    assert client.get(reverse("site:language")).status_code == 405


# --- The frame ------------------------------------------------------------------------------------------------------


def test_mark_has_a_place_for_each_city_and_lights_ones_own(network: Network, cities: list[Partner]) -> None:
    soup = soup_of(client_of(person(network, Role.COORDINATOR, cities[4])), home(network))
    places = [rect["class"] for rect in soup.select(".brand rect")]
    assert places == [["n-here"] if n == 4 else ["n-city"] for n in range(10)]


def test_mark_lights_the_lead_city_for_who_has_none(network: Network, cities: list[Partner]) -> None:
    assert len(cities) == 10
    soup = soup_of(client_of(person(network, Role.LEAD_PARTNER)), home(network))
    assert [n for n, rect in enumerate(soup.select(".brand rect")) if rect["class"] == ["n-here"]] == [2]


def test_masthead_says_who_one_is_and_where(network: Network, cities: list[Partner]) -> None:
    user = person(network, Role.COORDINATOR, cities[4], name="Eszter Kovács")
    soup = soup_of(client_of(user), home(network))
    assert soup.select_one(".whoami").get_text(" ") == f"Eszter Kovács {cities[4].name}, ULG coordinator"
    assert soup.select_one(".brand-name").get_text() == network.name
    assert [a.get_text() for a in soup.select(".site-nav a[aria-current]")] == ["Home"]


def test_masthead_is_plain_for_a_visitor(client: Client) -> None:
    soup = soup_of(client, "/")
    assert soup.select_one(".whoami") is None
    words = [e.get_text(strip=True) for e in soup.select(".site-nav li")]
    assert words == ["Help", "Nederlands", "Sign in"]


def test_switch_network_is_there_for_people_in_two(network: Network) -> None:
    user = person(network, Role.OBSERVER)
    assert "Switch network" not in soup_of(client_of(user), home(network)).get_text()
    MembershipFactory(user=user, network=NetworkFactory())
    assert "Switch network" in soup_of(client_of(user), home(network)).get_text()


def test_footer_leads_to_the_lead_partner(network: Network) -> None:
    Network.objects.filter(pk=network.pk).update(funding_statement="Paid by us all")
    lead = person(network, Role.LEAD_PARTNER)
    soup = soup_of(client_of(person(network, Role.OBSERVER)), home(network))
    links = {a.get_text(): a["href"] for a in soup.select(".colophon a")}
    assert links == {
        "Accessibility statement": "/accessibility/",
        "Privacy": "/privacy/",
        "Write to the Lead Partner": f"mailto:{lead.email}",
    }
    assert soup.select_one(".funding strong").get_text() == "Paid by us all"


def test_first_visit_weighs_less_than_150_kb(client: Client) -> None:
    """As it goes over the wire: the page, its styles and scripts compressed, the two font files as they are."""
    page = client.get(reverse("account_login")).content
    soup = BeautifulSoup(page.decode(), "html.parser")
    paths = [e["href"] for e in soup.select('link[rel="stylesheet"], link[rel="icon"]')]
    paths += [e["src"] for e in soup.select("script[src]")]
    fonts = [f"sofia-sans/files/sofia-sans-{kind}-wght-normal.woff2" for kind in ("latin", "latin-ext")]
    weight = len(gzip.compress(page)) + sum(Path(str(finders.find(f))).stat().st_size for f in fonts)
    for path in paths:
        found = finders.find(path.removeprefix(f"/{settings.STATIC_URL.strip('/')}/"))
        weight += len(gzip.compress(Path(str(found)).read_bytes()))
    assert weight < 150_000


# --- Pages of the account, signed in a moment ago -------------------------------------------------------------------


ACCOUNT_PAGES = {
    "mfa_index": "Two-Factor Authentication",
    "mfa_activate_totp": "Activate Authenticator App",
    "mfa_list_webauthn": "Security Keys",
    "mfa_add_webauthn": "Add Security Key",
    "account_email": "E-mail address",
    "account_change_password": "Change Password",
    "account_logout": "Sign out",
    "account_reauthenticate": "Confirm that it is you",
    "account_reset_password": "Forgotten password",
    "socialaccount_connections": "Account Connections",
}


@pytest.fixture
def signed_in(network: Network) -> Client:
    client, user = Client(), person(network, Role.OBSERVER)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.mark.parametrize(("name", "heading"), ACCOUNT_PAGES.items())
def test_account_page_is_in_the_portals_hand(signed_in: Client, name: str, heading: str) -> None:
    response = signed_in.get(reverse(name))
    text = response.content.decode()
    assert (response.status_code, faults_of_page(text)) == (200, [])
    assert " ".join(BeautifulSoup(text, "html.parser").h1.get_text().split()) == heading


def test_address_waiting_to_be_confirmed_is_shown(signed_in: Client) -> None:
    signed_in.post(reverse("account_email"), {"email": "new@city.example", "action_add": ""})
    text = signed_in.get(reverse("account_email")).content.decode()
    assert faults_of_page(text) == []
    card = BeautifulSoup(text, "html.parser").select_one(".note-card")
    assert "We mailed a link to new@city.example." in card.get_text()


def test_code_page_is_in_the_portals_hand_and_tells_nobody_who_has_an_account(network: Network) -> None:
    user = person(network, Role.OBSERVER)
    texts = []
    for email in (user.email, "nobody@city.example"):
        response = Client().post(reverse("account_request_login_code"), {"email": email}, follow=True)
        assert faults_of_page(response.content.decode()) == []
        soup = BeautifulSoup(response.content.decode(), "html.parser")
        texts.append(soup.main.get_text(" ", strip=True).replace(email, "…"))
    assert texts[0] == texts[1]


def test_used_link_to_a_new_password_says_what_to_do(client: Client) -> None:
    url = reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "x-y"})
    text = client.get(url).content.decode()
    assert faults_of_page(text) == []
    assert BeautifulSoup(text, "html.parser").h1.get_text() == "This link does not work any more"


# --- What goes wrong ------------------------------------------------------------------------------------------------


def test_unknown_address_says_so_in_the_portals_frame(client: Client) -> None:
    response = client.get("/nothing-here/")
    soup = BeautifulSoup(response.content.decode(), "html.parser")
    assert (response.status_code, soup.h1.get_text()) == (404, "This page is not here")
    assert len(soup.select(".nine-broken path")) == 9


def test_error_page_leads_back_to_where_one_came_from(client: Client) -> None:
    soup = soup_of(client, "/nothing-here/", referer="http://testserver/help/?x=1")
    assert soup.select_one("main .btn-primary")["href"] == "/help/?x=1"


@pytest.mark.parametrize("referer", ["http://elsewhere.example/help/", "http://testserver/nothing-here/", "nonsense"])
def test_error_page_leads_to_the_start_otherwise(client: Client, referer: str) -> None:
    assert soup_of(client, "/nothing-here/", referer=referer).select_one("main .btn-primary")["href"] == "/"


@pytest.mark.urls("tests.common.urls_styleguide")
def test_broken_page_needs_no_database() -> None:
    client = Client(raise_request_exception=False)
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/breaks/", headers={"Accept-Language": "nl"})
    soup = BeautifulSoup(response.content.decode(), "html.parser")
    assert (response.status_code, len(queries), len(soup.find_all("h1"))) == (500, 0, 1)
    assert soup.html["lang"] == "nl"
    assert "broken on purpose" not in soup.get_text()


def test_broken_page_stands_without_any_request_context() -> None:
    """As when the very first middleware fails: no user, no session, no language."""
    request = RequestFactory().get("/", headers={"Accept-Language": "en"})
    for view, status in ((errors.server_error, 500), (errors.bad_request, 400), (errors.too_large, 413)):
        response = view(request)
        assert response.status_code == status
        assert len(BeautifulSoup(response.content.decode(), "html.parser").find_all("h1")) == 1


@pytest.mark.urls("tests.common.urls_styleguide")
def test_refused_request_gets_its_page() -> None:
    response = Client(raise_request_exception=False).get("/refuses/")
    assert response.status_code == 400
    assert "could not read this request" in response.content.decode()


def test_too_large_a_request_is_refused_before_it_is_read(client: Client) -> None:
    response = client.post(
        reverse("account_login"), b"x", content_type="text/plain", CONTENT_LENGTH=str(settings.REQUEST_MAX_BYTES + 1)
    )
    assert response.status_code == 413
    assert "too large together" in response.content.decode()


def test_form_open_for_too_long_says_what_to_do() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("account_login"), {"login": "a@b.example", "password": "x"})
    assert response.status_code == 403
    assert "open for too long" in response.content.decode()


def test_too_many_tries_get_429(client: Client) -> None:
    from django.core.cache import cache

    cache.clear()
    for _n in range(30):
        response = client.post(reverse("account_reset_password"), {"email": "nobody@city.example"})
        if response.status_code == 429:
            break
    cache.clear()
    assert response.status_code == 429
    assert "Too many tries" in response.content.decode()
