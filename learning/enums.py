"""Codes stored in the learning tables."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SurveyState(models.TextChoices):
    """A survey is prepared, open for answers, or closed."""

    DRAFT = "draft", _("In preparation")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class QuestionKind(models.TextChoices):
    """How a question is answered."""

    TEXT = "text", _("Sentences, in own words")
    WORDS = "words", _("Single words")
    ONE = "one", _("One of a list")
    MANY = "many", _("Several of a list")
    SCALE = "scale", _("A scale from 1 to 5")
    RANKING = "ranking", _("A list put in order")
    POINTS = "points", _("100 points shared out over a list")


#: Kinds whose answers are written, up to ``Question.most`` of them.
WRITTEN = (QuestionKind.TEXT, QuestionKind.WORDS)
#: Kinds that need a list to choose from.
LISTED = (QuestionKind.ONE, QuestionKind.MANY, QuestionKind.RANKING, QuestionKind.POINTS)
#: The steps of a scale.
SCALE = (1, 2, 3, 4, 5)
#: What a “100 points” question shares out.
POINTS = 100


class NeedState(models.TextChoices):
    """A learning need is proposed to a city (from its answers), or the city's own."""

    PROPOSED = "proposed", _("To be confirmed by the city")
    CONFIRMED = "confirmed", _("Confirmed by the city")


class NeedOutcome(models.TextChoices):
    """What a city says of its need afterwards."""

    OPEN = "open", _("Not answered yet")
    PARTLY = "partly", _("Partly answered")
    ANSWERED = "answered", _("Answered")


class RemarkKind(models.TextChoices):
    """What somebody adds to another city's practice."""

    COMMENT = "comment", _("Comment")
    REFLECTION = "reflection", _("Reflection")
    LESSON = "lesson", _("Lesson for us")


class ContactState(models.TextChoices):
    """What became of a city's question to those who have a practice."""

    ASKED = "asked", _("Asked")
    MET = "met", _("Met")
    TRIED = "tried", _("Tried")
    ADOPTED = "adopted", _("Adopted")
    CHANGED = "changed", _("It changed something")
    ENDED = "ended", _("Came to nothing")


class ActionOutcome(models.TextChoices):
    """What the review at the next event says of an action."""

    OPEN = "open", _("Not reviewed yet")
    DONE = "done", _("Done")
    PARTLY = "partly", _("Partly done")
    NOT = "not", _("Not done")
    DROPPED = "dropped", _("We leave it")


#: Actions that are still to do: they come up again at each review.
STILL_OPEN = (ActionOutcome.OPEN, ActionOutcome.PARTLY, ActionOutcome.NOT)


class LogState(models.TextChoices):
    """Where an action of a learning log stands."""

    DRAFT = "draft", _("Draft")
    SELECTED = "selected", _("Selected for the plan")
    MERGED = "merged", _("Merged into another")
    DROPPED = "dropped", _("Dropped")


class SkillLevel(models.IntegerChoices):
    """How far somebody is in an element of a skill."""

    NONE = 0, _("Not yet")
    AWARE = 1, _("Basic awareness")
    EMERGING = 2, _("Emerging capability")
    REGULAR = 3, _("Regular practitioner")
