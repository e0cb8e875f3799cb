"""What the cities need to learn, counted for an agenda: by sub-theme, and who could answer it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Value

from learning.enums import NeedState
from learning.likeness import heaps
from learning.models import Answer, GoodPractice, LearningGrid, LearningNeed, Survey
from learning.models.grids import SHARED
from partners.models import Partner, SubTheme
from roadmap.minimums import Count

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network


@dataclass
class Group:
    """Needs of one sub-theme (none: not put anywhere yet), and the practices that could answer them."""

    sub_theme: SubTheme | None
    needs: list[LearningNeed] = field(default_factory=list)
    practices: list[GoodPractice] = field(default_factory=list)

    @property
    def cities(self) -> set[int]:
        """The cities that need it."""
        return {need.partner_id for need in self.needs}


@dataclass
class CityNeeds:
    """One city's needs beside what it promised."""

    city: Partner
    needs: list[LearningNeed]
    asked: int

    @property
    def confirmed(self) -> int:
        """How many the city confirmed."""
        return sum(need.state == NeedState.CONFIRMED for need in self.needs)


def needs_of(actor: Actor, network: Network, filters: dict[str, Any]) -> tuple[list[CityNeeds], list[Group]]:
    """Return needs by city, and by sub-theme, most asked first. Five queries."""
    rows = LearningNeed.objects.visible_to(actor).filter(**filters)
    needs = list(rows.select_related("partner", "sub_theme__theme", "meeting"))
    cities = list(Partner.objects.filter(network=network, is_active=True))
    by_city: dict[int, list[LearningNeed]] = defaultdict(list)
    groups: dict[int | None, Group] = {}
    for need in needs:
        by_city[need.partner_id].append(need)
        groups.setdefault(need.sub_theme_id, Group(need.sub_theme)).needs.append(need)
    practices = GoodPractice.objects.visible_to(actor).filter(sub_themes__in=[pk for pk in groups if pk])
    for practice in practices.distinct().select_related("owner").prefetch_related("sub_themes"):
        for theme in practice.sub_themes.all():
            if theme.pk in groups:
                groups[theme.pk].practices.append(practice)
    asked = int(network.minimums.get("learning_needs", 0))
    listed = [CityNeeds(city, by_city[city.pk], asked) for city in cities]
    ordered = sorted(groups.values(), key=lambda g: (g.sub_theme is None, -len(g.cities), -len(g.needs)))
    return listed, ordered


#: What is counted for minimums, and the kind of rows it is counted from.
MINIMUMS = {"learning_needs": "need", "grids_meeting": "meeting", "grids_horizontal": "theme"}
DONE = (NeedState.CONFIRMED.value, *SHARED)


def minimums_counted(actor: Actor, partner_ids: Collection[int]) -> dict[str, dict[int, Count]]:
    """Count each city's learning needs (confirmed, and waiting for it) and its grids (handed in, and begun). One query.

    Six needs, six grids of meetings and three of horizontal themes a partner: Baseline Study, learning methodology.
    """
    needs = LearningNeed.objects.visible_to(actor).filter(partner__in=partner_ids)
    grids = LearningGrid.objects.visible_to(actor).filter(partner__in=partner_ids)
    parts = [
        rows.order_by().values_list(Value(kind, CharField()), "partner", "state")
        for kind, rows in (
            ("need", needs),
            ("meeting", grids.filter(meeting__isnull=False)),
            ("theme", grids.filter(meeting__isnull=True)),
        )
    ]
    counted = Counter((kind, pk, state in DONE) for kind, pk, state in parts[0].union(*parts[1:], all=True))
    return {
        code: {pk: Count(counted[kind, pk, True], counted[kind, pk, False]) for pk in partner_ids}
        for code, kind in MINIMUMS.items()
    }


@dataclass
class Reading:
    """Answers of one city that say much the same: read together, to be adopted as one need."""

    city: Partner
    text: str
    answers: list[Answer]

    @property
    def key(self) -> str:
        """What names it in a form: its first answer."""
        return str(self.answers[0].pk)


def readings_of(survey: Survey) -> list[Reading]:
    """Return a survey's written answers that no need was made of yet, by city and likeness. One query."""
    rows = Answer.objects.filter(question__survey=survey, need=None, is_hidden=False, respondent__partner__isnull=False)
    by_city: dict[Partner, list[Answer]] = defaultdict(list)
    for answer in rows.exclude(text="").select_related("respondent__partner").order_by("pk"):
        by_city[answer.respondent.partner].append(answer)
    language = next(iter(survey.title), "en")
    found = []
    for city in sorted(by_city, key=lambda c: (c.position, c.pk)):
        answers = by_city[city]
        alike = heaps([answer.text for answer in answers], language)
        found += [Reading(city, heap.title, [answers[n] for n in heap.members]) for heap in alike]
    return found
