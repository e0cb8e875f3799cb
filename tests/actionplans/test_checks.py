"""The quality check: criteria, remarks that stay with their words, the letter, the decision."""

from __future__ import annotations

from datetime import date, timedelta

import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actionplans.anchors import discussed, replace_words
from actionplans.content import Part
from actionplans.enums import PlanState, TestingState
from actionplans.letters import keep_letter
from actionplans.models import ActionPlan, Criterion, QualityCheck, Remark, TemplateChapter, TestingAction
from actionplans.policies import can_view_remark
from actionplans.services import checks, plans, remarks
from actionplans.subjects import kinds
from aoce.common.models import OutgoingMail, ReviewPoint, SubmittedVersion
from partners.actors import Actor
from partners.enums import Role
from partners.models import Network, User
from roadmap.models import Obligation
from tests.actionplans.test_plans import client_of, owe, write
from tests.partners.factories import NetworkFactory, PartnerFactory, actor_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def network() -> Network:
    network = NetworkFactory()
    PartnerFactory(network=network, name="Banská Bystrica", slug="banska", country="SK")
    PartnerFactory(network=network, name="Iași", slug="iasi", country="RO")
    TemplateChapter.objects.create(network=network, code="context", label="Context")
    for n, label in enumerate(("Clear", "Paid for")):
        Criterion.objects.create(network=network, subject="action_plan", code=f"c{n}", label=label, position=n)
    Criterion.objects.create(network=network, subject="action_plan", code="c9", label="Nice", is_required=False)
    return network


@pytest.fixture
def expert(network: Network) -> User:
    return person(network, Role.LEAD_EXPERT)


@pytest.fixture
def coordinator(network: Network) -> User:
    return person(network, Role.COORDINATOR, network.partners.get(slug="banska"))


@pytest.fixture
def actor(network: Network, coordinator: User) -> Actor:
    return actor_of(coordinator, network)


@pytest.fixture
def plan(network: Network, actor: Actor) -> ActionPlan:
    """A plan that waits for its check."""
    plan = plans.plan_of(network.partners.get(slug="banska"))
    write(actor, plan, "<p>People ask and wait.</p><p>The city has no post for answers.</p>")
    plans.submit(actor=actor, plan=plan)
    return plan


def url_of(plan: ActionPlan) -> str:
    return kinds()["plan"].check_url(plan)


def judged(judgement: str, **suggestions: str) -> dict[str, str]:
    """Return what a checker sends: the same judgement of every criterion, and suggestions by criterion code."""
    sent = {}
    for one in Criterion.objects.all():
        sent[f"judgement-{one.pk}"] = judgement
        sent[f"suggestion-{one.pk}"] = suggestions.get(one.code, "")
    return sent


def again(actor: Actor, plan: ActionPlan, body: str) -> None:
    """Mend the plan and hand it in again."""
    plan.refresh_from_db()
    write(actor, plan, body)
    plans.submit(actor=actor, plan=plan)


# --- The queue --------------------------------------------------------------------------------------------------------


def test_queue_says_what_waits_since_when_and_how_long_the_last_one_took(
    network: Network, expert: User, actor: Actor, plan: ActionPlan
) -> None:
    url = reverse("actionplans:queue", kwargs={"network": network.slug})
    client = client_of(expert)
    version = SubmittedVersion.objects.get()
    SubmittedVersion.objects.filter(pk=version.pk).update(at=version.at - timedelta(days=9))
    (row,) = client.get(url).context["rows"]
    assert (row.days, row.last_took, row.due, row.is_begun) == (9, None, None, False)
    client.get(row.url)
    assert client.get(url).context["rows"][0].is_begun
    client.post(row.url, {"do": "ask_changes", "version": 1, "letter": "Please add figures."})
    again(actor, plan, "<p>Seven of ten wait.</p>")
    page = client.get(url)
    assert [(row.version.number, row.last_took) for row in page.context["rows"]] == [(2, 9)]
    assert [row.check.decision for row in page.context["done"]] == ["ask_changes"]


def test_pages_of_the_check_ask_few_queries(network: Network, expert: User, plan: ActionPlan) -> None:
    client = client_of(expert)
    pages = [
        url_of(plan),
        reverse("actionplans:queue", kwargs={"network": network.slug}),
        reverse("actionplans:criteria", kwargs={"network": network.slug, "kind": "plan"}),
    ]
    client.get(url_of(plan))
    found = []
    for _round in range(2):
        numbers = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            numbers.append(len(queries))
        found.append(numbers)
        for n in range(3):
            Remark.objects.create(
                network=network, kind="action_plan", object_id=plan.pk, place="context", quote="wait", text=f"No {n}"
            )
            TestingAction.objects.create(network=network, partner=plan.partner, title=f"A {n}", state="submitted")
    assert found[0] == found[1]
    assert max(found[0]) <= 12


# --- Criteria and decision --------------------------------------------------------------------------------------------


def test_approval_needs_the_needed_criteria_or_a_reason(expert: User, plan: ActionPlan) -> None:
    client, url = client_of(expert), url_of(plan)
    open_one = {**judged("met"), f"judgement-{Criterion.objects.get(code='c1').pk}": "not"}
    refused = client.post(url, {"do": "approve", "version": 1, "letter": "Well done", **open_one})
    assert refused.status_code == 422
    assert refused.context["open_criteria"] == ["Paid for"]
    assert "Well done" in refused.content.decode()
    plan.refresh_from_db()
    assert plan.state == PlanState.SUBMITTED
    sent = {"do": "approve", "version": 1, "letter": "Well done", "despite": "The money comes in May", **open_one}
    assert client.post(url, sent).status_code == 302
    plan.refresh_from_db()
    check = QualityCheck.objects.get()
    assert plan.state == PlanState.APPROVED
    assert plan.approved_at is not None
    assert (check.decision, check.despite) == ("approve", "The money comes in May")


def test_optional_and_partly_met_criteria_do_not_stand_in_the_way(expert: User, plan: ActionPlan) -> None:
    sent = {**judged("partly"), f"judgement-{Criterion.objects.get(code='c9').pk}": ""}
    client_of(expert).post(url_of(plan), {"do": "approve", "version": 1, **sent})
    plan.refresh_from_db()
    assert plan.state == PlanState.APPROVED


def test_changes_with_a_day_become_the_citys_next_obligation(
    network: Network, expert: User, coordinator: User, actor: Actor
) -> None:
    owed = owe(network, network.partners.get(slug="banska"))
    plan = plans.plan_of(network.partners.get(slug="banska"))
    write(actor, plan)
    plans.submit(actor=actor, plan=plan)
    client, url, day = client_of(expert), url_of(plan), network.today() + timedelta(days=12)
    sent = {"version": 1, "due": day.isoformat(), **judged("partly", c0="Shorter sentences.")}
    written = client.post(url, {"do": "letter", **sent})
    letter = written.context["form"].data["letter"]
    assert "Shorter sentences." in letter
    assert "Banská Bystrica" in letter
    assert client.post(url, {"do": "ask_changes", "letter": f"{letter}\n\nMárta", **sent}).status_code == 302
    owed = Obligation.objects.select_related("task").get(pk=owed.pk)
    assert (owed.state, owed.due) == ("changes", day)
    mailed = OutgoingMail.objects.get(to=coordinator.email)
    assert mailed.purpose == "returned"
    assert "Márta" in mailed.body_text
    (point,) = ReviewPoint.objects.all()
    assert (point.where, point.text) == ("Clear", "Shorter sentences.")
    plan.refresh_from_db()
    desk = client_of(coordinator)
    here = reverse("actionplans:plan", kwargs={"network": network.slug, "city": "banska"})
    desk.post(here, {"do": "answer", f"point-{point.pk}-answer": "In chapter 1", f"point-{point.pk}-done": "on"})
    again(actor, plan, "<p>Short.</p>")
    page = client.get(url).content.decode()
    assert "In chapter 1" in page
    assert "<del>" in page  # against the version that was checked last
    owed.refresh_from_db()
    assert owed.state == "submitted"
    client.post(url, {"do": "accept", "version": 2})
    owed.refresh_from_db()
    plan.refresh_from_db()
    assert (plan.state, owed.state) == (PlanState.DRAFT, "approved")


def test_letter_stays_on_file_as_pdf(network: Network, expert: User, coordinator: User, plan: ActionPlan) -> None:
    client_of(expert).post(url_of(plan), {"do": "ask_changes", "version": 1, "letter": "Dear all,\n\nadd figures."})
    check = QualityCheck.objects.get()
    keep_letter(check.pk)
    keep_letter(check.pk)
    check.refresh_from_db()
    assert check.file is not None
    with check.file.file.open("rb") as opened, pypdfium2.PdfDocument(opened.read()) as pdf:
        assert "add figures." in pdf[0].get_textpage().get_text_range()
    assert checks.letter_seen(actor_of(coordinator, network), check.pk)
    neighbour = person(network, Role.COORDINATOR, network.partners.get(slug="iasi"))
    assert not checks.letter_seen(actor_of(neighbour, network), check.pk)


def test_a_decision_on_an_older_version_is_not_taken(expert: User, actor: Actor, plan: ActionPlan) -> None:
    client, url = client_of(expert), url_of(plan)
    client.get(url)
    plans.take_back(actor=actor, plan=plan)
    again(actor, plan, "<p>Newer.</p>")
    refused = client.post(url, {"do": "accept", "version": 1, "letter": "Fine"})
    assert refused.status_code == 422
    assert "There is a newer version" in refused.content.decode()
    assert client.post(url, {"do": "ask_changes", "version": 2, "letter": ""}).status_code == 422
    plan.refresh_from_db()
    assert plan.state == PlanState.SUBMITTED


def test_what_was_judged_stays_for_later_and_who_may_not_cannot(
    expert: User, coordinator: User, plan: ActionPlan
) -> None:
    client, url = client_of(expert), url_of(plan)
    client.post(url, {"do": "judge", **judged("partly", c1="Name the source.")})
    page = client.get(url)
    assert [row["judgement"] for row in page.context["rows"]] == ["partly", "partly", "partly"]
    assert "Name the source." in page.content.decode()
    assert client_of(coordinator).post(url, {"do": "judge"}).status_code == 403
    assert "Name the source." not in client_of(coordinator).get(url).content.decode()


def test_criteria_by_city_show_what_is_hard_first(network: Network, expert: User, plan: ActionPlan) -> None:
    clear, paid = (Criterion.objects.get(code=code) for code in ("c0", "c1"))
    sent = {f"judgement-{clear.pk}": "met", f"judgement-{paid.pk}": "not"}
    client = client_of(expert)
    client.post(url_of(plan), {"do": "judge", **sent})
    page = client.get(reverse("actionplans:criteria", kwargs={"network": network.slug, "kind": "plan"}))
    assert [(str(row.criterion), row.cells, row.open) for row in page.context["rows"]] == [
        ("Paid for", ["not", ""], 1),
        ("Clear", ["met", ""], 0),
        ("Nice", ["", ""], 0),
    ]


# --- Remarks ----------------------------------------------------------------------------------------------------------


def test_remarks_stay_with_their_words_across_versions_or_say_that_they_are_gone(
    expert: User, coordinator: User, actor: Actor, plan: ActionPlan
) -> None:
    client, url = client_of(expert), url_of(plan)
    page = client.get(f"{url}?at=context&block=2")
    assert page.context["remark_form"].initial["quote"] == "The city has no post for answers."
    about = {"do": "remark", "place": "context"}
    client.post(url, about | {"quote": "no post for answers", "text": "How many would it take?"})
    client.post(url, about | {"quote": "People ask and wait.", "text": "How long?"})
    assert client.post(url, about | {"quote": "", "text": ""}).status_code == 422
    missing = client.post(url, about | {"quote": "", "text": "x", "replacement": "y"})
    assert "Say which words" in missing.content.decode()
    plans.take_back(actor=actor, plan=plan)
    again(actor, plan, "<p>New first.</p><p>The city has half a post for the answers.</p>")
    (part,) = client.get(url).context["parts"]
    beside = {block.words: [r.text for r in block.remarks] for block in part.blocks if block.remarks}
    assert beside == {"The city has half a post for the answers.": ["How many would it take?"]}
    assert [r.text for r in part.gone] == ["How long?"]
    assert "About words that are gone" in client_of(coordinator).get(url).content.decode()


def test_remarks_are_answered_settled_and_opened_again(expert: User, coordinator: User, plan: ActionPlan) -> None:
    url = url_of(plan)
    client_of(expert).post(url, {"do": "remark", "place": "context", "quote": "", "text": "Well said"})
    remark = Remark.objects.get()
    desk = client_of(coordinator)
    desk.post(url, {"do": f"reply-{remark.pk}", f"text-{remark.pk}": "Thank you"})
    desk.post(url, {"do": f"reply-{remark.pk}", f"text-{remark.pk}": " "})
    assert [row.text for row in remark.replies.all()] == ["Thank you"]
    desk.post(url, {"do": f"settle-{remark.pk}"})
    remark.refresh_from_db()
    assert remark.resolved_by == coordinator
    client_of(expert).post(url, {"do": f"open-{remark.pk}"})
    remark.refresh_from_db()
    assert remark.resolved_at is None


def test_internal_remarks_are_seen_by_lead_expert_and_lead_partner_only(
    network: Network, expert: User, coordinator: User, plan: ActionPlan
) -> None:
    url = url_of(plan)
    sent = {"do": "remark", "place": "context", "quote": "", "text": "They need help", "is_internal": "on"}
    client_of(expert).post(url, sent)
    client_of(coordinator).post(url, sent | {"text": "Not internal, for it is the city's"})
    hidden, shown = Remark.objects.order_by("pk")
    assert (hidden.is_internal, shown.is_internal) == (True, False)
    assert "They need help" not in client_of(coordinator).get(url).content.decode()
    assert "They need help" in client_of(person(network, Role.LEAD_PARTNER)).get(url).content.decode()
    for name in (Role.LEAD_EXPERT, Role.COORDINATOR, Role.OBSERVER):
        partner = plan.partner if name == Role.COORDINATOR else None
        viewer = actor_of(person(network, name, partner), network)
        seen = set(Remark.objects.visible_to(viewer))
        assert seen == {row for row in Remark.objects.all() if can_view_remark(viewer, row)}
    assert client_of(coordinator).post(url, {"do": f"settle-{hidden.pk}"}).status_code == 404


def test_suggested_text_is_taken_over_with_one_press(
    expert: User, coordinator: User, actor: Actor, plan: ActionPlan
) -> None:
    url = url_of(plan)
    sent = {"do": "remark", "place": "context", "quote": "People ask and wait.", "text": "Stronger"}
    client_of(expert).post(url, sent | {"replacement": "Seven of ten wait a month."})
    remark = Remark.objects.get()
    desk = client_of(coordinator)
    assert desk.post(url, {"do": f"take-{remark.pk}"}).status_code == 409  # it is with its checkers
    client_of(expert).post(url, {"do": "ask_changes", "version": 1})
    desk.post(url, {"do": f"take-{remark.pk}"})
    body = plan.chapters.get().body
    assert body == "<p>Seven of ten wait a month.</p><p>The city has no post for answers.</p>"
    remark.refresh_from_db()
    assert remark.taken_at is not None
    page = desk.post(url, {"do": f"take-{remark.pk}"}, follow=True)
    assert "are not there any more" in page.content.decode()
    other = Remark.objects.create(
        network=plan.network, kind="action_plan", object_id=plan.pk, place="context", text="x"
    )
    with pytest.raises(PermissionDenied):
        remarks.take_over(actor=actor, kind=kinds()["plan"], found=plan, remark=other)


def test_suggested_text_for_a_testing_action(network: Network, expert: User, coordinator: User) -> None:
    action = TestingAction.objects.create(
        network=network,
        partner=network.partners.get(slug="banska"),
        title="A panel",
        state=TestingState.SUBMITTED,
        answers={"summary": "A panel decides."},
        starts=date(2024, 6, 1),
    )
    SubmittedVersion.objects.create(
        network=network, kind="testing_action", object_id=action.pk, number=1, data={"summary": "A panel decides."}
    )
    url = kinds()["testing"].check_url(action)
    sent = {"do": "remark", "place": "summary", "quote": "A panel", "text": "Who?", "replacement": "Twenty people"}
    client_of(expert).post(url, sent)
    TestingAction.objects.filter(pk=action.pk).update(state=TestingState.CHANGES)
    client_of(coordinator).post(url, {"do": f"take-{Remark.objects.get().pk}"})
    action.refresh_from_db()
    assert action.answers["summary"] == "Twenty people decides."


@pytest.mark.parametrize(
    ("quote", "result"),
    [
        ("two three", "<p>one X <em>four</em></p><p>five</p>"),
        ("three four", "<p>one two X<em></em></p><p>five</p>"),
        ("four", "<p>one two three <em>X</em></p><p>five</p>"),
        ("five", "<p>one two three <em>four</em></p><p>X</p>"),
        ("four five", None),
        ("six", None),
        ("", None),
    ],
)
def test_words_are_replaced_through_marks(quote: str, result: str | None) -> None:
    assert replace_words("<p>one two three <em>four</em></p><p>five</p>", quote, "X") == result


def test_remark_on_a_part_that_is_gone_is_not_lost() -> None:
    lost = Remark(place="risks", quote="x", text="Still true")
    parts = discussed([Part("context", "Context", "<p>Words</p>")], None, [lost])
    assert [part.gone for part in parts] == [[], [lost]]


def test_visitors_and_other_cities_see_no_remarks(network: Network, plan: ActionPlan) -> None:
    neighbour = person(network, Role.COORDINATOR, network.partners.get(slug="iasi"))
    assert client_of(neighbour).get(url_of(plan)).status_code == 403
    assert Client().get(url_of(plan)).status_code == 302
