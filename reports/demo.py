"""A believable state of the demonstration: things handed in, returned, accepted, late.

Everything goes through the services, as people would do it; afterwards the moments are moved to days before today, for
nobody hands in forty things at once. Runs only where nothing has been handed in yet.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from actionplans.models import TestingAction, TestingIdea
from aoce.common.enums import MailState
from aoce.common.models import OutgoingMail, StatusChange, SubmittedVersion
from learning.models import GoodPractice, KnowledgeNeed
from meetings.services import attendance, ulg
from partners.actors import Actor
from partners.enums import Role
from partners.middleware import actor_from
from partners.models import Membership, Network, Partner
from reports.demo_learning import play_learning
from reports.demo_meetings import play_local_plans, play_network_meetings
from reports.demo_plans import backdate_plans, play_plans
from reports.demo_testing import play_testing
from reports.models import QuarterlyReport
from reports.services import save_section
from roadmap.enums import ObligationState
from roadmap.models import HandIn, Obligation
from roadmap.services import hand_ins, waive

#: What became of each city's report on its first local meeting.
LOCAL_REPORTS = {
    "genk": "approved",
    "quart-de-poblet": "approved",
    "gdansk": "submitted",
    "aarhus": "submitted",
    "budaors": "changes",
    "kekava": "draft",
    "banska-bystrica": "draft",
}
LOCAL_POINTS = [
    ("Decisions", "Name who takes the first step until the next meeting, and when."),
    ("Who was there", "The list has nobody from the platforms. Was it so, or is a page missing?"),
]
TOPICS = (
    "How residents hear what became of their ideas\nWhat holds colleagues back\nFirst ideas for a testing action",
    "Who takes part in our city and who never does\nRules that stand in the way\nWhat we expect of the network",
    "What the group wants to be for the city\nTwo practices we can show others\nHow we will work until the summer",
)
#: What became of each city's documents; a city that is not named has not begun. Points are (where, what to change).
DOCUMENTS: dict[str, dict[str, str]] = {
    "learning-needs-cnm2": {
        **dict.fromkeys(["genk", "gdansk", "budaors", "banska-bystrica", "quart-de-poblet", "aarhus"], "approved"),
        "kekava": "submitted",
        "breda": "waived",
    },
    "testing-action-ideas": {
        **dict.fromkeys(["genk", "gdansk", "banska-bystrica", "quart-de-poblet", "aarhus"], "approved"),
        "kekava": "submitted",
        "budaors": "changes",
        "breda": "draft",
    },
    "good-practice": {
        "genk": "approved",
        "gdansk": "submitted",
        "aarhus": "submitted",
        "banska-bystrica": "changes",
        "quart-de-poblet": "draft",
        "budaors": "draft",
    },
}
POINTS = {
    "testing-action-ideas": [
        ("Going to where people are", "Name the two places you would begin with, and who goes there."),
        ("Digital twin", "Say which part of it you can try out before the summer."),
    ],
    "good-practice": [
        ("What we did", "Tell what the city did, step by step; a colleague in another city wants to repeat it."),
        ("What we learnt", "One thing that did not work would help the others."),
    ],
}
WAIVED = "Local group still being set up"
EXPERT = {"rationale-oa1": "approved", "action-plan-template": "submitted", "good-practice-catalogue": "draft"}
EXPERT_TEXTS = {
    "rationale-oa1": "How results of participation find their way into decisions: five questions for the academy.",
    "action-plan-template": "Six chapters, each with a short guide and one example. Please look at chapter 4 first.",
    "good-practice-catalogue": "Structure: one page a practice, in the order of the sub-themes.",
}


@dataclass
class Demo:
    """The people who act, and the network they act in."""

    network: Network
    lead: Actor
    expert: Actor
    coordinators: dict[int, Actor] = field(default_factory=dict)


def actors(network: Network) -> Demo | None:
    """Return the demo's actors; None unless there are a Lead Partner, a Lead Expert and coordinators."""
    found: dict[str, list[tuple[Actor, int | None]]] = {}
    for row in Membership.objects.live().filter(network=network).select_related("user").order_by("pk"):
        actor = actor_from(list(Membership.objects.of_user_in(row.user_id, network.slug)))
        found.setdefault(row.role, []).append((actor, row.partner_id))
    if not all(found.get(role) for role in (Role.LEAD_PARTNER, Role.LEAD_EXPERT, Role.COORDINATOR)):
        return None
    coordinators = {partner: actor for actor, partner in reversed(found[Role.COORDINATOR]) if partner}
    return Demo(network, found[Role.LEAD_PARTNER][0][0], found[Role.LEAD_EXPERT][0][0], coordinators)


def play(network: Network) -> int:
    """Play the story once; returns how many things were begun, 0 if somebody has begun already."""
    demo = actors(network)
    begun = Obligation.objects.filter(network=network).exclude(state=ObligationState.NONE)
    if demo is None or begun.exists():
        return 0
    last_mail = OutgoingMail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    done = play_documents(demo) + play_expert(demo) + play_local_reports(demo) + play_report(demo)
    done += play_local_plans(network, demo.coordinators)
    done += play_network_meetings(network, demo.lead, demo.expert)
    done += play_learning(network, demo.expert, demo.coordinators)
    done += play_testing(network, demo.expert, demo.coordinators)
    done += play_plans(network, demo.expert, demo.coordinators)
    backdate_testing(network)
    backdate_plans(network)
    mark_as_sent(network, last_mail)
    return done


def play_documents(demo: Demo) -> int:
    """Hand in, return and accept the cities' documents."""
    rows = Obligation.objects.filter(
        network=demo.network, task__code__in=DOCUMENTS, partner__in=demo.coordinators
    ).select_related("task", "partner")
    done = 0
    for row in rows:
        target = DOCUMENTS[row.task.code].get(row.partner.slug)
        if target is None:
            continue
        done += 1
        if target == "waived":
            waive(actor=demo.lead, obligation=row, reason=WAIVED)
            continue
        carry(
            row,
            writer=demo.coordinators[row.partner_id],
            checker=demo.lead,
            text=text_for(row.task.code, row.partner),
            target=target,
            points=POINTS.get(row.task.code, []),
        )
    return done


def play_expert(demo: Demo) -> int:
    """Let the Lead Expert's own work be in different states."""
    rows = Obligation.objects.filter(network=demo.network, task__code__in=EXPERT, partner=None).select_related("task")
    for row in rows:
        code = row.task.code
        carry(row, writer=demo.expert, checker=demo.lead, text=EXPERT_TEXTS[code], target=EXPERT[code], points=[])
    return len(rows)


def carry(
    row: Obligation, *, writer: Actor, checker: Actor, text: str, target: str, points: list[tuple[str, str]]
) -> None:
    """Bring one document from nothing to ``target``, on days before its due date and before today."""
    hand_in = hand_ins.save(actor=writer, obligation=row, text=text, read_version=1)
    if target != "draft":
        hand_ins.submit(actor=writer, hand_in=hand_in)
    if target == "changes":
        hand_ins.ask_changes(actor=checker, hand_in=hand_in, points=points)
    if target == "approved":
        hand_ins.approve(actor=checker, hand_in=hand_in)
    today = row.network.today()
    handed = min(row.due - dt.timedelta(days=row.pk % 5), today - dt.timedelta(days=2 + row.pk % 4))
    backdate(row, "hand_in", hand_in.pk, handed, min(handed + dt.timedelta(days=4), today - dt.timedelta(days=1)))


def play_local_reports(demo: Demo) -> int:
    """Report the first local meetings, with lists of who was there."""
    rows = Obligation.objects.filter(
        network=demo.network,
        task__code="ulg-report-1",
        partner__slug__in=LOCAL_REPORTS,
        partner__in=demo.coordinators,
    ).select_related("task", "partner")
    for index, row in enumerate(rows):
        play_local_report(demo, row, LOCAL_REPORTS[row.partner.slug], index)
    return len(rows)


def play_local_report(demo: Demo, row: Obligation, target: str, index: int) -> None:
    """Bring one city's report to ``target``: the group met in the weeks before today."""
    writer, today = demo.coordinators[row.partner_id], row.network.today()
    report = ulg.start(actor=writer, partner=row.partner, obligation=row)
    held = today - dt.timedelta(days=12 + index)
    fields = {
        "title": "First meeting of the local group",
        "date": held.isoformat(),
        "place": f"City hall, {row.partner.name}" if index % 2 else f"Community centre, {row.partner.name}",
        "topics": TOPICS[index % len(TOPICS)],
    }
    if target != "draft":
        fields |= {
            "decisions": "We meet every second month. Until then each of us talks to three people who never come.",
            "lessons": "Invite people one by one; posters alone brought nobody.",
        }
    ulg.save(actor=writer, report=report, fields=fields, read_version=report.version)
    report.refresh_from_db()
    if target != "draft":
        sheet = attendance.attach_sheet(actor=writer, report=report, upload=attendance_list(row.partner))
        attendance.take_over(actor=writer, sheet=sheet)
        ulg.submit(actor=writer, report=report, today=today)
    if target == "changes":
        ulg.ask_changes(actor=demo.lead, report=report, points=LOCAL_POINTS)
    if target == "approved":
        ulg.approve(actor=demo.lead, report=report)
    handed = held + dt.timedelta(days=4)
    backdate(row, "ulg_report", report.pk, handed, min(handed + dt.timedelta(days=3), today - dt.timedelta(days=1)))


def attendance_list(partner: Partner) -> SimpleUploadedFile:
    """Return a list of a city's local group as its coordinator would export it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Name", "Organisation", "Group", "Signed"])
    for member in partner.group_members.select_related("kind"):
        writer.writerow([member.name, member.organisation, member.kind.name if member.kind else "", "yes"])
    name = f"attendance-{partner.slug}.csv"
    return SimpleUploadedFile(name, text.getvalue().encode("utf-8-sig"), content_type="text/csv")


def backdate(row: Obligation, kind: str, object_id: int, handed: dt.date, checked: dt.date) -> None:
    """Move what happened to a thing and its obligation to these days."""

    def moment(day: dt.date, hour: int) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(hour, 12 + row.pk % 40), tzinfo=row.network.tz)

    subjects = [(kind, object_id), ("obligation", row.pk)]
    for name, thing in subjects:
        changes = StatusChange.objects.filter(kind=name, object_id=thing)
        changes.filter(target="draft").update(at=moment(handed - dt.timedelta(days=3), 9))
        changes.filter(target="submitted").update(at=moment(handed, 15))
        changes.filter(target__in=("changes", "approved")).update(at=moment(checked, 10))
        SubmittedVersion.objects.filter(kind=name, object_id=thing).update(at=moment(handed, 15))
    Obligation.objects.filter(pk=row.pk, submitted_at__isnull=False).update(submitted_at=moment(handed, 15))
    Obligation.objects.filter(pk=row.pk, approved_at__isnull=False).update(approved_at=moment(checked, 10))
    if kind == "hand_in":
        HandIn.objects.filter(pk=object_id).update(updated_at=moment(handed, 15))


def backdate_testing(network: Network) -> None:
    """Move what happened to testing actions before today: the check to before the start of those under way."""
    today = network.today()
    for row in Obligation.objects.filter(network=network, deliverable="testing_action").select_related("network"):
        action = TestingAction.objects.get(pk=row.deliverable_id)
        begun = action.starts if action.starts and action.starts < today else today
        handed, checked = begun - dt.timedelta(days=12), begun - dt.timedelta(days=5)
        backdate(row, "testing_action", action.pk, handed, checked)
        moves = StatusChange.objects.filter(kind="testing_action", object_id=action.pk)
        for state, day in (("final", checked), ("running", begun)):
            moves.filter(target=state).update(at=dt.datetime.combine(day, dt.time(11), tzinfo=network.tz))


def text_for(code: str, partner: Partner) -> str:
    """Return what a city writes for a task, from what is known of it."""
    if code == "learning-needs-cnm2":
        needs = KnowledgeNeed.objects.filter(partner=partner).select_related("sub_theme__theme")
        lines = [f"- {n.sub_theme.name}" for n in needs.order_by("sub_theme__theme__position", "sub_theme__position")]
        return "Our group would like to learn more about:\n" + "\n".join(lines[:6])
    if code == "testing-action-ideas":
        idea = TestingIdea.objects.filter(partner=partner).exclude(title="").first()
        start = idea.title if idea else "We collected eleven ideas and have not chosen yet."
        return f"{start}\n\nThe group met twice about it. Next: choose who tries it first, and how we see if it works."
    if code == "good-practice":
        practice = GoodPractice.objects.filter(owner=partner).exclude(summary="").first()
        name, told = (practice.name, practice.summary) if practice else ("A practice of our city", "")
        return f"{name}\n\n{told}\n\nWhat we learnt: begin small, and tell people early what cannot be changed."
    return (
        f"{partner.name} has promised to involve residents in its plans. This chapter names the decisions that "
        "bind us, the strategies they touch, and what is missing for the daily work of colleagues."
    )


def play_report(demo: Demo) -> int:
    """Let the Lead Expert have begun the first quarterly report."""
    report = QuarterlyReport.objects.filter(network=demo.network).order_by("number").first()
    if report is None:
        return 0
    body = (
        "<p>The quarter began with the first academy. Colleagues from all cities looked at one question: what happens "
        "with ideas of residents after the meeting is over?</p><p>At home, the local groups met and chose first ideas "
        "for testing actions.</p>"
    )
    save_section(actor=demo.expert, report=report, code="summary", body=body, read_version=1)
    return 1


def mark_as_sent(network: Network, after: int) -> None:
    """Let the story's mails be history: they are shown as sent, and the worker leaves them alone."""
    mails: Any = OutgoingMail.objects.filter(network=network, pk__gt=after)
    mails.update(state=MailState.SENT, sent_at=timezone.now(), attempts=1)
