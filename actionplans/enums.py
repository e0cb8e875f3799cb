"""Codes stored in the tables of action plans."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TestingState(models.TextChoices):
    """Where a testing action stands: the form is checked, then the action is carried out."""

    __test__ = False  # the field's own name, not a test case

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    CHANGES = "changes", _("Changes requested")
    FINAL = "final", _("Final")
    PRESENTED = "presented", _("Presented")
    RUNNING = "running", _("Under way")
    FINISHED = "finished", _("Finished")


#: States in which the form is written.
WRITABLE = (TestingState.DRAFT, TestingState.CHANGES)
#: States in which everybody of the network reads it.
SHARED = (
    TestingState.SUBMITTED,
    TestingState.FINAL,
    TestingState.PRESENTED,
    TestingState.RUNNING,
    TestingState.FINISHED,
)
#: States after the check.
CHECKED = (TestingState.FINAL, TestingState.PRESENTED, TestingState.RUNNING, TestingState.FINISHED)


class Verdict(models.TextChoices):
    """What becomes of a testing action when it is finished."""

    GOES = "goes", _("It goes on")
    CHANGES = "changes", _("It goes on, changed")
    STOPS = "stops", _("It stops")


class Subject(models.TextChoices):
    """What is checked against criteria, and discussed between cities; the codes are the kinds of their workflows."""

    TESTING = "testing_action", _("Testing action")
    PLAN = "action_plan", _("Integrated Action Plan")


class PlanState(models.TextChoices):
    """Where an action plan stands: written and checked in turns over two years, then approved."""

    DRAFT = "draft", _("Being written")
    SUBMITTED = "submitted", _("Submitted")
    CHANGES = "changes", _("Changes requested")
    APPROVED = "approved", _("Approved")


#: States in which a city writes its plan.
PLAN_WRITABLE = (PlanState.DRAFT, PlanState.CHANGES)


class Readiness(models.TextChoices):
    """How ready an action of the plan is to begin."""

    IDEA = "idea", _("An idea")
    AGREED = "agreed", _("Agreed with those who do it")
    FUNDED = "funded", _("The money is there")
    BEGUN = "begun", _("It has begun")


class Judgement(models.TextChoices):
    """How a criterion is met."""

    MET = "met", _("Met")
    PARTLY = "partly", _("Partly met")
    NOT = "not", _("Not met")


class RoundState(models.TextChoices):
    """Where a round of peer review stands."""

    PLANNED = "planned", _("Being planned")
    OPEN = "open", _("Cities write")
    SHOWN = "shown", _("Cities read")


class Wish(models.TextChoices):
    """What is wished of pairs when they are proposed."""

    AVOID = "avoid", _("Rather not")
    ANY = "any", _("No matter")
    WANT = "want", _("If possible")
