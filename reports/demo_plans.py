"""The demonstration's action plans: one being written, one handed in for the second time, one good so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from actionplans.enums import Subject
from actionplans.models import ActionPlan, IntegrationAspect, QualityCheck, Remark, ReviewRound, TemplateChapter
from actionplans.services import peer, plan_actions, plans, remarks
from actionplans.services.plan_actions import ActionData
from actionplans.subjects import kinds
from aoce.common.models import StatusChange, SubmittedVersion
from learning.enums import LogState
from learning.models import LogAction
from meetings.models import TransnationalMeeting
from partners.models import Network, Partner
from reports.demo_testing import check

if TYPE_CHECKING:
    from partners.actors import Actor

CONTEXT = """<h3>What the plan stands on</h3>
<p>The council adopted its participation strategy two years ago. It promises that every neighbourhood is heard before a
street is rebuilt [1]; it does not say who answers, and by when.</p>
<table><thead><tr><th>Document</th><th>What it says</th><th>What it leaves open</th></tr></thead>
<tbody><tr><td>Participation strategy</td><td>Everybody is heard</td><td>Who answers</td></tr>
<tr><td>Mobility plan</td><td>Fewer cars in the centre</td><td>How residents take part</td></tr></tbody></table>
<h3>How we worked</h3>
<p>The local group has fourteen members from five departments, two schools and three associations. It met twice.</p>
<ul><li><p>Colleagues fear promises they cannot keep.</p></li>
<li><p>Residents want an answer, even if it is no.</p></li></ul>
<p>From the other cities we took one thing above all: begin small.</p>"""
SECOND = CONTEXT.replace("It met twice.", "It met three times; the last evening was open to everybody.").replace(
    "<tr><td>Mobility plan</td><td>Fewer cars in the centre</td><td>How residents take part</td></tr>",
    "<tr><td>Mobility plan</td><td>Fewer cars in the centre</td><td>How residents take part</td></tr>"
    "<tr><td>Youth plan</td><td>Young people decide on a part of the budget</td><td>Which part</td></tr>",
)
VISION = """<p>Seven of ten residents who wrote to the city last year had no answer after a month. Those who did come
back were older and lived nearer to the centre than the others.</p>
<p><strong>Our vision:</strong> in five years nobody who takes part has to ask what became of it.</p>"""
SOURCES = "Participation strategy of the city, chapter 3"
#: What became of each city's plan.
STATES = {"genk": "draft", "aarhus": "again", "quart-de-poblet": "accepted", "gdansk": "draft"}
REMARK = "Who is everybody? Name the groups that did not come so far."
QUOTE = "Residents want an answer, even if it is no."
NEW_WORDS = "Residents want an answer within two weeks, even if it is no."
ROWS: dict[str, list[dict[str, Any]]] = {
    "steps": [{"title": "Agree who answers", "owner": "Participation office", "start": None, "due": None}],
    "costs": [
        {"what": "Half a post", "amount": Decimal(24000), "source": "City"},
        {"what": "Training", "amount": Decimal(6000), "source": "Region"},
    ],
    "indicators": [{"what": "Answers within two weeks", "baseline": "31 %", "target": "80 %", "how": "Register"}],
    "risks": [{"what": "The post is not filled", "likelihood": "2", "impact": "3", "answer": "Begin with one office"}],
}


def play_plans(network: Network, expert: Actor, coordinators: Mapping[int, Actor]) -> int:
    """Write, hand in and check plans; returns how many were begun."""
    cities = {city.slug: city for city in Partner.objects.filter(network=network, pk__in=coordinators)}
    chapters = {row.code: row for row in TemplateChapter.objects.filter(network=network)}
    begun = [slug for slug in STATES if slug in cities and "context" in chapters]
    for slug in begun:
        city, writer = cities[slug], coordinators[cities[slug].pk]
        city.network = network
        plan = plans.plan_of(city)
        _write(writer, plan, chapters["context"], CONTEXT)
        if slug in ("genk", "aarhus") and "needs-vision" in chapters:
            _write(writer, plan, chapters["needs-vision"], VISION)
        if slug == "genk":
            _actions(writer, plan)
        if plans.problems_of(plan):  # more chapters are due on this calendar: the cities are late
            continue
        if STATES[slug] != "draft":
            plans.submit(actor=writer, plan=plan)
            check(expert, plan, "accept" if STATES[slug] == "accepted" else "ask_changes")
        if STATES[slug] == "again":
            _again(writer, expert, plan, chapters["context"])
    if begun:
        _round(network, expert, coordinators)
    return len(begun)


def _round(network: Network, expert: Actor, coordinators: Mapping[int, Actor]) -> None:
    """Plan a round of peer review, let the cities write, and let the first begin."""
    meeting = TransnationalMeeting.objects.filter(network=network, kind__code="cnm").order_by("start").last()
    about = {"reciprocal": "avoid", "themes": "want", "each": 2, "subject": Subject.PLAN}
    made = peer.begin(actor=expert, network=network, title="Draft plans", meeting=meeting, **about)
    peer.move(actor=expert, round_=made, step="open")
    for review in made.reviews.filter(reviewer__in=coordinators).exclude(content=None)[:1]:
        writer = coordinators[review.reviewer_id]
        answers = {"strong": "The table of what each strategy leaves open. We will do the same."}
        peer.save_review(actor=writer, review=review, answers=answers, read_version=review.version)


def _write(writer: Actor, plan: ActionPlan, template: TemplateChapter, body: str) -> None:
    row = plan.chapters.filter(template=template).first()
    version = row.version if row else 1
    plans.save_chapter(actor=writer, plan=plan, template=template, body=body, sources=SOURCES, read_version=version)


def _actions(writer: Actor, plan: ActionPlan) -> None:
    """Take what the log has selected into the plan, and refine the first."""
    today = plan.network.today()
    for number, of in enumerate(LogAction.objects.filter(partner=plan.partner, state=LogState.SELECTED)):
        action = plan_actions.add_action(actor=writer, plan=plan, of=of)
        if number:
            continue
        values = {name: getattr(action, name) for name in plan_actions.TEXTS}
        values |= {"owner": "Participation office", "readiness": "agreed", "starts": today}
        values["ends"] = today + dt.timedelta(days=400)
        themes = [theme.pk for theme in action.horizontal_themes.all()]
        data = ActionData(values, ROWS, themes)
        plan_actions.save_action(actor=writer, action=action, data=data, read_version=action.version)
    aspects = list(IntegrationAspect.objects.filter(network=plan.network))
    given = {
        aspect.pk: {"before": n % 2, "after": 1 + n % 3, "evidence": "Minutes of the local group"}
        for n, aspect in enumerate(aspects[:5])
    }
    plan_actions.assess(actor=writer, plan=plan, given=given)


def _again(writer: Actor, expert: Actor, plan: ActionPlan, template: TemplateChapter) -> None:
    """Mend a plan, hand it in again, and let the expert begin to read."""
    _write(writer, plan, template, SECOND)
    plans.submit(actor=writer, plan=plan)
    kind = kinds()["plan"]
    about = {"actor": expert, "kind": kind, "found": plan, "place": template.code, "number": 2}
    remarks.add_remark(quote="the last evening was open to everybody", text=REMARK, **about)
    remarks.add_remark(quote=QUOTE, text="A number makes it a promise.", replacement=NEW_WORDS, **about)


def backdate_plans(network: Network) -> None:
    """Move what happened to plans to days before today."""
    today = network.today()

    def at(days: int, hour: int) -> dt.datetime:
        return dt.datetime.combine(today - dt.timedelta(days=days), dt.time(hour, 20), tzinfo=network.tz)

    TemplateChapter.objects.filter(network=network).update(added_at=at(60, 9), changed_at=at(60, 9))
    for round_ in ReviewRound.objects.filter(network=network):
        StatusChange.objects.filter(kind="review_round", object_id=round_.pk).update(at=at(3, 9))
    for plan in ActionPlan.objects.filter(partner__network=network).exclude(begun_at=None):
        about = {"kind": Subject.PLAN, "object_id": plan.pk}
        for n, row in enumerate(SubmittedVersion.objects.filter(**about).order_by("-number")):
            SubmittedVersion.objects.filter(pk=row.pk).update(at=at(4 + 12 * n, 15))
        for n, change in enumerate(StatusChange.objects.filter(**about).order_by("-pk")):
            StatusChange.objects.filter(pk=change.pk).update(at=at(4 + 6 * n, 15))
        QualityCheck.objects.filter(**about).exclude(decided_at=None).update(begun_at=at(12, 9), decided_at=at(10, 15))
        Remark.objects.filter(**about).update(at=at(2, 10))
        ActionPlan.objects.filter(pk=plan.pk).update(begun_at=at(40, 9))
        owed = plan.partner.obligations.filter(deliverable=Subject.PLAN, deliverable_id=plan.pk)
        owed.filter(submitted_at__isnull=False).update(submitted_at=at(4, 15))
        owed.filter(approved_at__isnull=False).update(approved_at=at(2, 15))
        for row in owed:
            StatusChange.objects.filter(kind="obligation", object_id=row.pk).update(at=at(10, 15))
