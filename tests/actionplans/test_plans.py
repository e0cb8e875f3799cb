"""Integrated Action Plans: written, handed in, compared, refined, published."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actionplans.content import places_of
from actionplans.editions import publish
from actionplans.enums import PlanState
from actionplans.models import ActionPlan, Chapter, IntegrationAspect, PlanAction, PlanEdition, TemplateChapter
from actionplans.services import plan_actions, plans
from actionplans.services.editions import start_publishing
from actionplans.workflow import PLAN
from aoce.common.drafts import EditConflictError
from aoce.common.files import files_of
from aoce.common.models import Job, OutgoingMail, SubmittedVersion
from aoce.common.workflow import NotAllowedError, WrongStateError
from learning.enums import LogState
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
from tests.common.test_documents import docx, paragraph
from tests.partners.factories import NetworkFactory, PartnerFactory, actor_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def network() -> Network:
    network = NetworkFactory()
    PartnerFactory(network=network, name="Banská Bystrica", slug="banska", country="SK")
    PartnerFactory(network=network, name="Iași", slug="iasi", country="RO")
    TemplateChapter.objects.create(network=network, code="context", label="Context", position=0, least=3, most=9)
    TemplateChapter.objects.create(network=network, code="vision", label="Vision", position=1, is_required=False)
    IntegrationAspect.objects.create(network=network, code="sectors", label="Sectors")
    return network


@pytest.fixture
def city(network: Network) -> Partner:
    return network.partners.get(slug="banska")


@pytest.fixture
def coordinator(network: Network, city: Partner) -> User:
    return person(network, Role.COORDINATOR, city)


@pytest.fixture
def actor(network: Network, coordinator: User) -> Actor:
    return actor_of(coordinator, network)


@pytest.fixture
def plan(city: Partner) -> ActionPlan:
    return plans.plan_of(city)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url_of(plan: ActionPlan, page: str = "plan", **kwargs: object) -> str:
    about = {"network": plan.network.slug, "city": plan.partner.slug, **kwargs}
    return reverse(f"actionplans:{page}", kwargs=about)


def status(client: Client, url: str) -> int:
    """Ask for a file, and read it to its end: closing it would close the connection of the test."""
    response = client.get(url)
    response.getvalue()
    return response.status_code


def write(actor: Actor, plan: ActionPlan, body: str = "<p>People ask, and wait.</p>", code: str = "context") -> Chapter:
    template = TemplateChapter.objects.get(network=plan.network, code=code)
    row = plan.chapters.filter(template=template).first()
    version = row.version if row else 1
    return plans.save_chapter(actor=actor, plan=plan, template=template, body=body, sources="", read_version=version)


def owe(network: Network, city: Partner) -> Obligation:
    """Let the cities owe a chapter of their plan."""
    today = network.today()
    period = Period.objects.create(network=network, slug="now", title="Now", start=today, end=today + timedelta(90))
    track = Track.objects.create(period=period, code="plan", name="Plan", group=TrackGroup.PARTNERS)
    about = {"start": today, "due": today + timedelta(20), "deliverable": "action_plan"}
    Task.objects.create(track=track, code="context", title="Context", owed_by=OwedBy.EACH_PARTNER, **about)
    publish_period(actor=Actor.system(network.pk), period=period)
    return Obligation.objects.get(partner=city)


# --- Chapters ---------------------------------------------------------------------------------------------------------


def test_chapter_is_written_saves_itself_and_is_cleaned(
    network: Network, city: Partner, coordinator: User, plan: ActionPlan
) -> None:
    owed = owe(network, city)
    client, url = client_of(coordinator), url_of(plan, "chapter", code="context")
    page = client.get(url)
    assert page.context["place"].is_written is False
    sent = {
        "read_version": 1,
        "sources": "A register",
        "body": "<p onclick='x()'>People <b>ask</b>.</p><script>1</script>",
    }
    saved = client.post(url, sent | {"do": "autosave"}).json()
    assert saved["said"].startswith("Saved at ")
    chapter = plan.chapters.get()
    assert (chapter.body, chapter.sources) == ("<p>People <strong>ask</strong>.</p>", "A register")
    owed.refresh_from_db()
    plan.refresh_from_db()
    assert (owed.state, plan.begun_at is not None) == (ObligationState.DRAFT, True)
    again = client.post(url, sent | {"read_version": saved["version"], "body": "<p>Better.</p>"})
    assert again.status_code == 302
    assert "Better." in client.get(url_of(plan)).content.decode()
    assert client.post(url, sent | {"read_version": "x", "do": "autosave"}).status_code == 422


def test_two_authors_lose_nothing(network: Network, city: Partner, coordinator: User, plan: ActionPlan) -> None:
    other = person(network, Role.COORDINATOR, city)
    url = url_of(plan, "chapter", code="context")
    first, second = client_of(coordinator), client_of(other)
    first.post(url, {"read_version": 1, "body": "<p>Mine.</p>", "sources": "One"})
    torn = second.post(url, {"read_version": 1, "body": "<p>Theirs.</p>", "sources": "Two", "do": "autosave"})
    assert torn.status_code == 409
    page = second.get(torn.json()["conflict"])
    assert "Mine." in page.content.decode()
    assert "Theirs." in page.content.decode()
    second.post(torn.json()["conflict"], {"do": "both"})
    chapter = plan.chapters.get()
    assert (chapter.body, chapter.sources) == ("<p>Mine.</p><p>Theirs.</p>", "One\nTwo")


def test_chapter_is_written_without_the_editor(coordinator: User, plan: ActionPlan) -> None:
    client, url = client_of(coordinator), url_of(plan, "chapter", code="context")
    assert "data-django-prose-editor" not in client.get(f"{url}?plain=1").content.decode()
    marks = "## Why\n\nPeople ask.\n\n| A | B |\n| 1 | 2 |"
    client.post(url, {"plain": "True", "read_version": 1, "body": marks, "sources": ""})
    body = plan.chapters.get().body
    assert body.startswith("<h3>Why</h3><p>People ask.</p><table>")
    assert "| A | B |" in client.get(f"{url}?plain=1").content.decode()


def test_pictures_need_words_and_are_the_plans_own(
    network: Network, coordinator: User, actor: Actor, plan: ActionPlan
) -> None:
    client, url = client_of(coordinator), url_of(plan, "pictures")
    photo = SimpleUploadedFile("bench.png", picture("PNG"), "image/png")
    refused = client.post(url, {"alt": "", "picture": photo})
    assert refused.status_code == 422
    assert client.post(url, {"alt": "A bench"}).status_code == 422
    assert (
        client.post(url, {"alt": "A bench", "picture": SimpleUploadedFile("x.png", b"no picture")}).status_code == 422
    )
    photo = SimpleUploadedFile("bench.png", picture("PNG"), "image/png")
    client.post(f"{url}?CKEditorFuncNum=-1", {"alt": "A bench", "picture": photo})
    (kept,) = plans.pictures_of(plan)
    page = client.get(f"{url}?CKEditorFuncNum=-1").content.decode()
    assert 'data-asked="-1"' in page
    assert 'data-alt="A bench"' in page
    address = reverse("common:file", kwargs={"network": network.slug, "uuid": kept.pk})
    write(actor, plan, f'<figure><img src="{address}" alt="A bench"></figure><p>Words</p>')
    assert address in plan.chapters.get().body
    assert status(client, address) == 200
    # Another city's plan shows none of ours, and nobody else reads a draft's pictures.
    other = plans.plan_of(network.partners.get(slug="iasi"))
    neighbour = person(network, Role.COORDINATOR, other.partner)
    chapter = write(actor_of(neighbour, network), other, f'<figure><img src="{address}" alt="x"></figure><p>Hm</p>')
    assert "<img" not in chapter.body
    assert status(client_of(neighbour), address) == 404
    write(actor, plan, f'<figure><img src="{address}" alt=""></figure><p>Words</p>')
    assert "no words for people who do not see it" in plans.problems_of(plan)[0][1]


def test_docx_comes_in_below_the_text(coordinator: User, actor: Actor, plan: ActionPlan) -> None:
    write(actor, plan, "<p>Before.</p>")
    client, url = client_of(coordinator), url_of(plan, "chapter", code="context")
    content = docx(paragraph("Head", "Heading1") + paragraph("From the file."))
    sent = {"do": "import", "read_version": 2, "body": "<p>Typed on.</p>", "sources": "Mine"}
    upload = SimpleUploadedFile("draft.docx", content)
    assert client.post(url, sent | {"document": upload}).status_code == 302
    body = plan.chapters.get().body
    assert body.startswith("<p>Typed on.</p>")
    assert "From the file." in body
    before = plan.chapters.get().version
    for name, bad in (
        ("broken.docx", content[:300]),
        ("macros.docx", docx(paragraph("x"), more={"word/vbaProject.bin": b"x"})),
        ("notes.txt", b"hello"),
    ):
        refused = client.post(
            url, sent | {"read_version": before, "body": body, "document": SimpleUploadedFile(name, bad)}
        )
        assert refused.status_code == 422, name
        assert "From the file." in refused.content.decode()  # what was typed stays
    missing = client.post(url, sent | {"read_version": before, "body": body})
    assert "Choose a DOCX file first." in missing.content.decode()
    assert plan.chapters.get().body == body


def test_a_later_template_shows_what_is_new_and_keeps_what_is_written(
    network: Network, actor: Actor, plan: ActionPlan
) -> None:
    write(actor, plan)
    write(actor, plan, "<p>A vision.</p>", code="vision")
    plan.refresh_from_db()
    TemplateChapter.objects.create(network=network, code="risks", label="Risks", position=5)
    TemplateChapter.objects.filter(code="vision").update(is_retired=True)
    TemplateChapter.objects.filter(code="context").update(changed_at=timezone.now() + timedelta(minutes=1))
    places = {place.template.code: place for place in places_of(plan)}
    assert (places["risks"].is_new, places["context"].is_new) == (True, False)
    assert places["context"].guidance_changed
    assert places["vision"].is_written
    assert places["context"].length == ""
    write(actor, plan, "<p>Short.</p>")
    assert places_of(plan)[0].length == "Shorter than 3 words"


# --- Hand in ----------------------------------------------------------------------------------------------------------


def test_handing_in_freezes_a_version_and_asks_for_what_is_due(
    network: Network, city: Partner, coordinator: User, actor: Actor, plan: ActionPlan
) -> None:
    owed = owe(network, city)
    expert = person(network, Role.LEAD_EXPERT)
    client = client_of(coordinator)
    refused = client.post(url_of(plan), {"do": "submit"})
    assert refused.status_code == 422
    assert "Write at least one chapter first." in refused.content.decode()
    TemplateChapter.objects.filter(code="context").update(due=network.today() + timedelta(10))
    write(actor, plan, "<p>A vision.</p>", code="vision")
    refused = client.post(url_of(plan), {"do": "submit"})
    assert refused.context["problems"] == [("context", "Write the chapter “Context”: it is due now.")]
    write(actor, plan)
    assert client.post(url_of(plan), {"do": "submit", "comment": "Here it is"}).status_code == 302
    owed.refresh_from_db()
    plan.refresh_from_db()
    assert (plan.state, owed.state, owed.deliverable_id) == (PlanState.SUBMITTED, ObligationState.SUBMITTED, plan.pk)
    assert OutgoingMail.objects.get(to=expert.email).purpose == "submitted"
    version = SubmittedVersion.objects.get()
    assert version.data["context"] == "<p>People ask, and wait.</p>"
    with pytest.raises(WrongStateError):
        write(actor, plan)
    assert client.get(url_of(plan, "chapter", code="context")).status_code == 302
    client.post(url_of(plan), {"do": "take_back"})
    write(actor, plan, "<p>Changed.</p>")
    version.refresh_from_db()
    assert version.data["context"] == "<p>People ask, and wait.</p>"


def test_others_read_what_was_handed_in_and_nothing_else(network: Network, actor: Actor, plan: ActionPlan) -> None:
    neighbour = person(network, Role.COORDINATOR, network.partners.get(slug="iasi"))
    expert, observer = person(network, Role.LEAD_EXPERT), person(network, Role.OBSERVER)
    write(actor, plan, "<p>First thoughts.</p>")
    for user in (neighbour, expert, observer):
        assert "First thoughts." not in client_of(user).get(url_of(plan)).content.decode()
    plans.submit(actor=actor, plan=plan)
    plans.take_back(actor=actor, plan=plan)
    write(actor, plan, "<p>Second thoughts.</p>")
    for user in (neighbour, expert, observer):
        page = client_of(user).get(url_of(plan)).content.decode()
        assert "First thoughts." in page
        assert "Second thoughts." not in page
    sheet = client_of(neighbour).get(reverse("actionplans:plan_sheet", kwargs={"network": network.slug}))
    rows = list(openpyxl.load_workbook(BytesIO(sheet.content)).active.values)
    assert [row[2] for row in rows] == ["Context", 2, 0]


def test_any_two_versions_are_compared(coordinator: User, actor: Actor, plan: ActionPlan) -> None:
    url, client = url_of(plan, "versions"), client_of(coordinator)
    assert client.get(url).status_code == 404
    for body in ("<p>One word.</p>", "<p>One other word.</p>", "<p>One other word.</p><p>And more.</p>"):
        write(actor, plan, body)
        plans.submit(actor=actor, plan=plan)
        plans.take_back(actor=actor, plan=plan)
    page = client.get(url)
    assert [row["counts"] for row in page.context["parts"]] == [{"added": 1}]
    assert "One other word." not in page.content.decode()
    assert "One other word." in client.get(f"{url}?all=1").content.decode()
    page = client.get(f"{url}?old=1&new=3")
    assert page.context["parts"][0]["counts"] == {"added": 1, "changed": 1}
    assert client.get(f"{url}?old=x&new=99").status_code == 200


def test_every_role_and_state_allows_what_the_table_says(network: Network, coordinator: User, plan: ActionPlan) -> None:
    people = {
        "coordinator": coordinator,
        "member": person(network, Role.MEMBER, plan.partner),
        "other": person(network, Role.COORDINATOR, network.partners.get(slug="iasi")),
        "expert": person(network, Role.LEAD_EXPERT),
        "lead": person(network, Role.LEAD_PARTNER),
        "observer": person(network, Role.OBSERVER),
        "adhoc": person(network, Role.ADHOC_EXPERT),
    }
    who = {
        "submit": {"coordinator"},
        "take_back": {"coordinator"},
        "ask_changes": {"expert", "lead"},
        "accept": {"expert", "lead"},
        "approve": {"expert", "lead"},
        "amend": {"coordinator", "expert", "lead"},
    }
    assert {step.name for step in PLAN.transitions} == set(who)
    for state in PlanState.values:
        at = timezone.now() if state == PlanState.APPROVED else None
        ActionPlan.objects.filter(pk=plan.pk).update(state=state, approved_at=at)
        plan.refresh_from_db()
        for name, user in people.items():
            viewer = actor_of(user, network)
            for step in PLAN.transitions:
                if name not in who[step.name]:
                    with pytest.raises(NotAllowedError):
                        PLAN.check(viewer, plan, step.name)
                elif state not in step.sources:
                    with pytest.raises(WrongStateError):
                        PLAN.check(viewer, plan, step.name)
                else:
                    PLAN.check(viewer, plan, step.name)


def test_an_approved_plan_has_its_moment(plan: ActionPlan) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ActionPlan.objects.filter(pk=plan.pk).update(state=PlanState.APPROVED)
    with pytest.raises(IntegrityError), transaction.atomic():
        ActionPlan.objects.filter(pk=plan.pk).update(approved_at=timezone.now())


# --- Actions and integration ------------------------------------------------------------------------------------------


def action_form(action: PlanAction, **fields: object) -> dict[str, object]:
    """Return a complete form of an action."""
    return {
        "read_version": action.version,
        "title": action.title,
        "owner": "Participation office",
        "readiness": "agreed",
        "starts": "2024-06-01",
        "ends": "2025-05-31",
        "steps-title": ["Agree", ""],
        "steps-owner": ["Office", ""],
        "steps-start": ["2024-06-01", ""],
        "steps-due": ["2024-07-01", ""],
        "costs-what": ["Half a post", "Course"],
        "costs-amount": ["24.000,50", "6000"],
        "costs-source": ["City", "Region"],
        "indicators-what": ["Answers"],
        "indicators-baseline": ["31 %"],
        "indicators-target": ["80 %"],
        "indicators-how": ["Register"],
        "risks-what": ["Nobody applies"],
        "risks-likelihood": ["2"],
        "risks-impact": ["3"],
        "risks-answer": ["Begin with one office"],
        **fields,
    }


def test_actions_come_from_the_log_and_are_refined(
    network: Network, city: Partner, coordinator: User, actor: Actor, plan: ActionPlan
) -> None:
    selected = LogAction.objects.create(
        network=network, partner=city, number=1, title="Call back", state=LogState.SELECTED, cells={"owner": "Office"}
    )
    LogAction.objects.create(network=network, partner=city, number=2, title="Not chosen")
    client, url = client_of(coordinator), url_of(plan, "plan_actions")
    assert [row.title for row in client.get(url).context["selected"]] == ["Call back"]
    client.post(url, {"log_action": selected.pk})
    client.post(url, {"log_action": selected.pk})  # pressed twice
    action = plan.actions.get()
    assert (action.title, action.owner, action.log_action) == ("Call back", "Office", selected)
    assert thread_of_action(actor, selected).further == [("Action of the plan: Call back", url)]
    one = url_of(plan, "plan_action", number=action.number)
    wrong = client.post(one, action_form(action, **{"costs-amount": ["a lot", "6000"]}))
    assert wrong.status_code == 422
    assert "“a lot” is no amount" in wrong.content.decode()
    assert client.post(one, action_form(action)).status_code == 302
    page = client.get(url)
    assert page.context["rows"][0][1] == []  # nothing is missing
    assert page.context["costs"] == [("City", Decimal("24000.50")), ("Region", Decimal(6000))]
    assert page.context["risks"][1] == ("middle", [[], [], ["1: Nobody applies"]])
    assert [(span.left, span.width) for span in page.context["spans"]] == [(0, 100)]
    torn = client.post(one, action_form(action, owner="Somebody else"))
    assert torn.status_code == 409
    assert "Participation office" in torn.content.decode()
    client.post(one, {"do": "out"})
    assert [row.title for row in client.get(url).context["out"]] == ["Call back"]
    client.post(one, {"do": "in"})
    plan_actions.add_action(actor=actor, plan=plan, title="Another")
    client.post(url_of(plan, "plan_action", number=2), {"do": "up"})
    assert list(plan.actions.values_list("title", flat=True)) == ["Another", "Call back"]
    with pytest.raises(PermissionDenied):
        plan_actions.add_action(actor=actor, plan=plan, of=LogAction.objects.get(title="Not chosen"))


def test_integrated_approach_is_assessed_before_and_after(coordinator: User, plan: ActionPlan) -> None:
    aspect = IntegrationAspect.objects.get()
    client, url = client_of(coordinator), url_of(plan, "integration")
    sent = {f"before-{aspect.pk}": "1", f"after-{aspect.pk}": "3", f"evidence-{aspect.pk}": "Joint budget"}
    assert client.post(url, sent | {f"after-{aspect.pk}": "7"}).status_code == 422
    assert client.post(url, sent).status_code == 302
    page = client.get(url)
    assert [(one.before, one.after, one.evidence) for one in page.context["aspects"]] == [(1, 3, "Joint budget")]
    assert "Before the plan 1" in str(page.context["picture"])


# --- Paper and editions -----------------------------------------------------------------------------------------------


def full(actor: Actor, plan: ActionPlan) -> None:
    """Write a plan with a picture, a table and an action."""
    photo = SimpleUploadedFile("bench.png", picture("PNG"), "image/png")
    kept = plans.add_picture(actor=actor, plan=plan, upload=photo, alt="A bench")
    address = reverse("common:file", kwargs={"network": plan.network.slug, "uuid": kept.pk})
    table = "<table><tbody><tr><td>Cell of it</td></tr></tbody></table>"
    write(actor, plan, f'<p>People ask.</p>{table}<figure><img src="{address}" alt="A bench"></figure>')
    action = plan_actions.add_action(actor=actor, plan=plan, title="Call back")
    rows = {"costs": [{"what": "Post", "amount": Decimal(100), "source": "City"}]}
    values = {name: getattr(action, name) for name in plan_actions.TEXTS}
    plan_actions.save_action(
        actor=actor, action=action, data=plan_actions.ActionData(values, rows), read_version=action.version
    )


def test_plan_comes_as_pdf_and_docx(network: Network, coordinator: User, actor: Actor, plan: ActionPlan) -> None:
    full(actor, plan)
    about = {
        "user_id": coordinator.pk,
        "network_id": network.pk,
        "asked": {"city": plan.partner.slug},
        "language": "en",
    }
    file = render_paper(code="plan", **about)
    with file.file.open("rb") as opened, pypdfium2.PdfDocument(opened.read()) as pdf:
        text = " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())
    for words in ("Draft", "People ask.", "Cell of it", "Call back", "Costs by source"):
        assert words in text
    docx_file = render_paper(code="plan-docx", **about)
    assert docx_file.name.endswith(".docx")
    with docx_file.file.open("rb") as opened:
        assert opened.read(2) == b"PK"
    neighbour = person(network, Role.COORDINATOR, network.partners.get(slug="iasi"))
    with pytest.raises(LookupError):
        render_paper(code="plan", **about | {"user_id": neighbour.pk})


def test_an_approved_plan_is_published_once_and_amended_as_a_new_edition(
    network: Network, coordinator: User, actor: Actor, plan: ActionPlan
) -> None:
    lead = person(network, Role.LEAD_PARTNER)
    full(actor, plan)
    plans.submit(actor=actor, plan=plan)
    with pytest.raises(WrongStateError):
        start_publishing(actor=actor_of(lead, network), plan=plan, language="en")
    PLAN.apply(actor=actor_of(lead, network), obj=plan, name="approve", fields={"approved_at": timezone.now()})
    with pytest.raises(PermissionDenied):
        publish(user_id=coordinator.pk, plan_pk=plan.pk, language="en")
    boss = client_of(lead)
    assert boss.post(url_of(plan), {"do": "publish"}).status_code == 302
    boss.post(url_of(plan), {"do": "publish"})
    assert Job.objects.filter(kind="action_plan").count() == 1
    edition = publish(user_id=lead.pk, plan_pk=plan.pk, language="en")
    assert publish(user_id=lead.pk, plan_pk=plan.pk, language="en") == edition
    visitor = Client()
    listed = visitor.get(reverse("public_plans:list", kwargs={"slug": network.slug})).content.decode()
    assert str(plan) in listed
    about = {"slug": network.slug, "city": plan.partner.slug, "number": 1}
    page = visitor.get(reverse("public_plans:detail", kwargs=about))
    assert "People ask." in page.content.decode()
    (shown,) = files_of(plans.PICTURE_FILE, plan.pk)
    address = reverse("public_plans:picture", kwargs={**about, "uuid": shown.pk})
    assert address in page.content.decode()
    assert status(visitor, address) == 200
    assert status(visitor, reverse("public_plans:file", kwargs=about)) == 200
    client = client_of(coordinator)
    assert client.post(url_of(plan), {"do": "meeting", "day": "", "place": ""}).status_code == 422
    client.post(url_of(plan), {"do": "meeting", "day": "2025-06-01", "place": "Town hall"})
    assert "Town hall" in visitor.get(reverse("public_plans:detail", kwargs=about)).content.decode()
    plans.amend(actor=actor, plan=plan)
    photo = SimpleUploadedFile("new.png", picture("PNG", (10, 10)), "image/png")
    new = plans.add_picture(actor=actor, plan=plan, upload=photo, alt="Not public yet")
    write(actor, plan, "<p>Amended.</p>")
    assert "Amended." not in visitor.get(reverse("public_plans:detail", kwargs=about)).content.decode()
    hidden = reverse("public_plans:picture", kwargs={**about, "uuid": new.pk})
    assert visitor.get(hidden).status_code == 404
    plans.submit(actor=actor, plan=plan)
    PLAN.apply(actor=actor_of(lead, network), obj=plan, name="approve", fields={"approved_at": timezone.now()})
    second = publish(user_id=lead.pk, plan_pk=plan.pk, language="en")
    assert (second.number, PlanEdition.objects.filter(plan=plan).count()) == (2, 2)
    assert edition.file is not None
    assert second.file is not None
    assert edition.file.sha256 != second.file.sha256


def test_pages_ask_the_same_few_queries_at_1_and_3_rows(
    network: Network, coordinator: User, actor: Actor, plan: ActionPlan
) -> None:
    write(actor, plan)
    pages = [
        reverse("actionplans:plan_list", kwargs={"network": network.slug}),
        url_of(plan),
        url_of(plan, "plan_actions"),
    ]
    client = client_of(coordinator)
    found = []
    for _round in range(2):
        plan_actions.add_action(actor=actor, plan=plan, title="Call back")
        numbers = []
        for page in pages:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(page).status_code == 200
            numbers.append(len(queries))
        found.append(numbers)
        for n in range(2):
            plan_actions.add_action(actor=actor, plan=plan, title=f"Another {n}")
            PartnerFactory(network=network)
    assert found[0] == found[1]
    assert max(found[0]) <= 12


def test_conflict_keeps_what_was_typed_until_somebody_chooses(actor: Actor, plan: ActionPlan) -> None:
    chapter = write(actor, plan)
    with pytest.raises(EditConflictError) as raised:
        plans.save_chapter(
            actor=actor, plan=plan, template=chapter.template, body="<p>Late.</p>", sources="", read_version=1
        )
    assert raised.value.conflict.data["body"] == "<p>Late.</p>"
    assert plan.chapters.get().body == "<p>People ask, and wait.</p>"
