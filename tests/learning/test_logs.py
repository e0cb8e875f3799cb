"""Learning logs: a table written in place, pasted, brought in and out; nothing of it vanishes."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from learning.enums import LogState
from learning.models import GridEntry, LearningGrid, LogAction, LogColumn
from learning.policies import can_view_action
from learning.services import logs as services
from partners.actors import Actor
from partners.enums import Role
from partners.models import HorizontalTheme, Network, Partner, User
from tests.partners.factories import actor_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(network: Network) -> Partner:
    for position, (code, name) in enumerate([("result", "Intended result"), ("owner", "Owner"), ("risks", "Risks")]):
        LogColumn.objects.create(network=network, code=code, name=name, position=position)
    return network.partners.get(slug="gdansk")


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


def log_url(network: Network) -> str:
    return reverse("learning:log", kwargs={"network": network.slug, "city": "gdansk"})


def test_cell_is_written_in_place_and_never_over_somebody_elses(
    network: Network, city: Partner, coordinator: User, actor: Actor
) -> None:
    action = services.create(actor=actor, partner=city, values={"title": "A bench"})
    client, url = client_of(coordinator), log_url(network)
    sent = {"do": "cell", "action": action.pk, "column": "result", "text": "People talk", "was": ""}
    assert client.post(url, sent).json()["text"] == "People talk"
    answer = client.post(url, {**sent, "text": "People sit"})
    assert (answer.status_code, answer.json()["now"]) == (409, "People talk")
    assert client.post(url, {**sent, "text": "People sit", "was": "People talk"}).status_code == 200
    action.refresh_from_db()
    assert action.cells == {"result": "People sit"}
    empty = client.post(url, {**sent, "column": "title", "text": " ", "was": "A bench"})
    assert (empty.status_code, "needs a title" in empty.json()["said"]) == (422, True)
    long = client.post(url, {**sent, "text": "x" * 2001, "was": "People sit"})
    assert (long.status_code, "Intended result" in long.json()["said"]) == (422, True)
    page = client.get(reverse("learning:log_action", kwargs={"network": network.slug, "pk": action.pk}))
    changes = page.context["changes"]
    assert [row["lines"] for row in changes] == [
        [("Intended result", "People talk", "People sit")],
        [("Intended result", "", "People talk")],
    ]
    assert changes[0]["who"] == coordinator


def test_rows_of_excel_and_word_are_pasted_as_actions(
    network: Network, city: Partner, coordinator: User, actor: Actor
) -> None:
    client, url = client_of(coordinator), log_url(network)
    pasted = 'A bench\t"People\ntalk"\tParks\r\nA walk\tPeople move\t\r\n'
    assert client.post(url, {"do": "paste", "rows": pasted}).status_code == 302
    rows = list(LogAction.objects.order_by("number"))
    assert [(row.number, row.title, row.cells) for row in rows] == [
        (1, "A bench", {"result": "People\ntalk", "owner": "Parks"}),
        (2, "A walk", {"result": "People move"}),
    ]
    taken = services.paste(
        actor=actor, partner=city, rows=[["Schools"], ["Sports"]], first="owner", at=LogAction.objects.get(number=1)
    )
    assert (taken.added, taken.changed) == (0, 2)
    assert [row.cells["owner"] for row in LogAction.objects.order_by("number")] == ["Schools", "Sports"]
    answer = client.post(url, {"do": "paste", "rows": "Third\ta\tb\tc\td\te"})
    assert answer.status_code == 422
    assert "6 columns" in answer.content.decode()
    assert "Third" in answer.content.decode()  # what was pasted is still in the field
    assert LogAction.objects.count() == 2
    with pytest.raises(services.TableError):  # all of it or nothing
        services.paste(actor=actor, partner=city, rows=[["Fourth"], ["x" * 300]])
    assert LogAction.objects.count() == 2


@given(text=st.text(max_size=200))
def test_any_pasted_text_becomes_rows_of_cells(text: str) -> None:
    rows = services.rows_of_paste(text)
    assert all(any(row) or not any(cell.strip() for cell in row) for row in rows)
    assert all("\t" not in cell and "\r" not in cell for row in rows for cell in row)


def test_spreadsheet_goes_out_and_comes_back(network: Network, city: Partner, coordinator: User, actor: Actor) -> None:
    services.create(actor=actor, partner=city, values={"title": "=1+1", "result": "Ważne ąę", "owner": "Parks"})
    services.create(actor=actor, partner=city, values={"title": "A walk"})
    client = client_of(coordinator)
    raw = client.get(reverse("learning:log_export", kwargs={"network": network.slug, "city": "gdansk"})).content
    book = openpyxl.load_workbook(io.BytesIO(raw))
    sheet = book.active
    assert [cell.value for cell in sheet[1]][:4] == ["No.", "Action", "Intended result", "Owner"]
    assert sheet["B2"].value == "'=1+1"
    sheet["D3"] = "Sports"
    sheet.append([None, "A third", "From the sheet"])
    out = io.BytesIO()
    book.save(out)
    upload = SimpleUploadedFile("log.xlsx", out.getvalue())
    answer = client.post(log_url(network), {"do": "bring", "sheet": upload}, follow=True)
    assert "1 actions added, 1 changed" in answer.content.decode()
    assert "Horizontal themes" in answer.content.decode()  # a column that is not brought in is named
    assert [(row.title, row.cells) for row in LogAction.objects.order_by("number")] == [
        ("=1+1", {"result": "Ważne ąę", "owner": "Parks"}),
        ("A walk", {"owner": "Sports"}),
        ("A third", {"result": "From the sheet"}),
    ]
    for name, content, words in (
        ("log.xlsx", b"PK\x03\x04 broken", "log.xlsx"),
        ("log.pdf", b"%PDF-1.4\n%%EOF\n", "log.pdf"),
    ):
        answer = client.post(log_url(network), {"do": "bring", "sheet": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422
        assert words in answer.content.decode()


def test_merged_and_dropped_actions_stay_and_say_why(
    network: Network, city: Partner, coordinator: User, actor: Actor
) -> None:
    grid = LearningGrid.objects.create(
        network=network,
        partner=city,
        horizontal_theme=HorizontalTheme.objects.create(network=network, code="green", name="Green"),
    )
    entry = GridEntry.objects.create(grid=grid, learnt="Begin small")
    first = services.create(actor=actor, partner=city, values={"title": "A bench"}, links={"entries": [entry.pk]})
    second = services.create(actor=actor, partner=city, values={"title": "Two benches"})
    client = client_of(coordinator)
    url = reverse("learning:log_action", kwargs={"network": network.slug, "pk": first.pk})
    assert client.post(url, {"do": "drop"}).status_code == 422
    assert "Choose the action" in client.post(url, {"do": "merge"}).content.decode()
    assert "2. Two benches" in client.get(url, {"merge": "1"}).content.decode()
    client.post(url, {"do": "merge", "into": second.pk})
    first.refresh_from_db()
    assert (first.state, first.merged_into) == (LogState.MERGED, second)
    assert list(second.entries.all()) == [entry]  # what it drew on goes along
    with pytest.raises(services.WrongStateError):
        services.set_cell(actor=actor, action=first, code="owner", text="Parks", was="")
    client.post(url, {"do": "reopen"})
    first.refresh_from_db()
    assert (first.state, first.merged_into) == (LogState.DRAFT, None)
    client.post(url, {"do": "drop", "comment": "Two are better"})
    assert "Two are better" in client.get(url).content.decode()
    page = client.get(log_url(network)).content.decode()
    assert "A bench" in page  # it is listed below the table
    with pytest.raises(IntegrityError), transaction.atomic():
        LogAction.objects.filter(pk=second.pk).update(state=LogState.MERGED)


def test_visible_actions_are_those_the_policy_shows(network: Network, city: Partner, actor: Actor) -> None:
    services.create(actor=actor, partner=city, values={"title": "A bench"})
    chosen = services.create(actor=actor, partner=city, values={"title": "A walk"})
    services.step(actor=actor, action=chosen, name="select")
    other = network.partners.get(slug="bb")
    people = [person(network, role) for role in (Role.LEAD_EXPERT, Role.OBSERVER, Role.ADHOC_EXPERT)]
    people += [person(network, Role.COORDINATOR, other)]
    counts = []
    for user in people:
        viewer = actor_of(user, network)
        shown = set(LogAction.objects.visible_to(viewer))
        assert shown == {row for row in LogAction.objects.all() if can_view_action(viewer, row)}
        counts.append(len(shown))
        with pytest.raises(PermissionDenied):
            services.create(actor=viewer, partner=city, values={"title": "Not ours"})
    assert counts == [2, 1, 0, 2]


def test_columns_are_the_networks_and_old_texts_stay(network: Network, city: Partner, actor: Actor) -> None:
    action = services.create(actor=actor, partner=city, values={"title": "A bench", "risks": "Rain"})
    expert = client_of(person(network, Role.LEAD_EXPERT))
    columns = reverse("learning:log_columns", kwargs={"network": network.slug})
    expert.post(columns, {"name": "Budget", "help": "In euro"})
    assert "already" in expert.post(columns, {"name": "budget"}).content.decode()
    budget = LogColumn.objects.get(name="Budget")

    def do(column: LogColumn, what: str) -> None:
        url = reverse("learning:log_column_do", kwargs={"network": network.slug, "pk": column.pk})
        assert expert.post(url, {"do": what}).status_code == 302

    do(budget, "left")
    do(LogColumn.objects.get(code="risks"), "retire")
    assert [column.name for column in services.columns_of(network)] == ["Intended result", "Owner", "Budget"]
    page = expert.get(reverse("learning:log_action", kwargs={"network": network.slug, "pk": action.pk}))
    assert "Rain" in page.content.decode()


def test_form_shows_what_somebody_else_wrote_meanwhile(
    network: Network, city: Partner, coordinator: User, actor: Actor
) -> None:
    action = services.create(actor=actor, partner=city, values={"title": "A bench"})
    client = client_of(coordinator)
    url = reverse("learning:log_edit", kwargs={"network": network.slug, "pk": action.pk})
    services.set_cell(actor=actor, action=action, code="result", text="People talk", was="")
    page = client.post(url, {"title": "A bench", "result": "People sit", "read_version": "1"}).content.decode()
    assert "People talk" in page
    assert "People sit" in page
    assert client.post(url, {"title": "A bench", "result": "Both", "read_version": "2"}).status_code == 302
    action.refresh_from_db()
    assert action.cells == {"result": "Both"}


def test_table_and_presentation_take_the_same_few_queries(
    network: Network, city: Partner, coordinator: User, actor: Actor
) -> None:
    client = client_of(coordinator)
    present = reverse("learning:log_present", kwargs={"network": network.slug, "city": "gdansk"})
    counts = []
    for n in range(3):
        services.create(actor=actor, partner=city, values={"title": f"Action {n}", "owner": "Parks"})
        with CaptureQueriesContext(connection) as queries:
            client.get(log_url(network))
            page = client.get(present).content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 24
    assert "Action 2" in page
    assert "<textarea" not in page
