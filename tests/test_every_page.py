"""Every page as everyone who has it, with real data: valid HTML, one h1, a title, few queries, no inline code."""

from __future__ import annotations

import re

import html5lib
import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.access import OUTSIDE, PAGES, Page
from tests.test_access_matrix import address, outside_address
from tests.world import World

pytestmark = pytest.mark.django_db

QUERY_BUDGET = 12
SHOWN = [page for page in PAGES if page.method == "GET"]
#: The sprite's ids are referred to, and SVG's own attributes are not HTML's; html5lib knows both. Nothing is excepted.
IGNORED_ERRORS: frozenset[str] = frozenset()


def html_errors(text: str) -> list[str]:
    """Return the parse errors of the HTML standard's own algorithm."""
    parser = html5lib.HTMLParser()
    parser.parse(text)
    return [f"{position}: {code} {details}" for position, code, details in parser.errors if code not in IGNORED_ERRORS]


def faults_of_page(text: str) -> list[str]:
    """Return what is wrong with a page's markup, in words."""
    soup = BeautifulSoup(text, "html.parser")
    faults = html_errors(text)
    if len(soup.find_all("h1")) != 1:
        faults.append(f"{len(soup.find_all('h1'))} h1")
    if not soup.title or not re.search(r"\S.* \| \S", soup.title.get_text()):
        faults.append("no title before the network's name")
    if not soup.html or not soup.html.get("lang"):
        faults.append("no language")
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    faults += [f"id {name} twice" for name in {i for i in ids if ids.count(i) > 1}]
    faults += [f"inline style: {tag.name}" for tag in soup.find_all(style=True) if not tag.find_parent("svg")]
    faults += ["style element" for tag in soup.find_all("style") if not tag.find_parent("svg")]
    for script in soup.find_all("script"):
        is_data = script.get("type") == "application/json"
        if not script.get("src") and not script.get("nonce") and not is_data:
            faults.append("inline script")
    for tag in soup.find_all(lambda _tag: True):
        faults += [f"{name} on {tag.name}" for name in tag.attrs if name.startswith("on")]
        faults += [
            f"{tag.name} from another host: {tag[name]}"
            for name in ("src", "srcset")
            if re.match(r"(https?:)?//", tag.get(name, ""))
        ]
    for control in soup.select("input:not([type=hidden]):not([type=submit]), select, textarea"):
        labelled = control.get("aria-label") or control.get("aria-labelledby") or control.find_parent("label")
        if not labelled and not (control.get("id") and soup.find("label", attrs={"for": control["id"]})):
            faults.append(f"no label: {control.get('name')}")
    return faults


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.name)
def test_page_is_sound_for_everyone_who_has_it(page: Page, world: World) -> None:
    url = address(page, world)
    for name in page.ok.split():
        client = Client()
        client.force_login(world.people[name])
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
        if response.status_code >= 300 or not response.headers["Content-Type"].startswith("text/html"):
            response.getvalue()  # A file is read to its end: closing it would close the connection of the test.
            continue
        assert faults_of_page(response.content.decode()) == [], (page.name, name)
        statements = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        assert len(statements) <= QUERY_BUDGET, (page.name, name, statements)
        assert "HX-Request" in response.headers["Vary"]
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy


@pytest.mark.parametrize("route", sorted(OUTSIDE))
def test_page_outside_of_networks_is_sound(route: str, world: World) -> None:
    for person in (None, world.people["lead_partner"]):
        client = Client()
        if person:
            client.force_login(person)
        response = client.get(outside_address(route, world))
        if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
            assert faults_of_page(response.content.decode()) == [], route
