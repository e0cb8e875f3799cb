"""Testing actions: the form filled in, checked, carried out, finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from actionplans import policies
from actionplans.enums import CHECKED, WRITABLE, TestingState
from actionplans.models import BudgetLine, Measure, ProgressNote, Step, TestingAction
from actionplans.services.templates import questions_of
from actionplans.workflow import TESTING
from aoce.common import files, mail, review
from aoce.common.workflow import CommentMissingError, WrongStateError
from partners.enums import Role
from partners.models import Membership, User
from roadmap.models import Obligation
from roadmap.services import record_submission

if TYPE_CHECKING:
    from datetime import date

    from django.core.files.uploadedfile import UploadedFile

    from actionplans.models import TestingIdea
    from aoce.common.models import ReviewPoint, StatusChange
    from meetings.models import TransnationalMeeting
    from partners.actors import Actor
    from partners.models import Partner

KIND = TESTING.kind
PHOTO_FILE = "testing_photo"
#: The parts of the form beside its questions, by the name of their rows.
PARTS: dict[str, type[Step | BudgetLine | Measure]] = {
    "steps": Step,
    "budget": BudgetLine,
    "measures": Measure,
}
#: What a row of each part holds.
COLUMNS = {
    "steps": ("title", "owner", "start", "due"),
    "budget": ("what", "amount", "source"),
    "measures": ("what", "how", "before", "target"),
}
PART_LABELS = {
    "title": gettext_noop("Title"),
    "time": gettext_noop("From when to when"),
    "steps": gettext_noop("Steps"),
    "budget": gettext_noop("Budget"),
    "measures": gettext_noop("Expected results"),
}


class NewerFormError(Exception):
    """Somebody else saved the form since it was read; ``current`` is what stands now."""

    def __init__(self, current: TestingAction) -> None:
        """Keep what stands now."""
        super().__init__("edited by two people")
        self.current = current


class NotReadyError(Exception):
    """The form cannot be handed in yet; ``problems`` are (field, sentence)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        """Keep the problems."""
        super().__init__("not ready")
        self.problems = problems


@dataclass(frozen=True)
class FormData:
    """What a filled-in form says: its own fields, answers by question code, and rows of steps, budget and results."""

    title: str
    answers: Mapping[str, str]
    starts: date | None = None
    ends: date | None = None
    rate: Decimal | None = None
    rate_on: date | None = None
    rows: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    log_actions: Sequence[int] = ()


def _must_write(actor: Actor, action: TestingAction) -> None:
    if not policies.can_write_testing(actor, action):
        raise PermissionDenied
    if action.state not in WRITABLE:
        raise WrongStateError(_("The form is with its checkers, or final. Take it back to change it."))


def locked(action: TestingAction) -> TestingAction:
    """Return the row as it is now, locked; call it in a transaction."""
    rows = TestingAction.objects.select_for_update(of=("self",)).select_related("partner", "network")
    return rows.get(pk=action.pk)


def begin(*, actor: Actor, partner: Partner, title: str, idea: TestingIdea | None = None) -> TestingAction:
    """Begin a form for a city, of one of its ideas or without one."""
    if actor.network_id != partner.network_id or not policies.can_begin_testing(actor, partner.pk):
        raise PermissionDenied
    answers = {}
    if idea is not None:
        first = questions_of(partner.network)[:1]
        text = "\n\n".join(part for part in (idea.what or idea.title, idea.why) if part)
        answers = {first[0].code: text} if first else {}
    return TestingAction.objects.create(
        network_id=partner.network_id,
        partner=partner,
        idea=idea,
        title=title[:200],
        answers=answers,
        updated_by_id=actor.user_id,
    )


def rows_of(action: TestingAction) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each part as the form shows them. Three queries."""
    return {
        name: [{column: getattr(row, column) for column in COLUMNS[name]} for row in getattr(action, name).all()]
        for name in PARTS
    }


def save(*, actor: Actor, action: TestingAction, data: FormData, read_version: int) -> TestingAction:
    """Write the form. Raises NewerFormError when somebody else saved other words since ``read_version``."""
    with transaction.atomic():
        row = locked(action)
        _must_write(actor, row)
        values = {name: getattr(data, name) for name in ("title", "starts", "ends", "rate", "rate_on")}
        values["answers"] = {**row.answers, **data.answers}
        before = rows_of(row)
        parts = {name: [dict(one) for one in data.rows.get(name, before[name])] for name in PARTS}
        linked = set(row.log_actions.values_list("pk", flat=True))
        same = all(getattr(row, name) == value for name, value in values.items()) and before == parts
        if same and linked == set(data.log_actions):
            return row
        if row.version != read_version:
            raise NewerFormError(row)
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        row.updated_by_id = actor.user_id
        row.save()
        row.log_actions.set(data.log_actions)
        for name, model in PARTS.items():
            if before[name] != parts[name]:
                getattr(row, name).all().delete()
                model._default_manager.bulk_create(
                    [model(action=row, position=n, **one) for n, one in enumerate(parts[name])]
                )
    return row


def answer_point(*, actor: Actor, action: TestingAction, point: ReviewPoint, answer: str, addressed: bool) -> None:
    """Say that a point a checker raised is addressed, and how."""
    _must_write(actor, action)
    if (point.kind, point.object_id) != (KIND, action.pk):
        raise PermissionDenied
    if (point.answer, point.addressed_at is not None) != (answer.strip(), addressed):
        review.address_point(actor=actor, point=point, answer=answer, addressed=addressed)


# --- Hand in and check ------------------------------------------------------------------------------------------------


def part_text(action: TestingAction, name: str) -> str:
    """Return the rows of a part as lines of text, for versions and comparisons."""
    if name == "time":
        days = [date_format(day, "j F Y") if day else "?" for day in (action.starts, action.ends)]
        return " – ".join(days) if action.starts or action.ends else ""
    lines = []
    for row in getattr(action, name).all():
        cells = []
        for column in COLUMNS[name]:
            value = getattr(row, column)
            if isinstance(value, Decimal):
                cells.append(f"{number_format(value, 2)} €")
            elif value and not isinstance(value, str):
                cells.append(date_format(value, "j F Y"))
            elif value:
                cells.append(value)
        lines.append(", ".join(cells))
    return "\n".join(lines)


def form_of(action: TestingAction) -> list[tuple[str, str]]:
    """Return the questions as ``(code, label)``: those it was handed in with, else those asked now."""
    if action.state not in WRITABLE and action.questions:
        return [(code, label) for code, label in action.questions]
    return [(question.code, question.label) for question in questions_of(action.network)]


def version_data(action: TestingAction) -> dict[str, str]:
    """Return what is frozen when a form is handed in: field → text, in English dates."""
    with override("en"):
        parts = {name: part_text(action, name) for name in ("time", *PARTS)}
    texts = {code: action.answers.get(code, "") for code, _label in form_of(action)}
    return {"title": action.title, **texts, **parts}


def problems_of(action: TestingAction) -> list[tuple[str, str]]:
    """Return what is to be written before the form can be handed in."""
    words = _("Write something about “%(field)s”.")
    found = [
        (question.code, words % {"field": question.label})
        for question in questions_of(action.network)
        if question.is_required and not action.answers.get(question.code, "").strip()
    ]
    if not action.starts or not action.ends:
        found.append(("starts", _("Say when it begins and when it ends.")))
    for name, sentence in (
        ("steps", _("Write at least one step.")),
        ("budget", _("Write at least one line of the budget; 0 euro if it costs nothing.")),
        ("measures", _("Write at least one expected result, and how you measure it.")),
    ):
        if not getattr(action, name).exists():
            found.append((name, sentence))
    return found


def follow(actor: Actor, action: TestingAction) -> None:
    """Let what the city owes follow its form: the obligation it serves already, else its first open one."""
    owed = Obligation.objects.filter(partner=action.partner_id, task__deliverable=KIND).select_related("task")
    rows = list(owed.order_by("task__due", "pk"))
    served = [row for row in rows if row.deliverable == KIND and row.deliverable_id == action.pk]
    free = [row for row in rows if row.deliverable_id is None]
    state = "approved" if action.state in CHECKED else action.state
    for row in served or free[:1]:
        record_submission(actor=actor, obligation=row, deliverable=KIND, deliverable_id=action.pk, state=state)


def submit(*, actor: Actor, action: TestingAction) -> StatusChange:
    """Hand it in: freezes a version and the form, tells the checkers by mail. Raises NotReadyError."""
    with transaction.atomic():
        row = locked(action)
        TESTING.check(actor, row, "submit")
        if problems := problems_of(row):
            raise NotReadyError(problems)
        questions = [[question.code, question.label] for question in questions_of(row.network)]
        change = TESTING.apply(actor=actor, obj=row, name="submit", fields={"questions": questions})
        review.record_version(
            actor=actor,
            network_id=row.network_id,
            kind=KIND,
            object_id=row.pk,
            data=version_data(row),
            labels={**dict(form_of(row)), **PART_LABELS},
        )
        follow(actor, row)
        tell(row, (Role.LEAD_EXPERT, Role.LEAD_PARTNER), "submitted", actor)
    action.refresh_from_db()
    return change


def take_back(*, actor: Actor, action: TestingAction) -> StatusChange:
    """Take it back from its check, to change it."""
    with transaction.atomic():
        change = TESTING.apply(actor=actor, obj=action, name="take_back")
        follow(actor, action)
    return change


# --- Carry out --------------------------------------------------------------------------------------------------------


def present(*, actor: Actor, action: TestingAction, meeting: TransnationalMeeting | None) -> StatusChange:
    """Say that it was presented to the others, and at which meeting."""
    if meeting is not None and meeting.network_id != action.network_id:
        raise PermissionDenied
    return TESTING.apply(actor=actor, obj=action, name="present", fields={"meeting": meeting})


def start(*, actor: Actor, action: TestingAction) -> StatusChange:
    """Say that it begins."""
    return TESTING.apply(actor=actor, obj=action, name="start")


def resume(*, actor: Actor, action: TestingAction) -> StatusChange:
    """Take a finished one up again; what was learnt stays written."""
    return TESTING.apply(actor=actor, obj=action, name="resume")


def finish(
    *,
    actor: Actor,
    action: TestingAction,
    learnt: str,
    verdict: str,
    enters_plan: str,
    after: Mapping[int, str],
) -> StatusChange:
    """End it: what was learnt, what becomes of it, what of it enters the plan, and each result afterwards by its id."""
    if not learnt.strip() or not verdict:
        raise CommentMissingError(_("Say what you learnt, and what becomes of it."))
    with transaction.atomic():
        for measure in action.measures.filter(pk__in=after):
            measure.after = after[measure.pk].strip()[:100]
            measure.save(update_fields=["after"])
        fields = {"learnt": learnt.strip(), "verdict": verdict, "enters_plan": enters_plan.strip()}
        return TESTING.apply(actor=actor, obj=action, name="finish", fields=fields)


def _must_run(actor: Actor, action: TestingAction) -> None:
    if not policies.can_write_testing(actor, action):
        raise PermissionDenied
    if action.state != TestingState.RUNNING:
        raise WrongStateError(_("It is not under way."))


def tick(*, actor: Actor, step: Step, done: bool, today: date) -> None:
    """Say that a step is done today, or not yet."""
    _must_run(actor, step.action)
    step.done_on = (step.done_on or today) if done else None
    step.save(update_fields=["done_on"])


def note(
    *,
    actor: Actor,
    action: TestingAction,
    day: date,
    text: str,
    spent: Decimal | None,
    photo: UploadedFile | None = None,
    alt: str = "",
) -> ProgressNote:
    """Write down what happened on a day. Raises UploadRefusedError for a photo that is none."""
    _must_run(actor, action)
    with transaction.atomic():
        made = ProgressNote.objects.create(
            action=action, day=day, text=text, spent=spent, alt=alt.strip()[:300], author_id=actor.user_id
        )
        if photo is not None:
            if not alt.strip():
                raise files.UploadRefusedError(_("Say what the photo shows, for people who do not see it."))
            made.photo = files.store_picture(
                actor=actor, network_id=action.network_id, owner_kind=PHOTO_FILE, owner_id=made.pk, upload=photo
            )
            made.save(update_fields=["photo"])
    return made


def photo_seen(actor: Actor, note_id: int) -> bool:
    """Say whether an actor sees a note's photo: with its testing action."""
    found = ProgressNote.objects.select_related("action").filter(pk=note_id).first()
    return found is not None and policies.can_view_testing(actor, found.action)


def tell(
    action: TestingAction,
    roles: Sequence[str],
    template: str,
    actor: Actor,
    *,
    comment: str = "",
) -> None:
    """Tell people of these roles by mail; of coordinators only the city's."""
    rows = Membership.objects.live().filter(network=action.network_id, role__in=roles)
    if Role.COORDINATOR in roles:
        rows = rows.filter(partner=action.partner_id)
    path = reverse("actionplans:testing", kwargs={"network": action.network.slug, "pk": action.pk})
    person = User.objects.filter(pk=actor.user_id).first()
    for user in User.objects.filter(memberships__in=rows).exclude(pk=actor.user_id).distinct():
        mail.queue(
            to_user=user,
            network=action.network,
            purpose=template,
            template=template,
            context={
                "title": format_lazy("{}, {}", TESTING.label, action.title),
                "party": action.partner.name,
                "url": settings.SITE_URL + path,
                "comment": comment.strip(),
                "points": [],
                "person": str(person or ""),
            },
        )
