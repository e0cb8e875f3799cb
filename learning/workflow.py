"""The steps of a good practice on its way into the catalogue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from aoce.common.enums import State
from aoce.common.workflow import Comment, Transition, Workflow
from learning import policies

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
