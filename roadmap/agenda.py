"""What is next for one person: the lists of the home pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aoce.common.models import ReviewPoint
from partners.enums import DatePrecision, Role
from partners.models import Membership
from roadmap.board import LATE, checker_words, key_of, late_words, number
from roadmap.deliverables import url_for
from roadmap.enums import ObligationState
from roadmap.events import events_for
from roadmap.models import Obligation
from roadmap.paths import path_of

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from partners.actors import Actor
    from partners.models import Network
    from roadmap.events import Event

SOON_DAYS = 30
SOME_MEETINGS = 3
#: Under which kind the remarks on a deliverable are kept, where it is not its own code.
REVIEW_KINDS = {"document": "hand_in"}


@dataclass
class Todo:
    """One thing to hand in, with its one action."""

    obligation: Obligation
    key: str
    word: str
    text: str
    action: str
    url: str
    day: str
    month: str
    first: bool = False


@dataclass(frozen=True)
class Group:
    """A heading and its things."""

    code: str
    label: Any
    todos: list[Todo]


@dataclass(frozen=True)
class Asked:
    """What came back: who asks, about what, until when, and the points."""

    who: str
    obligation: Obligation
    points: list[ReviewPoint]
    url: str
    comment: str = ""


@dataclass
class Agenda:
    """Everything a person has to hand in, in every published half-year."""

    groups: list[Group] = field(default_factory=list)
    waiting: list[Obligation] = field(default_factory=list)
    done: list[Obligation] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    lead: str = ""
    is_new: bool = False

    @property
    def count(self) -> int:
        """Return how many things are still to hand in."""
        return sum(len(group.todos) for group in self.groups)


@dataclass(frozen=True)
class Upcoming:
    """A meeting as the home page shows it: a day, or the month with an open day."""

    event: Event
    big: str
    small: str
    iso: str
    is_word: bool
    flag: str


def own_obligations(actor: Actor) -> list[Obligation]:
    """Return what the actor has to hand in, the next due first, with what was begun (one query)."""
    return list(
        Obligation.objects.visible_to(actor)
        .owed_by(actor)
        .with_due()
        .select_related("task", "partner", "hand_in")
        .order_by("due_on", "task__position", "pk")
    )


def open_points(obligations: list[Obligation]) -> dict[int, list[ReviewPoint]]:
    """Return the points still to address by obligation (at most one query)."""
    wanted = {}
    for o in obligations:
        if o.state == ObligationState.CHANGES and o.deliverable_id is not None:
            kind = REVIEW_KINDS.get(o.deliverable, o.deliverable)
            object_id = o.hand_in.pk if kind == "hand_in" and hasattr(o, "hand_in") else o.deliverable_id
            wanted[kind, object_id] = o.pk
    if not wanted:
        return {}
    about = Q()
    for kind, object_id in wanted:
        about |= Q(kind=kind, object_id=object_id)
    found: dict[int, list[ReviewPoint]] = {}
    for point in ReviewPoint.objects.filter(about, addressed_at=None).select_related("change__user"):
        found.setdefault(wanted[point.kind, point.object_id], []).append(point)
    return found


def asked_of(network: Network, points: dict[int, list[ReviewPoint]], obligations: list[Obligation]) -> list[Asked]:
    """Return what came back, each with who asks, by role (at most one query)."""
    people = {found[0].change.user_id for found in points.values()}
    roles: dict[int, str] = {}
    if points:
        rows = Membership.objects.filter(network=network, user__in=people - {None}).order_by("-pk")
        roles = {row.user_id: row.get_role_display() for row in rows}
    return [
        Asked(
            who=roles.get(found[0].change.user_id, str(found[0].change.user or "")),
            obligation=o,
            points=found,
            url=url_for(network.slug, o),
            comment=found[0].change.comment,
        )
        for o in obligations
        if (found := points.get(o.pk))
    ]


def action_words(obligation: Obligation, points: int) -> str:
    """Return what the one button says."""
    if obligation.state == ObligationState.CHANGES:
        return ngettext("Address %(n)s point", "Address %(n)s points", points) % {"n": points} if points else _("Mend")
    if obligation.state == ObligationState.DRAFT:
        return _("Continue")
    return _("Start") if obligation.task.deliverable else _("Open")


def todo_of(network: Network, obligation: Obligation, today: date, points: int) -> Todo:
    """Return one thing to hand in."""
    key = key_of(obligation, today)
    late = obligation.days_late(today)
    hand_in = getattr(obligation, "hand_in", None)
    text = _("Goes to: %(who)s.") % {"who": checker_words(obligation)} if obligation.task.deliverable else ""
    if obligation.state == ObligationState.CHANGES and points:
        text = ngettext(
            "It came back with %(n)s point to address.", "It came back with %(n)s points to address.", points
        ) % {"n": number(points)}
    elif late and obligation.state == ObligationState.DRAFT and hand_in:
        saved = date_format(timezone.localdate(hand_in.updated_at, network.tz), "j F")
        text = _("%(to)s A draft was saved on %(day)s.") % {"to": text, "day": saved}
    if obligation.due_override:
        text = _("%(text)s New day: %(reason)s") % {"text": text, "reason": obligation.due_reason}
    word = ""
    if late:
        word = late_words(late)
    elif key == ObligationState.DRAFT and hand_in:
        saved_on = timezone.localdate(hand_in.updated_at, network.tz)
        word = _("Draft, saved today") if saved_on == today else ""
        word = word or _("Draft, saved %(day)s") % {"day": date_format(saved_on, "j F")}
    page = path_of("roadmap:obligation", network.slug, obligation.pk)
    return Todo(
        obligation,
        key,
        word,
        text.strip(),
        action_words(obligation, points),
        url_for(network.slug, obligation) or page,
        str(obligation.due.day),
        date_format(obligation.due, "F"),
    )


def lead_sentence(obligations: list[Obligation], points: dict[int, list[ReviewPoint]], today: date) -> str:
    """Return the day and what there is to do, in words."""
    day = date_format(today, "l j F Y")
    if not obligations:
        return _("%(day)s. You have nothing to hand in now.") % {"day": day}
    last = max(o.due for o in obligations)
    sentences = [
        ngettext(
            "%(day)s. You have %(n)s thing to hand in before the end of %(month)s.",
            "%(day)s. You have %(n)s things to hand in before the end of %(month)s.",
            len(obligations),
        )
        % {"day": day, "n": number(len(obligations)), "month": date_format(last, "F")}
    ]
    late = sum(1 for o in obligations if o.days_late(today))
    if late:
        words = ngettext("%(n)s is late.", "%(n)s are late.", late) % {"n": number(late)}
        sentences.append(words[:1].upper() + words[1:])
    back = [found for found in points.values() if found]
    if back:
        total = sum(len(found) for found in back)
        asked = ngettext("%(n)s point", "%(n)s points", total) % {"n": number(total)}
        words = ngettext(
            "%(n)s came back with %(points)s to address.", "%(n)s came back with %(points)s to address.", len(back)
        ) % {"n": number(len(back)), "points": asked}
        sentences.append(words[:1].upper() + words[1:])
    return " ".join(sentences)


def agenda_of(actor: Actor, network: Network, today: date) -> Agenda:
    """Return what is next for the actor; three queries at most, however many things there are."""
    mine = own_obligations(actor)
    todo = [o for o in mine if o.state in (ObligationState.NONE, ObligationState.DRAFT, ObligationState.CHANGES)]
    points = open_points(todo)
    todos = [todo_of(network, o, today, len(points.get(o.pk, ()))) for o in todo]
    if todos:
        todos[0].first = True
    soon = today + timedelta(days=SOON_DAYS)
    late = [t for t in todos if t.key == LATE]
    near = [t for t in todos if t.key != LATE and t.obligation.due <= soon]
    rest = [t for t in todos if t.obligation.due > soon]
    labels: list[tuple[str, str | Promise, list[Todo]]] = [
        ("late", _("Late"), late),
        ("soon", _("In the next 30 days"), near),
        ("later", _("Later"), rest),
    ]
    return Agenda(
        groups=[Group(code, label, found) for code, label, found in labels if found],
        waiting=[o for o in mine if o.state == ObligationState.SUBMITTED],
        done=[o for o in mine if o.state in (ObligationState.APPROVED, ObligationState.WAIVED)],
        asked=asked_of(network, points, todo),
        lead=lead_sentence(todo, points, today),
        is_new=bool(mine) and all(o.state in (ObligationState.NONE, ObligationState.WAIVED) for o in mine),
    )


def upcoming_of(actor: Actor, network: Network, today: date, most: int = SOME_MEETINGS) -> list[Upcoming]:
    """Return the next meetings the actor may see."""
    found = []
    for event in events_for(actor, network.slug):
        if event.end < today:
            continue
        month = date_format(event.start, "F")
        if event.precision == DatePrecision.DAY:
            big, small, iso = str(event.start.day), month, event.start.isoformat()
        else:
            big, small, iso = month, _("day open"), event.start.strftime("%Y-%m")
        flag = _("Two dates in the plan") if event.conflict else ""
        if not flag and event.precision != DatePrecision.DAY:
            flag = _("Day not fixed yet")
        found.append(Upcoming(event, big, small, iso, event.precision != DatePrecision.DAY, flag))
        if len(found) == most:
            break
    return found


def role_words(actor: Actor) -> str:
    """Return the actor's roles in words."""
    return ", ".join(str(Role(role).label) for role in sorted(actor.roles))
