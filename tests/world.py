"""A small world for the tests that look at everything: two networks, two cities in ours, one person a role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from actionplans.models import (
    ActionPlan,
    Chapter,
    Criterion,
    FormQuestion,
    IntegrationAspect,
    PeerReview,
    PlanAction,
    Remark,
    ReviewRound,
    TemplateChapter,
    TestingAction,
    TestingIdea,
)
from aoce.common.enums import State
from aoce.common.files import store_bytes
from aoce.common.models import DraftConflict, Job, OutgoingMail, StoredFile, SubmittedVersion
from learning.enums import NeedState, SurveyState
from learning.models import (
    GoodPractice,
    GridEntry,
    KnowledgeNeed,
    LearningGrid,
    LearningNeed,
    LogAction,
    LogColumn,
    PracticeContact,
    Question,
    Skill,
    SkillElement,
    SkillRound,
    Survey,
    WorkingGroup,
)
from learning.services.answering import Given
from learning.services.answering import answer as save_answer
from learning.services.codes import free_code
from meetings.enums import Consent, RationaleState
from meetings.models import (
    Material,
    MeetingKind,
    MeetingRecord,
    Preparation,
    Rationale,
    RationaleComment,
    Session,
    SessionKind,
    TransnationalMeeting,
    UlgInvitation,
    UlgMeeting,
    UlgReport,
)
from meetings.services.agenda import publish as publish_agenda
from meetings.services.participation import register
from partners.actors import Actor
from partners.enums import Role
from partners.middleware import actor_from
from partners.models import (
    HorizontalTheme,
    Invitation,
    LocalGroupMember,
    LocalSubGroup,
    Membership,
    Network,
    Partner,
    PartnerFact,
    Person,
    StakeholderKind,
    SubTheme,
    Theme,
    User,
)
from reports.models import QuarterlyReport, ReportSection
from roadmap.enums import OwedBy, TrackGroup
from roadmap.models import CalendarFeed, HandIn, Obligation, Period, ReminderRule, Task, Track
from roadmap.services import publish_period
from tests.common.files_made import picture

#: Who looks, and as what: role and (for city roles) which city.
PEOPLE = {
    "lead_partner": (Role.LEAD_PARTNER, None),
    "lead_expert": (Role.LEAD_EXPERT, None),
    "adhoc_expert": (Role.ADHOC_EXPERT, None),
    "coordinator": (Role.COORDINATOR, "own"),
    "other_coordinator": (Role.COORDINATOR, "other"),
    "member": (Role.MEMBER, "own"),
    "other_member": (Role.MEMBER, "other"),
    "observer": (Role.OBSERVER, None),
}
PDF = b"%PDF-1.4\n%%EOF\n"


@dataclass
class World:
    """What the small world holds; ``people`` by the names of ``PEOPLE`` plus ``stranger`` (leads the other network)."""

    network: Network
    elsewhere: Network
    own: Partner
    other: Partner
    people: dict[str, User] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    far_things: dict[str, Any] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """Return the actor this person is in our network; one without roles if they are not in it."""
        memberships = list(Membership.objects.of_user_in(self.people[name].pk, self.network.slug))
        return actor_from(memberships) if memberships else Actor(self.people[name].pk, self.network.pk)


def make_network(slug: str, name: str, today: date) -> Network:
    """Make a network with its stakeholder kinds, themes and reminder rules."""
    network = Network.objects.create(
        slug=slug,
        name=name,
        short_name=name[:10],
        start=today - timedelta(days=200),
        end=today + timedelta(days=500),
        languages=["en", "nl"],
        funding_statement="Co-funded by the European Union",
        funding_programme="Interreg",
    )
    StakeholderKind.objects.bulk_create(
        StakeholderKind(network=network, code=code, name=label, position=n)
        for n, (code, label) in enumerate([("civil_servants", "Civil servants"), ("platforms", "Platforms")])
    )
    theme = Theme.objects.create(network=network, code="1", name="Working together")
    SubTheme.objects.create(theme=theme, code="1.1", name="Citizen engagement")
    HorizontalTheme.objects.create(network=network, code="green", name="Green transition")
    ReminderRule.objects.create(network=network, offset_days=-3)
    return network


def make_user(name: str, email: str) -> User:
    """Make a person who signs in with the password ``secret-enough``."""
    user = User.objects.create_user(email, "secret-enough", name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_plan(network: Network, today: date) -> Period:
    """Make a published half-year with a report, a document and a Lead Expert task."""
    period = Period.objects.create(
        network=network,
        slug="2024-1",
        title="This half-year",
        start=today.replace(day=1) - timedelta(days=31),
        end=today + timedelta(days=150),
    )
    track = Track.objects.create(period=period, code="ulg", name="ULG meetings", group=TrackGroup.PARTNERS)
    expert = Track.objects.create(period=period, code="outputs", name="Outputs", group=TrackGroup.LEAD_EXPERT)
    for where, code, deliverable, owed_by in (
        (track, "ulg-report", "ulg_report", OwedBy.EACH_PARTNER),
        (track, "chapter", "document", OwedBy.EACH_PARTNER),
        (expert, "rationale", "document", OwedBy.LEAD_EXPERT),
    ):
        Task.objects.create(
            track=where,
            code=code,
            title=code.title(),
            start=period.start,
            due=today + timedelta(days=20),
            deliverable=deliverable,
            owed_by=owed_by,
        )
    publish_period(actor=Actor.system(network.pk), period=period)
    return period


def make_around(meeting: TransnationalMeeting, partner: Partner, system: Actor) -> Preparation:
    """Make a rationale under discussion, a photo, a document, a record, and something to prepare; return that."""
    rationale = Rationale.objects.create(meeting=meeting, body="Because", state=RationaleState.DISCUSSED)
    RationaleComment.objects.create(rationale=rationale, text="Yes")
    MeetingRecord.objects.create(meeting=meeting, introduction="All came")
    for kind, name, content_type, content in (
        ("document", "Guide.pdf", "application/pdf", PDF),
        ("photo", "Hall.jpg", "image/jpeg", picture("JPEG")),
    ):
        file = store_bytes(
            actor=system,
            network_id=meeting.network_id,
            owner_kind="meeting_material",
            owner_id=0,
            name=name,
            content=content,
            content_type=content_type,
        )
        made = Material.objects.create(meeting=meeting, kind=kind, file=file, text="People", consent=Consent.GIVEN)
        StoredFile.objects.filter(pk=file.pk).update(owner_id=made.pk)
    return Preparation.objects.create(meeting=meeting, what="Rooms", due=meeting.start, partner=partner)


def make_learning(partner: Partner, session: Session) -> dict[str, Any]:
    """Make a grid with a lesson, an action that draws on it, a column, and a round of the skills profiles."""
    network, meeting = partner.network, session.meeting
    grid = LearningGrid.objects.create(network=network, partner=partner, meeting=meeting)
    entry = GridEntry.objects.create(grid=grid, learnt="Begin small", session=session, action="Ask ten people")
    action = LogAction.objects.create(
        network=network, partner=partner, number=1, title="A bench to talk on", cells={"result": "People talk"}
    )
    action.entries.add(entry)
    FormQuestion.objects.create(network=network, code="summary", label="Summary")
    LogColumn.objects.create(network=network, code="result", name="Intended result")
    skill = Skill.objects.create(network=network, code="curiosity", name="Curiosity")
    SkillElement.objects.create(skill=skill, code="ideas", name="Seeking out new ideas")
    return {
        "grid": grid,
        "entry": entry,
        "log_action": action,
        "idea": TestingIdea.objects.create(partner=partner, title="A bench"),
        "question_of_form": FormQuestion.objects.get(network=network),
        "testing": TestingAction.objects.create(network=network, partner=partner, title="A bench to talk on"),
        **make_action_plan(network, partner, action),
        "log_column": LogColumn.objects.get(network=network),
        "skill_round": SkillRound.objects.create(network=network, title="At the beginning", code=free_code()),
    }


def make_things(network: Network, partner: Partner, today: date) -> dict[str, Any]:
    """Make one object of every kind that has an address, belonging to ``partner`` where it belongs to a city."""
    system = Actor.system(network.pk)
    period = Period.objects.filter(network=network).first() or make_plan(network, today)
    meeting_kind = MeetingKind.objects.create(network=network, code="cnm", name="Core Network Meeting", has_grid=True)
    meeting = TransnationalMeeting.objects.create(
        network=network, slug="cnm1", kind=meeting_kind, number=1, title="CNM 1", start=today, end=today
    )
    kind = SessionKind.objects.create(network=network, code="workshop", name="Workshop", look="workshop")
    session = Session.objects.create(
        meeting=meeting, kind=kind, title="First workshop", day=today, start=time(9), end=time(10, 30), place="Hall"
    )
    publish_agenda(actor=system, meeting=meeting, tell=False)
    ulg_meeting = UlgMeeting.objects.create(partner=partner, number=1, title="First meeting", date=today, place="Hall")
    report = UlgReport.objects.create(
        meeting=ulg_meeting, topics="Trust", decisions="Meet again", state=State.SUBMITTED
    )
    draft_meeting = UlgMeeting.objects.create(partner=partner, number=2, title="Second meeting", date=today)
    draft = UlgReport.objects.create(meeting=draft_meeting, state=State.DRAFT)
    obligation = Obligation.objects.get(task__code="chapter", partner=partner)
    PartnerFact.objects.create(partner=partner, kind="population", printed="67.614", value=67614, unit="people")
    hand_in = HandIn.objects.create(obligation=obligation, text="Our chapter", state=State.DRAFT)
    practice = GoodPractice.objects.create(network=network, slug="practice", name="Practice", owner=partner)
    practice.sub_themes.add(SubTheme.objects.get(theme__network=network))
    survey = Survey.objects.create(
        network=network, title={"en": "What do we need?"}, code=Survey.free_code(), state=SurveyState.OPEN
    )
    question = Question.objects.create(survey=survey, text={"en": "I need to learn how to …"}, most=3)
    save_answer(survey=survey, key="a" * 32, partner=partner, language="en", given={question.pk: Given(["ask well"])})
    knowledge_need = KnowledgeNeed.objects.create(
        network=network, partner=partner, sub_theme=SubTheme.objects.get(theme__network=network)
    )
    file: StoredFile = store_bytes(
        actor=system,
        network_id=network.pk,
        owner_kind="ulg_report",
        owner_id=report.pk,
        name="Bericht.pdf",
        content=PDF,
        content_type="application/pdf",
    )
    quarterly = QuarterlyReport.objects.create(network=network, year=today.year, quarter=1, number=1)
    section = ReportSection.objects.create(report=quarterly, code="summary", title="Summary", body="<p>Saved</p>")
    conflict = DraftConflict.objects.create(
        network=network,
        kind="report_section",
        object_id=section.pk,
        user=User.objects.order_by("pk").first(),
        base_version=1,
        data={"body": "<p>Typed</p>"},
    )
    known = Person.objects.create(network=network, partner=partner, name="Jan Peeters", email="jan@ours.example")
    planned = UlgMeeting.objects.create(
        partner=partner, number=3, title="Third", date=today + timedelta(9), place="Hall", planned_at=timezone.now()
    )
    invited = UlgInvitation.objects.create(meeting=planned, person=known, email=known.email)
    return {
        **make_learning(partner, session),
        "planned": planned,
        "working_group": WorkingGroup.objects.create(
            network=network, sub_theme=SubTheme.objects.get(theme__network=network)
        ),
        "sub_group": LocalSubGroup.objects.create(partner=partner, name="Youth"),
        "invited": invited,
        "period": period,
        "track": period.tracks.get(code="ulg"),
        "task": Task.objects.get(track__period=period, code="chapter"),
        "meeting": meeting,
        "session": session,
        "participation": register(
            actor=system,
            meeting=meeting,
            partner=partner,
            name="Jana Nová",
            organisation="City",
            part="member",
            diet="Vegetarian",
        ),
        "report": report,
        "draft": draft,
        "obligation": obligation,
        "hand_in": hand_in,
        "practice": practice,
        "knowledge_need": knowledge_need,
        "practice_contact": PracticeContact.objects.create(
            network=network,
            practice=practice,
            partner=Partner.objects.filter(network=network).exclude(pk=partner.pk).first() or partner,
            message="How did you begin?",
        ),
        "survey": survey,
        "need": LearningNeed.objects.create(
            network=network, partner=partner, text="Ask well", meeting=meeting, state=NeedState.CONFIRMED
        ),
        "question": question,
        "preparation": make_around(meeting, partner, system),
        "online_list": store_bytes(
            actor=system,
            network_id=network.pk,
            owner_kind="meeting_presence",
            owner_id=meeting.pk,
            name="Teams.csv",
            content=b"Name,Join Time\nJan Peeters,9:58\nSomebody Else,9:59\n",
            content_type="text/csv",
            purpose="online",
        ),
        "file": file,
        "quarterly": quarterly,
        "section_conflict": conflict,
        "member": LocalGroupMember.objects.create(partner=partner, name="Jan Peeters", email=known.email, person=known),
        "rule": network.reminder_rules.get(),
        "mail": OutgoingMail.objects.create(
            network=network, purpose="test", to="x@y.example", subject="Hi", body_text="."
        ),
        "job": Job.objects.create(network=network, kind="test", title="Work"),
    }


def make_action_plan(network: Network, partner: Partner, log_action: LogAction) -> dict[str, Any]:
    """Make a plan that was handed in once and is written on: a chapter two people changed, an action, a remark."""
    template = TemplateChapter.objects.create(network=network, code="context", label="Context", questions="Why?\nWho?")
    plan = ActionPlan.objects.create(partner=partner, focus="Trust", begun_at=timezone.now())
    chapter = Chapter.objects.create(plan=plan, template=template, body="<h3>Why</h3><p>People ask.</p>")
    PlanAction.objects.create(plan=plan, number=1, title="A bench", log_action=log_action)
    IntegrationAspect.objects.create(network=network, code="time", label="Time")
    about = {"network": network, "kind": "action_plan", "object_id": plan.pk}
    SubmittedVersion.objects.create(
        **about, number=1, data={"context": "<p>People ask.</p>"}, labels={"context": "Context"}
    )
    Remark.objects.create(**about, place="context", quote="People ask.", text="Who?", replacement="Residents ask.")
    conflict = DraftConflict.objects.create(
        network=network,
        kind="plan_chapter",
        object_id=chapter.pk,
        user=User.objects.order_by("pk").first(),
        base_version=1,
        data={"body": "<p>Residents ask.</p>"},
    )
    other = Partner.objects.filter(network=network).exclude(pk=partner.pk).first()
    round_ = ReviewRound.objects.create(
        network=network, title="Plans", state="open", questions=[["strong", "Strong", ""]]
    )
    reviewed = {"reviewer": partner, "reviewed": other} if other else {}
    return {
        "plan": plan,
        "review_round": round_,
        "peer_review": PeerReview.objects.create(round=round_, **reviewed) if other else round_,
        "chapter_conflict": conflict,
        "criterion": Criterion.objects.create(
            network=network, subject="action_plan", code="plan-clear", label="It is clear"
        ),
    }


def make_world() -> World:
    """Make both networks with their people and things."""
    today = date.today()  # noqa: DTZ011 - the world is as of now
    network, elsewhere = make_network("ours", "Our network", today), make_network("theirs", "Their network", today)
    own = Partner.objects.create(
        network=network, slug="own", name="Banská Bystrica", country="SK", latitude="48.73628", longitude="19.14619"
    )
    other = Partner.objects.create(network=network, slug="other", name="Iași", country="RO", position=1)
    Partner.objects.create(network=network, slug="lead", name="Genk", country="BE", is_lead=True, position=2)
    far = Partner.objects.create(network=elsewhere, slug="far", name="Far", country="FR", is_lead=True)
    world = World(network, elsewhere, own, other)
    cities = {"own": own, "other": other, None: None}
    for name, (role, city) in PEOPLE.items():
        user = make_user(name.replace("_", " ").title(), f"{name}@ours.example")
        membership = Membership.objects.create(user=user, network=network, role=role, partner=cities[city])
        world.people[name] = user
        world.things[f"membership_{name}"] = membership
    world.people["stranger"] = make_user("Stranger", "stranger@theirs.example")
    Membership.objects.create(user=world.people["stranger"], network=elsewhere, role=Role.LEAD_PARTNER)
    make_plan(network, today)
    world.things |= make_things(network, own, today)
    world.things["invitation"] = Invitation.objects.create(
        network=network, email="new@ours.example", role=Role.OBSERVER
    )
    world.things["feed"] = CalendarFeed.objects.create(user=world.people["coordinator"], network=network)
    make_plan(elsewhere, today)
    world.far_things = make_things(elsewhere, far, today)
    world.far_things["invitation"] = Invitation.objects.create(
        network=elsewhere, email="new@theirs.example", role=Role.OBSERVER
    )
    world.far_things["membership_member"] = Membership.objects.get(user=world.people["stranger"])
    return world
