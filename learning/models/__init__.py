"""What cities can show, what they need to know, and the surveys in which they say so."""

from learning.models.contacts import PracticeContact
from learning.models.grids import EntryReview, GridEntry, GridPhoto, LearningGrid
from learning.models.groups import WorkingGroup, WorkingGroupCity
from learning.models.logs import LogAction, LogColumn
from learning.models.matrix import GoodPractice, KnowledgeNeed, MatrixQuerySet, PracticeQuerySet
from learning.models.needs import LearningNeed
from learning.models.practices import PracticePhoto, PracticeRemark
from learning.models.skills import Skill, SkillAnswer, SkillElement, SkillRound
from learning.models.survey import Answer, Question, Respondent, Survey, SurveyTemplate

__all__ = [
    "Answer",
    "EntryReview",
    "GoodPractice",
    "GridEntry",
    "GridPhoto",
    "KnowledgeNeed",
    "LearningGrid",
    "LearningNeed",
    "LogAction",
    "LogColumn",
    "MatrixQuerySet",
    "PracticeContact",
    "PracticePhoto",
    "PracticeQuerySet",
    "PracticeRemark",
    "Question",
    "Respondent",
    "Skill",
    "SkillAnswer",
    "SkillElement",
    "SkillRound",
    "Survey",
    "SurveyTemplate",
    "WorkingGroup",
    "WorkingGroupCity",
]
