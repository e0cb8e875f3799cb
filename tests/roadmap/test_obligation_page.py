"""The page of one obligation."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from partners.enums import Role
from roadmap.enums import ObligationState as O
from roadmap.enums import Party, ReminderState
from roadmap.models import Obligation, Reminder
from roadmap.services import hand_ins
from tests.partners.factories import MembershipFactory
from tests.roadmap.factories import ObligationFactory
from tests.roadmap.world import Place

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("now")


def page_of(place: Place, obligation: Obligation) -> str:
    """Return its address."""
    return place.url(f"obligations/{obligation.pk}/")


def text_of(response: object) -> str:
    """Return the page's words."""
    assert response.status_code == 200
    return " ".join(BeautifulSoup(response.content, "html.parser").main.get_text(" ").split())


def test_each_role_gets_its_answer(place: Place, as_: SignIn) -> None:
    open_one, done = place.owes(), place.owes(state=O.APPROVED)
    expert, far = place.owes(Party.LEAD_EXPERT), ObligationFactory()
    everything = (open_one, done, expert, far)
    found = {name: [as_(name).get(page_of(place, o)).status_code for o in everything] for name in place.people}
    assert found == {
        "lead_partner": [200, 200, 200, 404],
        "lead_expert": [200, 200, 200, 404],
        "adhoc_expert": [404, 404, 404, 404],
        "coordinator": [200, 200, 200, 404],
        "other_coordinator": [404, 404, 200, 404],
        "member": [200, 200, 200, 404],
        "observer": [404, 200, 404, 404],
    }


def test_lead_partner_moves_waives_and_asks_again(place: Place, as_: SignIn) -> None:
    obligation = place.owes()
    url, client = page_of(place, obligation), as_("lead_partner")
    empty = client.post(url, {"do": "move_due", "move-due": "", "move-reason": ""})
    assert "This field is required." in text_of(empty)
    client.post(url, {"do": "move_due", "move-due": "2024-05-10", "move-reason": "Elections"})
    assert "Moved from 26 April: Elections" in text_of(as_("coordinator").get(url))
    client.post(url, {"do": "waive", "waive-reason": "Held before"})
    assert "Held before" in text_of(as_("coordinator").get(url))
    again = client.post(url, {"do": "waive", "waive-reason": "Held before"})
    assert again.status_code == 409
    client.post(url, {"do": "unwaive", "unwaive-comment": ""})
    obligation.refresh_from_db()
    assert (obligation.state, obligation.due) == (O.NONE, date(2024, 5, 10))
    shown = text_of(client.get(url))
    assert "From 26 April 2024 to 10 May 2024. Elections" in shown
    assert "Needed after all" in shown


@pytest.mark.parametrize("name", ["lead_expert", "coordinator", "member"])
def test_others_may_not_move_or_waive(place: Place, as_: SignIn, name: str) -> None:
    obligation = place.owes()
    url, client = page_of(place, obligation), as_(name)
    assert "Move the day" not in text_of(client.get(url))
    for data in (
        {"do": "move_due", "move-due": "2024-05-10", "move-reason": "x"},
        {"do": "waive", "waive-reason": "x"},
        {"do": "unwaive"},
        {"do": "complete"},
    ):
        assert client.post(url, data).status_code == 403
    obligation.refresh_from_db()
    assert (obligation.state, obligation.due_override) == (O.NONE, None)
    assert client.post(url, {"do": "other"}).status_code == 400


def test_lead_expert_marks_their_own_task_done(place: Place, as_: SignIn) -> None:
    obligation = place.owes(Party.LEAD_EXPERT)
    url = page_of(place, obligation)
    assert as_("coordinator").post(url, {"do": "complete"}).status_code == 403
    assert as_("lead_expert").post(url, {"do": "complete", "complete-comment": "Sent by mail"}).status_code == 302
    obligation.refresh_from_db()
    assert obligation.state == O.APPROVED
    shown = text_of(as_("coordinator").get(url))
    assert re.search(r"Marked as done .+, lead expert Sent by mail", shown)


def test_page_lists_reminders_to_whom_they_concern(place: Place, as_: SignIn) -> None:
    obligation = place.owes()
    Reminder.objects.create(
        obligation=obligation,
        user=place.people["coordinator"],
        due=obligation.due,
        send_on=date(2024, 4, 12),
        state=ReminderState.SENT,
    )
    url = page_of(place, obligation)
    for name in ("lead_partner", "lead_expert", "coordinator"):
        assert "12 April 2024 coordinator Sent" in text_of(as_(name).get(url))
    assert "Reminders" not in text_of(as_("member").get(url))


def test_draft_is_offered_to_its_writer_only(place: Place, as_: SignIn) -> None:
    obligation = place.owes()
    hand_ins.save(actor=place.actor("coordinator"), obligation=obligation, text="Secret", read_version=1)
    url = page_of(place, obligation)
    link = f"{url}hand-in/"
    assert link in as_("coordinator").get(url).content.decode()
    for name in ("lead_partner", "lead_expert", "member"):
        assert link not in as_(name).get(url).content.decode()


def test_somebody_who_leads_and_coordinates_may_do_both(place: Place, as_: SignIn) -> None:
    MembershipFactory(
        user=place.people["lead_partner"], network=place.network, role=Role.COORDINATOR, partner=place.lead
    )
    shown = text_of(as_("lead_partner").get(page_of(place, place.owes("lead"))))
    assert "Start" in shown
    assert "Move the day" in shown


def test_page_costs_the_same_with_a_long_history(
    place: Place, as_: SignIn, django_assert_max_num_queries: Callable
) -> None:
    obligation = place.owes()
    client, url = as_("lead_partner"), page_of(place, obligation)
    for day in range(1, 8):
        client.post(url, {"do": "move_due", "move-due": f"2024-05-0{day}", "move-reason": "Later"})
    with django_assert_max_num_queries(12):
        client.get(url)
