"""Loading the network AoCE: complete, exact, repeatable; a bad file is told by its line."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command

from actionplans.models import ActionPlan, TestingIdea
from learning.models import GoodPractice, KnowledgeNeed
from meetings.models import Session, SessionKind, TransnationalMeeting
from partners.enums import FactKind, Role
from partners.models import (
    HorizontalTheme,
    LocalGroupMember,
    Membership,
    Network,
    Partner,
    PartnerFact,
    SubTheme,
    Theme,
    User,
)
from reports import demo
from reports.models import QuarterlyReport
from roadmap.models import Obligation, Period, ReminderRule, Task

pytestmark = pytest.mark.django_db

FILE = settings.BASE_DIR / "data" / "networks" / "aoce.yaml"
PEOPLE = settings.BASE_DIR / "data" / "networks" / "demo_people.yaml"
OWN = ("partners", "roadmap", "meetings", "learning", "actionplans", "reports", "common", "account", "auditlog")


def load(*args: str, file: Path = FILE) -> None:
    call_command("load_network", str(file), *args, verbosity=0)


def row_counts() -> dict[str, int]:
    models = [m for label in OWN for m in apps.get_app_config(label).get_models(include_auto_created=True)]
    return {model._meta.label: model._base_manager.count() for model in models}


def test_load_gives_the_whole_network_with_its_real_dates() -> None:
    load("--real-dates")
    network = Network.objects.get()
    assert (network.slug, network.start, network.end) == ("aoce", dt.date(2023, 6, 1), dt.date(2025, 12, 31))
    assert network.minimums == {
        "learning_needs": 6,
        "grids_meeting": 6,
        "grids_horizontal": 3,
        "ulg_meetings": 8,
        "quarterly_reports": 6,
        "articles": 3,
    }
    assert [p.name for p in Partner.objects.all()] == [
        "Genk",
        "Gdańsk",
        "Ķekava",
        "Budaörs",
        "Banská Bystrica",
        "Iași",
        "Quart de Poblet",
        "Aarhus",
        "Breda",
    ]
    assert [p.slug for p in Partner.objects.filter(is_lead=True)] == ["genk"]
    assert (Theme.objects.count(), SubTheme.objects.count(), HorizontalTheme.objects.count()) == (4, 16, 3)
    assert KnowledgeNeed.objects.count() == 52
    assert GoodPractice.objects.filter(owner=None).count() == 4
    assert {p.place for p in GoodPractice.objects.filter(owner=None)} >= {"Espoo", "Bogotá", "Louisville"}
    assert not GoodPractice.objects.filter(sub_themes=None).exists()
    kinds = list(TransnationalMeeting.objects.values_list("kind__code", flat=True))
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"cnm": 6, "oa": 2, "aia": 2, "ideathon": 1}
    assert QuarterlyReport.objects.count() == 6
    assert ReminderRule.objects.count() == 6
    period = Period.objects.get()
    assert (period.title, period.state) == ("January to July 2024", "published")
    assert Obligation.objects.filter(party="partner").count() >= 54


def test_demonstration_needs_its_people() -> None:
    load("--real-dates")
    assert Membership.objects.count() == 0
    assert demo.play(Network.objects.get()) == 0


def test_load_keeps_eight_facts_a_city_typed_and_as_printed() -> None:
    load()
    for partner in Partner.objects.all():
        assert set(partner.facts.values_list("kind", flat=True)) == set(FactKind.values), partner.name
    facts = {(f.partner.slug, f.kind): f for f in PartnerFact.objects.select_related("partner")}
    assert len(facts) == 72
    gdansk = facts["gdansk", FactKind.POPULATION]
    assert (gdansk.printed, gdansk.value) == ("486.345", Decimal(486345))
    genk = facts["genk", FactKind.EMPLOYMENT]
    assert ("38,1 %" in genk.printed, genk.value, genk.unit) == (True, Decimal("38.1"), "percent")
    iasi = facts["iasi", FactKind.CIVIL_SERVANTS]
    assert (iasi.printed, iasi.value, iasi.is_doubtful) == ("610.937", Decimal(610937), True)
    assert iasi.note
    printed = [f.printed for f in facts.values()] + [x["printed"] for f in facts.values() for x in f.figures]
    assert any("23.112" in p for p in printed)
    assert all(f.source.startswith("AoCE Baseline Study") for f in facts.values())
    assert all(f.note for f in facts.values() if f.is_doubtful)


def test_load_gives_three_profile_texts_a_city_that_name_its_practices() -> None:
    load()
    for partner in Partner.objects.all():
        for text in (partner.profile_participation, partner.profile_practice, partner.profile_forward):
            assert 100 <= len(text.split()) <= 300, partner.name


def test_load_keeps_open_foci_and_ideas_open() -> None:
    load()
    assert {p.partner.slug for p in ActionPlan.objects.filter(focus="")} == {"budaors", "iasi"}
    assert {a.partner.slug for a in TestingIdea.objects.filter(title="")} == {"breda"}
    assert set(ActionPlan.objects.filter(focus="").values_list("note", flat=True)) == {"Not yet identified"}


def test_load_keeps_what_the_sources_disagree_on() -> None:
    load()
    meeting = TransnationalMeeting.objects.get(slug="cnm3")
    assert (meeting.start, meeting.end, meeting.date_precision) == (dt.date(2024, 7, 1), dt.date(2024, 7, 31), "month")
    assert {"claim": "June 2024.", "ref": "Annex 1"} in meeting.conflicts
    assert meeting.date_source.startswith("AoCE Baseline Study, Table 3")
    assert meeting.task == Task.objects.get(code="cnm3")
    assert Task.objects.get(code="quarterly-report-1").conflict != ""


def test_second_load_changes_nothing() -> None:
    load("--demo-people", str(PEOPLE), "--shift-to", "today")
    before = row_counts()
    load("--demo-people", str(PEOPLE), "--shift-to", "today")
    assert row_counts() == before


def test_load_leaves_a_published_half_year_to_its_lead_partner() -> None:
    load()
    Task.objects.filter(code="policy-context").update(title="Our own words")
    load()
    assert Task.objects.get(code="policy-context").title == "Our own words"


@time_machine.travel("2026-08-31")
def test_shift_to_today_puts_today_into_the_second_month() -> None:
    load("--demo-people", str(PEOPLE), "--shift-to", "today")
    period = Period.objects.get()
    assert (period.start, period.end) == (dt.date(2026, 7, 1), dt.date(2027, 1, 31))
    assert (period.title, period.slug) == ("July 2026 to January 2027", "2026-2")
    task = Task.objects.get(code="policy-context")
    assert (task.start, task.due) == (dt.date(2026, 8, 1), dt.date(2026, 8, 31))
    meeting = TransnationalMeeting.objects.get(slug="cnm2")
    assert meeting.start == dt.date(2026, 9, 4)
    assert TransnationalMeeting.objects.get(slug="oa1").date_text == "23/25 July 2026"
    first = QuarterlyReport.objects.get(number=1)
    assert (first.year, first.quarter) == (2026, 3)
    assert Task.objects.get(code="quarterly-report-1").title == "Quarterly report, July to September"
    expert = Membership.objects.get(role=Role.ADHOC_EXPERT)
    assert expert.expires == dt.date(2027, 6, 30)
    assert Network.objects.get().date_shift == 30


def test_shift_stays_what_it_was_when_the_demo_is_loaded_again_later() -> None:
    with time_machine.travel("2026-02-10"):
        load("--shift-to", "today")
    with time_machine.travel("2026-05-10"):
        load("--shift-to", "today")
    assert Period.objects.get().start == dt.date(2026, 1, 1)


def test_shift_to_a_day_moves_to_that_day() -> None:
    load("--shift-to", "2025-02-01")
    assert Period.objects.get().start == dt.date(2025, 1, 1)


def test_demo_people_can_sign_in_and_have_their_roles() -> None:
    load("--demo-people", str(PEOPLE))
    user = User.objects.get(email="eszter.kovacs@budaors.example")
    assert user.check_password("agents-of-coexistence")
    assert user.emailaddress_set.get().verified
    membership = user.memberships.get()
    assert (membership.role, membership.partner.slug) == (Role.COORDINATOR, "budaors")
    assert Membership.objects.filter(role=Role.COORDINATOR).count() == 9
    assert LocalGroupMember.objects.filter(partner__slug="budaors").count() >= 8


def test_existing_account_keeps_its_password() -> None:
    load("--demo-people", str(PEOPLE))
    user = User.objects.get(email="eszter.kovacs@budaors.example")
    user.set_password("my-own-words-now")
    user.save()
    load("--demo-people", str(PEOPLE))
    user.refresh_from_db()
    assert user.check_password("my-own-words-now")


SMALL = """\
format: 1
network:
  slug: small
  name: Small network
  short_name: Small
  start: 2024-01-01
  end: 2025-12-31
  time_zone: Europe/Brussels
minimums: {learning_needs: 1, grids_meeting: 1, grids_horizontal: 1, ulg_meetings: 1, quarterly_reports: 1, articles: 1}
stakeholder_kinds:
  - {code: a, name: A}
themes:
  - code: '1'
    name: One
    sub_themes:
      - {code: '1.1', name: First}
partners: []
knowledge_needs: []
periods:
  - slug: first
    title: First half
    start: 2024-01-01
    end: 2024-06-30
    published: false
    tracks:
      - {code: one, name: One, group: partners}
    tasks:
      - code: chapter
        track: one
        title: Chapter
        start: 2024-01-01
        due: 2024-02-29
        owed_by: each_partner
"""


def small(tmp_path: Path, old: str = "", new: str = "") -> Path:
    path = tmp_path / "small.yaml"
    assert old in SMALL
    path.write_text(SMALL.replace(old, new, 1) if old else SMALL, encoding="utf-8")
    return path


def test_small_file_loads(tmp_path: Path) -> None:
    load(file=small(tmp_path))
    assert Network.objects.get().name == "Small network"
    assert Task.objects.get().title == "Chapter"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("short_name: Small", "short_name: 12", 5, "“short_name” should be a text, not “12”"),
        ("learning_needs: 1,", "learning_needs: many,", 9, "“learning_needs” should be a whole number"),
        ("  name: Small network", "  nam: Small network", 2, "network needs the key “name”"),
        ("  time_zone: Europe/Brussels", "  time_zone: Europe/Brussels\n  colour: red", 9, "unknown key “colour”"),
        ("  time_zone: Europe/Brussels", "  time_zone: Europe/Genk", 8, "“Europe/Genk” is not a time zone"),
        ("start: 2024-01-01\n  end: 2025", "start: 2024-02-30\n  end: 2025", 6, "This is not a date"),
        ("end: 2025-12-31", "end: 2023-12-31", 7, "“end” (2023-12-31) is before “start” (2024-01-01)"),
        ("end: 2025-12-31", "end: someday", 7, "“end” should be a date such as 2024-02-29, not “someday”"),
        ("track: one", "track: two", 29, "There is no track “two”"),
        ("owed_by: each_partner", "owed_by: everybody", 33, "“owed_by” is “everybody”. It may be: each_partner"),
        ("group: partners}", "group: partners}\n      - {code: one, name: Two, group: partners}", 27, "there twice"),
        ("partners: []", "partners: none", 17, "“partners” should be a list"),
        ("  - {code: a, name: A}", "  - just a text", 11, "should be a group of keys, not “just a text”"),
        ("knowledge_needs: []", "knowledge_needs:\n  - {partner: x, sub_theme: '1.1'}", 19, "There is no city “x”"),
        ("format: 1", "format: 2", 1, "This is format 2"),
        ("network:", "network: [", 4, "This is not YAML"),
        ("  slug: small", "  slug: small\n  slug: twice", 4, "This is not YAML: found duplicate key"),
        ("partners: []", "partners: []\nextra: 1", 18, "The file has an unknown key “extra”"),
    ],
)
def test_bad_file_is_told_by_its_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    path = small(tmp_path, old, new)
    with pytest.raises(CommandError) as error:
        load(file=path)
    assert re.match(rf"{re.escape(str(path))}:{line}: ", str(error.value)), str(error.value)
    assert words in str(error.value)
    assert Network.objects.count() == 0


def test_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        load(file=tmp_path / "none.yaml")


def test_file_that_is_not_text_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(b"format: 1\nnetwork: \xff\n")
    with pytest.raises(CommandError, match=r"bad\.yaml:2: The file is not UTF-8"):
        load(file=path)


def test_people_of_another_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.yaml"
    path.write_text("format: 1\nnetwork: elsewhere\npeople: []\n")
    with pytest.raises(CommandError, match=r"people\.yaml:2: These people belong to “elsewhere”"):
        load("--demo-people", str(path), file=small(tmp_path))


def test_shift_to_nonsense_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="write “today” or a date"):
        load("--shift-to", "soon", file=small(tmp_path))


def test_loading_again_without_a_word_keeps_the_dates_and_moves_nothing() -> None:
    load("--demo-people", str(PEOPLE), "--shift-to", "today")
    before = sorted(QuarterlyReport.objects.values_list("number", "year", "quarter"))
    load()
    assert sorted(QuarterlyReport.objects.values_list("number", "year", "quarter")) == before
    for words in (("--real-dates",), ("--shift-to", "2031-05-01")):
        with pytest.raises(CommandError, match="were moved by"):
            load(*words)
    assert QuarterlyReport.objects.count() == 6


def test_agenda_belongs_to_people_once_there_is_one() -> None:
    load()
    meeting = TransnationalMeeting.objects.get(slug="cnm2")
    meeting.sessions.first().delete()
    meeting.sessions.update(title="Renamed")
    drafted = TransnationalMeeting.objects.get(slug="oa2")
    Session.objects.create(meeting=drafted, kind=SessionKind.objects.first(), title="Half written")
    before = sorted(Session.objects.values_list("meeting__slug", "title"))
    load()
    assert sorted(Session.objects.values_list("meeting__slug", "title")) == before
    assert drafted.editions.count() == 0
