"""States as data: one table of transitions a kind gives the buttons, the guards and ``docs/workflows.md``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.translation import gettext as _

from aoce.common.models import StatusChange


class ActorLike(Protocol):
    """What the ground floor needs to know of an actor."""

    @property
    def user_id(self) -> int | None:
        """The person, or None for the system."""


class Comment(StrEnum):
    """Whether a transition wants a comment."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


class WrongStateError(Exception):
    """The thing is not in a state from which this transition leads; somebody else may have been faster."""


class NotAllowedError(PermissionDenied):
    """The actor may not make this transition, whatever the state."""


class CommentMissingError(Exception):
    """The transition needs a comment and got none."""


@dataclass(frozen=True)
class Transition:
    """One arrow of the table. ``policy(actor, obj)`` says who may; ``label`` is the button's lazy text."""

    name: str
    label: Any
    sources: tuple[str, ...]
    target: str
    policy: Callable[[Any, Any], bool]
    who: Any
    comment: Comment = Comment.NONE
    primary: bool = False


@dataclass(frozen=True)
class Workflow:
    """The states and transitions of one kind; ``network_of(obj)`` finds the network its changes are recorded in."""

    kind: str
    label: Any
    states: type[models.TextChoices]
    transitions: tuple[Transition, ...]
    network_of: Callable[[Any], int]

    def __post_init__(self) -> None:
        """Remember the workflow for ``docs/workflows.md``."""
        WORKFLOWS[self.kind] = self

    def transition(self, name: str) -> Transition:
        """Return the transition of that name; KeyError if there is none."""
        return {t.name: t for t in self.transitions}[name]

    def available(self, actor: ActorLike, obj: Any) -> list[Transition]:
        """Return the transitions this actor may make now: the buttons of the page."""
        return [t for t in self.transitions if obj.state in t.sources and t.policy(actor, obj)]

    def check(self, actor: ActorLike, obj: Any, name: str, comment: str = "") -> Transition:
        """Return the transition if it may be made now.

        Raises NotAllowedError, WrongStateError or CommentMissingError.
        """
        step = self.transition(name)
        if not step.policy(actor, obj):
            raise NotAllowedError(_("You may not do this: %(step)s.") % {"step": step.label})
        if obj.state not in step.sources:
            now = self.states(obj.state).label
            raise WrongStateError(
                _("This is not possible any more: it is now “%(state)s”. Reload the page to see what changed.")
                % {"state": now}
            )
        if step.comment is Comment.REQUIRED and not comment.strip():
            raise CommentMissingError(_("Write a short comment, so that the reader knows why."))
        return step

    def apply(
        self, *, actor: ActorLike, obj: Any, name: str, comment: str = "", fields: dict[str, Any] | None = None
    ) -> StatusChange:
        """Change the state under a row lock and write the StatusChange in the same transaction.

        ``obj`` is read again under the lock and gets its new state; ``fields`` are further values that must change with
        it (a moment, a file). Raises as :meth:`check`.
        """
        with transaction.atomic():
            locked = type(obj)._base_manager.select_for_update().get(pk=obj.pk)
            step = self.check(actor, locked, name, comment)
            source, locked.state = locked.state, step.target
            for field, value in (fields or {}).items():
                setattr(locked, field, value)
                setattr(obj, field, value)
            locked.save(update_fields=["state", *(fields or {})])
            obj.state = step.target
            return StatusChange.objects.create(
                network_id=self.network_of(locked),
                kind=self.kind,
                object_id=obj.pk,
                transition=name,
                source=source,
                target=step.target,
                comment=comment.strip(),
                user_id=actor.user_id,
            )


#: Every workflow by its kind, filled as the apps' ``workflow`` modules are imported.
WORKFLOWS: dict[str, Workflow] = {}
