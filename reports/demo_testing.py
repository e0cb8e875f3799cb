"""The demonstration's testing actions: one under way, one being checked, one being mended, ideas elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from actionplans.enums import Judgement
from actionplans.models import ActionPlan, TestingAction, TestingIdea
from actionplans.services import checks, ideas, testing
from actionplans.services.templates import criteria_of
from actionplans.services.testing import FormData
from actionplans.subjects import kinds
from learning.models import LogAction
from partners.models import Network, Partner

if TYPE_CHECKING:
    from partners.actors import Actor

MORE_IDEAS = {
    "genk": (("A call for every refused idea", "The neighbourhood manager calls within a week and says why."),),
    "gdansk": (("Two weeks to an answer", "A rota in the office; no idea waits longer."),),
    "aarhus": (("A panel decides on one line of the budget", "Twenty residents drawn by lot, three evenings."),),
}
#: What became of each city's first form.
STATES = {"genk": "running", "gdansk": "submitted", "aarhus": "changes"}
ANSWERS = {
    "hypothesis": "If people hear a reason from somebody they know, they come back with the next idea.",
    "success": "Half of those who heard “no” say they would take part again. Fewer than a third: we stop.",
    "capacity": "Two colleagues for half a day a week; a course on difficult conversations before it begins.",
    "stakeholders": "Neighbourhood managers, the residents' council, two schools.",
    "outputs": "A guide of one page, and a list of what people said.",
}
STEPS = (
    ("Agree who calls whom", "Participation officer", 0, 14),
    ("Course for those who call", "Personnel", 10, 30),
    ("Call for two months", "Neighbourhood managers", 30, 90),
    ("Ask again, and decide", "Participation officer", 90, 110),
)
BUDGET = (("Course", "1500", "City"), ("Working time", "4200", "City"), ("Evaluation", "900", "Network"))
MEASURES = (("People who would take part again", "Question on the phone", "31 %", "50 %"),)
SUGGESTION = "Say who pays the rooms when the evenings run late, and who carries on when the money ends."
NOTES = (
    (-30, "Twelve calls in the first week. Two people hung up, seven had another idea.", "640"),
    (-9, "The course helped: calls are shorter and end better.", "1500"),
)


def play_testing(network: Network, expert: Actor, coordinators: Mapping[int, Actor]) -> int:
    """Collect ideas and fill in forms; returns how many forms there are."""
    cities = {city.slug: city for city in Partner.objects.filter(network=network, pk__in=coordinators)}
    for slug, rows in MORE_IDEAS.items():
        for title, what in rows if slug in cities else ():
            writer = coordinators[cities[slug].pk]
            ideas.save_idea(actor=writer, partner=cities[slug], idea=None, title=title, what=what, why="")
    forms = [slug for slug in STATES if slug in cities]
    for slug in forms:
        _form(cities[slug], coordinators[cities[slug].pk], expert, STATES[slug])
    return len(forms)


def check(expert: Actor, found: TestingAction | ActionPlan, decision: str) -> None:
    """Check something: everything is met, but for what the last criterion says when changes are asked for."""
    kind = kinds()["plan" if isinstance(found, ActionPlan) else "testing"]
    one = checks.check_of(expert, kind, found)
    criteria = criteria_of(found.partner.network, kind.subject)
    given = {row.pk: (str(Judgement.MET), "") for row in criteria}
    if decision != "approve" and criteria:
        given[criteria[len(criteria) // 2].pk] = (str(Judgement.PARTLY), SUGGESTION)
    checks.judge(actor=expert, check=one, given=given)
    letter = checks.letter_of(one, found)
    checks.decide(
        actor=expert,
        kind=kind,
        found=found,
        check=one,
        decision=decision,
        letter=letter,
        version=one.content.number,
    )
    found.refresh_from_db()


def _form(city: Partner, writer: Actor, expert: Actor, state: str) -> None:
    """Fill in one city's form and bring it to a state."""
    idea = TestingIdea.objects.filter(partner=city, what__gt="").first()
    if idea is None:
        return
    today = city.network.today()
    first = today - dt.timedelta(days=45 if state == "running" else -20)
    action = testing.begin(actor=writer, partner=city, title=idea.title, idea=idea)
    data = FormData(
        title=action.title,
        answers={**action.answers, **ANSWERS},
        starts=first,
        ends=first + dt.timedelta(110),
        rate=None if city.currency == "EUR" else Decimal("7.46"),
        rate_on=None if city.currency == "EUR" else today,
        rows={
            "steps": [
                {"title": title, "owner": owner, "start": first + dt.timedelta(a), "due": first + dt.timedelta(b)}
                for title, owner, a, b in STEPS
            ],
            "budget": [{"what": what, "amount": Decimal(euro), "source": source} for what, euro, source in BUDGET],
            "measures": [
                {"what": what, "how": how, "before": before, "target": target} for what, how, before, target in MEASURES
            ],
        },
        log_actions=list(LogAction.objects.filter(partner=city, title=idea.title).values_list("pk", flat=True)),
    )
    testing.save(actor=writer, action=action, data=data, read_version=action.version)
    testing.submit(actor=writer, action=action)
    if state == "changes":
        check(expert, action, "ask_changes")
    elif state == "running":
        check(expert, action, "approve")
        testing.start(actor=writer, action=action)
        for step in action.steps.all()[:1]:
            step.action = action
            testing.tick(actor=writer, step=step, done=True, today=today - dt.timedelta(days=28))
        for days, text, spent in NOTES:
            day = today + dt.timedelta(days)
            testing.note(actor=writer, action=action, day=day, text=text, spent=Decimal(spent))
