"""Skills profiles: what civil servants say of their own skills for public innovation, without their names."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from learning.models.matrix import MatrixQuerySet
from learning.models.survey import CODE_LENGTH
from partners.enums import Role
from partners.models import Network, Partner

if TYPE_CHECKING:
    from partners.actors import Actor


class Skill(models.Model):
    """One of the skills a profile asks for; ``source`` names whose words these are."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="skills")
    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=60)
    source = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=("network", "code"), name="skill_once"),)

    def __str__(self) -> str:
        return self.name


class SkillElement(models.Model):
    """One element of a skill: what people say their level in."""

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="elements")
    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("skill__position", "position", "pk")
        constraints = (models.UniqueConstraint(fields=("skill", "code"), name="skill_element_once"),)

    def __str__(self) -> str:
        return self.name


class SkillRoundQuerySet(MatrixQuerySet):
    """Rounds of the self-assessment."""

    def visible_to(self, actor: Actor) -> Self:
        """People of the cities and who leads; results are shown only where enough people answered."""
        if actor.is_observer_only or actor.roles == frozenset({Role.ADHOC_EXPERT}):
            return self.none()
        return super().visible_to(actor)


class SkillRound(models.Model):
    """One time the cities' people are asked; a later one shows change. ``departments`` are offered to choose from."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="skill_rounds")
    title = models.CharField(_("Title"), max_length=120)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    departments = models.JSONField(default=list)
    opened_on = models.DateField(default=date.today)
    closed_on = models.DateField(null=True, blank=True)

    objects = SkillRoundQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_on", "-pk")

    def __str__(self) -> str:
        return self.title

    @property
    def spaced_code(self) -> str:
        """The code as it is read aloud."""
        half = CODE_LENGTH // 2
        return f"{self.code[:half]} {self.code[half:]}"


class SkillAnswer(models.Model):
    """What one person said: levels by element id. No name; ``key`` is the form's own, so that it counts once."""

    round = models.ForeignKey(SkillRound, models.CASCADE, related_name="answers")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="skill_answers")
    department = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=32)
    levels = models.JSONField(default=dict)
    on = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("round", "key"), name="skill_answer_once"),)

    def __str__(self) -> str:
        return f"{self.partner}, {self.department}"
