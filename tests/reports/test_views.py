"""The pages of quarterly reports, for whoever writes, checks, reads, or has no account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aoce.common.drafts import open_conflicts
from aoce.common.enums import JobState, State
from aoce.common.models import Job
from partners.models import Network
from reports import services
from reports.enums import ReportState
from reports.models import QuarterlyReport, ReportSection
from reports.services import rendering
from reports.services.quarterly import KIND, SECTION_KIND
from tests.partners.factories import StakeholderKindFactory
from tests.reports.factories import MeetingFactory, QuarterlyReportFactory, local_report, write
from tests.roadmap.world import Place, make_place

pytestmark = pytest.mark.usefixtures("now")
SignIn = Callable[[str], Client]
BUDGET = 12


@pytest.fixture
def published(place: Place, report: QuarterlyReport, monkeypatch: pytest.MonkeyPatch) -> QuarterlyReport:
    """A published report with figures of a real-looking quarter; its file is drawn elsewhere (test_services)."""
    monkeypatch.setattr(rendering, "pdf_bytes", lambda *_args, **_kwargs: b"%PDF-1.7 of a test")
    kind = StakeholderKindFactory(network=place.network, name="Officials")
    local_report(place.own, date(2024, 2, 1), people=[(kind, "City hall"), (None, "")])
    local_report(place.other, date(2024, 2, 1), State.SUBMITTED, counts={kind: 3})
    MeetingFactory(network=place.network, title="Core Network Meeting 2")
    write(report, summary="<p>Nine cities met.</p>")
    services.submit(actor=place.actor("lead_expert"), report=report)
    services.ask_changes(
        actor=place.actor("lead_partner"), report=report, comment="", points=[("", "A private remark")]
    )
    services.submit(actor=place.actor("lead_expert"), report=report)
    services.approve(actor=place.actor("lead_partner"), report=report)
    services.publish(actor=place.actor("lead_partner"), report=report, language="en")
    return report


def queries(client: Client, url: str) -> int:
    client.get(url)  # what is kept between requests is there
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


@pytest.mark.parametrize("name", ["lead_expert", "lead_partner", "coordinator", "observer"])
def test_list_takes_the_same_queries_for_one_report_and_for_three(place: Place, as_: SignIn, name: str) -> None:
    client, url = as_(name), place.url("reports/")
    QuarterlyReportFactory(network=place.network, state=ReportState.APPROVED)
    one = queries(client, url)
    for quarter in (2, 3):
        QuarterlyReportFactory(network=place.network, quarter=quarter, number=quarter, state=ReportState.APPROVED)
    assert queries(client, url) == one <= BUDGET


@pytest.mark.parametrize("page", ["", "preview/", "sections/summary/", "sections/local_meetings/"])
def test_pages_take_the_same_queries_for_one_row_and_for_three(
    place: Place, report: QuarterlyReport, as_: SignIn, page: str
) -> None:
    kind = StakeholderKindFactory(network=place.network)
    client, url = as_("lead_expert"), place.url(f"reports/2024/1/{page}")
    write(report)

    def more() -> None:
        local_report(place.own, date(2024, 2, 1), people=[(kind, "x")], counts={kind: 1})
        MeetingFactory(network=place.network)
        place.owes(task__due=date(2024, 3, 1))

    more()
    one = queries(client, url)
    more()
    more()
    assert queries(client, url) == one


@pytest.mark.parametrize(("name", "shown"), [("lead_expert", True), ("coordinator", False), ("adhoc_expert", False)])
def test_list_shows_drafts_to_the_leads_only(
    place: Place, report: QuarterlyReport, as_: SignIn, name: str, shown: bool
) -> None:
    page = as_(name).get(place.url("reports/")).text
    assert (f'href="{place.url("reports/2024/1/")}"' in page) == shown
    assert ("Begin another quarter" in page) == shown
    assert report.state == ReportState.DRAFT


def test_quarter_is_begun_once(place: Place, as_: SignIn) -> None:
    client = as_("lead_partner")
    for _ in range(2):
        answer = client.post(place.url("reports/new/"), {"year": "2024", "quarter": "2"})
        assert answer.headers["Location"] == place.url("reports/2024/2/")
    assert QuarterlyReport.objects.count() == 1
    answer = client.post(place.url("reports/new/"), {"year": "x", "quarter": "9"}, follow=True)
    assert "Choose a year and a quarter." in answer.text
    assert as_("coordinator").post(place.url("reports/new/"), {"year": "2024", "quarter": "3"}).status_code == 403


def test_section_is_saved_typed_or_by_itself(place: Place, report: QuarterlyReport, as_: SignIn) -> None:
    client, url = as_("lead_expert"), place.url("reports/2024/1/sections/summary/")
    page = client.get(url)
    assert f'nonce="{nonce_of(page)}"' in page.text
    assert 'type="importmap"' in page.text
    saved = client.post(url, {"do": "autosave", "body": "<p>Begun</p>", "read_version": "1"})
    assert (saved.status_code, saved.json()["version"]) == (200, 2)
    answer = client.post(url, {"do": "save", "body": "Plain text.\n\nTwice.", "read_version": "2"}, follow=True)
    assert "“The quarter on one page” is saved." in answer.text
    assert ReportSection.objects.get(report=report).body == "<p>Plain text.</p><p>Twice.</p>"
    assert client.post(url, {"do": "autosave", "body": "x", "read_version": "?"}).status_code == 422
    assert client.post(url, {"do": "save", "body": "x"}).status_code == 200
    assert client.get(place.url("reports/2024/1/sections/unknown/")).status_code == 404


def test_section_is_written_without_the_editor(place: Place, report: QuarterlyReport, as_: SignIn) -> None:
    client, url = as_("lead_expert"), place.url("reports/2024/1/sections/summary/")
    write(report, summary="<h3>Begun</h3><p>With <strong>care</strong>.</p>")
    assert 'href="?plain=1"' in client.get(url).text
    page = client.get(f"{url}?plain=1").text
    assert "## Begun\n\nWith **care**.</textarea>" in page
    assert "importmap" not in page
    row = ReportSection.objects.get(report=report, code="summary")
    sent = {"plain": "True", "body": "## Begun\r\n\r\n- a < b\r\n- c", "read_version": str(row.version)}
    assert client.post(url, sent).status_code == 302
    row.refresh_from_db()
    assert row.body == "<h3>Begun</h3><ul><li><p>a &lt; b</p></li><li><p>c</p></li></ul>"


def nonce_of(response: Any) -> str:
    """Return the nonce that the page's content policy allows."""
    policy = response.headers["Content-Security-Policy"]
    return str(policy.split("'nonce-")[1].split("'")[0])


def test_conflict_shows_both_texts_and_keeps_both(place: Place, report: QuarterlyReport, as_: SignIn) -> None:
    url = place.url("reports/2024/1/sections/summary/")
    as_("lead_expert").post(url, {"body": "From the expert", "read_version": "1"})
    client = as_("lead_partner")
    quiet = client.post(url, {"do": "autosave", "body": "From the partner", "read_version": "1"})
    assert quiet.status_code == 409
    answer = client.post(url, {"body": "From the partner, longer", "read_version": "1"})
    assert answer.headers["Location"] == quiet.json()["conflict"]
    page = client.get(answer.headers["Location"]).text
    assert "<p>From the expert</p>" in page
    assert "<p>From the partner, longer</p>" in page
    assert "Two people changed this text" in as_("lead_expert").get(url).text
    client.post(answer.headers["Location"], {"do": "both"})
    row = ReportSection.objects.get(report=report)
    assert row.body == "<p>From the expert</p><p>From the partner, longer</p>"
    assert not open_conflicts(SECTION_KIND, row.pk).exists()
    assert client.get(answer.headers["Location"]).status_code == 404


def test_report_goes_from_draft_to_published_by_its_buttons(
    place: Place, report: QuarterlyReport, as_: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    write(report)
    expert, lead = as_("lead_expert"), as_("lead_partner")
    here, decide = place.url("reports/2024/1/"), place.url("reports/2024/1/decide/")
    assert 'value="submit"' in expert.get(here).text
    expert.post(decide, {"do": "submit"})
    assert 'value="submit"' not in expert.get(here).text
    assert 'value="ask_changes"' in lead.get(here).text
    empty = lead.post(decide, {"do": "ask_changes"})
    assert empty.status_code == 422
    assert "Write at least one point" in empty.text
    lead.post(decide, {"do": "ask_changes", "points": "Name the cities\n\nSay when"})
    page = expert.get(here).text
    assert "Name the cities" in page
    assert "Say when" in page
    assert 'value="answer"' in page
    row = ReportSection.objects.get(code="summary")
    expert.post(here + "sections/summary/", {"body": "<p>About Genk.</p>", "read_version": str(row.version)})
    expert.post(decide, {"do": "submit"})
    page = lead.get(here).text
    assert "<del>summary.</del><ins>Genk.</ins>" in page
    lead.post(decide, {"do": "approve"})
    with django_capture_on_commit_callbacks(execute=True):
        answer = lead.post(decide, {"do": "publish", "language": "nl"})
    job = Job.objects.get()
    assert (job.state, answer.headers["Location"]) == (JobState.DONE, place.url(f"work/{job.pk}/"))
    report.refresh_from_db()
    assert report.state == ReportState.PUBLISHED
    page = expert.get(here).text
    assert report.file.sha256 in page
    assert "<button" not in page.split("<main")[1].split("</main>")[0]
    assert expert.post(decide, {"do": "submit"}).status_code == 409
    assert lead.post(here + "render/").status_code == 409
    assert lead.post(decide, {"do": "dance"}).status_code == 404


@pytest.mark.parametrize("do", ["submit", "approve", "ask_changes", "publish", "answer"])
def test_decisions_are_refused_to_who_only_reads(place: Place, report: QuarterlyReport, as_: SignIn, do: str) -> None:
    QuarterlyReport.objects.filter(pk=report.pk).update(state=ReportState.APPROVED)
    for name in ("coordinator", "member", "observer"):
        answer = as_(name).post(place.url("reports/2024/1/decide/"), {"do": do, "comment": "x"})
        assert answer.status_code == 403
    report.refresh_from_db()
    assert report.state == ReportState.APPROVED


def test_points_are_answered_on_the_page(place: Place, report: QuarterlyReport, as_: SignIn) -> None:
    services.submit(actor=place.actor("lead_expert"), report=report)
    change = services.ask_changes(
        actor=place.actor("lead_partner"), report=report, comment="", points=[("", "One"), ("", "Two")]
    )
    one, two = change.points.all()
    sent = {"do": "answer", f"point-{one.pk}-answer": "Done so", f"point-{one.pk}-done": "on"}
    as_("lead_expert").post(place.url("reports/2024/1/decide/"), {**sent, f"point-{two.pk}-answer": ""})
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.answer, one.addressed_at is None) == ("Done so", False)
    assert (two.answer, two.addressed_at) == ("", None)


def test_chart_is_a_picture_in_the_language_asked_for(place: Place, report: QuarterlyReport, as_: SignIn) -> None:
    place.owes(task__due=date(2024, 3, 1))
    client, url = as_("lead_expert"), place.url("reports/2024/1/charts/obligations.svg")
    answer = client.get(url)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")
    assert "Budaörs" in answer.text
    assert f'src="{url}?language=en"' in client.get(place.url("reports/2024/1/")).text
    assert client.get(place.url("reports/2024/1/charts/secret.svg")).status_code == 404
    assert as_("coordinator").get(url).status_code == 404
    assert report.state == ReportState.DRAFT


def test_preview_is_the_page_of_the_pdf(place: Place, report: QuarterlyReport, as_: SignIn) -> None:
    write(report, summary="<p>Nine cities met.</p>")
    page = as_("lead_expert").get(place.url("reports/2024/1/preview/?language=nl"))
    assert '<html lang="nl">' in page.text
    assert "Nine cities met." in page.text
    assert "data:image" not in page.text
    assert "<style" not in page.text
    assert as_("coordinator").get(place.url("reports/2024/1/preview/")).status_code == 404


@pytest.mark.parametrize("name", ["coordinator", "member", "observer", "adhoc_expert"])
def test_readers_see_the_published_report_without_how_it_came_about(
    place: Place, published: QuarterlyReport, as_: SignIn, name: str
) -> None:
    client = as_(name)
    page = client.get(place.url("reports/2024/1/")).text
    assert "Nine cities met." in page
    for hidden in ("A private remark", "What happened", "Blanks", "Secret Name", "Topics nobody else"):
        assert hidden not in page
    file = client.get(place.url(f"files/{published.file_id}/"))
    assert file.headers["Content-Type"] == "application/pdf"
    assert b"".join(file).startswith(b"%PDF")


def test_draft_file_is_for_the_leads(
    place: Place, report: QuarterlyReport, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "pdf_bytes", lambda *_args, **_kwargs: b"%PDF-1.7 of a test")
    file = services.render(actor=place.actor("lead_expert"), report=report, language="en")
    answers = {}
    for name in ("lead_partner", "lead_expert", "coordinator", "observer"):
        answer = as_(name).get(place.url(f"files/{file.pk}/"))
        answers[name] = answer.status_code
        assert answer.status_code == 404 or b"".join(answer) == b"%PDF-1.7 of a test"
    assert answers == {"lead_partner": 200, "lead_expert": 200, "coordinator": 404, "observer": 404}


# --- Without an account -----------------------------------------------------------------------------------------------


def test_public_pages_show_what_is_published_and_nothing_else(place: Place, published: QuarterlyReport) -> None:
    Network.objects.filter(pk=place.network.pk).update(funding_statement="Co-funded by the European Union")
    QuarterlyReportFactory(network=place.network, quarter=2, number=2, state=ReportState.APPROVED)
    client, base = Client(), f"/public/{place.network.slug}/"
    listed, page = client.get(base).text, client.get(f"{base}reports/2024-1/").text
    assert "Quarterly Network Report 1" in listed
    assert "Quarterly Network Report 2" not in listed
    assert "Nine cities met." in page
    assert published.file.sha256 in page
    people = [user.name for user in place.people.values()] + [user.email for user in place.people.values()]
    for hidden in (*people, "A private remark", "Secret Name", "Topics nobody else", "City hall", "/n/"):
        assert hidden not in listed
        assert hidden not in page
    for text in (listed, page):
        assert "Co-funded by the European Union" in text
        assert "Flag of the European Union" in text
    file = client.get(f"{base}reports/2024-1.pdf")
    assert file.headers["Content-Type"] == "application/pdf"
    assert b"".join(file).startswith(b"%PDF")


@pytest.mark.parametrize("state", ["draft", "submitted", "changes", "approved"])
def test_public_pages_do_not_know_unpublished_reports(
    place: Place, report: QuarterlyReport, as_: SignIn, state: str
) -> None:
    QuarterlyReport.objects.filter(pk=report.pk).update(state=state)
    base = f"/public/{place.network.slug}/reports/2024-1"
    for client in (Client(), as_("lead_partner")):
        assert client.get(f"{base}/").status_code == 404
        assert client.get(f"{base}.pdf").status_code == 404
    assert client.get("/public/no-such-network/").status_code == 404


def test_public_pages_of_one_network_do_not_show_another(published: QuarterlyReport) -> None:
    other = make_place().network
    assert Client().get(f"/public/{other.slug}/reports/2024-1/").status_code == 404
    assert "Quarterly Network Report" not in Client().get(f"/public/{other.slug}/").text
    assert published.state == ReportState.PUBLISHED


def test_public_pages_take_few_queries(place: Place, published: QuarterlyReport) -> None:
    base = f"/public/{place.network.slug}/"
    assert queries(Client(), base) <= 4
    assert queries(Client(), f"{base}reports/2024-1/") <= 4
    assert published.file.owner_kind == KIND
