"""Writing, handing in, checking a document."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aoce.common.drafts import EditConflictError, open_conflicts
from aoce.common.enums import State
from aoce.common.files import files_of
from aoce.common.models import OutgoingMail, ReviewPoint, SubmittedVersion
from aoce.common.reading import paragraphs
from aoce.common.workflow import CommentMissingError, WrongStateError
from roadmap.enums import ObligationState as O
from roadmap.enums import Party
from roadmap.models import HandIn, Obligation
from roadmap.services import hand_ins
from tests.partners.factories import person
from tests.roadmap.world import Place

SignIn = Callable[[str], Client]
POINTS = [("Paragraph 1", "Say which year."), ("", "Name the strategy."), ("", " ")]


def written(place: Place, who: str = "own", text: str = "Our text") -> HandIn:
    """Save a first draft as whoever owes it."""
    name = {"own": "coordinator", "other": "other_coordinator"}.get(who, who)
    return hand_ins.save(actor=place.actor(name), obligation=place.owes(who), text=text, read_version=1)


def handed_in(place: Place, who: str = "own") -> HandIn:
    """Save and submit."""
    hand_in = written(place, who)
    hand_ins.submit(
        actor=place.actor({"own": "coordinator", "other": "other_coordinator"}.get(who, who)), hand_in=hand_in
    )
    return hand_in


def mails() -> set[tuple[str, str]]:
    """Return what was written to whom."""
    return set(OutgoingMail.objects.values_list("purpose", "to"))


# --- Services ---------------------------------------------------------------------------------------------------------


def test_first_save_begins_the_obligation(place: Place) -> None:
    hand_in = written(place)
    obligation = Obligation.objects.get(pk=hand_in.obligation_id)
    assert (hand_in.text, hand_in.version, hand_in.state) == ("Our text", 2, State.DRAFT)
    assert (obligation.state, obligation.deliverable_id) == (O.DRAFT, obligation.pk)


def test_two_people_in_one_text_lose_nothing(place: Place) -> None:
    hand_in = written(place)
    colleague = place.actor("coordinator")
    hand_ins.save(actor=colleague, obligation=hand_in.obligation, text="Second", read_version=2)
    with pytest.raises(EditConflictError):
        hand_ins.save(actor=colleague, obligation=hand_in.obligation, text="Third", read_version=2)
    hand_in.refresh_from_db()
    conflict = open_conflicts("hand_in", hand_in.pk).get()
    assert (hand_in.text, conflict.data) == ("Second", {"text": "Third"})
    hand_ins.settle(actor=colleague, hand_in=hand_in, conflict=conflict, text="Second and third")
    assert (hand_in.text, open_conflicts("hand_in", hand_in.pk).count()) == ("Second and third", 0)


def test_submitting_freezes_a_version_and_tells_the_checkers(
    place: Place, django_capture_on_commit_callbacks: Callable
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        hand_in = handed_in(place)
    version = SubmittedVersion.objects.get(kind="hand_in", object_id=hand_in.pk)
    obligation = Obligation.objects.get(pk=hand_in.obligation_id)
    assert (hand_in.state, obligation.state) == (State.SUBMITTED, O.SUBMITTED)
    assert version.data == {"text": "Our text", "files": ""}
    leads = {place.people["lead_partner"].email, place.people["lead_expert"].email}
    assert mails() == {("submitted", to) for to in leads}


def test_late_save_does_not_change_what_was_handed_in(place: Place) -> None:
    hand_in = handed_in(place)
    with pytest.raises(WrongStateError):
        hand_ins.save(actor=place.actor("coordinator"), obligation=hand_in.obligation, text="Other", read_version=2)
    hand_in.refresh_from_db()
    assert hand_in.text == "Our text"


def test_nothing_is_not_handed_in(place: Place) -> None:
    hand_in = written(place, text="  ")
    with pytest.raises(hand_ins.NothingToSubmitError):
        hand_ins.submit(actor=place.actor("coordinator"), hand_in=hand_in)


def test_returning_takes_points_and_a_new_day(place: Place) -> None:
    hand_in = handed_in(place)
    OutgoingMail.objects.all().delete()
    expert = place.actor("lead_expert")
    with pytest.raises(CommentMissingError):
        hand_ins.ask_changes(actor=expert, hand_in=hand_in, points=[("", " ")], comment="")
    hand_ins.ask_changes(actor=expert, hand_in=hand_in, points=POINTS, comment="Nearly.", due=date(2024, 5, 3))
    obligation = Obligation.objects.get(pk=hand_in.obligation_id)
    assert (hand_in.state, obligation.state, obligation.due) == (State.CHANGES, O.CHANGES, date(2024, 5, 3))
    assert list(ReviewPoint.objects.values_list("where", "text")) == [
        ("Paragraph 1", "Say which year."),
        ("", "Name the strategy."),
    ]
    assert mails() == {("returned", place.people["coordinator"].email)}
    body = OutgoingMail.objects.get().body_text
    assert "Say which year. (Paragraph 1)" in body
    assert f"/n/{place.network.slug}/obligations/{obligation.pk}/hand-in/" in body


def test_approving_ends_it(place: Place) -> None:
    hand_in = handed_in(place)
    OutgoingMail.objects.all().delete()
    hand_ins.approve(actor=place.actor("lead_partner"), hand_in=hand_in, comment="Thank you")
    obligation = Obligation.objects.get(pk=hand_in.obligation_id)
    assert (hand_in.state, obligation.state) == (State.APPROVED, O.APPROVED)
    assert obligation.approved_at is not None
    assert mails() == {("accepted", place.people["coordinator"].email)}
    with pytest.raises(WrongStateError):
        hand_ins.approve(actor=place.actor("lead_partner"), hand_in=hand_in)


@pytest.mark.parametrize(
    ("who", "checkers"),
    [("own", {"lead_partner", "lead_expert"}), ("lead_expert", {"lead_partner"}), ("lead_partner", {"lead_expert"})],
)
def test_checked_by_the_right_roles_only(place: Place, who: str, checkers: set[str]) -> None:
    found = set()
    for name in place.people:
        hand_in = handed_in(place, who)
        try:
            hand_ins.approve(actor=place.actor(name), hand_in=hand_in)
        except PermissionDenied:
            continue
        found.add(name)
    assert found == checkers


def test_only_who_owes_it_writes(place: Place) -> None:
    obligation, found = place.owes(), set()
    for name in place.people:
        try:
            hand_ins.open_hand_in(actor=place.actor(name), obligation=obligation)
        except PermissionDenied:
            continue
        found.add(name)
    assert found == {"coordinator"}


@pytest.mark.parametrize("state", [O.WAIVED, O.APPROVED])
def test_what_is_not_asked_any_more_is_not_written(place: Place, as_: SignIn, state: str) -> None:
    hand_in = written(place)
    url = page(place, hand_in.obligation)
    Obligation.objects.update(state=state, waived_reason="Held before")
    assert as_("coordinator").get(url).headers["Location"] == place.url(f"obligations/{hand_in.obligation_id}/")
    answer = as_("coordinator").post(url, {"do": "save", "text": "More", "read_version": 2})
    assert (answer.status_code, HandIn.objects.get().text) == (409, "Our text")


def test_marks_that_span_paragraphs_are_closed_and_opened() -> None:
    from aoce.common.review import mark_changes

    found = [p.html for p in paragraphs(mark_changes("One <b>", "One\n\nTwo three"))]
    assert [html.count("<ins>") for html in found] == [html.count("</ins>") for html in found]
    assert "&lt;b&gt;" in "".join(found)
    assert len(found) == 2


# --- Pages ------------------------------------------------------------------------------------------------------------


def page(place: Place, obligation: Obligation, more: str = "") -> str:
    """Return its address."""
    return place.url(f"obligations/{obligation.pk}/hand-in/{more}")


def test_hand_in_journey_from_draft_to_approved(place: Place, as_: SignIn) -> None:
    obligation = place.owes()
    writer, checker = as_("coordinator"), as_("lead_expert")
    url = page(place, obligation)
    assert "Save as draft" in writer.get(url).content.decode()
    assert HandIn.objects.count() == 0
    assert writer.post(url, {"do": "save", "text": "First\r\nline", "read_version": 1}).status_code == 302
    assert HandIn.objects.get().text == "First\nline"
    assert writer.post(url, {"do": "submit", "text": "First text", "read_version": 2}).status_code == 302
    answer = checker.get(url).content.decode()
    assert ">Request changes</button>" in answer
    checker.post(url, {"do": "ask_changes", "where": ["1"], "point": ["Say which year."], "comment": ""})
    point = ReviewPoint.objects.get()
    form = writer.get(url).content.decode()
    assert "Say which year." in form
    version = HandIn.objects.get().version
    sent = {
        "do": "submit",
        "text": "Second text",
        "read_version": version,
        f"point-{point.pk}-answer": "2023",
        f"point-{point.pk}-done": "on",
    }
    assert writer.post(url, sent).status_code == 302
    review = checker.get(url).content.decode()
    assert "2023" in review
    assert "[added: " in review
    assert checker.post(url, {"do": "approve", "comment": ""}).status_code == 302
    assert Obligation.objects.get().state == O.APPROVED


def test_checking_page_keeps_what_was_typed(place: Place, as_: SignIn) -> None:
    hand_in = handed_in(place)
    url, client = page(place, hand_in.obligation), as_("lead_partner")
    nothing = client.post(url, {"do": "ask_changes", "comment": "", "where": [""], "point": [" "]})
    assert "Write at least one point" in nothing.content.decode()
    more = client.post(url, {"do": "more", "comment": "Nearly", "where": ["P 1"], "point": ["Which year?"]})
    assert more.content.decode().count('name="point"') == 4
    assert "Which year?" in more.content.decode()


def test_autosave_answers_with_the_new_version(place: Place, as_: SignIn) -> None:
    obligation, client = place.owes(), as_("coordinator")
    url = page(place, obligation)
    first = client.post(url, {"do": "autosave", "text": "One", "read_version": 1})
    assert (first.status_code, first.json()["version"]) == (200, 2)
    late = client.post(url, {"do": "autosave", "text": "Two", "read_version": 1})
    assert (late.status_code, late.json()["conflict"]) == (409, page(place, obligation, "two-texts/"))


def test_conflict_page_shows_both_texts_and_settles(place: Place, as_: SignIn) -> None:
    hand_in = written(place, text="Saved text")
    place.people["colleague"] = person(place.network, "coordinator", place.own)
    client = as_("colleague")
    url = page(place, hand_in.obligation)
    answer = client.post(url, {"do": "save", "text": "My own text", "read_version": 1})
    assert answer.headers["Location"] == page(place, hand_in.obligation, "two-texts/")
    shown = client.get(answer.headers["Location"]).content.decode()
    assert "Saved" in shown
    assert "My own text" in shown
    client.post(answer.headers["Location"], {"do": "joined", "text": "Both"})
    hand_in.refresh_from_db()
    assert hand_in.text == "Both"
    assert client.get(answer.headers["Location"]).status_code == 302


def test_files_are_attached_refused_and_removed(place: Place, as_: SignIn) -> None:
    obligation, client = place.owes(), as_("coordinator")
    url = page(place, obligation)
    picture = SimpleUploadedFile("lie.pdf", b"not a pdf at all", "application/pdf")
    refused = client.post(url, {"do": "attach", "text": "Kept", "read_version": 1, "files": picture})
    assert "lie.pdf" in refused.content.decode()
    hand_in = HandIn.objects.get()
    assert (hand_in.text, files_of("hand_in", hand_in.pk).count()) == ("Kept", 0)
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (20, 20), "white").save(out, "PNG")
    good = SimpleUploadedFile("Foto.png", out.getvalue(), "image/png")
    client.post(url, {"do": "attach", "text": "Kept", "read_version": hand_in.version, "files": good})
    file = files_of("hand_in", hand_in.pk).get()
    assert file.name == "Foto.png"
    assert "Foto.png" in client.get(url).content.decode()
    client.post(url, {"do": f"remove-{file.pk}", "text": "Kept", "read_version": hand_in.version})
    assert files_of("hand_in", hand_in.pk).count() == 0


@pytest.mark.parametrize(
    ("state", "answers"),
    [
        (
            State.DRAFT,
            {
                "coordinator": 200,
                "other_coordinator": 404,
                "lead_partner": 404,
                "lead_expert": 404,
                "member": 404,
                "observer": 404,
                "adhoc_expert": 404,
            },
        ),
        (
            State.SUBMITTED,
            {
                "coordinator": 200,
                "other_coordinator": 404,
                "lead_partner": 200,
                "lead_expert": 200,
                "member": 200,
                "observer": 200,
                "adhoc_expert": 404,
            },
        ),
        (
            State.APPROVED,
            {
                "coordinator": 200,
                "other_coordinator": 404,
                "lead_partner": 200,
                "lead_expert": 200,
                "member": 200,
                "observer": 200,
                "adhoc_expert": 404,
            },
        ),
    ],
)
def test_page_answers_each_role(place: Place, as_: SignIn, state: str, answers: dict[str, int]) -> None:
    hand_in = written(place) if state == State.DRAFT else handed_in(place)
    if state == State.APPROVED:
        hand_ins.approve(actor=place.actor("lead_partner"), hand_in=hand_in)
    url = page(place, hand_in.obligation)
    assert {name: as_(name).get(url).status_code for name in answers} == answers


def test_not_begun_is_refused_to_whom_it_is_not_for(place: Place, as_: SignIn) -> None:
    url = page(place, place.owes())
    found = {name: as_(name).get(url).status_code for name in ("coordinator", "lead_partner", "member", "observer")}
    assert found == {"coordinator": 200, "lead_partner": 403, "member": 403, "observer": 404}


def test_writing_and_deciding_are_refused_to_others(place: Place, as_: SignIn) -> None:
    url = page(place, handed_in(place).obligation)
    save, approve = {"do": "save", "text": "x", "read_version": 9}, {"do": "approve", "comment": ""}
    assert as_("lead_partner").post(url, save).status_code == 403
    assert as_("coordinator").post(url, approve).status_code == 403
    assert as_("observer").post(url, approve).status_code == 403
    assert as_("coordinator").post(url, save).status_code == 409
    assert as_("coordinator").post(url, {"do": "other"}).status_code == 400


def test_form_costs_the_same_with_many_points(
    place: Place, as_: SignIn, django_assert_max_num_queries: Callable
) -> None:
    hand_in = handed_in(place)
    hand_ins.ask_changes(
        actor=place.actor("lead_partner"), hand_in=hand_in, points=[("", f"Point {n}") for n in range(30)]
    )
    client = as_("coordinator")
    with django_assert_max_num_queries(12):
        assert client.get(page(place, hand_in.obligation)).status_code == 200


def test_lead_experts_document_is_checked_by_the_lead_partner(place: Place, as_: SignIn) -> None:
    hand_in = handed_in(place, Party.LEAD_EXPERT)
    url = page(place, hand_in.obligation)
    assert ">Approve</button>" in as_("lead_partner").get(url).content.decode()
    assert ">Approve</button>" not in as_("lead_expert").get(url).content.decode()
