"""Testing actions: from an idea to what was learnt."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actionplans.enums import TestingState
from actionplans.forms.rows import read_lines
from actionplans.models import Criterion, FormQuestion, Step, TestingAction, TestingIdea
from actionplans.policies import can_view_testing
from actionplans.services import ideas as idea_services
from actionplans.services import testing as services
from actionplans.testing import bars_of, money_of
from actionplans.workflow import TESTING
from aoce.common.models import OutgoingMail
from aoce.common.workflow import NotAllowedError, WrongStateError
from learning.models import LogAction
from learning.papers import render_paper
from learning.threads import thread_of_action
from partners.actors import Actor
from partners.enums import Role
from partners.models import Network, Partner, User
from roadmap.enums import ObligationState, OwedBy, TrackGroup
from roadmap.models import Obligation, Period, Task, Track
from roadmap.services import publish_period
from tests.common.files_made import picture
from tests.partners.factories import NetworkFactory, PartnerFactory, actor_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def network() -> Network:
    network = NetworkFactory()
    PartnerFactory(network=network, name="Aarhus", slug="aarhus", country="DK", currency="DKK")
    PartnerFactory(network=network, name="Iași", slug="iasi", country="RO")
    FormQuestion.objects.create(network=network, code="summary", label="Summary", position=0)
    FormQuestion.objects.create(network=network, code="outputs", label="Outputs", position=1, is_required=False)
    return network


@pytest.fixture
def city(network: Network) -> Partner:
    return network.partners.get(slug="aarhus")


@pytest.fixture
def coordinator(network: Network, city: Partner) -> User:
    return person(network, Role.COORDINATOR, city)


@pytest.fixture
def actor(network: Network, coordinator: User) -> Actor:
    return actor_of(coordinator, network)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url_of(action: TestingAction, page: str = "testing") -> str:
    return reverse(f"actionplans:{page}", kwargs={"network": action.network.slug, "pk": action.pk})


def filled(action: TestingAction, **fields: object) -> dict[str, object]:
    """Return a form that can be handed in."""
    action.refresh_from_db()
    return {
        "read_version": action.version,
        "title": action.title,
        "summary": "A panel drawn by lot decides on one line of the budget.",
        "starts": "2024-06-01",
        "ends": "2024-09-30",
        "rate": "7.4600",
        "rate_on": "2024-05-02",
        "steps-title": ["Draw the lot", "Meet three times", ""],
        "steps-owner": ["Finance", "", ""],
        "steps-start": ["2024-06-01", "2024-07-01", ""],
        "steps-due": ["2024-06-20", "2024-09-01", ""],
        "budget-what": ["Rooms", "Fees", ""],
        "budget-amount": ["1.200,50", "800", ""],
        "budget-source": ["City", "Network", ""],
        "measures-what": ["People who trust the panel"],
        "measures-how": ["Question at the door"],
        "measures-before": ["40 %"],
        "measures-target": ["60 %"],
        **fields,
    }


def handed_in(actor: Actor, city: Partner) -> TestingAction:
    action = services.begin(actor=actor, partner=city, title="A panel")
    client = client_of(User.objects.get(pk=actor.user_id))
    assert client.post(url_of(action, "testing_edit"), filled(action, do="submit")).status_code == 302
    action.refresh_from_db()
    return action


def test_idea_is_collected_ranked_and_made_a_form(network: Network, city: Partner, coordinator: User) -> None:
    client = client_of(coordinator)
    ideas = reverse("actionplans:ideas", kwargs={"network": network.slug, "city": city.slug})
    for title in ("A panel", "A bench", "A bus"):
        client.post(ideas, {"title": title, "what": "Something small", "why": "To see"})
    bus = TestingIdea.objects.get(title="A bus")
    do = reverse("actionplans:idea_do", kwargs={"network": network.slug, "pk": bus.pk})
    for step in ("up", "up"):
        client.post(do, {"do": step})
    client.post(
        reverse(
            "actionplans:idea_do", kwargs={"network": network.slug, "pk": TestingIdea.objects.get(title="A panel").pk}
        ),
        {"do": "drop"},
    )
    assert [idea.title for idea in client.get(ideas).context["rows"]] == ["A bus", "A bench"]
    assert [idea.title for idea in client.get(ideas).context["dropped"]] == ["A panel"]
    new = reverse("actionplans:testing_new", kwargs={"network": network.slug, "city": city.slug})
    made = client.post(new, {"idea": bus.pk})
    action = TestingAction.objects.get()
    assert made["Location"] == url_of(action, "testing_edit")
    assert (action.title, action.idea, action.answers) == ("A bus", bus, {"summary": "Something small\n\nTo see"})
    other = actor_of(person(network, Role.COORDINATOR, network.partners.get(slug="iasi")), network)
    with pytest.raises(PermissionDenied):
        idea_services.drop_idea(actor=other, idea=bus, dropped=True)


def test_form_keeps_all_that_was_typed_and_says_what_is_missing(city: Partner, coordinator: User, actor: Actor) -> None:
    action = services.begin(actor=actor, partner=city, title="A panel")
    client, url = client_of(coordinator), url_of(action, "testing_edit")
    wrong = filled(
        action, do="submit", summary="", **{"budget-amount": ["many", "800", ""], "steps-due": ["2024-05-01", "", ""]}
    )
    page = client.post(url, wrong)
    text = page.content.decode()
    assert page.status_code == 422
    assert "Budget, line 1: “many” is no amount" in text
    assert "Steps, line 1: it ends before it begins" in text
    assert 'value="many"' in text
    assert Step.objects.count() == 0
    page = client.post(url, filled(action, do="submit", summary=""))
    assert "Write something about “Summary”" in page.content.decode()
    action.refresh_from_db()
    assert (action.state, action.steps.count()) == (TestingState.DRAFT, 2)  # saved, but not handed in
    assert client.post(url, filled(action, do="more")).status_code == 200
    assert client.post(url, filled(action, do="submit")).status_code == 302
    action.refresh_from_db()
    assert action.state == TestingState.SUBMITTED
    assert [(line.what, line.amount) for line in action.budget.all()] == [
        ("Rooms", Decimal("1200.50")),
        ("Fees", Decimal("800.00")),
    ]
    money = money_of(action, list(action.budget.all()), Decimal(0))
    assert (money.planned, money.planned_local) == (Decimal("2000.50"), Decimal(14924))


@pytest.mark.parametrize(
    ("text", "amount"), [("1200", "1200"), ("1 200,50", "1200.50"), ("1.200,50", "1200.50"), ("1200.5 €", "1200.50")]
)
def test_amounts_are_read_as_nine_countries_write_them(text: str, amount: str) -> None:
    post = QueryDict(mutable=True)
    post.setlist("budget-what", ["Rooms"])
    post.setlist("budget-amount", [text])
    post.setlist("budget-source", [""])
    assert read_lines("budget", post).rows == [{"what": "Rooms", "amount": Decimal(amount), "source": ""}]


def test_two_people_in_one_form_see_both_texts(city: Partner, coordinator: User, actor: Actor) -> None:
    action = services.begin(actor=actor, partner=city, title="A panel")
    client, url = client_of(coordinator), url_of(action, "testing_edit")
    client.post(url, filled(action, summary="The first text"))
    page = client.post(url, filled(action, summary="The second text", read_version="1"))
    assert page.status_code == 409
    assert "The first text" in page.content.decode()
    assert "The second text" in page.content.decode()
    action.refresh_from_db()
    assert action.answers["summary"] == "The first text"


def test_form_saves_itself_while_somebody_types(city: Partner, coordinator: User, actor: Actor) -> None:
    action = services.begin(actor=actor, partner=city, title="A panel")
    client, url = client_of(coordinator), url_of(action, "testing_edit")
    answer = client.post(url, filled(action, do="autosave"))
    assert answer.json()["said"].startswith("Saved at ")
    assert answer.json()["version"] == 2
    torn = client.post(url, filled(action, do="autosave", summary="Mine", read_version="1"))
    assert (torn.status_code, "both texts" in torn.json()["said"]) == (409, True)
    wrong = client.post(url, filled(action, do="autosave", **{"budget-amount": ["many", "1", ""]}))
    assert wrong.status_code == 422
    action.refresh_from_db()
    assert (action.version, action.budget.count()) == (2, 2)


def test_check_asks_for_changes_and_makes_it_final(
    network: Network, city: Partner, coordinator: User, actor: Actor
) -> None:
    today = network.today()
    period = Period.objects.create(network=network, slug="now", title="Now", start=today, end=today + timedelta(90))
    track = Track.objects.create(period=period, code="testing", name="Testing", group=TrackGroup.PARTNERS)
    Task.objects.create(
        track=track,
        code="form",
        title="Form",
        start=today,
        due=today + timedelta(20),
        deliverable="testing_action",
        owed_by=OwedBy.EACH_PARTNER,
    )
    publish_period(actor=Actor.system(network.pk), period=period)
    criterion = Criterion.objects.create(network=network, subject="testing_action", code="doable", label="Doable")
    expert, lead = person(network, Role.LEAD_EXPERT), person(network, Role.LEAD_PARTNER)
    action = handed_in(actor, city)
    owed = Obligation.objects.get(partner=city)
    assert (owed.state, owed.deliverable_id) == (ObligationState.SUBMITTED, action.pk)
    assert {mail.to for mail in OutgoingMail.objects.all()} == {expert.email, lead.email}
    client = client_of(coordinator)
    client.post(url_of(action), {"do": "take_back"})
    owed.refresh_from_db()
    assert owed.state == ObligationState.DRAFT
    client.post(url_of(action, "testing_edit"), filled(action, do="submit"))
    boss, check = (
        client_of(expert),
        reverse("actionplans:check", kwargs={"network": network.slug, "kind": "testing", "pk": action.pk}),
    )
    version = boss.get(check).context["form"].initial["version"]
    assert boss.post(check, {"do": "ask_changes", "version": version}).status_code == 422
    asked = {
        "version": version,
        f"judgement-{criterion.pk}": "not",
        f"suggestion-{criterion.pk}": "Who pays the rooms?",
    }
    letter = boss.post(check, {"do": "letter", **asked}).context["form"].data["letter"]
    assert "Who pays the rooms?" in letter
    assert boss.post(check, {"do": "ask_changes", "letter": letter, **asked}).status_code == 302
    assert "Who pays the rooms?" in OutgoingMail.objects.filter(to=coordinator.email).latest("pk").body_text
    form = client.get(url_of(action, "testing_edit"))
    point = form.context["points"][0]
    again = filled(action, do="submit", summary="A panel of twenty decides.")
    again |= {f"point-{point.pk}-answer": "The city does", f"point-{point.pk}-done": "on"}
    client.post(url_of(action, "testing_edit"), again)
    page = boss.get(check)
    assert "<ins" in page.content.decode()  # what changed since the last check is marked
    assert "The city does" in page.content.decode()
    assert boss.post(check, {"do": "approve", "version": version}).status_code == 422  # a newer one is there
    met = {f"judgement-{criterion.pk}": "met"}
    boss.post(check, {"do": "approve", "version": version + 1, **met})
    owed.refresh_from_db()
    action.refresh_from_db()
    assert (action.state, owed.state) == (TestingState.FINAL, ObligationState.APPROVED)
    # The form changes afterwards: what was handed in keeps its questions.
    FormQuestion.objects.filter(code="summary").update(label="In short")
    assert "Summary" in client.get(url_of(action)).content.decode()


def test_it_is_carried_out_with_ticks_notes_and_an_end(
    network: Network, city: Partner, coordinator: User, actor: Actor
) -> None:
    action = handed_in(actor, city)
    log = LogAction.objects.create(network=network, partner=city, number=1, title="Panels decide")
    action.log_actions.add(log)
    lead = actor_of(person(network, Role.LEAD_PARTNER), network)
    TESTING.apply(actor=lead, obj=action, name="approve")
    client, url = client_of(coordinator), url_of(action)
    with pytest.raises(WrongStateError):
        services.note(actor=actor, action=action, day=date(2024, 6, 3), text="Too early", spent=None)
    client.post(url, {"do": "present", "meeting": ""})
    client.post(url, {"do": "start"})
    step = action.steps.get(title="Draw the lot")
    client.post(url, {"do": f"done-{step.pk}"})
    step.refresh_from_db()
    assert step.done_on == network.today()
    photo = SimpleUploadedFile("lot.png", picture("PNG"), "image/png")
    sent = {"do": "note", "day": "2024-06-19", "text": "Two hundred names in a hat", "spent": "120.50"}
    refused = client.post(url, sent | {"photo": photo})
    assert refused.status_code == 422
    assert "Two hundred names" in refused.content.decode()
    photo = SimpleUploadedFile("lot.png", picture("PNG"), "image/png")
    assert client.post(url, sent | {"photo": photo, "alt": "A hat full of names"}).status_code == 302
    page = client.get(url)
    assert page.context["money"].spent == Decimal("120.50")
    assert "A hat full of names" in page.content.decode()
    measure = action.measures.get()
    assert client.post(url, {"do": "finish", "learnt": "", "verdict": "goes"}).status_code == 422
    end = {"do": "finish", "learnt": "Lots are fair.", "verdict": "changes", "enters_plan": "The panel"}
    client.post(url, end | {f"after-{measure.pk}": "58 %"})
    action.refresh_from_db()
    measure.refresh_from_db()
    assert (action.state, action.verdict, measure.after) == (TestingState.FINISHED, "changes", "58 %")
    assert thread_of_action(actor, log).further == [("Testing action: A panel", url)]
    with pytest.raises(IntegrityError), transaction.atomic():
        TestingAction.objects.filter(pk=action.pk).update(learnt="")
    file = render_paper(user_id=coordinator.pk, network_id=network.pk, code="testing", asked={}, language="en")
    with file.file.open("rb") as opened, pypdfium2.PdfDocument(opened.read()) as pdf:
        text = " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())
    for words in ("A panel", "Two hundred names in a hat", "58 %", "Lots are fair."):
        assert words in text


def test_slips_are_shown_against_the_plan(network: Network, city: Partner) -> None:
    action = TestingAction.objects.create(network=network, partner=city, title="A panel")
    start = date(2024, 6, 1)
    rows = [
        Step(
            action=action, title="Late and done", start=start, due=start + timedelta(10), done_on=start + timedelta(13)
        ),
        Step(action=action, title="Late", start=start + timedelta(10), due=start + timedelta(20)),
        Step(action=action, title="To come", start=start + timedelta(20), due=start + timedelta(100)),
    ]
    bars = bars_of(action, rows, start + timedelta(25))
    assert [(bar.state, bar.slip) for bar in bars] == [("done", 3), ("late", 5), ("open", 0)]
    assert [(bar.left, bar.width) for bar in bars] == [(0, 11), (10, 11), (20, 80)]


def test_every_role_and_state_allows_what_the_table_says(network: Network, city: Partner, coordinator: User) -> None:
    other = network.partners.get(slug="iasi")
    people = {
        "coordinator": coordinator,
        "member": person(network, Role.MEMBER, city),
        "other": person(network, Role.COORDINATOR, other),
        "expert": person(network, Role.LEAD_EXPERT),
        "lead": person(network, Role.LEAD_PARTNER),
        "observer": person(network, Role.OBSERVER),
        "adhoc": person(network, Role.ADHOC_EXPERT),
    }
    city_steps = {"submit", "take_back", "present", "start", "finish", "resume"}
    for state in TestingState.values:
        finished = {"learnt": "x", "verdict": "goes"} if state == TestingState.FINISHED else {}
        action = TestingAction.objects.create(network=network, partner=city, title=state, state=state, **finished)
        for name, user in people.items():
            viewer = actor_of(user, network)
            seen = TestingAction.objects.visible_to(viewer).filter(pk=action.pk).exists()
            assert seen == can_view_testing(viewer, action), (state, name)
            for step in TESTING.transitions:
                own = name == "coordinator" if step.name in city_steps else name in ("expert", "lead")
                if own and state in step.sources:
                    assert TESTING.check(viewer, action, step.name, "why") == step
                else:
                    with pytest.raises(WrongStateError if own else NotAllowedError):
                        TESTING.check(viewer, action, step.name, "why")
        if state == TestingState.DRAFT:
            readers = {n for n, u in people.items() if can_view_testing(actor_of(u, network), action)}
            assert readers == {"coordinator", "member"}


def test_overview_is_narrowed_in_the_same_few_queries(network: Network, city: Partner, actor: Actor) -> None:
    client = client_of(person(network, Role.OBSERVER))
    url = reverse("actionplans:testing_list", kwargs={"network": network.slug})
    counts = []
    for _n in range(3):
        handed_in(actor, city)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 12
    assert page.context["planned"] == Decimal("6001.50")
    assert len(client.get(url, {"state": "running"}).context["lines"]) == 0
    assert len(client.get(url, {"city": "aarhus"}).context["lines"]) == 3
