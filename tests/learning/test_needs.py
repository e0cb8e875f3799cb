"""Learning needs: read out of answers, confirmed by the city, counted, answered or not."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aoce.common.workflow import WrongStateError
from learning import policies
from learning.analysis import minimums_counted, readings_of
from learning.enums import NeedOutcome, NeedState, SurveyState
from learning.models import Answer, LearningNeed, Question, Survey
from learning.services import answering
from learning.services import needs as services
from learning.services.answering import Given
from meetings.models import SessionKind
from partners.enums import Role
from partners.models import Network, Partner
from roadmap.minimums import Count
from tests.learning.factories import GoodPracticeFactory
from tests.meetings.factories import TransnationalMeetingFactory
from tests.partners.factories import NetworkFactory, PartnerFactory, SubThemeFactory, actor_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def network() -> Network:
    network = NetworkFactory(languages=["en"], minimums={"learning_needs": 6})
    PartnerFactory(network=network, name="Gdańsk", slug="gdansk", position=0)
    PartnerFactory(network=network, name="Iași", slug="iasi", position=1)
    return network


def city(network: Network, slug: str = "gdansk") -> Partner:
    """Return one of the cities."""
    return Partner.objects.get(network=network, slug=slug)


def surveyed(network: Network, answers: list[tuple[str, str]]) -> Survey:
    """Return a survey with an answer a person, ``(city, text)`` each."""
    survey = Survey.objects.create(network=network, title={"en": "?"}, code=Survey.free_code(), state=SurveyState.OPEN)
    question = Question.objects.create(survey=survey, text={"en": "How to …"}, most=3)
    for n, (slug, text) in enumerate(answers):
        given = {question.pk: Given([text])}
        answering.answer(survey=survey, key=f"{n:032x}", partner=city(network, slug), language="en", given=given)
    return survey


ANSWERS = [
    ("gdansk", "lead difficult talks"),
    ("gdansk", "leading a difficult talk"),
    ("gdansk", "write clear rules"),
    ("iasi", "lead difficult talks"),
]


def test_answers_are_read_by_city_and_likeness_and_once(network: Network) -> None:
    survey = surveyed(network, ANSWERS)
    found = [(reading.city.name, reading.text, len(reading.answers)) for reading in readings_of(survey)]
    assert found == [
        ("Gdańsk", "lead difficult talks", 2),
        ("Gdańsk", "write clear rules", 1),
        ("Iași", "lead difficult talks", 1),
    ]
    Answer.objects.filter(text="write clear rules").update(is_hidden=True)
    assert len(readings_of(survey)) == 2


def test_lead_expert_adopts_and_the_city_confirms(network: Network, client: Client) -> None:
    survey = surveyed(network, ANSWERS)
    theme = SubThemeFactory(theme__network=network, name="Talks")
    client.force_login(person(network, Role.LEAD_EXPERT))
    url = reverse("learning:needs_adopt", kwargs={"network": network.slug, "pk": survey.pk})
    first, second, _third = readings_of(survey)
    sent = {"adopt": [first.key], f"text-{first.key}": "Lead a difficult talk", f"theme-{first.key}": theme.pk}
    assert "1 need is proposed" in client.post(url, sent, follow=True).content.decode()
    need = LearningNeed.objects.get()
    shown = (need.partner.name, need.text, need.sub_theme, need.voices, need.state)
    assert shown == ("Gdańsk", "Lead a difficult talk", theme, 2, NeedState.PROPOSED)
    assert readings_of(survey)[0].key == second.key
    page = reverse("learning:need", kwargs={"network": network.slug, "pk": need.pk})
    assert client.post(page, {"do": "confirm"}).status_code == 403
    coordinator = Client()
    coordinator.force_login(person(network, Role.COORDINATOR, city(network)))
    coordinator.post(page, {"do": "confirm"})
    coordinator.post(page, {"do": "outcome", "outcome": NeedOutcome.PARTLY, "note": "Workshop of 5 March"})
    need.refresh_from_db()
    assert (need.state, need.outcome, need.outcome_note) == ("confirmed", "partly", "Workshop of 5 March")


def test_need_outlives_its_answers(network: Network) -> None:
    survey = surveyed(network, ANSWERS)
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    reading = readings_of(survey)[0]
    chosen = services.Adoption(reading.city, reading.text, None, [answer.pk for answer in reading.answers])
    services.adopt(actor=lead, survey=survey, adoptions=[chosen])
    survey.respondents.all().delete()
    assert list(LearningNeed.objects.values_list("text", "voices")) == [("lead difficult talks", 2)]


def test_adopting_the_same_words_again_adds_voices_and_no_second_need(network: Network) -> None:
    survey = surveyed(network, ANSWERS)
    lead = actor_of(person(network, Role.LEAD_EXPERT), network)
    first, second, _third = readings_of(survey)
    for reading in (first, second, first):
        answers = [answer.pk for answer in reading.answers]
        chosen = services.Adoption(reading.city, "Talk and rule", None, answers)
        services.adopt(actor=lead, survey=survey, adoptions=[chosen])
    assert list(LearningNeed.objects.values_list("text", "voices")) == [("Talk and rule", 3)]


def test_what_a_coordinator_enters_is_confirmed_and_others_are_refused(network: Network) -> None:
    own, other = city(network), city(network, "iasi")
    actor = actor_of(person(network, Role.COORDINATOR, own), network)
    member = actor_of(person(network, Role.MEMBER, own), network)
    lead = actor_of(person(network, Role.LEAD_PARTNER), network)
    words = {"need": None, "text": "Ask well", "sub_theme": None, "meeting": None}
    need = services.save_need(actor=actor, partner=own, **words)
    assert need.state == NeedState.CONFIRMED
    assert services.save_need(actor=lead, partner=other, **words).state == NeedState.PROPOSED
    for who, where in ((actor, other), (member, own)):
        with pytest.raises(PermissionDenied):
            services.save_need(actor=who, partner=where, **words | {"text": "Something else"})
    with pytest.raises(services.NeedThereAlreadyError):
        services.save_need(actor=actor, partner=own, **words)
    with pytest.raises(PermissionDenied):
        services.remove(actor=lead, need=need)
    with pytest.raises(WrongStateError):
        services.confirm(actor=actor, need=need)
    services.remove(actor=actor, need=need)
    assert list(LearningNeed.objects.values_list("partner__slug", flat=True)) == ["iasi"]


def test_needs_are_counted_for_the_minimum(network: Network) -> None:
    own = city(network)
    actor = actor_of(person(network, Role.COORDINATOR, own), network)
    for n in range(3):
        state = NeedState.CONFIRMED if n else NeedState.PROPOSED
        LearningNeed.objects.create(network=network, partner=own, text=f"Need {n}", state=state)
    pks = [own.pk, city(network, "iasi").pk]
    assert minimums_counted(actor, pks)["learning_needs"] == {pks[0]: Count(2, 1), pks[1]: Count(0, 0)}


def test_page_shows_cities_beside_their_minimum_and_who_could_answer(network: Network, client: Client) -> None:
    theme = SubThemeFactory(theme__network=network, name="Talks")
    GoodPracticeFactory(owner=city(network, "iasi"), name="Block meetings", sub_themes=[theme])
    LearningNeed.objects.create(
        network=network, partner=city(network), text="Lead talks", sub_theme=theme, state=NeedState.CONFIRMED
    )
    client.force_login(person(network, Role.OBSERVER))
    url = reverse("learning:needs", kwargs={"network": network.slug})
    assert "1 of 6 confirmed" in client.get(url).content.decode()
    page = client.get(url, {"by": "sub-theme"}).content.decode()
    assert page.index("Lead talks") < page.index("Who could answer it") < page.index("Block meetings")


def test_page_asks_the_same_number_of_queries_for_one_and_for_three(network: Network, client: Client) -> None:
    client.force_login(person(network, Role.LEAD_EXPERT))
    url = reverse("learning:needs", kwargs={"network": network.slug})
    for by in ("city", "sub-theme"):
        counts = []
        for n in (1, 3):
            for m in range(n):
                theme = SubThemeFactory(theme__network=network)
                GoodPracticeFactory(owner=city(network), sub_themes=[theme])
                LearningNeed.objects.create(
                    network=network, partner=city(network), text=f"{by} {n} {m}", sub_theme=theme
                )
            client.get(url, {"by": by})
            with CaptureQueriesContext(connection) as queries:
                client.get(url, {"by": by})
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("state", NeedState.values)
def test_policies_of_a_need(network: Network, state: str) -> None:
    need = LearningNeed.objects.create(network=network, partner=city(network), text="Ask", state=state)
    may = {}
    for role, where in (
        (Role.LEAD_PARTNER, None),
        (Role.LEAD_EXPERT, None),
        (Role.COORDINATOR, "gdansk"),
        (Role.COORDINATOR, "iasi"),
        (Role.MEMBER, "gdansk"),
    ):
        actor = actor_of(person(network, role, city(network, where) if where else None), network)
        may[role, where] = (policies.can_confirm_need(actor, need), policies.can_change_need(actor, need))
    leads = (False, state == NeedState.PROPOSED)
    assert may == {
        (Role.LEAD_PARTNER, None): leads,
        (Role.LEAD_EXPERT, None): leads,
        (Role.COORDINATOR, "gdansk"): (True, True),
        (Role.COORDINATOR, "iasi"): (False, False),
        (Role.MEMBER, "gdansk"): (False, False),
    }


def test_needs_are_put_on_an_agenda_that_remembers_them(network: Network, client: Client) -> None:
    theme = SubThemeFactory(theme__network=network, name="Co-creation")
    rows = [
        LearningNeed.objects.create(network=network, partner=city(network, slug), text=text, sub_theme=theme)
        for slug, text in (("gdansk", "Ask early"), ("iasi", "Listen"))
    ]
    practice = GoodPracticeFactory(network=network, name="Round tables", owner=city(network))
    practice.sub_themes.add(theme)
    SessionKind.objects.create(network=network, code="workshop", name="Workshop", look="workshop")
    meeting = TransnationalMeetingFactory(network=network, start=network.today(), end=network.today())
    other = TransnationalMeetingFactory()
    url = reverse("learning:needs_agenda", kwargs={"network": network.slug})
    data = {"meeting": meeting.slug, "need": [row.pk for row in rows]}
    client.force_login(person(network, Role.COORDINATOR, city(network)))
    assert client.post(url, data).status_code == 403
    client.force_login(person(network, Role.LEAD_EXPERT))
    assert client.post(url, data | {"meeting": other.slug}).status_code == 404
    assert "Tick at least one need." in client.post(url, data | {"need": []}, follow=True).content.decode()
    page = client.get(reverse("learning:needs", kwargs={"network": network.slug}) + "?by=sub-theme").content.decode()
    assert "Put on the agenda" in page
    client.post(url, data)
    made = meeting.sessions.get()
    assert (made.title, made.about, made.day) == ("Co-creation", "Gdańsk: Ask early\nIași: Listen", None)
    assert [str(partner) for partner in made.cities.all()] == ["Gdańsk"]
    assert set(made.needs.all()) == set(rows)
    LearningNeed.objects.create(network=network, partner=city(network), text="Open", meeting=meeting)
    detail = reverse("meetings:detail", kwargs={"network": network.slug, "slug": meeting.slug})
    shown = client.get(detail).content.decode()
    assert (f'href="#s{made.pk}"' in shown, "1 need has no session yet" in shown) == (True, True)
    need = client.get(reverse("learning:need", kwargs={"network": network.slug, "pk": rows[1].pk})).content.decode()
    assert ("Co-creation" in need, "Presented by" in need) == (True, True)
