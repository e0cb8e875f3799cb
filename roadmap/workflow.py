"""The steps of obligations and of plain hand-ins.

An obligation's state follows the thing that fulfils it (``services.record_submission``); the Lead Partner waives it,
and whoever owes a task that needs no form marks it done.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from aoce.common.enums import State
from aoce.common.workflow import Comment, Transition, Workflow
from roadmap import policies
from roadmap.enums import ObligationState as O
from roadmap.enums import PeriodState

OBLIGATION = Workflow(
    kind="obligation",
    label=_("Obligation"),
    states=O,
    network_of=lambda obligation: obligation.network_id,
    transitions=(
        Transition("begin", _("Begin"), (O.NONE,), O.DRAFT, policies.can_record, _("Whoever owes it")),
        Transition("take_back", _("Take it back"), (O.SUBMITTED,), O.DRAFT, policies.can_record, _("Whoever owes it")),
        Transition("drop", _("Put aside"), (O.DRAFT, O.CHANGES), O.NONE, policies.can_record, _("Whoever owes it")),
        Transition(
            "submit",
            _("Submit"),
            (O.NONE, O.DRAFT, O.CHANGES, O.WAIVED),
            O.SUBMITTED,
            policies.can_record,
            _("Whoever owes it"),
        ),
        Transition(
            "ask_changes",
            _("Request changes"),
            (O.SUBMITTED, O.APPROVED),
            O.CHANGES,
            policies.can_check,
            _("Who checks it"),
        ),
        Transition(
            "approve",
            _("Approve"),
            (O.NONE, O.DRAFT, O.SUBMITTED, O.CHANGES),
            O.APPROVED,
            policies.can_check,
            _("Who checks it"),
        ),
        Transition(
            "complete",
            _("Mark as done"),
            (O.NONE, O.DRAFT, O.CHANGES),
            O.APPROVED,
            policies.can_complete,
            _("Lead Expert or Lead Partner for their own tasks; Lead Partner"),
            comment=Comment.OPTIONAL,
        ),
        Transition(
            "waive",
            _("Not needed"),
            (O.NONE, O.DRAFT, O.CHANGES),
            O.WAIVED,
            policies.can_manage_obligation,
            _("Lead Partner"),
            comment=Comment.REQUIRED,
        ),
        *(
            Transition(
                name,
                _("Needed after all"),
                (O.WAIVED,),
                target,
                policies.can_manage_obligation,
                _("Lead Partner"),
                comment=Comment.OPTIONAL,
            )
            for name, target in (
                ("unwaive", O.NONE),
                ("unwaive_draft", O.DRAFT),
                ("unwaive_changes", O.CHANGES),
            )
        ),
    ),
)

HAND_IN = Workflow(
    kind="hand_in",
    label=_("Document"),
    states=State,
    network_of=lambda hand_in: hand_in.obligation.network_id,
    transitions=(
        Transition(
            "submit",
            _("Submit"),
            (State.DRAFT, State.CHANGES),
            State.SUBMITTED,
            policies.can_write_hand_in,
            _("Whoever owes it"),
            primary=True,
        ),
        Transition(
            "ask_changes",
            _("Request changes"),
            (State.SUBMITTED,),
            State.CHANGES,
            policies.can_check_hand_in,
            _("Lead Partner or Lead Expert, for what is not their own"),
            comment=Comment.OPTIONAL,
        ),
        Transition(
            "approve",
            _("Approve"),
            (State.SUBMITTED,),
            State.APPROVED,
            policies.can_check_hand_in,
            _("Lead Partner or Lead Expert, for what is not their own"),
            comment=Comment.OPTIONAL,
            primary=True,
        ),
    ),
)

PERIOD = Workflow(
    kind="period",
    label=_("Half-year"),
    states=PeriodState,
    network_of=lambda period: period.network_id,
    transitions=(
        Transition(
            "publish",
            _("Publish"),
            (PeriodState.DRAFT, PeriodState.PUBLISHED),
            PeriodState.PUBLISHED,
            policies.can_publish_period,
            _("Lead Partner or Lead Expert"),
            primary=True,
        ),
        Transition(
            "discard",
            _("Remove the draft"),
            (PeriodState.DRAFT,),
            PeriodState.DRAFT,
            policies.can_publish_period,
            _("Lead Partner or Lead Expert"),
        ),
    ),
)
