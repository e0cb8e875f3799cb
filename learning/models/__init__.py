"""What cities can show, what they need to know, and the surveys in which they say so."""

from learning.models.contacts import PracticeContact
from learning.models.groups import WorkingGroup, WorkingGroupCity
from learning.models.matrix import GoodPractice, KnowledgeNeed, MatrixQuerySet, PracticeQuerySet
from learning.models.needs import LearningNeed
from learning.models.practices import PracticePhoto, PracticeRemark
from learning.models.survey import Answer, Question, Respondent, Survey, SurveyTemplate

__all__ = [
    "Answer",
    "GoodPractice",
    "KnowledgeNeed",
    "LearningNeed",
    "MatrixQuerySet",
    "PracticeContact",
    "PracticePhoto",
    "PracticeQuerySet",
    "PracticeRemark",
    "Question",
    "Respondent",
    "Survey",
    "SurveyTemplate",
    "WorkingGroup",
    "WorkingGroupCity",
]
