"""The steps of testing actions, of action plans, and of rounds of peer review."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from actionplans import policies
from actionplans.enums import PlanState, RoundState, TestingState
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

PLAN = Workflow(
    kind="action_plan",
    label=_("Integrated Action Plan"),
    states=PlanState,
    network_of=lambda plan: plan.partner.network_id,
    transitions=(
        Transition(
            "submit",
            _("Hand in"),
            (PlanState.DRAFT, PlanState.CHANGES),
            PlanState.SUBMITTED,
            policies.can_write_plan,
            CITY,
            comment=Comment.OPTIONAL,
            primary=True,
        ),
        Transition(
            "take_back",
            _("Take it back"),
            (PlanState.SUBMITTED,),
            PlanState.DRAFT,
            policies.can_write_plan,
            CITY,
        ),
        Transition(
            "ask_changes",
            _("Request changes"),
            (PlanState.SUBMITTED,),
            PlanState.CHANGES,
            policies.can_check_plan,
            LEADS,
            comment=Comment.OPTIONAL,
        ),
        Transition(
            "accept",
            _("Good so far: the city writes on"),
            (PlanState.SUBMITTED,),
            PlanState.DRAFT,
            policies.can_check_plan,
            LEADS,
            comment=Comment.OPTIONAL,
        ),
        Transition(
            "approve",
            _("Approve the whole plan"),
            (PlanState.SUBMITTED,),
            PlanState.APPROVED,
            policies.can_check_plan,
            LEADS,
            comment=Comment.OPTIONAL,
            primary=True,
        ),
        Transition(
            "amend",
            _("Begin a new edition"),
            (PlanState.APPROVED,),
            PlanState.DRAFT,
            policies.can_reopen_plan,
            _("ULG coordinator of the city, Lead Expert, Lead Partner"),
        ),
    ),
)

ROUND = Workflow(
    kind="review_round",
    label=_("Peer review"),
    states=RoundState,
    network_of=lambda round_: round_.network_id,
    transitions=(
        Transition(
            "open",
            _("Let the cities write"),
            (RoundState.PLANNED,),
            RoundState.OPEN,
            policies.can_lead_round,
            LEADS,
            primary=True,
        ),
        Transition(
            "show",
            _("Show all reviews at once"),
            (RoundState.OPEN,),
            RoundState.SHOWN,
            policies.can_lead_round,
            LEADS,
            primary=True,
        ),
        Transition(
            "plan_again",
            _("Plan it again"),
            (RoundState.OPEN,),
            RoundState.PLANNED,
            policies.can_lead_round,
            LEADS,
        ),
    ),
)
