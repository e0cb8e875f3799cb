"""Who gets which answer at which address: the declared answers that ``test_access_matrix`` holds the portal to.

Every route within a network names who is let in (``ok``), and for whom it does not exist (``missing``: 404). Everybody
else of the network is refused (403). Who is in another network gets 404, who is not signed in is asked to sign in.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ALL = "lead_partner lead_expert adhoc_expert coordinator other_coordinator member other_member observer"
LEADS = "lead_partner lead_expert"
INSIDE = "lead_partner lead_expert coordinator other_coordinator member other_member observer"


@dataclass(frozen=True)
class Page:
    """A declared route: ``kwargs`` maps its arguments to an attribute of a thing of ``tests.world`` (``report.pk``)."""

    name: str
    ok: str
    missing: str = ""
    kwargs: dict[str, str] = field(default_factory=dict)
    method: str = "GET"
    data: dict[str, str] = field(default_factory=dict)

    @property
    def far(self) -> bool:
        """Whether the address names a thing by its id, so that another network's thing can be tried."""
        return any(where.endswith(".pk") for where in self.kwargs.values())

    def expected(self, person: str) -> str:
        """Return ``ok``, ``404`` or ``403`` for a person of our network."""
        if person in self.ok.split():
            return "ok"
        return "404" if person in self.missing.split() else "403"


def without(everyone: str, some: str) -> str:
    """Return ``everyone`` less ``some``."""
    return " ".join(p for p in everyone.split() if p not in some.split())


@dataclass(frozen=True)
class Outside:
    """A declared route outside of networks: the status for a visitor and for somebody signed in (GET)."""

    visitor: int
    member: int
    kwargs: dict[str, object] = field(default_factory=dict)


NEITHER = ""
NO_FILE = "11111111-2222-3333-4444-555555555555"
#: Everybody of the network but the own city and ad-hoc experts: for them a draft does not exist.
NOT_OWN = "lead_partner lead_expert other_coordinator other_member observer"
GRID = {"city": "own.slug", "kind": "literal:meeting", "key": "meeting.slug"}
QUARTER = {"year": "quarterly.year", "quarter": "quarterly.quarter"}
NO_ADHOC = without(ALL, "adhoc_expert")
CITY = {"city": "own.slug"}
OWN_CITY = "coordinator other_coordinator member other_member"

PAGES: list[Page] = [
    # Roadmap: home, board, obligations, hand-ins, reminders, calendar
    Page("roadmap:home", ALL),
    Page("roadmap:board", LEADS),
    Page("roadmap:board_sheet", LEADS),
    Page("roadmap:remind", "lead_partner"),
    Page(
        "roadmap:obligation",
        "lead_partner lead_expert coordinator member",
        missing="adhoc_expert other_coordinator other_member observer",
        kwargs={"pk": "obligation.pk"},
    ),
    Page(
        "roadmap:hand_in",
        "coordinator",
        missing="lead_partner lead_expert adhoc_expert other_coordinator member other_member observer",
        kwargs={"pk": "obligation.pk"},
    ),
    Page(
        "roadmap:hand_in_conflict",
        "coordinator",
        missing="lead_partner lead_expert adhoc_expert other_coordinator member other_member observer",
        kwargs={"pk": "obligation.pk"},
    ),
    Page("roadmap:reminders", "lead_partner"),
    Page("roadmap:rule_new", "lead_partner"),
    Page("roadmap:rule_edit", "lead_partner", kwargs={"pk": "rule.pk"}),
    Page("roadmap:rule_delete", "lead_partner", kwargs={"pk": "rule.pk"}, method="POST"),
    Page("roadmap:preferences", ALL),
    Page("roadmap:calendar", ALL),
    # Roadmap: the plan
    Page("roadmap:plan", ALL),
    Page("roadmap:plan_period", ALL, kwargs={"slug": "period.slug"}),
    Page("roadmap:plan_pdf", ALL, kwargs={"slug": "period.slug"}),
    Page("roadmap:task", ALL, kwargs={"pk": "task.pk"}),
    Page("roadmap:task_edit", LEADS, kwargs={"pk": "task.pk"}),
    Page("roadmap:task_delete", LEADS, kwargs={"pk": "task.pk"}),
    Page("roadmap:task_new", LEADS, kwargs={"slug": "period.slug"}),
    Page("roadmap:track_new", LEADS, kwargs={"slug": "period.slug"}),
    Page("roadmap:track_edit", LEADS, kwargs={"pk": "track.pk"}),
    Page("roadmap:periods", ALL),
    Page("roadmap:period_new", LEADS),
    Page("roadmap:period_edit", LEADS, kwargs={"slug": "period.slug"}),
    Page("roadmap:period_copy", LEADS, kwargs={"slug": "period.slug"}),
    Page("roadmap:period_publish", LEADS, kwargs={"slug": "period.slug"}),
    Page("roadmap:period_delete", LEADS, kwargs={"slug": "period.slug"}),
    # Meetings and local reports
    Page("meetings:list", ALL),
    Page("meetings:detail", NO_ADHOC, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page("meetings:new", LEADS),
    Page("meetings:networks", NO_ADHOC),
    Page("meetings:guests", LEADS, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page("meetings:participants", NO_ADHOC, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page(
        "meetings:participant_new",
        "lead_partner lead_expert coordinator other_coordinator",
        missing="adhoc_expert",
        kwargs={"slug": "meeting.slug"},
    ),
    Page(
        "meetings:participant",
        "lead_partner lead_expert coordinator",
        missing="adhoc_expert other_coordinator other_member observer",
        kwargs={"slug": "meeting.slug", "pk": "participation.pk"},
    ),
    Page(
        "meetings:presence",
        LEADS,
        missing="adhoc_expert",
        kwargs={"slug": "meeting.slug"},
        method="POST",
        data={"day": "2000-01-01"},
    ),
    Page(
        "meetings:presence_sheet",
        LEADS,
        missing="adhoc_expert",
        kwargs={"slug": "meeting.slug"},
        method="POST",
        data={"day": "2000-01-01"},
    ),
    Page("meetings:certificates", LEADS, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}, method="POST"),
    Page(
        "meetings:certificate",
        f"{LEADS} coordinator",
        missing="adhoc_expert other_coordinator other_member observer",
        kwargs={"slug": "meeting.slug", "pk": "participation.pk"},
        method="POST",
    ),
    Page("meetings:proofs", LEADS, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page(
        "meetings:online",
        LEADS,
        missing="adhoc_expert",
        kwargs={"slug": "meeting.slug", "uuid": "online_list.pk"},
    ),
    Page("meetings:participants_sheet", LEADS, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page("meetings:sign_wall", LEADS, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page("meetings:materials", LEADS, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page("meetings:rationale", NO_ADHOC, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page("meetings:rationale_edit", LEADS, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page("meetings:record", NO_ADHOC, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page("meetings:record_edit", LEADS, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page("meetings:record_pdf", NO_ADHOC, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}, method="POST"),
    Page("meetings:checklist", NO_ADHOC, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page("meetings:preparation_new", LEADS, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page(
        "meetings:preparation",
        LEADS,
        missing="adhoc_expert",
        kwargs={"slug": "meeting.slug", "pk": "preparation.pk"},
    ),
    Page("meetings:agenda", LEADS, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page("meetings:agenda_calendar", NO_ADHOC, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page(
        "meetings:agenda_do",
        LEADS,
        missing="adhoc_expert",
        kwargs={"slug": "meeting.slug"},
        method="POST",
        data={"do": "publish"},
    ),
    Page("meetings:session_new", LEADS, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page(
        "meetings:session_edit",
        LEADS,
        missing="adhoc_expert",
        kwargs={"slug": "meeting.slug", "pk": "session.pk"},
    ),
    Page(
        "meetings:session_do",
        LEADS,
        missing="adhoc_expert",
        kwargs={"slug": "meeting.slug", "pk": "session.pk"},
        method="POST",
        data={"do": "later"},
    ),
    Page("meetings:edit", LEADS, missing="adhoc_expert", kwargs={"slug": "meeting.slug"}),
    Page("meetings:ulg_list", NO_ADHOC),
    Page("meetings:ulg_new", "coordinator other_coordinator"),
    Page("meetings:ulg_plan", "coordinator other_coordinator"),
    Page(
        "meetings:ulg_meeting",
        "lead_partner lead_expert coordinator member",
        missing="adhoc_expert other_coordinator other_member observer",
        kwargs={"pk": "planned.pk"},
    ),
    Page(
        "meetings:ulg_change",
        "coordinator",
        missing="adhoc_expert other_coordinator other_member observer",
        kwargs={"pk": "planned.pk"},
    ),
    Page(
        "meetings:ulg_sign_wall",
        "coordinator",
        missing="adhoc_expert other_coordinator other_member observer",
        kwargs={"pk": "planned.pk"},
    ),
    Page(
        "meetings:ulg_present",
        "coordinator",
        missing="adhoc_expert other_coordinator other_member observer",
        kwargs={"pk": "planned.pk"},
    ),
    Page("meetings:coverage", f"{LEADS} observer"),
    Page("meetings:ulg_city", f"{LEADS} observer coordinator member", kwargs={"slug": "own.slug"}),
    Page("meetings:stream", LEADS),
    Page("meetings:stream_export", LEADS, method="POST", data={"form": "xlsx"}),
    Page(
        "meetings:ulg_detail",
        "lead_partner lead_expert coordinator member observer",
        missing="adhoc_expert other_coordinator other_member",
        kwargs={"pk": "report.pk"},
    ),
    Page(
        "meetings:ulg_sheet",
        "lead_partner lead_expert coordinator member",
        missing="adhoc_expert other_coordinator other_member",
        kwargs={"pk": "report.pk"},
        method="POST",
    ),
    Page(
        "meetings:ulg_edit",
        "coordinator",
        missing="lead_partner lead_expert adhoc_expert other_coordinator member other_member observer",
        kwargs={"pk": "draft.pk"},
    ),
    Page(
        "meetings:ulg_conflict",
        "coordinator",
        missing="lead_partner lead_expert adhoc_expert other_coordinator member other_member observer",
        kwargs={"pk": "draft.pk"},
    ),
    Page(
        "meetings:ulg_discard",
        "coordinator",
        missing="lead_partner lead_expert adhoc_expert other_coordinator member other_member observer",
        kwargs={"pk": "draft.pk"},
        method="POST",
    ),
    # Cities and people
    Page("partners:list", ALL),
    Page("partners:map", ALL, kwargs={"theme": "literal:light", "width": "literal:wide"}),
    Page("partners:people", ALL),
    Page("partners:invite", "lead_partner"),
    Page("partners:duplicates", "lead_partner coordinator other_coordinator"),
    Page("partners:membership", "lead_partner", kwargs={"pk": "membership_member.pk"}),
    Page("partners:invitation", "lead_partner", kwargs={"pk": "invitation.pk"}, method="POST"),
    Page("partners:detail", ALL, kwargs={"slug": "own.slug"}),
    Page("partners:edit", "lead_partner coordinator", kwargs={"slug": "own.slug"}),
    Page("partners:fact", "lead_partner coordinator", kwargs={"slug": "own.slug", "kind": "literal:population"}),
    Page("partners:group", "lead_partner lead_expert coordinator member", kwargs={"slug": "own.slug"}),
    Page("partners:group_add", "lead_partner coordinator", kwargs={"slug": "own.slug"}),
    Page("partners:sub_group_add", "lead_partner coordinator", kwargs={"slug": "own.slug"}),
    Page("partners:sub_group", "lead_partner coordinator", kwargs={"slug": "own.slug", "pk": "sub_group.pk"}),
    Page(
        "partners:group_member",
        "lead_partner coordinator",
        kwargs={"slug": "own.slug", "pk": "member.pk"},
    ),
    # Learning, action plans
    Page("learning:matrix", NO_ADHOC),
    Page("learning:groups", NO_ADHOC),
    Page("learning:groups_proposal", LEADS),
    Page("learning:group_new", LEADS),
    Page("learning:group", LEADS, kwargs={"pk": "working_group.pk"}),
    Page("learning:contacts", f"{LEADS} {OWN_CITY}"),
    Page(
        "learning:contact",
        f"{LEADS} {OWN_CITY}",
        missing="adhoc_expert observer",
        kwargs={"pk": "practice_contact.pk"},
    ),
    Page(
        "learning:contact",
        "coordinator other_coordinator",
        missing="adhoc_expert observer",
        kwargs={"pk": "practice_contact.pk"},
        method="POST",
        data={"do": "meet"},
    ),
    Page("learning:ask", "other_coordinator", missing="adhoc_expert", kwargs={"slug": "practice.slug"}),
    Page("learning:matrix_history", NO_ADHOC),
    Page("learning:matrix_sheet", NO_ADHOC),
    Page("learning:matrix_pdf", NO_ADHOC),
    Page("learning:knowledge_need_new", "coordinator other_coordinator"),
    Page("learning:knowledge_need", NO_ADHOC, missing="adhoc_expert", kwargs={"pk": "knowledge_need.pk"}),
    Page(
        "learning:knowledge_need",
        "coordinator",
        missing="adhoc_expert",
        kwargs={"pk": "knowledge_need.pk"},
        method="POST",
        data={"do": "word", "reason": "How to begin"},
    ),
    Page("learning:practices", NO_ADHOC),
    Page("learning:grids", NO_ADHOC),
    Page(
        "learning:grid",
        "lead_partner lead_expert coordinator member",
        missing="other_coordinator other_member observer",
        kwargs=GRID,
    ),
    Page(
        "learning:grid",
        "coordinator member",
        missing="other_coordinator other_member observer",
        kwargs=GRID,
        method="POST",
        data={"do": "messages", "messages": "Begin small", "read_version": "1"},
    ),
    Page(
        "learning:grid_open",
        "lead_partner lead_expert coordinator member",
        missing="other_coordinator other_member observer",
        kwargs={"pk": "grid.pk"},
    ),
    Page("learning:grid_own", NO_ADHOC, kwargs={"kind": "literal:meeting", "key": "meeting.slug"}),
    Page("learning:grid_start", "", missing=NO_ADHOC),
    Page(
        "learning:grid_entry",
        "lead_partner lead_expert coordinator member",
        missing="other_coordinator other_member observer",
        kwargs={"pk": "entry.pk"},
    ),
    Page(
        "learning:grid_entry_edit",
        "coordinator member",
        missing="other_coordinator other_member observer",
        kwargs={"pk": "entry.pk"},
    ),
    Page("learning:grid_review", "coordinator member", kwargs={"city": "own.slug"}),
    Page("learning:grid_wall", NO_ADHOC, kwargs={"kind": "literal:meeting", "key": "meeting.slug"}),
    Page("learning:logs", NO_ADHOC),
    Page("learning:logs_export", NO_ADHOC),
    Page("learning:log", NO_ADHOC, kwargs={"city": "own.slug"}),
    Page(
        "learning:log",
        "coordinator member",
        kwargs={"city": "own.slug"},
        method="POST",
        data={"do": "paste", "rows": "A walk"},
    ),
    Page("learning:log_new", "coordinator member", kwargs={"city": "own.slug"}),
    Page("learning:log_export", NO_ADHOC, kwargs={"city": "own.slug"}),
    Page("learning:log_present", NO_ADHOC, kwargs={"city": "own.slug"}),
    Page("learning:log_action", without(NO_ADHOC, "observer"), missing="observer", kwargs={"pk": "log_action.pk"}),
    Page(
        "learning:log_action",
        "coordinator",
        missing="observer",
        kwargs={"pk": "log_action.pk"},
        method="POST",
        data={"do": "select"},
    ),
    Page("learning:log_edit", "coordinator member", missing="observer", kwargs={"pk": "log_action.pk"}),
    Page("learning:log_columns", LEADS),
    Page("learning:log_column", LEADS, kwargs={"pk": "log_column.pk"}),
    Page("learning:log_column_do", LEADS, kwargs={"pk": "log_column.pk"}, method="POST", data={"do": "retire"}),
    Page("learning:threads", NO_ADHOC),
    Page("learning:skills", without(NO_ADHOC, "observer")),
    Page(
        "learning:skill_round",
        without(NO_ADHOC, "observer"),
        missing="adhoc_expert observer",
        kwargs={"pk": "skill_round.pk"},
    ),
    Page(
        "learning:skill_round",
        LEADS,
        missing="adhoc_expert observer",
        kwargs={"pk": "skill_round.pk"},
        method="POST",
    ),
    Page("learning:paper", NO_ADHOC, kwargs={"code": "literal:catalogue"}, method="POST"),
    Page("learning:practice_new", "lead_expert coordinator other_coordinator"),
    Page("learning:practice", NO_ADHOC, missing="adhoc_expert", kwargs={"slug": "practice.slug"}),
    Page(
        "learning:practice",
        without(NO_ADHOC, "observer"),
        missing="adhoc_expert",
        kwargs={"slug": "practice.slug"},
        method="POST",
        data={"do": "remark", "kind": "comment", "text": "We do it, too."},
    ),
    Page("learning:practice_edit", "coordinator", missing="adhoc_expert", kwargs={"slug": "practice.slug"}),
    Page(
        "learning:needs_agenda",
        LEADS,
        method="POST",
        data={"meeting": "cnm1"},
    ),
    Page("learning:needs", NO_ADHOC),
    Page("learning:need_new", "lead_partner lead_expert coordinator other_coordinator"),
    Page("learning:need", NO_ADHOC, missing="adhoc_expert", kwargs={"pk": "need.pk"}),
    Page(
        "learning:need",
        "coordinator",
        missing="adhoc_expert",
        kwargs={"pk": "need.pk"},
        method="POST",
        data={"do": "outcome", "outcome": "answered"},
    ),
    Page("learning:need_edit", "coordinator", missing="adhoc_expert", kwargs={"pk": "need.pk"}),
    Page("learning:needs_adopt", LEADS, missing="adhoc_expert", kwargs={"pk": "survey.pk"}),
    Page("learning:surveys", NO_ADHOC),
    Page("learning:survey_new", LEADS),
    Page("learning:survey", NO_ADHOC, missing="adhoc_expert", kwargs={"pk": "survey.pk"}),
    Page("learning:survey_edit", LEADS, missing="adhoc_expert", kwargs={"pk": "survey.pk"}),
    Page(
        "learning:survey_do",
        LEADS,
        missing="adhoc_expert",
        kwargs={"pk": "survey.pk"},
        method="POST",
        data={"do": "freeze"},
    ),
    Page("learning:survey_wall", NO_ADHOC, missing="adhoc_expert", kwargs={"pk": "survey.pk"}),
    Page("learning:survey_export", LEADS, missing="adhoc_expert", kwargs={"pk": "survey.pk", "kind": "literal:csv"}),
    Page("learning:question_new", LEADS, missing="adhoc_expert", kwargs={"pk": "survey.pk"}),
    Page(
        "learning:question_edit",
        LEADS,
        missing="adhoc_expert",
        kwargs={"pk": "survey.pk", "question": "question.pk"},
    ),
    Page("actionplans:testing_list", NO_ADHOC),
    Page("actionplans:testing_start", "", missing=NO_ADHOC),
    Page("actionplans:template", LEADS, kwargs={"what": "literal:chapters"}),
    Page("actionplans:template_row", LEADS, kwargs={"what": "literal:questions", "pk": "question_of_form.pk"}),
    Page("actionplans:template_row", LEADS, kwargs={"what": "literal:plan-criteria", "pk": "criterion.pk"}),
    Page(
        "actionplans:template_do",
        LEADS,
        kwargs={"what": "literal:questions", "pk": "question_of_form.pk"},
        method="POST",
        data={"do": "retire"},
    ),
    Page("actionplans:queue", LEADS),
    Page("actionplans:criteria", LEADS, kwargs={"kind": "literal:plan"}),
    Page("actionplans:check", f"{LEADS} coordinator member", kwargs={"kind": "literal:plan", "pk": "plan.pk"}),
    Page(
        "actionplans:check",
        f"{LEADS} coordinator",
        kwargs={"kind": "literal:plan", "pk": "plan.pk"},
        method="POST",
        data={"do": "remark", "place": "context", "text": "Well said"},
    ),
    Page("actionplans:plan_list", NO_ADHOC),
    Page("actionplans:plan_sheet", NO_ADHOC),
    Page("actionplans:plan_start", "", missing=NO_ADHOC),
    Page("actionplans:plan", NO_ADHOC, kwargs=CITY),
    Page("actionplans:plan", "coordinator", kwargs=CITY, method="POST", data={"do": "submit"}),
    Page("actionplans:versions", NO_ADHOC, kwargs=CITY),
    Page("actionplans:chapter", "coordinator", kwargs={**CITY, "code": "literal:context"}),
    Page(
        "actionplans:chapter_conflict",
        "coordinator",
        kwargs={**CITY, "code": "literal:context", "pk": "chapter_conflict.pk"},
    ),
    Page("actionplans:pictures", "coordinator", kwargs=CITY),
    Page("actionplans:plan_actions", "coordinator member", kwargs=CITY),
    Page("actionplans:plan_actions", "coordinator", kwargs=CITY, method="POST", data={"title": "A bench"}),
    Page("actionplans:plan_action", "coordinator member", kwargs={**CITY, "number": "literal:1"}),
    Page("actionplans:integration", "coordinator member", kwargs=CITY),
    Page("actionplans:integration", "coordinator", kwargs=CITY, method="POST"),
    Page("actionplans:ideas", NO_ADHOC, kwargs={"city": "own.slug"}),
    Page(
        "actionplans:ideas",
        "coordinator member",
        kwargs={"city": "own.slug"},
        method="POST",
        data={"title": "A walk"},
    ),
    Page("actionplans:idea", "coordinator member", kwargs={"pk": "idea.pk"}),
    Page("actionplans:idea_do", "coordinator member", kwargs={"pk": "idea.pk"}, method="POST", data={"do": "drop"}),
    Page("actionplans:testing", "coordinator member", missing=NOT_OWN, kwargs={"pk": "testing.pk"}),
    Page(
        "actionplans:testing",
        "coordinator",
        missing=NOT_OWN,
        kwargs={"pk": "testing.pk"},
        method="POST",
        data={"do": "start"},
    ),
    Page("actionplans:testing_edit", "coordinator", missing=NOT_OWN, kwargs={"pk": "testing.pk"}),
    Page("actionplans:testing_present", "", missing=NOT_OWN, kwargs={"pk": "testing.pk"}),
    Page("actionplans:testing_new", "coordinator", kwargs={"city": "own.slug"}, method="POST", data={"title": "A"}),
    Page("actionplans:overview", NO_ADHOC),
    # Reports
    Page("reports:list", ALL),
    Page("reports:new", LEADS, method="POST", data={"year": "2025", "quarter": "2"}),
    Page("reports:detail", LEADS, missing=without(ALL, LEADS), kwargs=QUARTER),
    Page("reports:preview", LEADS, missing=without(ALL, LEADS), kwargs=QUARTER),
    Page("reports:chart", LEADS, missing=without(ALL, LEADS), kwargs={**QUARTER, "name": "literal:obligations"}),
    Page("reports:render", LEADS, missing=without(ALL, LEADS), kwargs=QUARTER, method="POST"),
    Page(
        "reports:decide",
        LEADS,
        missing=without(ALL, LEADS),
        kwargs=QUARTER,
        method="POST",
        data={"do": "submit"},
    ),
    Page("reports:section", LEADS, missing=without(ALL, LEADS), kwargs={**QUARTER, "code": "literal:summary"}),
    Page(
        "reports:section_conflict",
        LEADS,
        missing=without(ALL, LEADS),
        kwargs={**QUARTER, "code": "literal:summary", "pk": "section_conflict.pk"},
    ),
    # What every app uses
    Page(
        "common:file",
        "lead_partner lead_expert coordinator member observer",
        missing="adhoc_expert other_coordinator other_member",
        kwargs={"uuid": "file.pk"},
    ),
    Page("common:job", LEADS, missing=without(ALL, LEADS), kwargs={"uuid": "job.pk"}),
    Page("common:search", ALL),
    Page("common:mails", ALL),
    Page("common:mail", "lead_partner", missing=without(ALL, "lead_partner"), kwargs={"pk": "mail.pk"}),
    Page(
        "common:mail_again",
        "lead_partner",
        missing=without(ALL, "lead_partner"),
        kwargs={"pk": "mail.pk"},
        method="POST",
    ),
]

#: Addresses that belong to no network. allauth's own pages are here too: 302 sends to sign in, or on to the networks.
OUTSIDE: dict[str, Outside] = {
    "account_pages:root": Outside(200, 302),
    "account_pages:networks": Outside(302, 302),
    "account_pages:profile": Outside(302, 200),
    "account_pages:invitation": Outside(200, 200, {"token": "invitation_token"}),
    "site:healthz": Outside(200, 200),
    "site:language": Outside(405, 405),
    "site:accessibility": Outside(200, 200),
    "site:privacy": Outside(200, 200),
    "site:help": Outside(200, 200),
    "site:robots": Outside(200, 200),
    "site:favicon": Outside(200, 200),
    "answers:answer": Outside(200, 200, {"token": "answer_token"}),
    "calendar:feed": Outside(200, 200, {"secret": "feed_secret"}),
    "public:network": Outside(200, 200, {"slug": "network.slug"}),
    "sign:page": Outside(200, 200, {"code": "sign_code"}),
    "join:code": Outside(200, 200),
    "join:survey": Outside(200, 200, {"code": "survey_code"}),
    "skills:answer": Outside(302, 302, {"code": "000000"}),
    "public_practices:list": Outside(200, 200, {"slug": "network.slug"}),
    "public_practices:detail": Outside(404, 404, {"slug": "network.slug", "practice": "practice"}),
    "public_practices:photo": Outside(404, 404, {"slug": "network.slug", "practice": "practice", "pk": 1}),
    "public_plans:list": Outside(200, 200, {"slug": "network.slug"}),
    "public_plans:detail": Outside(404, 404, {"slug": "network.slug", "city": "own", "number": 1}),
    "public_plans:file": Outside(404, 404, {"slug": "network.slug", "city": "own", "number": 1}),
    "public_plans:picture": Outside(404, 404, {"slug": "network.slug", "city": "own", "number": 1, "uuid": NO_FILE}),
    "public:report": Outside(404, 404, {"slug": "network.slug", "year": 2024, "quarter": 1}),
    "public:report_file": Outside(404, 404, {"slug": "network.slug", "year": 2024, "quarter": 1}),
    "account_login": Outside(200, 302),
    "account_logout": Outside(302, 200),
    "account_inactive": Outside(200, 200),
    "account_signup": Outside(200, 302),
    "account_reauthenticate": Outside(302, 200),
    "account_email": Outside(302, 200),
    "account_email_verification_sent": Outside(200, 200),
    "account_change_password": Outside(302, 200),
    "account_set_password": Outside(302, 302),
    "account_reset_password": Outside(200, 200),
    "account_confirm_login_code": Outside(302, 302),
    "account_confirm_email": Outside(200, 200, {"key": "x"}),
    "account_reset_password_from_key_done": Outside(200, 200),
    "account_reset_password_from_key": Outside(200, 200, {"uidb36": "1", "key": "x-y"}),
    "account_reset_password_done": Outside(200, 200),
    "account_request_login_code": Outside(200, 302),
    "mfa_index": Outside(302, 200),
    "mfa_authenticate": Outside(302, 302),
    "mfa_reauthenticate": Outside(302, 302),
    "mfa_activate_totp": Outside(302, 302),
    "mfa_deactivate_totp": Outside(302, 404),
    "mfa_view_recovery_codes": Outside(302, 404),
    "mfa_generate_recovery_codes": Outside(302, 302),
    "mfa_download_recovery_codes": Outside(302, 404),
    "mfa_list_webauthn": Outside(302, 200),
    "mfa_add_webauthn": Outside(302, 302),
    "mfa_reauthenticate_webauthn": Outside(302, 302),
    "mfa_remove_webauthn": Outside(302, 302, {"pk": 1}),
    "mfa_edit_webauthn": Outside(302, 302, {"pk": 1}),
    "mfa_login_webauthn": Outside(302, 302),
    "socialaccount_login_cancelled": Outside(200, 200),
    "socialaccount_login_error": Outside(401, 401),
    "socialaccount_signup": Outside(302, 302),
    "socialaccount_connections": Outside(302, 200),
    "openid_connect_login": Outside(404, 404, {"provider_id": "none"}),
    "openid_connect_callback": Outside(404, 404, {"provider_id": "none"}),
}
