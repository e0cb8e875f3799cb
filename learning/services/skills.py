"""Skills profiles: opening a round, one anonymous answer, and what is shown of many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from aoce.common.charts import Bars, bars_from
from aoce.common.workflow import WrongStateError
from learning import policies
from learning.enums import SkillLevel
from learning.models import Skill, SkillAnswer, SkillRound
from learning.services.codes import free_code

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network, Partner

Group = TypeVar("Group", int, str)
#: Fewer answers than this are never shown by themselves, nor left over between two that are.
FEWEST = 5


def open_round(*, actor: Actor, network: Network, title: str, departments: Sequence[str]) -> SkillRound:
    """Begin a round; people answer with its code until it is closed."""
    if actor.network_id != network.pk or not policies.can_run_skills(actor):
        raise PermissionDenied
    return SkillRound.objects.create(
        network=network, title=title, code=free_code(), departments=list(departments), opened_on=network.today()
    )


def close_round(*, actor: Actor, found: SkillRound) -> None:
    """End a round: nobody answers any more."""
    if actor.network_id != found.network_id or not policies.can_run_skills(actor):
        raise PermissionDenied
    if found.closed_on is not None:
        raise WrongStateError(_("The round is closed already."))
    found.closed_on = found.network.today()
    found.save(update_fields=["closed_on"])


def answer(*, found: SkillRound, partner: Partner, department: str, levels: Mapping[int, int], key: str) -> SkillAnswer:
    """Keep one person's levels, once: sent again with the same ``key`` it replaces what was said before.

    Nothing tells who answered: no account, no address, no moment more exact than the day.
    """
    if found.closed_on is not None:
        raise WrongStateError(_("The round is closed. Thank you for your interest."))
    made, _new = SkillAnswer.objects.update_or_create(
        round=found,
        key=key,
        defaults={
            "partner": partner,
            "department": department,
            "levels": {str(element): int(level) for element, level in levels.items()},
            "on": found.network.today(),
        },
    )
    return made


def shown_groups(counts: Mapping[Group, int]) -> set[Group]:
    """Return the groups whose results may be shown beside the whole: each of at least ``FEWEST`` answers.

    What is left when they are taken from the whole must not be fewer either, so the smallest are held back with it.
    """
    shown = {group for group, n in counts.items() if n >= FEWEST}
    left = sum(n for group, n in counts.items() if group not in shown)
    for group in sorted(shown, key=lambda g: counts[g]):
        if not 0 < left < FEWEST:
            break
        shown.discard(group)
        left += counts[group]
    return shown


@dataclass
class Line:
    """One element: how many people said which level (not yet, basic, emerging, regular)."""

    name: str
    numbers: list[int]

    @property
    def mean(self) -> float:
        """The average level, 0 to 3."""
        return mean_of(self.numbers)


@dataclass
class SkillProfile:
    """One skill of a profile. ``before`` is its average in an earlier round."""

    skill: Skill
    lines: list[Line]
    before: float | None = None

    @property
    def numbers(self) -> list[int]:
        """How often each level was said, over all elements."""
        return [sum(line.numbers[level] for line in self.lines) for level in SkillLevel.values]

    @property
    def mean(self) -> float:
        """The average level, 0 to 3."""
        return mean_of(self.numbers)

    @property
    def change(self) -> float | None:
        """The average now less the one before."""
        return None if self.before is None else self.mean - self.before


def mean_of(numbers: Sequence[int]) -> float:
    """Return the average of levels counted from 0 on."""
    said = sum(numbers)
    return sum(level * n for level, n in enumerate(numbers)) / said if said else 0.0


def skills_of(network: Network) -> list[Skill]:
    """Return the network's skills with their elements. Two queries."""
    return list(Skill.objects.filter(network=network).prefetch_related("elements"))


def profile_of(skills: Sequence[Skill], answers: Iterable[SkillAnswer]) -> list[SkillProfile]:
    """Return what people said, skill by skill."""
    counted: Counter[tuple[str, int]] = Counter()
    for one in answers:
        counted.update(one.levels.items())
    return [
        SkillProfile(
            skill,
            [
                Line(element.name, [counted[str(element.pk), level] for level in SkillLevel.values])
                for element in skill.elements.all()
            ],
        )
        for skill in skills
    ]


def chart_of(profile: Sequence[SkillProfile]) -> Bars:
    """Return the profile as stacked bars: a bar a skill, a part a level."""
    rows = [(one.skill.name, one.numbers) for one in profile]
    fills = (("#d3dbda", "#0d171c"), ("#8fbfca", "#0d171c"), ("#3c7f90", "#ffffff"), ("#0b3f4d", "#ffffff"))
    return bars_from(
        rows, [str(label) for label in SkillLevel.labels], _("Answers to the elements of each skill"), fills
    )
