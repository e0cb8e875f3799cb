"""The pages of reminders: the network's rules and what is to come, each person's own choice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format

from aoce.common.models import OutgoingMail
from partners.enums import Role
from partners.models import Membership, User
from roadmap.enums import Audience, MailMode
from roadmap.models import Obligation, ReminderPreference, ReminderRule
from tests.partners.factories import NetworkFactory, PartnerFactory, person
from tests.roadmap.factories import ObligationFactory, PeriodFactory, TaskFactory, TrackFactory

pytestmark = pytest.mark.django_db


class Pages:
    """A network with a rule, a Lead Partner, a coordinator, and things due in a few days."""

    def __init__(self, client: Any) -> None:
        """Make it as of now."""
        self.client = client
        self.network = NetworkFactory()
        self.url = f"/n/{self.network.slug}/reminders/"
        self.city = PartnerFactory(network=self.network, name="Iași")
        self.lead = person(self.network, Role.LEAD_PARTNER)
        self.coordinator = person(self.network, Role.COORDINATOR, self.city, name="Ana Popescu")
        self.rule = ReminderRule.objects.create(network=self.network, offset_days=-3)
        self.track = TrackFactory(period=PeriodFactory(network=self.network))
        self.today = self.network.today()
        self.owe("Stakeholder map", 5)

    def owe(self, title: str, days: int) -> Obligation:
        """Make something due in so many days."""
        due = self.today + timedelta(days=days)
        task = TaskFactory(track=self.track, title=title, start=date(2024, 1, 1), due=due)
        return ObligationFactory(task=task, network=self.network, partner=self.city)

    def get(self, user: User, path: str = "") -> Any:
        """Ask as somebody."""
        self.client.force_login(user)
        return self.client.get(self.url + path)

    def post(self, user: User, path: str, **data: Any) -> Any:
        """Send a form as somebody."""
        self.client.force_login(user)
        return self.client.post(self.url + path, data)


@pytest.fixture
def pages(client: Any) -> Pages:
    """Give the pages."""
    return Pages(client)


def test_the_overview_shows_rules_and_what_is_to_come(pages: Pages) -> None:
    answer = pages.get(pages.lead)
    assert [words for _rule, words in answer.context["rules"]] == ["3 days before"]
    assert [(p.day, str(p.user), [o.task.title for o in p.obligations]) for p in answer.context["page"]] == [
        (pages.today + timedelta(days=2), "Ana Popescu", ["Stakeholder map"])
    ]
    assert "Iași" in answer.content.decode()


@pytest.mark.parametrize("path", ["", "new/", "rule/", "rule/remove/"])
def test_the_rules_are_the_lead_partners(pages: Pages, path: str) -> None:
    path = path.replace("rule", str(pages.rule.pk))
    ask = pages.post if path.endswith("remove/") else pages.get
    for user in (pages.coordinator, person(pages.network, Role.LEAD_EXPERT), person(pages.network, Role.OBSERVER)):
        assert ask(user, path).status_code == 403
    assert ReminderRule.objects.count() == 1


def test_a_rule_of_another_network_is_not_found(pages: Pages) -> None:
    far = ReminderRule.objects.create(network=NetworkFactory(), offset_days=1)
    assert pages.get(pages.lead, f"{far.pk}/").status_code == 404
    assert pages.post(pages.lead, f"{far.pk}/remove/").status_code == 404
    assert ReminderRule.objects.filter(pk=far.pk).exists()


def test_a_rule_is_added_changed_and_removed(pages: Pages) -> None:
    form = {"offset_days": "7", "repeat_days": "7", "audience": Audience.PARTY, "is_active": "on"}
    assert pages.post(pages.lead, "new/", **form).status_code == 302
    rule = ReminderRule.objects.get(offset_days=7)
    assert (rule.network, rule.repeat_days) == (pages.network, 7)
    pages.post(pages.lead, f"{rule.pk}/", **{**form, "repeat_days": "", "is_active": ""})
    rule.refresh_from_db()
    assert (rule.repeat_days, rule.is_active) == (None, False)
    assert "not in use" in pages.get(pages.lead).content.decode()
    assert pages.post(pages.lead, f"{rule.pk}/remove/").status_code == 302
    assert list(ReminderRule.objects.all()) == [pages.rule]


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"offset_days": "-3"}, "offset_days", "There is a rule for this day already."),
        ({"offset_days": "soon"}, "offset_days", "Enter a whole number."),
        ({"offset_days": "2", "repeat_days": "0"}, "repeat_days", "0 days is no distance."),
    ],
)
def test_a_rule_that_cannot_be_says_why(pages: Pages, data: dict[str, str], field: str, words: str) -> None:
    answer = pages.post(pages.lead, "new/", **{"audience": Audience.PARTY, **data})
    assert answer.status_code == 200
    assert answer.context["form"].errors[field][0].startswith(words)
    assert f'href="#id_{field}"' in answer.content.decode()


def test_the_overview_asks_as_much_of_the_database_for_three_as_for_one(
    pages: Pages, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    pages.client.force_login(pages.lead)
    with django_assert_max_num_queries(12) as first:
        pages.client.get(pages.url)
    for n in range(3):
        pages.owe(f"Thing {n}", 6 + n)
        person(pages.network, Role.COORDINATOR, pages.city)
        ReminderRule.objects.create(network=pages.network, offset_days=n)
    with django_assert_num_queries(len(first)):
        pages.client.get(pages.url)


def test_a_long_preview_has_pages(pages: Pages) -> None:
    for n in range(26):
        pages.owe(f"Thing {n}", n)
    ReminderRule.objects.create(network=pages.network, offset_days=0, audience=Audience.LEAD_PARTNER)
    answer = pages.get(pages.lead, "?page=2")
    assert (answer.context["page"].number, answer.context["page"].paginator.per_page) == (1, 50)
    for n in range(26):
        person(pages.network, Role.COORDINATOR, pages.city, name=f"Person {n:02}")
    assert pages.get(pages.lead, "?page=2").context["page"].number == 2


def test_everybody_chooses_how_they_are_reminded(pages: Pages) -> None:
    until = timezone.localdate() + timedelta(days=9)
    assert pages.get(pages.coordinator, "mine/").status_code == 200
    assert pages.post(pages.coordinator, "mine/", mode=MailMode.SINGLE, paused_until=until).status_code == 302
    saved = ReminderPreference.objects.get()
    assert (saved.user, saved.mode, saved.paused_until) == (pages.coordinator, MailMode.SINGLE, until)
    assert f'value="{until.isoformat()}"' in pages.get(pages.coordinator, "mine/").content.decode()
    pages.post(pages.coordinator, "mine/", mode=MailMode.DIGEST, paused_until="2020-01-01")
    saved.refresh_from_db()
    assert (saved.mode, saved.paused_until) == (MailMode.DIGEST, None)


def test_a_preference_that_cannot_be_says_why(pages: Pages) -> None:
    answer = pages.post(pages.coordinator, "mine/", mode="never", paused_until="tomorrow")
    assert set(answer.context["form"].errors) == {"mode", "paused_until"}
    assert ReminderPreference.objects.count() == 0


def test_pages_and_dates_are_in_dutch_for_who_reads_dutch(pages: Pages) -> None:
    User.objects.filter(pk=pages.lead.pk).update(language="nl")
    Membership.objects.update(created_at=timezone.now() - timedelta(days=1))
    answer = pages.get(User.objects.get(pk=pages.lead.pk))
    with translation.override("nl"):
        assert date_format(date(2024, 3, 1), "j F") == "1 maart"
        words = date_format(pages.today + timedelta(days=2), "j F")
    assert words in answer.content.decode()


def test_the_log_of_a_thing_leads_to_the_mail(pages: Pages, django_capture_on_commit_callbacks: Any) -> None:
    thing = Obligation.objects.get()
    pages.client.force_login(pages.lead)
    with django_capture_on_commit_callbacks(execute=True):
        pages.client.post(f"/n/{pages.network.slug}/board/remind/", {"obligation": [thing.pk]})
    mail = OutgoingMail.objects.get(user=pages.coordinator)
    page = pages.client.get(f"/n/{pages.network.slug}/obligations/{thing.pk}/").content.decode()
    assert f"/n/{pages.network.slug}/mails/{mail.pk}/" in page
