from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActionplansConfig(AppConfig):
    name = "actionplans"
    verbose_name = _("Action plans")

    def ready(self) -> None:
        """Add the menu's entry, the panel on a city's page, what is handed in, and what lessons became."""
        from auditlog.registry import auditlog

        from actionplans import deliverables, papers, testing, workflow  # noqa: F401 - the workflow registers itself
        from actionplans.models import BudgetLine, FormQuestion, Measure, ProgressNote, Step, TestingAction, TestingIdea
        from actionplans.panels import city_panel
        from actionplans.policies import can_view_overview
        from actionplans.services.testing import PHOTO_FILE, photo_seen
        from aoce.common.files import register_owner
        from aoce.common.navigation import Entry, register
        from learning import threads
        from learning.papers import PAPERS
        from partners import panels
        from roadmap import deliverables as kinds

        register(Entry(_("Action plans"), "actionplans:overview", 50, shown=can_view_overview, section="actionplans"))
        panels.register(panels.Panel("actionplans/partials/_city.html", city_panel, order=50))
        kinds.register(deliverables.KIND)
        register_owner(PHOTO_FILE, photo_seen)
        threads.register(testing.further)
        PAPERS["testing"] = papers.PAPER
        for model in (BudgetLine, FormQuestion, Measure, ProgressNote, Step, TestingIdea):
            auditlog.register(model)
        auditlog.register(TestingAction, exclude_fields=["version", "updated_at", "updated_by"])
