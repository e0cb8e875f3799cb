"""The matrix: every practice and need in its cell, for those it is shared with."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from learning import policies
from learning.models import GoodPractice, KnowledgeNeed
from learning.selectors import matrix_for
from partners.actors import Actor
from partners.enums import Role
from partners.models import Network, Partner, SubTheme
from tests.learning.factories import GoodPracticeFactory, KnowledgeNeedFactory
from tests.partners.factories import NetworkFactory, PartnerFactory, SubThemeFactory, ThemeFactory, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def network() -> Network:
    return NetworkFactory()


@pytest.fixture
def sub_theme(network: Network) -> SubTheme:
    return SubThemeFactory(theme=ThemeFactory(network=network))


def page(network: Network, role: str = Role.OBSERVER, query: str = "", partner: Partner | None = None) -> str:
    client = Client()
    client.force_login(person(network, role, partner))
    return client.get(reverse("learning:matrix", kwargs={"network": network.slug}) + query).content.decode()


def test_cell_says_practice_need_or_both(network: Network, sub_theme: SubTheme) -> None:
    cities = [PartnerFactory(network=network) for _ in range(4)]
    GoodPracticeFactory(owner=cities[0], sub_themes=[sub_theme])
    GoodPracticeFactory(owner=cities[1], sub_themes=[sub_theme])
    KnowledgeNeedFactory(partner=cities[1], sub_theme=sub_theme)
    KnowledgeNeedFactory(partner=cities[2], sub_theme=sub_theme)
    GoodPracticeFactory(owner=None, network=network, place="Espoo", sub_themes=[sub_theme])
    matrix = matrix_for(Actor.system(network.pk), network)
    line = matrix.themes[0][1][0]
    assert [cell.state for cell in line.cells] == ["practice", "both", "need", "none"]
    assert [p.place for p in line.outside] == ["Espoo"]
    assert (matrix.practices, matrix.needs) == (3, 2)
    text = page(network)
    for words in ("Practice and need", "Espoo", cities[3].name):
        assert words in text


def test_city_view_and_filter(network: Network, sub_theme: SubTheme) -> None:
    first, second = PartnerFactory(network=network), PartnerFactory(network=network)
    mine = GoodPracticeFactory(owner=first, sub_themes=[sub_theme])
    yours = GoodPracticeFactory(owner=second, sub_themes=[sub_theme])
    assert all(p.name in page(network, query="?by=city") for p in (mine, yours))
    for by in ("", "&by=city"):
        text = page(network, query=f"?city={first.slug}{by}")
        assert (mine.name in text, yours.name in text) == (True, False)
    assert yours.name in page(network, query="?city=nowhere")


def test_matrix_of_aoce_is_table_1() -> None:
    from django.conf import settings

    call_command("load_network", str(settings.BASE_DIR / "data/networks/aoce.yaml"), verbosity=0)
    aoce = Network.objects.get(slug="aoce")
    matrix = matrix_for(Actor.system(aoce.pk), aoce)
    assert (len(matrix.themes), len(matrix.partners), matrix.needs) == (4, 9, 52)
    cells = [cell for _t, lines in matrix.themes for line in lines for cell in line.cells]
    assert len(cells) == 16 * 9
    assert sum(len(c.practices) for c in cells) + len(matrix.outside()) == sum(
        p.sub_themes.count() for p in GoodPractice.objects.all()
    )
    assert len(matrix.outside()) == 4
    assert KnowledgeNeed.objects.count() == 52


def test_practice_page_names_who_needs_it(network: Network, sub_theme: SubTheme) -> None:
    owner, asking = PartnerFactory(network=network), PartnerFactory(network=network)
    practice = GoodPracticeFactory(owner=owner, sub_themes=[sub_theme], summary="Two colleagues do it together.")
    KnowledgeNeedFactory(partner=asking, sub_theme=sub_theme)
    client = Client()
    client.force_login(person(network, Role.OBSERVER))
    url = reverse("learning:practice", kwargs={"network": network.slug, "slug": practice.slug})
    text = client.get(url).content.decode()
    for words in (practice.name, practice.summary, owner.name, asking.name, sub_theme.name):
        assert words in text
    far = GoodPracticeFactory()
    assert (
        client.get(reverse("learning:practice", kwargs={"network": network.slug, "slug": far.slug})).status_code == 404
    )


def test_adhoc_expert_is_refused_the_matrix_and_does_not_see_practices(network: Network) -> None:
    practice = GoodPracticeFactory(owner=PartnerFactory(network=network))
    client = Client()
    client.force_login(person(network, Role.ADHOC_EXPERT))
    found = {
        name: client.get(reverse(f"learning:{name}", kwargs={"network": network.slug, **kwargs})).status_code
        for name, kwargs in (("matrix", {}), ("practice", {"slug": practice.slug}))
    }
    assert found == {"matrix": 403, "practice": 404}


def test_queryset_and_policy_agree(network: Network, sub_theme: SubTheme) -> None:
    for where in (network, NetworkFactory()):
        city = PartnerFactory(network=where)
        GoodPracticeFactory(owner=city)
        KnowledgeNeedFactory(partner=city, sub_theme=sub_theme)
    actors = [Actor(1, network.pk, roles=frozenset({r})) for r in Role.values]
    actors += [Actor(1, network.pk), Actor.system(network.pk)]
    actors.append(Actor(1, network.pk, roles=frozenset({Role.ADHOC_EXPERT, Role.OBSERVER})))
    for actor in actors:
        for model, may in ((GoodPractice, policies.can_view_practice), (KnowledgeNeed, policies.can_view_need)):
            assert set(model.objects.visible_to(actor)) == {o for o in model.objects.all() if may(actor, o)}, actor


@pytest.mark.parametrize("query", ["", "?by=city"])
def test_matrix_takes_the_same_few_queries_at_one_and_three_rows(network: Network, query: str) -> None:
    theme = ThemeFactory(network=network)
    client = Client()
    client.force_login(person(network, Role.LEAD_PARTNER))
    counts = []
    for _round in range(3):
        city, sub = PartnerFactory(network=network), SubThemeFactory(theme=theme)
        GoodPracticeFactory(owner=city, sub_themes=[sub])
        KnowledgeNeedFactory(partner=city, sub_theme=sub)
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("learning:matrix", kwargs={"network": network.slug}) + query)
        counts.append(len(found))
    assert counts[0] == counts[2]
    assert counts[2] <= 12
