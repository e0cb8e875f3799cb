"""The steps of a testing action: checked as a form, then carried out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from actionplans import policies
from actionplans.enums import TestingState
from aoce.common.workflow import Comment, Transition, Workflow

CITY = _("ULG coordinator of the city")
LEADS = _("Lead Expert, Lead Partner")

TESTING = Workflow(
    kind="testing_action",
    label=_("Testing action"),
    states=TestingState,
    network_of=lambda action: action.network_id,
    transitions=(
        Transition(
            "submit",
            _("Hand in"),
            (TestingState.DRAFT, TestingState.CHANGES),
            TestingState.SUBMITTED,
            policies.can_write_testing,
            CITY,
            primary=True,
        ),
        Transition(
            "take_back",
            _("Take it back"),
            (TestingState.SUBMITTED,),
            TestingState.DRAFT,
            policies.can_write_testing,
            CITY,
        ),
        Transition(
            "ask_changes",
            _("Request changes"),
            (TestingState.SUBMITTED,),
            TestingState.CHANGES,
            policies.can_check_testing,
            LEADS,
            comment=Comment.OPTIONAL,
        ),
        Transition(
            "approve",
            _("Make it final"),
            (TestingState.SUBMITTED,),
            TestingState.FINAL,
            policies.can_check_testing,
            LEADS,
            comment=Comment.OPTIONAL,
            primary=True,
        ),
        Transition(
            "present",
            _("It was presented"),
            (TestingState.FINAL,),
            TestingState.PRESENTED,
            policies.can_write_testing,
            CITY,
        ),
        Transition(
            "start",
            _("It begins"),
            (TestingState.FINAL, TestingState.PRESENTED),
            TestingState.RUNNING,
            policies.can_write_testing,
            CITY,
            primary=True,
        ),
        Transition(
            "finish",
            _("It is finished"),
            (TestingState.RUNNING,),
            TestingState.FINISHED,
            policies.can_write_testing,
            CITY,
            primary=True,
        ),
        Transition(
            "resume",
            _("It goes on after all"),
            (TestingState.FINISHED,),
            TestingState.RUNNING,
            policies.can_write_testing,
            CITY,
        ),
    ),
)
