"""Action plans, and the testing actions that lead to them."""

from actionplans.models.plans import ActionPlan, PlanQuerySet
from actionplans.models.testing import (
    BudgetLine,
    FormQuestion,
    Measure,
    ProgressNote,
    Step,
    TestingAction,
    TestingIdea,
)

__all__ = [
    "ActionPlan",
    "BudgetLine",
    "FormQuestion",
    "Measure",
    "PlanQuerySet",
    "ProgressNote",
    "Step",
    "TestingAction",
    "TestingIdea",
]
