"""The demonstration's learning: one whole cycle from a survey to actions, told of the network's last meeting."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

from learning.enums import NeedOutcome
from learning.models import Answer, GoodPractice, LearningGrid, LearningNeed, SkillElement, Survey, SurveyTemplate
from learning.services import answering, contacts, grids, logs, practices, remarks, skills, surveys
from learning.services import needs as learning_needs
from meetings.models import Session, TransnationalMeeting
from meetings.services.agenda import publish
from partners.models import HorizontalTheme, Network, Partner, SubTheme

if TYPE_CHECKING:
    from partners.actors import Actor

#: What each city's people said they need to learn, with the sub-theme the Lead Expert gave it.
NEEDS = {
    "genk": (
        ("2.1", "How ideas of residents reach the people who decide"),
        ("3.4", "How colleagues lose the fear of trying"),
    ),
    "gdansk": (
        ("1.2", "How to reach those who never come"),
        ("4.2", "How departments share one calendar of participation"),
    ),
    "budaors": (
        ("1.1", "How to begin with participation when nobody has time"),
        ("2.2", "How to tell people what became of their idea"),
    ),
    "quart-de-poblet": (("1.4", "How young people stay after the first evening"),),
    "aarhus": (("3.3", "How managers let go of decisions"), ("2.1", "How results of a panel enter the budget")),
    "kekava": (("1.6", "How to open a participatory budget to new residents"),),
    "banska-bystrica": (("4.3", "How a group of innovators inside the city survives an election"),),
}
#: Lessons of each city: what, from which practice (or none: from the session that served its first need), what it
#: does until the next event, who, what came of that (or not reviewed).
LESSONS = {
    "genk": (
        (
            "People forgive a “no” when they hear it from somebody they know.",
            "",
            "Call back ten people whose idea was refused",
            "Neighbourhood managers",
            "done",
        ),
        (
            "Helpers who are neighbours reach further than posters.",
            "democracy-helpers",
            "Ask the neighbourhood managers for two names each",
            "Participation officer",
            "partly",
        ),
        ("Rules of the budget fit on one page.", "participatory-budget-rules", "", "", ""),
    ),
    "gdansk": (
        (
            "An answer within two weeks counts more than a perfect one.",
            "",
            "Answer every idea of the spring within two weeks",
            "Office of Social Development",
            "not",
        ),
        (
            "A café is a better place than the town hall.",
            "social-hub",
            "Hold the next meeting in a café",
            "ULG coordinator",
            "done",
        ),
    ),
    "aarhus": (
        (
            "A manager who asks first is asked back.",
            "",
            "Begin each meeting of managers with one question of a resident",
            "Head of citizen services",
            "open",
        ),
        (
            "Others' budgets show where a panel can decide.",
            "civic-budget",
            "Find the one line of the budget a panel could decide on",
            "Finance",
            "open",
        ),
    ),
    "quart-de-poblet": (
        (
            "Young people come back when they are paid with trust, not with pizza.",
            "junior-team-g10-youth-council",
            "Let the youth council lead one meeting",
            "Youth officer",
            "open",
        ),
    ),
    "budaors": (
        (
            "One page each quarter tells people what became of their ideas.",
            "",
            "Write the first page",
            "Mayor's office",
            "open",
        ),
    ),
}
MESSAGES = {
    "genk": "Say “no” in person. Begin with the people who are angry.",
    "gdansk": "Small and soon beats large and late.",
}
#: Actions of the cities' logs: title, columns, lessons by number, state.
ACTIONS = {
    "genk": (
        (
            "A call for every refused idea",
            {
                "description": "The neighbourhood manager calls within a week and says why.",
                "result": "People hear a reason from somebody they know.",
                "indicator": "Calls made, of all refused ideas",
                "owner": "Neighbourhood managers",
                "timescale": "From March on",
            },
            (0,),
            "selected",
        ),
        (
            "Ten democracy helpers",
            {
                "description": "Neighbours who bring neighbours along.",
                "result": "New faces at every meeting.",
                "owner": "Participation officer",
                "resources": "A small fee for each evening",
            },
            (1,),
            "draft",
        ),
        ("A participation newspaper", {"description": "On paper, twice a year."}, (), "dropped"),
    ),
    "gdansk": (
        (
            "Two weeks to an answer",
            {
                "description": "A rota in the office; no idea waits longer.",
                "indicator": "Days until the first answer",
                "owner": "Office of Social Development",
            },
            (0,),
            "selected",
        ),
        (
            "Meetings where people are",
            {"description": "Cafés, school yards, waiting rooms.", "risks": "Noise; bring a second facilitator"},
            (1,),
            "draft",
        ),
    ),
    "aarhus": (
        (
            "A panel decides on one line of the budget",
            {"description": "Drawn by lot, advised by the finance department.", "owner": "Finance"},
            (1,),
            "draft",
        ),
    ),
}
DROPPED = "Nobody reads it; the calls reach more people."
PRACTICE = {
    "why": "Residents gave ideas for years and seldom heard again what became of them.",
    "how": "A contact person in each neighbourhood collects what people say and comes back with an answer.",
    "for_whom": "Residents of every age, and the colleagues who are asked.",
    "results": "More people come a second time, and departments ask earlier.",
    "lessons": "Begin with two neighbourhoods and a question that the city really has.",
    "watch": "Promise only what a department has agreed to.",
}
PUBLISHED = ("genker-habits", "civic-budget", "social-hub", "democracy-helpers", "junior-team-g10-youth-council")
REMARKS = {
    "civic-budget": ("lesson", "We will try the rule that each district gets a share."),
    "democracy-helpers": ("reflection", "With us the helpers would need a language course first."),
}
ASKED = (
    ("genk", "democracy-helpers", "How did you find the first helpers?", ("meet", "try")),
    ("kekava", "civic-budget", "Who counts the votes?", ("meet",)),
)
#: How far the demo's civil servants are in each skill, about.
LEVELS = (1, 1, 2, 2, 1, 0)
DEPARTMENTS = ("Citizen services", "Urban planning", "Culture and sports", "Finance")
#: When the sessions of a day are.
TIMES = ((dt.time(9, 30), dt.time(11)), (dt.time(11, 30), dt.time(12, 45)), (dt.time(14), dt.time(15, 30)))
WORDS = ("{}", "{}, and who helps with it")


def play_learning(network: Network, expert: Actor, coordinators: Mapping[int, Actor]) -> int:
    """Tell the cycle of the last meeting; returns how many needs, lessons and actions there are."""
    rows = TransnationalMeeting.objects.filter(network=network, kind__has_grid=True, end__lt=network.today())
    meeting = rows.order_by("start").last()
    if meeting is None:
        return 0
    cities = {city.slug: city for city in Partner.objects.filter(network=network, pk__in=coordinators)}
    done = _survey(network, meeting, expert, cities)
    _serve(meeting, expert, coordinators)
    _catalogue(network, expert, coordinators, cities)
    done += sum(
        _grid(meeting, cities[slug], coordinators[cities[slug].pk], expert) for slug in LESSONS if slug in cities
    )
    done += sum(_log(meeting, cities[slug], coordinators[cities[slug].pk]) for slug in ACTIONS if slug in cities)
    _skills(network, expert, list(cities.values()))
    return done


def _survey(network: Network, meeting: TransnationalMeeting, expert: Actor, cities: Mapping[str, Partner]) -> int:
    """Ask, let people answer, make needs of the answers; their cities confirm them later."""
    template = SurveyTemplate.objects.filter(network=network, code="learning-needs").first()
    themes = {theme.code: theme for theme in SubTheme.objects.filter(theme__network=network)}
    if template is None or not themes:
        return 0
    found = surveys.save_survey(
        actor=expert,
        network=network,
        survey=None,
        title={"en": "What do we want to learn?", "nl": "Wat willen we leren?"},
        intro={},
        meeting=meeting,
        one_at_a_time=False,
    )
    surveys.begin_with(actor=expert, survey=found, source=template)
    surveys.open_survey(actor=expert, survey=found)
    found.questions.update(is_open=True)
    first = found.questions.order_by("position", "pk")[0]
    adoptions = []
    for slug, wanted in NEEDS.items():
        for code, text in wanted:
            if slug not in cities:
                continue
            for words in WORDS:
                said = {first.pk: answering.Given([words.format(text)])}
                answering.answer(
                    survey=found, key=secrets.token_hex(16), partner=cities[slug], language="en", given=said
                )
            answers = found_answers(found, text)
            adoptions.append(learning_needs.Adoption(cities[slug], text, themes.get(code), answers))
    surveys.close_survey(actor=expert, survey=found)
    return len(learning_needs.adopt(actor=expert, survey=found, adoptions=adoptions))


def found_answers(survey: Survey, text: str) -> list[int]:
    """Return the answers that begin with these words."""
    rows = Answer.objects.filter(question__survey=survey, text__startswith=text)
    return list(rows.values_list("pk", flat=True))


def _serve(meeting: TransnationalMeeting, expert: Actor, coordinators: Mapping[int, Actor]) -> None:
    """Put the needs of each sub-theme on the agenda, let the cities confirm them and say what came of them."""
    rows = LearningNeed.objects.filter(meeting=meeting).select_related("partner", "sub_theme")
    by_theme: dict[int | None, list[LearningNeed]] = {}
    for need in rows:
        if need.partner_id in coordinators:
            learning_needs.confirm(actor=coordinators[need.partner_id], need=need)
        by_theme.setdefault(need.sub_theme_id, []).append(need)
    days = (meeting.end - meeting.start).days + 1
    for n, (theme, group) in enumerate(by_theme.items()):
        offered = list(GoodPractice.objects.filter(network=meeting.network_id, sub_themes=theme)[:2])
        session = learning_needs.put_on_agenda(actor=expert, meeting=meeting, needs=group, practices=offered)
        day, (begin, end) = meeting.start + dt.timedelta(n % days), TIMES[n // days % len(TIMES)]
        Session.objects.filter(pk=session.pk).update(day=day, start=begin, end=end)
    publish(actor=expert, meeting=meeting, tell=False)
    for need in LearningNeed.objects.filter(meeting=meeting, partner__in=coordinators)[::2]:
        learning_needs.say_outcome(
            actor=coordinators[need.partner_id], need=need, outcome=NeedOutcome.ANSWERED, note="Two cities showed how"
        )


def _catalogue(
    network: Network, expert: Actor, coordinators: Mapping[int, Actor], cities: Mapping[str, Partner]
) -> None:
    """Publish some practices, with what other cities say, and let cities ask for two."""
    other = next(iter(coordinators.values()))
    for practice in GoodPractice.objects.filter(network=network, slug__in=PUBLISHED, owner__in=coordinators):
        writer = coordinators[practice.owner_id or 0]
        themes = list(practice.sub_themes.all())
        values = {"summary": practice.summary or PRACTICE["why"], **PRACTICE}
        practices.save(actor=writer, practice=practice, values=values, sub_themes=themes, read_version=practice.version)
        practices.submit(actor=writer, practice=practice)
        practices.approve(actor=expert, practice=practice)
        if practice.slug in REMARKS:
            kind, text = REMARKS[practice.slug]
            remarks.add(actor=other, practice=practice, kind=kind, text=text)
    for slug, wanted, words, steps in ASKED:
        practice = GoodPractice.objects.filter(network=network, slug=wanted).first()
        if practice is None or slug not in cities:
            continue
        asker = coordinators[cities[slug].pk]
        contact = contacts.ask(actor=asker, practice=practice, partner=cities[slug], message=words)
        for step in steps:
            contacts.move(actor=asker, contact=contact, name=step)


def _grid(meeting: TransnationalMeeting, city: Partner, writer: Actor, expert: Actor) -> int:
    """Fill a city's grid, hand it in, and say what came of its steps."""
    served = LearningNeed.objects.filter(meeting=meeting, partner=city, sessions__isnull=False).order_by("pk")
    session = served.values_list("sessions", flat=True).first()
    empty = LearningGrid(network_id=city.network_id, partner=city, meeting=meeting)
    empty.network = meeting.network
    said = {}
    for learnt, practice, action, who, outcome in LESSONS[city.slug]:
        values = {
            "learnt": learnt,
            "session_id": None if practice else session,
            "practice_id": GoodPractice.objects.filter(network=city.network_id, slug=practice)
            .values_list("pk", flat=True)
            .first(),
            "relevance": "It belongs into the chapter on how we work with residents.",
            "action": action,
            "who": who,
        }
        entry = grids.add_entry(actor=writer, grid=empty, uid=uuid.uuid4(), values=values)
        if outcome:
            said[entry] = (outcome, "")
    row = LearningGrid.objects.select_related("network", "partner", "meeting").get(partner=city, meeting=meeting)
    if city.slug in MESSAGES:
        grids.save_messages(actor=writer, grid=row, text=MESSAGES[city.slug], read_version=row.version)
        grids.step(actor=writer, grid=row, name="submit")
        grids.step(actor=expert, grid=row, name="approve")
    grids.review(actor=writer, said=said)
    return len(LESSONS[city.slug])


def _log(meeting: TransnationalMeeting, city: Partner, writer: Actor) -> int:
    """Draft a city's actions from its lessons."""
    lessons = list(meeting.grids.get(partner=city).entries.all())
    across = list(HorizontalTheme.objects.filter(network=city.network_id).values_list("pk", flat=True)[:1])
    for title, cells, drawn, state in ACTIONS[city.slug]:
        links = {"entries": [lessons[n].pk for n in drawn], "horizontal_themes": across if drawn else []}
        values = {"title": title, **cells}
        made = logs.create(actor=writer, partner=city, values=values, meeting=meeting.pk, links=links)
        if state == "selected":
            logs.step(actor=writer, action=made, name="select")
        elif state == "dropped":
            logs.step(actor=writer, action=made, name="drop", comment=DROPPED)
    return len(ACTIONS[city.slug])


def _skills(network: Network, expert: Actor, cities: list[Partner]) -> None:
    """Let civil servants say their skills: enough in most cities, too few in one."""
    elements = list(SkillElement.objects.filter(skill__network=network).values_list("pk", flat=True))
    if not elements:
        return
    found = skills.open_round(actor=expert, network=network, title="At the beginning", departments=DEPARTMENTS)
    for n, city in enumerate(cities):
        for person in range(2 if n == len(cities) - 1 else 5 + n):
            levels = {pk: min(3, max(0, LEVELS[m // 4] + (person + m) % 3 - 1)) for m, pk in enumerate(elements)}
            skills.answer(
                found=found,
                partner=city,
                department=DEPARTMENTS[person % 2],
                levels=levels,
                key=secrets.token_hex(16),
            )
