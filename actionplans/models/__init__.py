"""Action plans, and the testing actions that lead to them."""

from actionplans.models.checks import Finding, QualityCheck, Remark
from actionplans.models.peer import AgreedChange, PeerQuestion, PeerReview, ReviewRound
from actionplans.models.plans import ActionPlan, Assessment, Chapter, PlanAction, PlanEdition, PlanQuerySet
from actionplans.models.templates import Criterion, FormQuestion, IntegrationAspect, TemplateChapter
from actionplans.models.testing import BudgetLine, Measure, ProgressNote, Step, TestingAction, TestingIdea

__all__ = [
    "ActionPlan",
    "AgreedChange",
    "Assessment",
    "BudgetLine",
    "Chapter",
    "Criterion",
    "Finding",
    "FormQuestion",
    "IntegrationAspect",
    "Measure",
    "PeerQuestion",
    "PeerReview",
    "PlanAction",
    "PlanEdition",
    "PlanQuerySet",
    "ProgressNote",
    "QualityCheck",
    "Remark",
    "ReviewRound",
    "Step",
    "TemplateChapter",
    "TestingAction",
    "TestingIdea",
]
