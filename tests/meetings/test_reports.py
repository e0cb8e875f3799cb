"""A local report from its beginning to its approval: services."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from aoce.common import review
from aoce.common.drafts import EditConflictError, open_conflicts
from aoce.common.enums import State
from aoce.common.files import files_of
from aoce.common.models import OutgoingMail, ReviewPoint, StatusChange
from aoce.common.workflow import CommentMissingError, NotAllowedError, WrongStateError
from meetings import policies
from meetings.models import UlgMeeting, UlgReport
from meetings.services import attendance, drafting
from meetings.services import ulg as services
from meetings.services.attendance import PersonEdit
from meetings.services.drafting import KIND
from meetings.workflow import ULG_REPORT
from roadmap.services import waive
from tests.common import files_made as made
from tests.meetings.factories import AttendeeFactory, Place, UlgReportFactory, make_place
from tests.meetings.reports_made import LIST, TODAY, begun, ready, submitted
from tests.partners.factories import NetworkFactory, PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_place()


# --- Begin ------------------------------------------------------------------------------------------------------------


def test_report_begins_for_the_oldest_obligation_still_free(place: Place) -> None:
    first, second = place.obligations()
    report = begun(place)
    first.refresh_from_db()
    assert (first.state, first.deliverable, first.deliverable_id) == (State.DRAFT, KIND, report.pk)
    other = begun(place)
    second.refresh_from_db()
    assert second.deliverable_id == other.pk
    assert [m.number for m in UlgMeeting.objects.order_by("number")] == [1, 2]
    third = begun(place)
    assert list(services.obligations_of(third)) == []


def test_obligation_that_has_a_report_gives_that_one(place: Place) -> None:
    second = place.obligations()[1]
    actor = place.actor("coordinator")
    report = services.start(actor=actor, partner=place.city, obligation=second)
    assert services.start(actor=place.actor("colleague"), partner=place.city, obligation=second) == report
    assert UlgReport.objects.count() == 1


@pytest.mark.parametrize("name", ["neighbour", "member", "lead", "expert", "adhoc", "observer"])
def test_only_the_citys_coordinators_begin_a_report(place: Place, name: str) -> None:
    with pytest.raises(PermissionDenied):
        services.start(actor=place.actor(name), partner=place.city)
    assert UlgReport.objects.count() == 0


def test_coordinator_cannot_begin_for_another_citys_obligation(place: Place) -> None:
    with pytest.raises(PermissionDenied):
        services.start(
            actor=place.actor("coordinator"), partner=place.city, obligation=place.obligations(place.other)[0]
        )


def test_draft_thrown_away_frees_its_obligation(place: Place) -> None:
    report = begun(place)
    services.discard(actor=place.actor("coordinator"), report=report)
    first = place.obligations()[0]
    assert (first.state, first.deliverable_id, UlgMeeting.objects.count()) == ("none", None, 0)


def test_report_that_was_submitted_is_not_thrown_away(place: Place) -> None:
    report = submitted(place)
    services.ask_changes(actor=place.actor("lead"), report=report, points=[("", "Mend")])
    with pytest.raises(WrongStateError):
        services.discard(actor=place.actor("coordinator"), report=report)


# --- Two people -------------------------------------------------------------------------------------------------------


def test_two_people_in_different_fields_do_not_disturb_each_other(place: Place) -> None:
    report = begun(place)
    base = drafting.base_of(drafting.read(report))
    empty = {"topics": "", "decisions": ""}
    services.save(
        actor=place.actor("coordinator"),
        report=report,
        fields={**empty, "topics": "Trust"},
        read_version=1,
        base=base or "x=1",
    )
    services.save(
        actor=place.actor("colleague"),
        report=report,
        fields={**empty, "decisions": "Meet"},
        read_version=1,
        base=base or "x=1",
    )
    report.refresh_from_db()
    assert (report.topics, report.decisions, report.version) == ("Trust", "Meet", 3)
    assert not open_conflicts(KIND, report.pk).exists()


def test_two_people_in_one_field_lose_nothing(place: Place) -> None:
    report = begun(place)
    coordinator, colleague = place.actor("coordinator"), place.actor("colleague")
    services.save(actor=coordinator, report=report, fields={"topics": "Trust", "place": ""}, read_version=1, base="x=1")
    with pytest.raises(EditConflictError) as caught:
        services.save(
            actor=colleague, report=report, fields={"topics": "Money", "place": "Tanoda"}, read_version=1, base="x=1"
        )
    report.refresh_from_db()
    assert (report.topics, report.meeting.place) == ("Trust", "Tanoda")
    assert caught.value.conflict.data == {"topics": "Money"}
    services.settle(
        actor=coordinator, report=report, conflict=caught.value.conflict, chosen={"topics": "Trust\n\nMoney"}
    )
    assert report.topics == "Trust\n\nMoney"
    assert not open_conflicts(KIND, report.pk).exists()


def test_own_earlier_save_is_no_conflict(place: Place) -> None:
    report, actor = begun(place), place.actor("coordinator")
    services.save(actor=actor, report=report, fields={"topics": "a"}, read_version=1, base="x=1")
    services.save(actor=actor, report=report, fields={"topics": "b"}, read_version=report.version, base="x=1")
    assert (report.topics, report.version) == ("b", 3)


def test_line_ends_of_a_browser_are_no_change(place: Place) -> None:
    report, actor = begun(place), place.actor("coordinator")
    services.save(actor=actor, report=report, fields={"topics": "a\nb"}, read_version=1)
    assert services.save(actor=actor, report=report, fields={"topics": "a\r\nb"}, read_version=2) is False


def test_open_conflict_keeps_a_report_from_being_submitted(place: Place) -> None:
    report = ready(place)
    with pytest.raises(EditConflictError):
        services.save(actor=place.actor("colleague"), report=report, fields={"topics": "Money"}, read_version=1)
    with pytest.raises(services.NotReadyError) as caught:
        services.submit(actor=place.actor("coordinator"), report=report, today=TODAY)
    assert [p.field for p in caught.value.problems] == ["conflict"]


# --- Hand in ----------------------------------------------------------------------------------------------------------


def test_empty_report_says_everything_that_is_missing(place: Place) -> None:
    with pytest.raises(services.NotReadyError) as caught:
        services.submit(actor=place.actor("coordinator"), report=begun(place), today=TODAY)
    assert [(p.part, p.field) for p in caught.value.problems] == [
        ("facts", "date"),
        ("facts", "place"),
        ("talk", "topics"),
        ("attendance", "sheets"),
    ]


def test_meeting_in_the_future_is_said_with_both_days(place: Place) -> None:
    report = ready(place)
    services.save(
        actor=place.actor("coordinator"), report=report, fields={"date": "2024-05-16"}, read_version=report.version
    )
    with pytest.raises(services.NotReadyError) as caught:
        services.submit(actor=place.actor("coordinator"), report=report, today=TODAY)
    assert [p.words for p in caught.value.problems] == [
        "16 May 2024 is after today, 18 April 2024. Enter the day the meeting took place."
    ]
    report.refresh_from_db()
    assert report.state == State.DRAFT


def test_list_not_taken_over_and_scan_without_numbers_are_said(place: Place) -> None:
    report, actor = begun(place), place.actor("coordinator")
    services.save(
        actor=actor, report=report, fields={"date": "2024-04-16", "place": "x", "topics": "x"}, read_version=1
    )
    attendance.attach_sheet(actor=actor, report=report, upload=made.upload("scan.pdf", made.pdf()))
    assert [p.field for p in services.problems_of(report, TODAY)] == ["counts"]
    sheet = attendance.attach_sheet(actor=actor, report=report, upload=made.upload("l.xlsx", made.xlsx(LIST)))
    assert [p.field for p in services.problems_of(report, TODAY)] == [f"list-{sheet.pk}"]


def test_scan_with_numbers_is_enough(place: Place) -> None:
    report, actor = begun(place), place.actor("coordinator")
    attendance.attach_sheet(actor=actor, report=report, upload=made.upload("scan.pdf", made.pdf()))
    fields = {"date": "2024-04-16", "place": "x", "topics": "x", f"count-{place.kinds[0].pk}": "7"}
    services.save(actor=actor, report=report, fields=fields, read_version=1)
    services.submit(actor=actor, report=report, today=TODAY)
    newest, _old = review.latest_versions(KIND, report.pk)
    assert newest.data["people"] == "Civil servants: 7\nAll: 7"


def test_report_file_stands_for_the_topics(place: Place) -> None:
    report, actor = ready(place), place.actor("coordinator")
    services.save(actor=actor, report=report, fields={"topics": ""}, read_version=report.version)
    assert [p.field for p in services.problems_of(report, TODAY)] == ["topics"]
    attendance.attach_report(actor=actor, report=report, upload=made.upload("r.docx", made.docx()))
    assert services.problems_of(report, TODAY) == []


def test_submission_freezes_a_version_moves_the_obligation_and_tells_the_lead_partner(place: Place) -> None:
    report = submitted(place)
    first = place.obligations()[0]
    assert (report.state, first.state, first.deliverable_id) == (State.SUBMITTED, "submitted", report.pk)
    newest, old = review.latest_versions(KIND, report.pk)
    assert (newest.number, old) == (1, None)
    assert newest.data["people"] == "Civil servants: 1\nChange-maker NGOs: 1\nNot known yet: 1\nAll: 3"
    assert newest.data["files"] == "l.xlsx"
    assert [m.to for m in OutgoingMail.objects.filter(purpose="submitted")] == [place.people["lead"].email]


def test_report_without_a_task_takes_the_next_free_one_when_submitted(place: Place) -> None:
    for obligation in place.obligations():
        waive(actor=place.actor("lead"), obligation=obligation, reason="Later")
    report = ready(place)
    assert list(services.obligations_of(report)) == []
    from roadmap.services import unwaive

    unwaive(actor=place.actor("lead"), obligation=place.obligations()[1])
    services.submit(actor=place.actor("coordinator"), report=report, today=TODAY)
    assert place.obligations()[1].deliverable_id == report.pk


def test_open_row_is_completed_after_submission_as_a_new_version(place: Place) -> None:
    report, actor = submitted(place), place.actor("coordinator")
    assert services.amend(actor=actor, report=report, today=TODAY) is False
    person = report.attendees.get(name="Mező Katalin")
    attendance.correct_people(actor=actor, report=report, edits={person.pk: PersonEdit(kind=place.kinds[0].pk)})
    assert services.amend(actor=actor, report=report, today=TODAY) is True
    newest, old = review.latest_versions(KIND, report.pk)
    assert (newest.number, newest.data["people"]) == (2, "Civil servants: 2\nChange-maker NGOs: 1\nAll: 3")
    assert old.number == 1


def test_file_of_a_submitted_report_stays(place: Place) -> None:
    report = submitted(place)
    file = files_of(attendance.SHEET_FILE, report.pk).get()
    with pytest.raises(WrongStateError):
        attendance.detach(actor=place.actor("coordinator"), report=report, file=file)


# --- Check ------------------------------------------------------------------------------------------------------------


def test_return_moves_the_obligation_keeps_points_and_tells_the_city(place: Place) -> None:
    report = submitted(place)
    due = place.network.today() + timedelta(5)
    services.ask_changes(actor=place.actor("lead"), report=report, points=[("Part 3", "Say who"), ("", " ")], due=due)
    first = place.obligations()[0]
    assert (report.state, first.state, first.due) == (State.CHANGES, "changes", due)
    assert [(p.where, p.text) for p in ReviewPoint.objects.all()] == [("Part 3", "Say who")]
    told = {m.to for m in OutgoingMail.objects.filter(purpose="returned")}
    assert told == {place.people["coordinator"].email, place.people["colleague"].email}
    point = ReviewPoint.objects.get()
    services.answer_point(
        actor=place.actor("coordinator"), report=report, point=point, answer="All listed", addressed=True
    )
    services.submit(actor=place.actor("coordinator"), report=report, today=TODAY)
    assert place.obligations()[0].state == "submitted"


def test_return_needs_a_point_or_a_comment(place: Place) -> None:
    report = submitted(place)
    with pytest.raises(CommentMissingError):
        services.ask_changes(actor=place.actor("lead"), report=report, points=[("", "")])
    assert UlgReport.objects.get().state == State.SUBMITTED


def test_approved_report_is_read_only_until_it_is_opened_again(place: Place) -> None:
    report, actor = submitted(place), place.actor("coordinator")
    services.approve(actor=place.actor("lead"), report=report)
    assert place.obligations()[0].state == "approved"
    with pytest.raises(WrongStateError):
        services.save(actor=actor, report=report, fields={"topics": "x"}, read_version=report.version)
    with pytest.raises(WrongStateError):
        attendance.attach_sheet(actor=actor, report=report, upload=made.upload("s.pdf", made.pdf()))
    with pytest.raises(CommentMissingError):
        services.reopen(actor=place.actor("lead"), report=report, comment="")
    services.reopen(actor=place.actor("lead"), report=report, comment="Wrong sheet")
    assert (report.state, place.obligations()[0].state) == (State.CHANGES, "changes")


def test_checker_is_told_when_a_newer_version_came_meanwhile(place: Place) -> None:
    report, actor = submitted(place), place.actor("coordinator")
    services.save(actor=actor, report=report, fields={"topics": "Other"}, read_version=report.version)
    services.amend(actor=actor, report=report, today=TODAY)
    with pytest.raises(services.NewerVersionError):
        services.approve(actor=place.actor("lead"), report=report, version=1)
    services.approve(actor=place.actor("lead"), report=report, version=2)
    assert report.state == State.APPROVED


def test_only_the_lead_partner_lets_a_report_serve_a_further_task(place: Place) -> None:
    report = submitted(place)
    second = place.obligations()[1]
    for name in ("coordinator", "expert", "member", "observer"):
        with pytest.raises(PermissionDenied):
            services.serve_also(actor=place.actor(name), report=report, obligation=second)
    services.serve_also(actor=place.actor("lead"), report=report, obligation=second)
    assert [o.state for o in place.obligations()] == ["submitted", "submitted"]
    services.approve(actor=place.actor("lead"), report=report)
    assert [(o.state, o.deliverable_id) for o in place.obligations()] == [("approved", report.pk)] * 2
    with pytest.raises(WrongStateError):
        services.serve_also(actor=place.actor("lead"), report=report, obligation=second)
    with pytest.raises(WrongStateError):
        services.serve_also(actor=place.actor("lead"), report=report, obligation=place.obligations(place.other)[0])


ALLOWED = {
    "submit": ({"coordinator", "colleague"}, {State.DRAFT, State.CHANGES}),
    "amend": ({"coordinator", "colleague"}, {State.SUBMITTED}),
    "ask_changes": ({"lead"}, {State.SUBMITTED}),
    "approve": ({"lead"}, {State.SUBMITTED}),
    "reopen": ({"lead"}, {State.APPROVED}),
}


@pytest.mark.parametrize("step", list(ALLOWED))
def test_step_is_possible_for_whom_and_when_the_table_says(place: Place, step: str) -> None:
    people, states = ALLOWED[step]
    report = UlgReportFactory(meeting__partner=place.city)
    found = set()
    for name in place.people:
        for state in State.values:
            report.state = state
            try:
                ULG_REPORT.check(place.actor(name), report, step, "why")
            except NotAllowedError:
                assert name not in people
            except WrongStateError:
                assert name in people
            else:
                found.add((name, state))
    assert found == {(name, state) for name in people for state in states}
    assert StatusChange.objects.filter(kind=KIND).count() == 0


def test_visible_reports_are_those_the_policy_shows(place: Place) -> None:
    cities = list(place.network.partners.all())
    for city in cities:
        for state in State.values:
            UlgReportFactory(meeting__partner=city, state=state)
    far = PartnerFactory(network=NetworkFactory())
    UlgReportFactory(meeting__partner=far, state=State.APPROVED)
    every = list(UlgReport.objects.select_related("meeting__partner"))
    assert len(every) == 13
    for name in place.people:
        actor = place.actor(name)
        assert set(UlgReport.objects.visible_to(actor)) == {r for r in every if policies.can_view_report(actor, r)}
    assert UlgReport.objects.visible_to(place.actor("adhoc")).count() == 0


def test_names_stay_with_the_city_and_who_leads(place: Place) -> None:
    report = UlgReportFactory(meeting__partner=place.city, state=State.SUBMITTED)
    seen = {name for name in place.people if policies.can_see_people(place.actor(name), report)}
    assert seen == {"coordinator", "colleague", "member", "lead", "expert"}


def test_minimum_counts_reported_meetings_and_begun_ones(place: Place) -> None:
    from roadmap.minimums import PROVIDERS, Count

    for state in State.values:
        AttendeeFactory(report=UlgReportFactory(meeting__partner=place.city, state=state))
    counted = PROVIDERS["ulg_meetings"](place.actor("coordinator"), [place.city.pk, place.other.pk])["ulg_meetings"]
    assert counted == {place.city.pk: Count(done=2, drafts=2)}
