"""A city keeps its own row of the matrix; what became of its needs stays to be read, and all of it goes on paper."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pypdf
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from aoce.common.workflow import WrongStateError
from learning.models import KnowledgeNeed, LearningNeed
from learning.selectors import history_of, matrix_for
from learning.services import matrix as services
from learning.services.matrix_pdf import render_matrix
from learning.services.needs import NeedThereAlreadyError
from partners.actors import Actor
from partners.enums import Role
from partners.models import Network, Partner, SubTheme
from roadmap.models import Period
from tests.learning.factories import GoodPracticeFactory, KnowledgeNeedFactory
from tests.partners.factories import SubThemeFactory, ThemeFactory, person

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 3, 5)


@pytest.fixture
def city(network: Network) -> Partner:
    return network.partners.get(slug="gdansk")


@pytest.fixture
def sub_theme(network: Network) -> SubTheme:
    return SubThemeFactory(theme=ThemeFactory(network=network), name="Participatory budget")


def coordinator(city: Partner) -> Actor:
    only = frozenset({city.pk})
    return Actor(None, city.network_id, frozenset({Role.COORDINATOR}), only, only)


def signed_in(network: Network, role: str, partner: Partner | None = None) -> Client:
    client = Client()
    client.force_login(person(network, role, partner))
    return client


def test_coordinator_adds_a_need_and_sees_who_can_help(network: Network, city: Partner, sub_theme: SubTheme) -> None:
    helper = GoodPracticeFactory(owner=network.partners.get(slug="bb"), sub_themes=[sub_theme], name="Ideathon")
    own = GoodPracticeFactory(owner=city, sub_themes=[sub_theme], name="Our own one")
    LearningNeed.objects.create(
        network=network, partner=city, text="Share money", sub_theme=sub_theme, state="confirmed"
    )
    client = signed_in(network, Role.COORDINATOR, city)
    url = reverse("learning:knowledge_need_new", kwargs={"network": network.slug})
    typed = {"partner": city.pk, "sub_theme": sub_theme.pk, "reason": "How to count votes"}
    page = client.post(url, typed, follow=True).content.decode()
    for words in ("How to count votes", helper.name, "Share money"):
        assert words in page
    assert own.name not in page
    need = KnowledgeNeed.objects.get()
    assert (need.partner, need.since, need.reason) == (city, network.today(), "How to count votes")
    assert f"{city} needs this already" in client.post(url, typed).content.decode()
    matrix = matrix_for(Actor.system(network.pk), network)
    assert [c.state for c in matrix.themes[0][1][0].cells if c.partner == city] == ["both"]


def test_need_that_is_met_leaves_the_matrix_and_may_come_again(city: Partner, sub_theme: SubTheme) -> None:
    actor = coordinator(city)
    first = services.add_need(actor=actor, partner=city, sub_theme=sub_theme, reason="Votes", today=DAY)
    with pytest.raises(NeedThereAlreadyError):
        services.add_need(actor=actor, partner=city, sub_theme=sub_theme, reason="", today=DAY)
    services.end_need(actor=actor, need=first, is_met=True, note="A visit", today=DAY)
    with pytest.raises(WrongStateError):
        services.end_need(actor=actor, need=first, is_met=False, note="", today=DAY)
    assert not KnowledgeNeed.objects.open().exists()
    services.add_need(actor=actor, partner=city, sub_theme=sub_theme, reason="More", today=DAY)
    assert KnowledgeNeed.objects.count() == 2
    for other in (Actor(None, city.network_id, frozenset({Role.LEAD_PARTNER})), Actor.system(city.network_id)):
        with pytest.raises(PermissionDenied):
            services.add_need(actor=other, partner=city, sub_theme=sub_theme, reason="", today=DAY)


@time_machine.travel("2024-09-10 10:00Z", tick=False)
def test_history_says_what_became_of_needs_in_each_half_year(
    network: Network, city: Partner, sub_theme: SubTheme
) -> None:
    for slug, start, end in (("a", (2024, 1, 1), (2024, 6, 28)), ("b", (2024, 7, 1), (2024, 12, 31))):
        Period.objects.create(network=network, slug=slug, title=slug, start=dt.date(*start), end=dt.date(*end))
    Period.objects.create(network=network, slug="c", title="c", start=dt.date(2025, 1, 1), end=dt.date(2025, 6, 30))
    theme = sub_theme.theme
    subs = [sub_theme, *(SubThemeFactory(theme=theme) for _ in range(3))]
    rows = [
        (None, dt.date(2024, 6, 30), True),  # in the days between two half-years
        (None, None, False),
        (dt.date(2024, 2, 1), dt.date(2024, 8, 1), False),
        (dt.date(2024, 7, 1), None, False),
    ]
    for sub, (since, ended, is_met) in zip(subs, rows, strict=True):
        KnowledgeNeedFactory(partner=city, sub_theme=sub, since=since, ended_on=ended, is_met=is_met)
    halves = history_of(Actor.system(network.pk), network.today())
    found = [(h.period.slug, len(h.added), len(h.met), len(h.dropped), h.open_at_end) for h in halves]
    assert found == [("b", 1, 0, 1, 2), ("a", 1, 1, 0, 2)]
    url = reverse("learning:matrix_history", kwargs={"network": network.slug})
    page = signed_in(network, Role.LEAD_PARTNER).get(f"{url}?half-year=a").content.decode()
    assert "30 June 2024" in page


def test_matrix_goes_into_a_spreadsheet(network: Network, city: Partner, sub_theme: SubTheme) -> None:
    GoodPracticeFactory(owner=city, sub_themes=[sub_theme], name="=Civic budget")
    KnowledgeNeedFactory(partner=city, sub_theme=sub_theme, reason="How to count")
    GoodPracticeFactory(owner=None, network=network, place="Espoo", name="Open data", sub_themes=[sub_theme])
    url = reverse("learning:matrix_sheet", kwargs={"network": network.slug})
    book = openpyxl.load_workbook(io.BytesIO(signed_in(network, Role.OBSERVER).get(url).content))
    matrix, needs = ([[cell.value for cell in row] for row in book[name].rows] for name in ("Matrix", "Needs"))
    column = matrix[0].index(city.name)
    assert matrix[1][column] == "'=Civic budget\nNeed: How to count"
    assert matrix[1][-1] == "Open data (Espoo)"
    assert needs[1][:3] == [city.name, str(sub_theme), "How to count"]
    assert book["Matrix"].cell(2, column + 1).fill.start_color.rgb == "00FFF8EA"
    book.close()


def test_matrix_is_printed_on_one_tagged_landscape_sheet(network: Network, city: Partner, sub_theme: SubTheme) -> None:
    GoodPracticeFactory(owner=city, sub_themes=[sub_theme], name="Civic budget")
    KnowledgeNeedFactory(partner=city, sub_theme=sub_theme)
    actor = Actor(None, network.pk, frozenset({Role.OBSERVER}))
    document = pypdf.PdfReader(io.BytesIO(render_matrix(actor=actor, network=network, paper="A4", language="en")))
    page = document.pages[0]
    assert len(document.pages) == 1
    assert page.mediabox.width > page.mediabox.height
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    text = page.extract_text()
    for words in ("Civic budget", "Need", city.name):
        assert words in text
    with pytest.raises(PermissionDenied):
        render_matrix(actor=Actor(None, network.pk), network=network, paper="A4", language="en")


def test_loading_again_leaves_ended_needs_and_written_practices_alone() -> None:
    from django.conf import settings

    path = str(settings.BASE_DIR / "data/networks/aoce.yaml")
    call_command("load_network", path, verbosity=0)
    need = KnowledgeNeed.objects.select_related("network").first()
    KnowledgeNeed.objects.filter(pk=need.pk).update(ended_on=DAY, is_met=True)
    practice = need.network.practices.get(slug="duo-jobs")
    practice.summary, practice.version = "In our words.", 1
    practice.save()
    assert not need.network.practices.filter(summary="").exists()
    call_command("load_network", path, verbosity=0)
    practice.refresh_from_db()
    assert (KnowledgeNeed.objects.count(), KnowledgeNeed.objects.open().count()) == (52, 51)
    assert practice.summary == "In our words."
