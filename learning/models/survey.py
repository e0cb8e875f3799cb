"""Live surveys: people answer on their phones without an account, the wall shows what comes in.

Texts are dictionaries by language, ``{"en": "…", "nl": "…"}``; the first of the network's languages is always there.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from learning.enums import LISTED, WRITTEN, QuestionKind, SurveyState
from meetings.models import TransnationalMeeting
from partners.enums import Role
from partners.models import Network, Partner, SubTheme

if TYPE_CHECKING:
    from partners.actors import Actor

CODE_LENGTH = 6


def in_language(words: dict[str, str], language: str = "") -> str:
    """Return a text in a language (the reader's, unless told), else in the one it was written in first."""
    code = language or translation.get_language() or ""
    return words.get(code) or words.get(code.split("-")[0]) or next((text for text in words.values() if text), "")


class SurveyQuerySet(models.QuerySet):
    """Surveys."""

    def visible_to(self, actor: Actor) -> Self:
        """Everyone in the network, ad-hoc experts excepted; one in preparation only those who lead."""
        if actor.is_system:
            return self.filter(network_id=actor.network_id)
        if not actor.roles or actor.roles == frozenset({Role.ADHOC_EXPERT}):
            return self.none()
        rows = self.filter(network_id=actor.network_id)
        return rows if actor.leads else rows.exclude(state=SurveyState.DRAFT)


class Survey(models.Model):
    """Questions to answer with a code. ``version`` counts everything that changes what the wall shows."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="surveys")
    meeting = models.ForeignKey(
        TransnationalMeeting, models.SET_NULL, null=True, blank=True, related_name="surveys", verbose_name=_("Meeting")
    )
    title = models.JSONField(default=dict)
    intro = models.JSONField(default=dict, blank=True)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    state = models.CharField(max_length=10, choices=SurveyState, default=SurveyState.DRAFT)
    one_at_a_time = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    frozen_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    emptied_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = SurveyQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return in_language(self.title)

    def words_of_intro(self) -> str:
        """Return the introduction in the reader's language."""
        return in_language(self.intro)

    @property
    def spaced_code(self) -> str:
        """The code as people read it aloud: ``482 716``."""
        half = CODE_LENGTH // 2
        return f"{self.code[:half]} {self.code[half:]}"

    @classmethod
    def free_code(cls) -> str:
        """Return six digits that no survey has."""
        while True:
            code = "".join(secrets.choice("0123456789") for _n in range(CODE_LENGTH))
            if not cls.objects.filter(code=code).exists():
                return code


class SurveyTemplate(models.Model):
    """Questions to begin a survey with, each ``{"kind", "text", "help", "choices", "most", "sub_themes"}``.

    ``choices`` are lists of lines by language; with ``sub_themes`` the network's sub-themes are the list.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="survey_templates")
    code = models.SlugField(max_length=60)
    name = models.CharField(_("Name"), max_length=100)
    questions = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=("network", "code"), name="survey_template_once"),)

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """One question. ``choices`` are ``{"code": "c1", "text": {…}}``; ``most`` limits what one person gives."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=QuestionKind, default=QuestionKind.TEXT)
    text = models.JSONField(default=dict)
    help = models.JSONField(default=dict, blank=True)
    choices = models.JSONField(default=list, blank=True)
    most = models.PositiveSmallIntegerField(default=1)
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return in_language(self.text)

    @property
    def is_written(self) -> bool:
        """Whether it is answered in own words."""
        return self.kind in WRITTEN

    @property
    def is_listed(self) -> bool:
        """Whether it is answered from a list."""
        return self.kind in LISTED

    def words_of_help(self) -> str:
        """Return the help in the reader's language."""
        return in_language(self.help)

    def labels(self) -> dict[str, str]:
        """Return the list to choose from, ``{code: words}`` in the reader's language."""
        return {choice["code"]: in_language(choice["text"]) for choice in self.choices}


class Respondent(models.Model):
    """Who answers, known only by a random key and the city they name."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="respondents")
    key = models.CharField(max_length=32)
    partner = models.ForeignKey(Partner, models.SET_NULL, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("survey", "key"), name="survey_respondent_once"),)

    def __str__(self) -> str:
        return f"{self.survey_id}/{self.pk}"


class Answer(models.Model):
    """One answer: ``text`` for what is written (one row each, numbered by ``slot``), ``value`` for everything else.

    ``value`` is a list of codes (one, several, in order), a list of one step (scale) or ``{code: points}``.
    """

    question = models.ForeignKey(Question, models.CASCADE, related_name="answers")
    respondent = models.ForeignKey(Respondent, models.CASCADE, related_name="answers")
    slot = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=300, blank=True)
    value: Any = models.JSONField(null=True, blank=True)
    sub_theme = models.ForeignKey(SubTheme, models.SET_NULL, null=True, blank=True, related_name="+")
    is_hidden = models.BooleanField(default=False)
    need = models.ForeignKey("learning.LearningNeed", models.SET_NULL, null=True, blank=True, related_name="answers")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("question", "respondent", "slot"), name="survey_answer_once"),
            models.CheckConstraint(condition=~Q(text="") | Q(value__isnull=False), name="survey_answer_says_something"),
        )

    def __str__(self) -> str:
        return self.text or str(self.value)
