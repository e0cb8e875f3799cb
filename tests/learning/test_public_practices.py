"""Published practices are there for everybody; nothing else of a practice is."""

from __future__ import annotations

import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aoce.common.files import may_view
from learning.models import GoodPractice, PracticePhoto
from learning.papers import render_paper
from learning.services import contacts, remarks
from learning.services import practices as services
from partners.actors import Actor
from partners.enums import Role
from partners.models import Network, Partner, SubTheme
from tests.learning.factories import GoodPracticeFactory
from tests.learning.test_practices import WRITTEN, photo
from tests.partners.factories import SubThemeFactory, ThemeFactory, actor_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def sub_theme(network: Network) -> SubTheme:
    return SubThemeFactory(theme=ThemeFactory(network=network), name="Rules for all")


@pytest.fixture
def expert(network: Network) -> Actor:
    return Actor(None, network.pk, frozenset({Role.LEAD_EXPERT}))


def writer(city: Partner) -> Actor:
    only = frozenset({city.pk})
    return Actor(None, city.network_id, frozenset({Role.COORDINATOR}), only, only)


def make(city: Partner, sub_theme: SubTheme, name: str, **fields: str) -> GoodPractice:
    return GoodPracticeFactory(owner=city, name=name, sub_themes=[sub_theme], **WRITTEN, **fields)


def publish(practice: GoodPractice, expert: Actor) -> None:
    services.submit(actor=writer(practice.owner), practice=practice)
    services.approve(actor=expert, practice=practice)


def test_nothing_unpublished_leaks(network: Network, sub_theme: SubTheme, expert: Actor) -> None:
    city, other = network.partners.get(slug="gdansk"), network.partners.get(slug="bb")
    shown = make(city, sub_theme, "Shown", contact="jan@secret.example", note="SECRET note")
    first = services.add_photo(actor=writer(city), practice=shown, upload=photo(), alt="Two at a table")
    publish(shown, expert)
    remarks.add(actor=writer(other), practice=shown, kind="lesson", text="SECRET remark")
    contacts.ask(actor=writer(other), practice=shown, partner=other, message="SECRET question")
    # Its city writes a new version, with another photo and another theme: all of it waits.
    services.step(actor=writer(city), practice=shown, name="revise")
    secret = SubThemeFactory(theme=sub_theme.theme, name="SECRET theme")
    values = {name: f"SECRET {name}" for name in (*services.TEXTS, "name")} | {"links": "https://secret.example"}
    services.save(actor=writer(city), practice=shown, values=values, sub_themes=[secret], read_version=shown.version)
    second = services.add_photo(actor=writer(city), practice=shown, upload=photo(), alt="SECRET photo")
    PracticePhoto.objects.filter(pk=first.pk).update(alt="SECRET words")
    # And these were never published, or not any more.
    waiting = make(city, sub_theme, "SECRET waiting")
    services.submit(actor=writer(city), practice=waiting)
    draft = make(city, sub_theme, "SECRET draft")
    gone = make(city, sub_theme, "SECRET gone")
    publish(gone, expert)
    services.withdraw(actor=expert, practice=gone, comment="SECRET reason")
    client = Client()
    listed = reverse("public_practices:list", kwargs={"slug": network.slug})
    page = reverse("public_practices:detail", kwargs={"slug": network.slug, "practice": shown.slug})
    for url in (listed, f"{listed}?q=secret", page, reverse("public:network", kwargs={"slug": network.slug})):
        text = client.get(url).content.decode()
        assert "SECRET" not in text, url
        assert "secret.example" not in text, url
    text = client.get(page).content.decode()
    for words in ("Shown", "Begin small.", "Rules for all", "Two at a table", city.name):
        assert words in text
    assert [row.slug for row in client.get(listed).context["page"]] == [shown.slug]
    for hidden in (waiting, draft, gone):
        url = reverse("public_practices:detail", kwargs={"slug": network.slug, "practice": hidden.slug})
        assert client.get(url).status_code == 404
    kwargs = {"slug": network.slug, "practice": shown.slug}
    statuses = []
    for one in (first, second):
        answer = client.get(reverse("public_practices:photo", kwargs={**kwargs, "pk": one.pk}))
        statuses.append(answer.status_code)
        answer.getvalue()
    assert statuses == [200, 404]
    elsewhere = reverse("public_practices:photo", kwargs={**kwargs, "practice": draft.slug, "pk": first.pk})
    assert client.get(elsewhere).status_code == 404


def test_list_is_searched_in_the_same_few_queries(network: Network, sub_theme: SubTheme, expert: Actor) -> None:
    city, client = network.partners.get(slug="gdansk"), Client()
    url = reverse("public_practices:list", kwargs={"slug": network.slug})
    counts = []
    for n in range(3):
        publish(make(city, sub_theme, f"Garden {chr(97 + n) * 3}"), expert)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 12

    def names(query: str) -> list[str]:
        return [row.published["name"] for row in client.get(f"{url}?{query}").context["page"]]

    assert names("q=garden+bbb") == ["Garden bbb"]
    assert names("city=gdansk") == ["Garden aaa", "Garden bbb", "Garden ccc"]
    assert names("city=outside") == names("city=bb") == []


def test_catalogue_has_contents_and_indexes_of_what_is_published(
    network: Network, sub_theme: SubTheme, expert: Actor
) -> None:
    city = network.partners.get(slug="gdansk")
    shown = make(city, sub_theme, "Shown")
    services.add_photo(actor=writer(city), practice=shown, upload=photo(), alt="Two at a table")
    publish(shown, expert)
    make(city, sub_theme, "SECRET draft")
    asks, other = (person(network, Role.COORDINATOR, city) for _n in range(2))
    file = render_paper(user_id=asks.pk, network_id=network.pk, code="catalogue", asked={}, language="en")
    with file.file.open("rb") as opened, pypdfium2.PdfDocument(opened.read()) as pdf:
        pages = [page.get_textpage().get_text_range() for page in pdf]
    assert "Good Practice Catalogue" in pages[0]
    assert "Shown, Gdańsk" in pages[1]
    assert "Two at a table" in pages[2]
    assert "Index by theme" in pages[3]
    assert "Rules for all" in pages[3]
    assert "SECRET" not in "".join(pages)
    assert may_view(actor_of(asks, network), file)
    assert not may_view(actor_of(other, network), file)
