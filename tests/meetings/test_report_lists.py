"""Who was at a local meeting, and the proof of a shared grid: lists read, corrected, taken over; files kept."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from aoce.common import review
from aoce.common.files import UploadRefusedError, files_of, may_view
from meetings.enums import SignedHow
from meetings.models import AttendanceSheet, Attendee
from meetings.services import attendance
from meetings.services import ulg as services
from meetings.services.attendance import PersonEdit
from meetings.services.drafting import KIND
from partners.models import LocalGroupMember
from tests.common import files_made as made
from tests.meetings.factories import Place, make_place
from tests.meetings.reports_made import LIST, TODAY, begun, ready, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_place()


def test_list_is_read_corrected_and_taken_over(place: Place) -> None:
    LocalGroupMember.objects.create(partner=place.city, name="Gál Örs", organisation="Known elsewhere")
    report, actor = begun(place), place.actor("coordinator")
    sheet = attendance.attach_sheet(actor=actor, report=report, upload=made.upload("l.xlsx", made.xlsx(LIST)))
    assert (sheet.is_list, sheet.sheet_name, len(sheet.rows)) == (True, "Lista", 3)
    assert sheet.rows[1]["problems"] == ["no_organisation", "no_kind"]
    attendance.correct_rows(
        actor=actor, sheet=sheet, edits={3: PersonEdit(organisation="Kamaraerdő", kind=place.kinds[1].pk)}
    )
    assert attendance.take_over(actor=actor, sheet=sheet) == 3
    assert attendance.take_over(actor=actor, sheet=sheet) == 0
    assert [(p.name, p.organisation, p.kind, p.how) for p in Attendee.objects.all()] == [
        ("Bakó Ágnes", "Városháza", place.kinds[0], SignedHow.SIGNED),
        ("Mező Katalin", "Kamaraerdő", place.kinds[1], SignedHow.SIGNED),
        ("Gál Örs", "Tanoda", place.kinds[1], SignedHow.ONLINE),
    ]


def test_row_without_a_name_is_written_or_left_out_first(place: Place) -> None:
    report, actor = begun(place), place.actor("coordinator")
    rows = made.xlsx([["Name", "Organisation", "Signature"], ["", "NGO", "x"], ["Ann", "NGO", "x"]])
    sheet = attendance.attach_sheet(actor=actor, report=report, upload=made.upload("l.xlsx", rows))
    with pytest.raises(attendance.NotCompleteError):
        attendance.take_over(actor=actor, sheet=sheet)
    attendance.correct_rows(actor=actor, sheet=sheet, edits={2: PersonEdit(leave=True)})
    assert attendance.take_over(actor=actor, sheet=sheet) == 1


def test_scan_is_kept_and_not_read(place: Place) -> None:
    report = begun(place)
    sheet = attendance.attach_sheet(
        actor=place.actor("coordinator"), report=report, upload=made.upload("scan.HEIC", made.picture("HEIF"))
    )
    assert (sheet.is_list, sheet.rows, sheet.file.content_type) == (False, [], "image/heic")


def test_list_that_cannot_be_read_is_not_kept(place: Place) -> None:
    report = begun(place)
    with pytest.raises(UploadRefusedError) as caught:
        attendance.attach_sheet(
            actor=place.actor("coordinator"), report=report, upload=made.upload("l.csv", b"colour;shape\nred;round\n")
        )
    assert str(caught.value) == (
        "“l.csv” was not taken: No column with names was found. "
        "Write “Name”, “Organisation” and “Group” above the columns."
    )
    assert AttendanceSheet.objects.count() == 0
    assert not files_of(attendance.SHEET_FILE, report.pk).exists()


def test_sheet_taken_out_takes_its_people_with_it(place: Place) -> None:
    report = ready(place)
    assert report.attendees.count() == 3
    file = files_of(attendance.SHEET_FILE, report.pk).get()
    assert attendance.detach(actor=place.actor("coordinator"), report=report, file=file) == 3
    assert (report.attendees.count(), report.sheets.count()) == (0, 0)


def test_empty_correction_never_erases_what_a_colleague_filled_in(place: Place) -> None:
    report, actor = ready(place), place.actor("coordinator")
    person = report.attendees.get(name="Mező Katalin")
    attendance.correct_people(
        actor=actor, report=report, edits={person.pk: PersonEdit(organisation="A", kind=place.kinds[0].pk)}
    )
    attendance.correct_people(actor=actor, report=report, edits={person.pk: PersonEdit(organisation="", kind=0)})
    person.refresh_from_db()
    assert (person.organisation, person.kind) == ("A", place.kinds[0])


def test_kind_of_another_network_is_not_taken(place: Place) -> None:
    from tests.partners.factories import StakeholderKindFactory

    report, actor = ready(place), place.actor("coordinator")
    person = report.attendees.get(name="Mező Katalin")
    far = StakeholderKindFactory()
    attendance.correct_people(actor=actor, report=report, edits={person.pk: PersonEdit(kind=far.pk)})
    person.refresh_from_db()
    assert person.kind is None


def test_file_of_another_report_cannot_be_taken_out(place: Place) -> None:
    first, second = ready(place), begun(place)
    file = files_of(attendance.SHEET_FILE, first.pk).get()
    with pytest.raises(PermissionDenied):
        attendance.detach(actor=place.actor("coordinator"), report=second, file=file)


# --- Learning grid ----------------------------------------------------------------------------------------------------


def test_shared_grid_needs_a_day_and_a_proof_before_it_is_handed_in(place: Place) -> None:
    report, actor = ready(place), place.actor("coordinator")
    services.save(actor=actor, report=report, fields={"grid_shared": "1"}, read_version=report.version)
    assert [p.field for p in services.problems_of(report, TODAY)] == ["grid_shared_on", "grid_proof"]
    late, day = {"grid_shared_on": "2024-04-19"}, {"grid_shared_on": "2024-04-17"}
    services.save(actor=actor, report=report, fields=late, read_version=report.version)
    attendance.attach_grid_proof(actor=actor, report=report, upload=made.upload("proof.pdf", made.pdf()))
    assert [p.field for p in services.problems_of(report, TODAY)] == ["grid_shared_on"]
    services.save(actor=actor, report=report, fields=day, read_version=report.version)
    services.submit(actor=actor, report=report, today=TODAY)
    new, _old = review.latest_versions(KIND, report.pk)
    assert (new.data["grid_shared"], new.data["grid_shared_on"]) == ("Yes", "2024-04-17")
    assert "proof.pdf" in new.data["files"]


def test_a_newer_proof_takes_the_place_of_the_old_one_and_taking_it_out_leaves_none(place: Place) -> None:
    report, actor = begun(place), place.actor("coordinator")
    for name in ("one.pdf", "two.pdf"):
        attendance.attach_grid_proof(actor=actor, report=report, upload=made.upload(name, made.pdf()))
    kept = list(files_of(attendance.GRID_FILE, report.pk))
    assert [file.name for file in kept] == ["two.pdf"]
    attendance.detach(actor=actor, report=report, file=kept[0])
    report.refresh_from_db()
    assert (report.grid_proof, files_of(attendance.GRID_FILE, report.pk).count()) == (None, 0)


def test_proof_is_seen_by_the_city_and_those_who_lead(place: Place) -> None:
    report, actor = submitted(place), place.actor("coordinator")
    file = attendance.attach_grid_proof(actor=actor, report=report, upload=made.upload("p.pdf", made.pdf()))
    seen = {who for who in place.people if may_view(place.actor(who), file)}
    assert seen == {"coordinator", "colleague", "member", "lead", "expert"}
