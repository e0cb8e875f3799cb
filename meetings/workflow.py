"""The steps of a local report, and of a meeting's rationale."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from aoce.common.enums import State
from aoce.common.workflow import Comment, Transition, Workflow
from meetings import policies
from meetings.enums import RationaleState

ULG_REPORT = Workflow(
    kind="ulg_report",
    label=_("ULG meeting report"),
    states=State,
    network_of=lambda report: report.meeting.partner.network_id,
    transitions=(
        Transition(
            "submit",
            _("Submit"),
            (State.DRAFT, State.CHANGES),
            State.SUBMITTED,
            policies.can_write_report,
            _("ULG coordinator"),
            primary=True,
        ),
        Transition(
            "amend",
            _("Change what was submitted"),
            (State.SUBMITTED,),
            State.SUBMITTED,
            policies.can_write_report,
            _("ULG coordinator"),
        ),
        Transition(
            "ask_changes",
            _("Request changes"),
            (State.SUBMITTED,),
            State.CHANGES,
            policies.can_check_report,
            _("Lead Partner"),
            comment=Comment.OPTIONAL,
        ),
        Transition(
            "approve",
            _("Approve"),
            (State.SUBMITTED,),
            State.APPROVED,
            policies.can_check_report,
            _("Lead Partner"),
            comment=Comment.OPTIONAL,
            primary=True,
        ),
        Transition(
            "reopen",
            _("Open again"),
            (State.APPROVED,),
            State.CHANGES,
            policies.can_check_report,
            _("Lead Partner"),
            comment=Comment.REQUIRED,
        ),
    ),
)

RATIONALE = Workflow(
    kind="rationale",
    label=_("Rationale of a meeting"),
    states=RationaleState,
    network_of=lambda rationale: rationale.meeting.network_id,
    transitions=(
        Transition(
            "discuss",
            _("Put up for discussion"),
            (RationaleState.DRAFT,),
            RationaleState.DISCUSSED,
            policies.can_finish_rationale,
            _("Lead Expert, Lead Partner"),
            primary=True,
        ),
        Transition(
            "finish",
            _("Make it final"),
            (RationaleState.DISCUSSED,),
            RationaleState.FINAL,
            policies.can_finish_rationale,
            _("Lead Expert, Lead Partner"),
            primary=True,
        ),
        Transition(
            "reopen",
            _("Open again"),
            (RationaleState.FINAL,),
            RationaleState.DISCUSSED,
            policies.can_finish_rationale,
            _("Lead Expert, Lead Partner"),
            comment=Comment.REQUIRED,
        ),
    ),
)
