"""Writing, checking, rendering and publishing a quarterly report."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date
from typing import Any

import pypdf
import pytest
from django.core import mail as outbox
from django.db import IntegrityError, transaction

from aoce.common.drafts import EditConflictError, open_conflicts
from aoce.common.enums import JobState
from aoce.common.files import files_of
from aoce.common.models import DraftConflict, Job, OutgoingMail, StatusChange, StoredFile, SubmittedVersion
from aoce.common.workflow import CommentMissingError, NotAllowedError, WrongStateError
from reports import services
from reports.enums import ReportState
from reports.models import QuarterlyReport, ReportSection
from reports.services import rendering
from reports.services.quarterly import KIND, SECTION_KIND
from roadmap.enums import ObligationState
from tests.partners.factories import StakeholderKindFactory
from tests.reports.factories import QuarterlyReportFactory, local_report, write
from tests.roadmap.world import Place

pytestmark = pytest.mark.usefixtures("now")


def save(place: Place, report: QuarterlyReport, who: str, body: str, version: int, *, code: str = "summary") -> Any:
    return services.save_section(actor=place.actor(who), report=report, code=code, body=body, read_version=version)


def published(place: Place, report: QuarterlyReport) -> QuarterlyReport:
    """Bring a report all the way."""
    write(report)
    services.submit(actor=place.actor("lead_expert"), report=report)
    services.approve(actor=place.actor("lead_partner"), report=report)
    services.publish(actor=place.actor("lead_partner"), report=report, language="en")
    return report


# --- Writing ----------------------------------------------------------------------------------------------------------


def test_reports_count_on_from_the_first_quarter(place: Place) -> None:
    actor = place.actor("lead_expert")
    numbers = [
        services.create_report(actor=actor, network=place.network, year=year, quarter=quarter).number
        for year, quarter in [(2024, 1), (2024, 3), (2024, 2), (2025, 1), (2024, 1)]
    ]
    assert numbers == [1, 3, 2, 5, 1]
    assert QuarterlyReport.objects.count() == 4


def test_section_is_kept_clean_with_its_last_editor(place: Place, report: QuarterlyReport) -> None:
    row = save(place, report, "lead_expert", "<p>Nine <b>cities</b><script>x()</script></p>", 1)
    assert row.body == "<p>Nine <strong>cities</strong></p>"
    assert (row.version, row.updated_by) == (2, place.people["lead_expert"])
    assert save(place, report, "lead_partner", row.body, 2).version == 2  # nothing changed, nobody named
    with pytest.raises(KeyError):
        save(place, report, "lead_expert", "x", 1, code="unknown")


def test_two_people_in_one_section_lose_nothing(place: Place, report: QuarterlyReport) -> None:
    save(place, report, "lead_expert", "From the expert", 1)
    with pytest.raises(EditConflictError) as raised:
        save(place, report, "lead_partner", "From the <i>partner</i>", 1)
    row = ReportSection.objects.get(report=report, code="summary")
    kept = open_conflicts(SECTION_KIND, row.pk).get()
    assert row.body == "<p>From the expert</p>"
    assert (kept, kept.data["body"], kept.user) == (
        raised.value.conflict,
        "From the <em>partner</em>",
        place.people["lead_partner"],
    )
    services.resolve_section(
        actor=place.actor("lead_expert"), report=report, section=row, conflict=kept, body=row.body + kept.data["body"]
    )
    row.refresh_from_db()
    assert row.body == "<p>From the expert</p>From the <em>partner</em>"
    assert not open_conflicts(SECTION_KIND, row.pk).exists()
    assert DraftConflict.objects.get().resolved_at is not None


def test_obligation_follows_the_report(place: Place, report: QuarterlyReport) -> None:
    other = place.owes("lead_expert", task__deliverable=KIND, task__due=date(2024, 7, 15))
    own = place.owes("lead_expert", task__deliverable=KIND, task__due=date(2024, 4, 30))
    early = place.owes("lead_expert", task__deliverable=KIND, task__due=date(2024, 1, 15))
    expert, lead = place.actor("lead_expert"), place.actor("lead_partner")
    seen = []

    def look() -> None:
        own.refresh_from_db()
        seen.append(own.state)

    write(report)
    save(place, report, "lead_expert", "Begun", ReportSection.objects.get(code="summary").version)
    look()
    services.submit(actor=expert, report=report)
    look()
    services.ask_changes(actor=lead, report=report, comment="", points=[("", "Name the cities")])
    look()
    services.submit(actor=expert, report=report)
    services.approve(actor=lead, report=report)
    look()
    assert seen == ["draft", "submitted", "changes", "approved"]
    assert (own.deliverable, own.deliverable_id) == (KIND, report.pk)
    for row in (other, early):
        row.refresh_from_db()
        assert (row.state, row.deliverable_id) == (ObligationState.NONE, None)


# --- Checking ---------------------------------------------------------------------------------------------------------


def test_every_step_is_recorded_and_told(
    place: Place, report: QuarterlyReport, django_capture_on_commit_callbacks: Any
) -> None:
    write(report)
    expert, lead = place.actor("lead_expert"), place.actor("lead_partner")
    with django_capture_on_commit_callbacks(execute=True):
        services.submit(actor=expert, report=report)
        services.ask_changes(actor=lead, report=report, comment="Nearly.", points=[("", "Name the cities"), ("", " ")])
        services.submit(actor=expert, report=report)
        services.approve(actor=lead, report=report)
    steps = StatusChange.objects.filter(kind=KIND, object_id=report.pk)
    assert [(step.transition, step.user) for step in steps] == [
        ("submit", place.people["lead_expert"]),
        ("ask_changes", place.people["lead_partner"]),
        ("submit", place.people["lead_expert"]),
        ("approve", place.people["lead_partner"]),
    ]
    assert [point.text for point in steps[1].points.all()] == ["Name the cities"]
    assert [version.number for version in SubmittedVersion.objects.all()] == [1, 2]
    told = [(mail.purpose, mail.user) for mail in OutgoingMail.objects.order_by("pk")]
    expert_, lead_ = place.people["lead_expert"], place.people["lead_partner"]
    assert told == [("submitted", lead_), ("returned", expert_), ("submitted", lead_), ("accepted", expert_)]
    assert len(outbox.outbox) == 4
    assert "Name the cities" in outbox.outbox[1].body


def test_returning_needs_a_word(place: Place, report: QuarterlyReport) -> None:
    services.submit(actor=place.actor("lead_expert"), report=report)
    with pytest.raises(CommentMissingError):
        services.ask_changes(actor=place.actor("lead_partner"), report=report, comment=" ", points=[("", "  ")])
    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


def test_points_are_answered_by_who_writes(place: Place, report: QuarterlyReport) -> None:
    services.submit(actor=place.actor("lead_expert"), report=report)
    change = services.ask_changes(
        actor=place.actor("lead_partner"), report=report, comment="", points=[("", "Name the cities")]
    )
    point = change.points.get()
    services.answer_point(
        actor=place.actor("lead_expert"), report=report, point=point, answer="In chapter 2", addressed=True
    )
    point.refresh_from_db()
    assert (point.answer, point.addressed_by) == ("In chapter 2", place.people["lead_expert"])


def test_nothing_is_written_while_it_is_checked(place: Place, report: QuarterlyReport) -> None:
    write(report)
    services.submit(actor=place.actor("lead_expert"), report=report)
    stale = QuarterlyReport.objects.get(pk=report.pk)
    stale.state = ReportState.DRAFT  # as a page that was opened before
    with pytest.raises(WrongStateError):
        save(place, stale, "lead_expert", "Later", 2)
    assert ReportSection.objects.get(code="summary").body == "<p>About summary.</p>"


# --- Rendering and publishing -----------------------------------------------------------------------------------------


def content_of(file: StoredFile) -> bytes:
    """Return the bytes of a stored file."""
    with file.file.open("rb") as opened:
        return opened.read()


def read(file: StoredFile) -> pypdf.PdfReader:
    """Return a stored PDF."""
    return pypdf.PdfReader(io.BytesIO(content_of(file)))


def test_render_job_goes_from_the_request_to_a_draft(
    place: Place, report: QuarterlyReport, django_capture_on_commit_callbacks: Any
) -> None:
    write(report, summary="<p>Ķekava, Gdańsk and Iași met.</p>")
    jobs = []
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            jobs.append(services.start_render(actor=place.actor("lead_expert"), report=report, language="en"))
    for job in jobs:
        job.refresh_from_db()
    assert [(job.state, job.object_id) for job in jobs] == [(JobState.DONE, report.pk)] * 2
    assert jobs[1].result is not None
    text = "".join(page.extract_text() for page in read(jobs[1].result).pages)
    assert "Ķekava, Gdańsk and Iași met." in text
    assert "Draft" in text
    assert list(files_of("quarterly_draft", report.pk)) == [jobs[1].result]  # the first is taken away
    report.refresh_from_db()
    assert (report.state, report.file, report.figures) == (ReportState.DRAFT, None, {})


def test_render_pressed_twice_is_one_job(place: Place, report: QuarterlyReport) -> None:
    first = services.start_render(actor=place.actor("lead_expert"), report=report, language="en")
    assert services.start_render(actor=place.actor("lead_partner"), report=report, language="en") == first


def test_publish_job_freezes_figures_and_file(
    place: Place, report: QuarterlyReport, django_capture_on_commit_callbacks: Any
) -> None:
    officials = StakeholderKindFactory(network=place.network, name="Officials")
    local_report(place.own, date(2024, 2, 1), counts={officials: 12})
    write(report)
    services.submit(actor=place.actor("lead_expert"), report=report)
    services.approve(actor=place.actor("lead_partner"), report=report)
    with django_capture_on_commit_callbacks(execute=True):
        services.start_publishing(actor=place.actor("lead_partner"), report=report, language="nl")
    report.refresh_from_db()
    assert (report.state, report.figures["totals"]["people"]) == (ReportState.PUBLISHED, 12)
    assert report.file is not None
    content = content_of(report.file)
    assert report.file.sha256 == hashlib.sha256(content).hexdigest()
    pdf = pypdf.PdfReader(io.BytesIO(content))
    assert pdf.trailer["/Root"]["/Lang"] == "nl"
    data = {name: bytes(parts[0]) for name, parts in pdf.attachments.items()}
    assert json.loads(data["quarterly-report-2024-1.json"]) == report.figures
    rows = list(csv.reader(io.StringIO(data["quarterly-report-2024-1-attendance.csv"].decode("utf-8-sig"))))
    assert rows[:2] == [
        ["city", "Officials", "not known", "total", "not yet accepted", "by name", "different people"],
        ["Budaörs", "12", "0", "12", "0", "0", "0"],
    ]
    local_report(place.own, date(2024, 2, 2), counts={officials: 100})
    assert services.figures_of(report)["totals"]["people"] == 12
    # Run once more, as after a lost acknowledgement: nothing new.
    from reports.tasks import publish_report

    job = Job.objects.get()
    Job.objects.update(state=JobState.QUEUED, result=None)
    publish_report(job_id=str(job.pk), report_id=report.pk, language="nl")
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, report.file)
    assert StoredFile.objects.count() == 1


def test_published_report_never_changes(place: Place, report: QuarterlyReport) -> None:
    published(place, report)
    before = QuarterlyReport.objects.values().get(pk=report.pk)
    texts = list(report.sections.values_list("code", "body", "version"))
    conflict = DraftConflict.objects.create(
        network=place.network,
        kind=SECTION_KIND,
        object_id=report.sections.first().pk,
        user=place.people["lead_expert"],
        data={"body": "x"},
        base_version=1,
    )
    lead = place.actor("lead_partner")
    calls = [
        lambda: save(place, report, "lead_partner", "Later", 2),
        lambda: services.resolve_section(
            actor=lead, report=report, section=report.sections.first(), conflict=conflict, body="x"
        ),
        lambda: services.submit(actor=lead, report=report),
        lambda: services.ask_changes(actor=lead, report=report, comment="Oh", points=[]),
        lambda: services.approve(actor=lead, report=report),
        lambda: services.start_render(actor=lead, report=report, language="en"),
        lambda: services.render(actor=lead, report=report, language="en"),
        lambda: services.start_publishing(actor=lead, report=report, language="en"),
        lambda: services.publish(actor=lead, report=report, language="en"),
    ]
    for call in calls:
        with pytest.raises(WrongStateError):
            call()
    assert services.create_report(actor=lead, network=place.network, year=2024, quarter=1) == report
    assert QuarterlyReport.objects.values().get(pk=report.pk) == before
    assert list(report.sections.values_list("code", "body", "version")) == texts


def test_database_refuses_half_a_publication(report: QuarterlyReport) -> None:
    with pytest.raises(IntegrityError, match="published_report_has_moment_and_file"), transaction.atomic():
        QuarterlyReport.objects.filter(pk=report.pk).update(state=ReportState.PUBLISHED)


def test_database_keeps_the_file_of_a_published_report(place: Place, report: QuarterlyReport) -> None:
    published(place, report)
    with pytest.raises(IntegrityError):
        StoredFile.objects.get(pk=report.file_id).delete()


def test_report_changed_while_it_is_published_stays_unpublished(
    place: Place, report: QuarterlyReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(report)
    expert, lead = place.actor("lead_expert"), place.actor("lead_partner")
    services.submit(actor=expert, report=report)
    services.approve(actor=lead, report=report)

    def slowly(*_args: Any, **_kwargs: Any) -> bytes:
        services.ask_changes(actor=lead, report=report, comment="Wait", points=[])
        save(place, report, "lead_expert", "Another text", ReportSection.objects.get(code="summary").version)
        services.submit(actor=expert, report=report)
        services.approve(actor=lead, report=report)
        return b"%PDF of the text before"

    monkeypatch.setattr(rendering, "pdf_bytes", slowly)
    with pytest.raises(WrongStateError):
        services.publish(actor=lead, report=report, language="en")
    report.refresh_from_db()
    assert (report.state, report.file) == (ReportState.APPROVED, None)
    assert not StoredFile.objects.exists()


def test_job_of_somebody_who_lost_their_role_does_nothing(place: Place, report: QuarterlyReport) -> None:
    write(report)
    services.submit(actor=place.actor("lead_expert"), report=report)
    services.approve(actor=place.actor("lead_partner"), report=report)
    job = services.start_publishing(actor=place.actor("lead_partner"), report=report, language="en")
    place.people["lead_partner"].memberships.all().delete()
    from reports.tasks import publish_report

    with pytest.raises(NotAllowedError):
        publish_report(job_id=str(job.pk), report_id=report.pk, language="en")
    report.refresh_from_db()
    assert report.state == ReportState.APPROVED


def test_pdf_has_funding_page_numbers_contents_and_alternatives(place: Place, report: QuarterlyReport) -> None:
    officials = StakeholderKindFactory(network=place.network, name="Officials")
    local_report(place.own, date(2024, 2, 1), counts={officials: 12})
    place.owes(task__due=date(2024, 3, 15), state=ObligationState.SUBMITTED)
    type(place.network).objects.filter(pk=place.network.pk).update(funding_statement="Co-funded by the European Union")
    report.network.refresh_from_db()
    write(report)
    content = rendering.pdf_bytes(report, services.figures_of(report), language="en", is_draft=False)
    pdf = pypdf.PdfReader(io.BytesIO(content))
    pages = [page.extract_text() for page in pdf.pages]
    assert all("Co-funded by the European Union" in page for page in pages)
    assert all(f"{n} / {len(pages)}" in page for n, page in enumerate(pages[1:], 2))
    assert not any("Draft" in page for page in pages)
    assert "1. The quarter on one page" in pages[1]
    titles = [entry.title for entry in flat(pdf.outline)]
    assert titles[-1] == "Annex: data and sources"
    assert "3. Meeting at home" in titles
    from tests.common.test_pdf import tags_of

    figures = [node for node in nodes(pdf.trailer["/Root"]["/StructTreeRoot"]) if node.get("/S") == "/Figure"]
    assert all(node.get("/Alt") for node in figures)
    assert any(str(node["/Alt"]).startswith("People: Budaörs 12") for node in figures)
    assert tags_of(pdf.trailer["/Root"]["/StructTreeRoot"]).count("/Table") >= 3


def flat(outline: list[Any]) -> list[Any]:
    """Return all entries of an outline."""
    return [item for entry in outline for item in (flat(entry) if isinstance(entry, list) else [entry])]


def nodes(node: Any) -> list[Any]:
    """Return all elements of a structure tree."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [inner for kid in node for inner in nodes(kid)]
    if not isinstance(node, dict):
        return []
    return [*([node] if "/S" in node else []), *(nodes(node["/K"]) if "/K" in node else [])]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x"])
def test_data_never_is_a_formula(place: Place, text: str) -> None:
    type(place.own).objects.filter(pk=place.own.pk).update(name=text)
    report = QuarterlyReportFactory(network=place.network, year=2025)
    sheet = rendering.data_files(report, services.figures_of(report))[0].content.decode("utf-8-sig")
    assert f"'{text}," in sheet
