from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActionplansConfig(AppConfig):
    name = "actionplans"
    verbose_name = _("Action plans")

    def ready(self) -> None:
        """Add the menu's entry, the panel on a city's page, what is handed in, and what lessons became."""
        from auditlog.registry import auditlog

        from actionplans import deliverables, papers, workflow  # noqa: F401 - the workflow registers itself
        from actionplans import threads as made
        from actionplans.models import (
            ActionPlan,
            AgreedChange,
            Assessment,
            BudgetLine,
            Chapter,
            Criterion,
            FormQuestion,
            IntegrationAspect,
            Measure,
            PeerQuestion,
            PlanAction,
            PlanEdition,
            ProgressNote,
            ReviewRound,
            Step,
            TemplateChapter,
            TestingAction,
            TestingIdea,
        )
        from actionplans.panels import city_panel
        from actionplans.policies import can_view_overview
        from actionplans.services.checks import LETTER_FILE, letter_seen
        from actionplans.services.editions import EDITION_FILE, edition_seen
        from actionplans.services.plans import PICTURE_FILE, picture_seen
        from actionplans.services.testing import PHOTO_FILE, photo_seen
        from aoce.common.files import register_owner
        from aoce.common.navigation import Entry, register
        from learning import threads
        from learning.papers import PAPERS
        from partners import panels
        from roadmap import deliverables as kinds

        register(Entry(_("Action plans"), "actionplans:overview", 50, shown=can_view_overview, section="actionplans"))
        panels.register(panels.Panel("actionplans/partials/_city.html", city_panel, order=50))
        kinds.register(deliverables.TESTING)
        kinds.register(deliverables.PLAN)
        register_owner(PHOTO_FILE, photo_seen)
        register_owner(PICTURE_FILE, picture_seen)
        register_owner(LETTER_FILE, letter_seen)
        register_owner(EDITION_FILE, edition_seen)
        threads.register(made.further)
        PAPERS.update({"testing": papers.PAPER, "plan": papers.PLAN, "plan-docx": papers.PLAN_DOCX})
        # Chapters save themselves every few seconds: every version handed in is kept, not each pause in typing.
        own = ["version", "updated_at", "updated_by"]
        for model in (BudgetLine, Criterion, FormQuestion, IntegrationAspect, TemplateChapter, Measure, ProgressNote):
            auditlog.register(model)
        for model in (AgreedChange, Assessment, PeerQuestion, PlanEdition, ReviewRound, Step, TestingIdea):
            auditlog.register(model)
        for model in (ActionPlan, PlanAction, TestingAction):
            auditlog.register(model, exclude_fields=own)
        auditlog.register(Chapter, exclude_fields=[*own, "body"])
