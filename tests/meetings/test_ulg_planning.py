"""Local meetings before they are held: planned, invited to, answered, ticked off into the report."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from pytest_django.asserts import assertNumQueries

from aoce.common.models import OutgoingMail
from aoce.common.workflow import WrongStateError
from meetings import policies
from meetings.enums import Answer, SignedHow
from meetings.models import Attendee, UlgInvitation, UlgMeeting, UlgReport
from meetings.services import invitations, planning, presence, ulg
from partners.actors import Actor
from partners.models import LocalGroupMember
from partners.services.cities import save_group_member, save_sub_group
from partners.services.persons import Named
from tests.meetings.factories import Place, make_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_place()


def plan(place: Place, days: int = 10, **fields: object) -> UlgMeeting:
    day = place.network.today() + timedelta(days)
    return planning.plan(
        actor=place.actor("coordinator"), partner=place.city, day=day, **{"title": "Walk", "place": "Hall", **fields}
    )


def members(place: Place, n: int = 3, *, email: bool = True) -> list[LocalGroupMember]:
    return [
        save_group_member(
            actor=place.actor("coordinator"),
            partner=place.city,
            name=f"Member {i}",
            organisation="School",
            kind=place.kinds[0],
            email=f"m{i}@city.example" if email else "",
        )
        for i in range(n)
    ]


def invite(place: Place, meeting: UlgMeeting, who: list[LocalGroupMember]) -> list[UlgInvitation]:
    invitations.invite(actor=place.actor("coordinator"), meeting=meeting, members=[m.pk for m in who])
    return list(UlgInvitation.objects.filter(meeting=meeting).order_by("pk"))


def url(place: Place, name: str, **kwargs: object) -> str:
    return reverse(f"meetings:{name}", kwargs={"network": place.network.slug, **kwargs})


# --- Plan -------------------------------------------------------------------------------------------------------------


def test_only_the_citys_coordinators_plan(place: Place) -> None:
    for who in ("neighbour", "member", "lead", "expert", "observer", "adhoc"):
        with pytest.raises(PermissionDenied):
            planning.plan(actor=place.actor(who), partner=place.city, day=date(2030, 1, 1))
    assert plan(place).number == 1
    assert plan(place).number == 2


def test_planned_meetings_are_seen_as_the_policy_says(place: Place) -> None:
    plan(place)
    drafted = UlgMeeting.objects.create(partner=place.city, number=9)
    UlgReport.objects.create(meeting=drafted)
    for who in place.people:
        actor = place.actor(who)
        seen = {m.pk for m in UlgMeeting.objects.all() if policies.can_view_ulg_meeting(actor, m)}
        assert set(UlgMeeting.objects.visible_to(actor).values_list("pk", flat=True)) == seen, who
    assert UlgMeeting.objects.visible_to(place.actor("member")).count() == 1
    assert UlgMeeting.objects.visible_to(place.actor("lead")).count() == 1
    assert UlgMeeting.objects.visible_to(place.actor("neighbour")).count() == 0


def test_meeting_does_not_end_before_it_begins(place: Place) -> None:
    with pytest.raises(ValidationError):
        plan(place, start_time=time(19), end_time=time(18))


def test_form_plans_and_says_what_is_wrong(place: Place, client: Client) -> None:
    client.force_login(place.people["coordinator"])
    data = {"date": "2030-05-04", "place": "Hall", "start_time": "19:00", "end_time": "18:00"}
    wrong = client.post(url(place, "ulg_plan"), data)
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["end_time"])
    client.post(url(place, "ulg_plan"), {**data, "end_time": "20:00"})
    meeting = UlgMeeting.objects.get()
    assert (meeting.date, meeting.start_time, meeting.planned_at is None) == (date(2030, 5, 4), time(19), False)


# --- Invite -----------------------------------------------------------------------------------------------------------


def test_members_with_an_address_are_invited_once_by_mail(place: Place) -> None:
    meeting = plan(place, start_time=time(17, 30), end_time=time(19))
    who = [*members(place, 2), save_group_member(actor=place.actor("coordinator"), partner=place.city, name="No Mail")]
    assert invitations.invite(actor=place.actor("coordinator"), meeting=meeting, members=[m.pk for m in who]) == 2
    assert invitations.invite(actor=place.actor("coordinator"), meeting=meeting, members=[m.pk for m in who]) == 0
    assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == ["m0@city.example", "m1@city.example"]


def test_calendar_file_has_a_stable_uid_and_the_citys_time(place: Place) -> None:
    place.city.time_zone = "Europe/Bucharest"
    place.city.save()
    meeting = planning.plan(
        actor=place.actor("coordinator"),
        partner=place.city,
        day=date(2030, 7, 1),
        place="Hall",
        start_time=time(17, 30),
        end_time=time(19),
    )
    invite(place, meeting, members(place, 1))
    planning.change(actor=place.actor("coordinator"), meeting=meeting, changes={"place": "Park"})
    assert invitations.untold(meeting) == 1
    assert invitations.tell_changes(actor=place.actor("coordinator"), meeting=meeting) == 1
    assert invitations.tell_changes(actor=place.actor("coordinator"), meeting=meeting) == 0
    assert planning.call_off(actor=place.actor("coordinator"), meeting=meeting) == 1
    rows = OutgoingMail.objects.order_by("pk")
    files = [Calendar.from_ical(m.attachments[0]["text"]) for m in rows]
    events = [file.walk("VEVENT")[0] for file in files]
    assert [m.purpose for m in rows] == ["ulg_invitation", "ulg_changed", "ulg_called_off"]
    assert len({str(event["uid"]) for event in events}) == 1
    assert [int(event["sequence"]) for event in events] == [0, 1, 2]
    assert [str(event["status"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [str(file["method"]) for file in files] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert events[0]["dtstart"].dt.isoformat() == "2030-07-01T14:30:00+00:00"


def test_saving_tells_nobody_and_what_nobody_needs_counts_as_no_news(place: Place) -> None:
    meeting = plan(place)
    invite(place, meeting, members(place, 1))
    group = save_sub_group(actor=place.actor("coordinator"), partner=place.city, name="Youth")
    assert planning.change(actor=place.actor("coordinator"), meeting=meeting, changes={"sub_group": group}) is False
    assert planning.change(actor=place.actor("coordinator"), meeting=meeting, changes={"place": "Park"}) is True
    assert OutgoingMail.objects.count() == 1


def test_a_meeting_called_off_or_reported_is_not_planned_any_more(place: Place) -> None:
    meeting = plan(place)
    planning.call_off(actor=place.actor("coordinator"), meeting=meeting)
    with pytest.raises(WrongStateError):
        planning.change(actor=place.actor("coordinator"), meeting=meeting, changes={"place": "Park"})
    with pytest.raises(WrongStateError):
        ulg.start(actor=place.actor("coordinator"), partner=place.city, meeting=meeting)


# --- Answer -----------------------------------------------------------------------------------------------------------


def test_looking_answers_nothing_and_posting_does(place: Place, client: Client) -> None:
    invitation = invite(place, plan(place), members(place, 1))[0]
    address = reverse("answers:answer", kwargs={"token": invitations.token_of(invitation)})
    page = client.get(address, {"answer": "yes"})
    invitation.refresh_from_db()
    assert (page.status_code, page.context["chosen"], invitation.answer) == (200, "yes", "")
    client.post(address, {"answer": "maybe"})
    invitation.refresh_from_db()
    assert invitation.answer == Answer.MAYBE
    client.post(address, {"answer": "no"})
    invitation.refresh_from_db()
    assert invitation.answer == Answer.NO
    assert page["X-Robots-Tag"] == "noindex"


def test_answer_page_tells_nothing_to_who_makes_an_address_up(place: Place, client: Client) -> None:
    invitation = invite(place, plan(place), members(place, 1))[0]
    token = invitations.token_of(invitation)
    for made_up in (f"{invitation.pk + 1}{token[token.index('.') :]}", f"{invitation.pk}.x", "x", token[:-1]):
        assert client.get(reverse("answers:answer", kwargs={"token": made_up})).status_code == 404
    invitations.withdraw(actor=place.actor("coordinator"), invitation=invitation)
    assert client.get(reverse("answers:answer", kwargs={"token": token})).status_code == 404


def test_no_answer_and_a_wrong_one_are_said(place: Place, client: Client) -> None:
    invitation = invite(place, plan(place), members(place, 1))[0]
    address = reverse("answers:answer", kwargs={"token": invitations.token_of(invitation)})
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"answer": "perhaps"}).status_code == 422


def test_nobody_answers_after_the_day_or_when_it_is_called_off(place: Place, client: Client) -> None:
    over, off = plan(place), plan(place, 12)
    who = members(place, 1)
    late, gone = invite(place, over, who)[0], invite(place, off, who)[0]
    planning.call_off(actor=place.actor("coordinator"), meeting=off)
    with time_machine.travel(place.network.today() + timedelta(11)):
        for invitation, words in ((late, "This meeting is over"), (gone, "This meeting was called off")):
            address = reverse("answers:answer", kwargs={"token": invitations.token_of(invitation)})
            page = client.post(address, {"answer": "yes"})
            invitation.refresh_from_db()
            assert (words in page.text, invitation.answer) == (True, "")


# --- Who came ---------------------------------------------------------------------------------------------------------


def test_answers_prefill_and_ticking_fills_the_reports_list_once(place: Place) -> None:
    meeting = plan(place, 0)
    rows = invite(place, meeting, members(place, 3))
    today = place.network.today()
    for row, given in zip(rows, ("yes", "no", "maybe"), strict=True):
        invitations.answer(invitation=row, given=given, today=today)
    assert [e.ticked for e in presence.expected_at(meeting, today)] == [True, False, False]
    people = [rows[0].person_id, rows[2].person_id]
    report, added = presence.tick(actor=place.actor("coordinator"), meeting=meeting, people=people, today=today)
    again = presence.tick(actor=place.actor("coordinator"), meeting=meeting, people=people, today=today)
    assert (added, again[1], report.meeting_id) == (2, 0, meeting.pk)
    found = list(Attendee.objects.filter(report=report).values_list("name", "organisation", "kind", "how", "person"))
    assert found == [(f"Member {n}", "School", place.kinds[0].pk, SignedHow.LISTED, rows[n].person_id) for n in (0, 2)]


def test_who_signs_twice_is_one_person_and_the_first_begins_the_report(place: Place) -> None:
    meeting, system = plan(place, 0), Actor.system(place.network.pk)
    today, member = place.network.today(), members(place, 1)[0]
    first = presence.sign(actor=system, meeting=meeting, named=Named("Ágnes Kovács", "School"), today=today)
    again = presence.sign(actor=system, meeting=meeting, named=Named("agnes kovacs"), today=today)
    found = presence.sign(actor=system, meeting=meeting, named=Named(""), today=today, person_id=member.person_id)
    assert first == again
    assert [a.name for a in Attendee.objects.order_by("pk")] == ["Ágnes Kovács", "Member 0"]
    assert (found.person_id, found.how, found.organisation) == (member.person_id, SignedHow.SIGNED, "School")
    assert UlgReport.objects.get().meeting == meeting


def test_ticked_and_then_signed_is_signed(place: Place) -> None:
    meeting, member, today = plan(place, 0), members(place, 1)[0], place.network.today()
    presence.tick(actor=place.actor("coordinator"), meeting=meeting, people=[member.person_id], today=today)
    system = Actor.system(place.network.pk)
    presence.sign(actor=system, meeting=meeting, named=Named(member.name), today=today)
    assert [a.how for a in Attendee.objects.all()] == [SignedHow.SIGNED]


def test_nobody_signs_on_another_day_from_another_network_or_after_handing_in(place: Place) -> None:
    today, named, system = place.network.today(), Named("Jan"), Actor.system(place.network.pk)
    with pytest.raises(presence.NotTodayError):
        presence.sign(actor=system, meeting=plan(place, 1), named=named, today=today)
    meeting = plan(place, 0)
    for actor in (Actor.system(place.network.pk + 1), place.actor("neighbour"), place.actor("lead")):
        with pytest.raises(PermissionDenied):
            presence.sign(actor=actor, meeting=meeting, named=named, today=today)
    UlgReport.objects.create(meeting=meeting, state="submitted")
    with pytest.raises(WrongStateError):
        presence.sign(actor=system, meeting=meeting, named=named, today=today)


def test_discarding_the_report_of_a_planned_meeting_keeps_the_meeting(place: Place) -> None:
    meeting = plan(place, 0)
    report = ulg.start(actor=place.actor("coordinator"), partner=place.city, meeting=meeting)
    ulg.discard(actor=place.actor("coordinator"), report=report)
    assert list(UlgMeeting.objects.filter(report=None)) == [meeting]


def test_new_report_offers_the_planned_meeting(place: Place, client: Client) -> None:
    meeting = plan(place, -1)
    client.force_login(place.people["coordinator"])
    page = client.get(url(place, "ulg_new"))
    assert page.context["unreported"] == [meeting]
    obligation = place.obligations()[0]
    client.post(url(place, "ulg_new"), {"obligation": obligation.pk, "meeting": meeting.pk})
    assert UlgReport.objects.get().meeting == meeting


def test_page_does_what_its_buttons_say(place: Place, client: Client) -> None:
    meeting, who = plan(place), members(place, 2)
    client.force_login(place.people["coordinator"])
    address = url(place, "ulg_meeting", pk=meeting.pk)
    client.post(address, {"do": "invite", "member": [m.pk for m in who]})
    row = UlgInvitation.objects.first()
    client.post(address, {"do": f"withdraw-{row.pk}"})
    assert UlgInvitation.objects.count() == 1
    assert client.post(address, {"do": "dance"}).status_code == 400
    client.post(address, {"do": "call_off"})
    assert "Called off" in client.get(address).text
    client.force_login(place.people["lead"])
    assert client.post(address, {"do": "invite"}).status_code == 403


def test_sub_group_is_invited_by_itself(place: Place, client: Client) -> None:
    who = members(place, 3)
    group = save_sub_group(actor=place.actor("coordinator"), partner=place.city, name="Youth", members=who[:1])
    meeting = plan(place, sub_group=group)
    client.force_login(place.people["coordinator"])
    assert client.get(url(place, "ulg_meeting", pk=meeting.pk)).context["free"] == who[:1]


@pytest.mark.parametrize("n", [1, 3, 30])
def test_pages_take_the_same_few_queries(place: Place, client: Client, n: int) -> None:
    meeting = plan(place)
    invite(place, meeting, members(place, n))
    for i in range(n):
        save_group_member(actor=place.actor("coordinator"), partner=place.city, name=f"Free {i}")
    client.force_login(place.people["coordinator"])
    with assertNumQueries(6):
        client.get(url(place, "ulg_meeting", pk=meeting.pk))
    with assertNumQueries(7):
        client.get(url(place, "ulg_present", pk=meeting.pk))
