"""The steps of a good practice on its way into the catalogue, and of a contact between two cities about one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from aoce.common.enums import State
from aoce.common.workflow import Comment, Transition, Workflow
from learning import policies
from learning.enums import ContactState, LogState

WRITER = _("ULG coordinator of the city; Lead Expert for outside practices")

PRACTICE = Workflow(
    kind="good_practice",
    label=_("Good practice"),
    states=State,
    network_of=lambda practice: practice.network_id,
    transitions=(
        Transition(
            "submit",
            _("Submit"),
            (State.DRAFT, State.CHANGES),
            State.SUBMITTED,
            policies.can_write_practice,
            WRITER,
            primary=True,
        ),
        Transition(
            "take_back", _("Take it back"), (State.SUBMITTED,), State.DRAFT, policies.can_write_practice, WRITER
        ),
        Transition(
            "ask_changes",
            _("Request changes"),
            (State.SUBMITTED,),
            State.CHANGES,
            policies.can_check_practice,
            _("Lead Expert"),
            comment=Comment.OPTIONAL,
        ),
        Transition(
            "approve",
            _("Approve and publish"),
            (State.SUBMITTED,),
            State.APPROVED,
            policies.can_check_practice,
            _("Lead Expert"),
            comment=Comment.OPTIONAL,
            primary=True,
        ),
        Transition(
            "revise", _("Write a new version"), (State.APPROVED,), State.DRAFT, policies.can_write_practice, WRITER
        ),
        Transition(
            "withdraw",
            _("Take it out of the public"),
            (State.APPROVED, State.DRAFT, State.SUBMITTED, State.CHANGES),
            State.CHANGES,
            policies.can_check_practice,
            _("Lead Expert"),
            comment=Comment.REQUIRED,
        ),
    ),
)

ASKING, EITHER = _("ULG coordinator of the city that asked"), _("ULG coordinators of both cities")

PRACTICE_CONTACT = Workflow(
    kind="practice_contact",
    label=_("Contact about a practice"),
    states=ContactState,
    network_of=lambda contact: contact.network_id,
    transitions=(
        Transition(
            "meet",
            _("We have met"),
            (ContactState.ASKED,),
            ContactState.MET,
            policies.can_answer_contact,
            EITHER,
            comment=Comment.OPTIONAL,
            primary=True,
        ),
        Transition(
            "try",
            _("We have tried it"),
            (ContactState.ASKED, ContactState.MET),
            ContactState.TRIED,
            policies.can_move_contact,
            ASKING,
            comment=Comment.OPTIONAL,
        ),
        Transition(
            "adopt",
            _("We do it now, too"),
            (ContactState.MET, ContactState.TRIED),
            ContactState.ADOPTED,
            policies.can_move_contact,
            ASKING,
            comment=Comment.OPTIONAL,
        ),
        Transition(
            "change",
            _("It changed something"),
            (ContactState.ADOPTED,),
            ContactState.CHANGED,
            policies.can_move_contact,
            ASKING,
            comment=Comment.REQUIRED,
            primary=True,
        ),
        Transition(
            "end",
            _("It came to nothing"),
            (ContactState.ASKED, ContactState.MET, ContactState.TRIED),
            ContactState.ENDED,
            policies.can_answer_contact,
            EITHER,
            comment=Comment.REQUIRED,
        ),
        Transition(
            "again",
            _("Ask again"),
            (ContactState.ENDED,),
            ContactState.ASKED,
            policies.can_move_contact,
            ASKING,
            comment=Comment.OPTIONAL,
        ),
    ),
)


CITY = _("ULG coordinator of the city")

GRID = Workflow(
    kind="learning_grid",
    label=_("Learning grid"),
    states=State,
    network_of=lambda grid: grid.network_id,
    transitions=(
        Transition(
            "submit",
            _("Hand in"),
            (State.DRAFT, State.CHANGES),
            State.SUBMITTED,
            policies.can_hand_in_grid,
            CITY,
            primary=True,
        ),
        Transition("take_back", _("Open it again"), (State.SUBMITTED,), State.DRAFT, policies.can_hand_in_grid, CITY),
        Transition(
            "ask_changes",
            _("Ask for more"),
            (State.SUBMITTED,),
            State.CHANGES,
            policies.can_check_grid,
            _("Lead Expert"),
            comment=Comment.REQUIRED,
        ),
        Transition(
            "approve",
            _("Accept"),
            (State.SUBMITTED,),
            State.APPROVED,
            policies.can_check_grid,
            _("Lead Expert"),
            comment=Comment.OPTIONAL,
            primary=True,
        ),
    ),
)

LOG_ACTION = Workflow(
    kind="log_action",
    label=_("Action of a learning log"),
    states=LogState,
    network_of=lambda action: action.network_id,
    transitions=(
        Transition(
            "select",
            _("Select for the plan"),
            (LogState.DRAFT,),
            LogState.SELECTED,
            policies.can_decide_action,
            CITY,
            comment=Comment.OPTIONAL,
            primary=True,
        ),
        Transition(
            "merge",
            _("Merge into another action"),
            (LogState.DRAFT, LogState.SELECTED),
            LogState.MERGED,
            policies.can_decide_action,
            CITY,
            comment=Comment.OPTIONAL,
        ),
        Transition(
            "drop",
            _("Drop it"),
            (LogState.DRAFT, LogState.SELECTED),
            LogState.DROPPED,
            policies.can_decide_action,
            CITY,
            comment=Comment.REQUIRED,
        ),
        Transition(
            "reopen",
            _("Take it up again"),
            (LogState.SELECTED, LogState.MERGED, LogState.DROPPED),
            LogState.DRAFT,
            policies.can_decide_action,
            CITY,
        ),
    ),
)
