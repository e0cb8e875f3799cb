from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    name = "learning"
    verbose_name = _("Learning")

    def ready(self) -> None:
        """Add the menu's entry and the panel on a city's page."""
        from auditlog.registry import auditlog

        from aoce.common.files import register_owner
        from aoce.common.navigation import Entry, register
        from learning import deliverables, finding
        from learning.analysis import minimums_counted
        from learning.catalogue import photo_seen
        from learning.models import (
            EntryReview,
            GoodPractice,
            GridEntry,
            GridPhoto,
            KnowledgeNeed,
            LearningGrid,
            LogAction,
            LogColumn,
            PracticeContact,
            PracticePhoto,
            PracticeRemark,
            SkillRound,
            WorkingGroup,
            WorkingGroupCity,
        )
        from learning.panels import city_panel, grid_panel, meeting_panel
        from learning.papers import OWNER as PAPER_OWNER
        from learning.papers import paper_seen
        from learning.policies import can_view_matrix
        from learning.services import grids as grid_services
        from learning.services.matrix_pdf import MATRIX_FILE, matrix_file_seen
        from learning.services.practices import PHOTO_FILE
        from partners import panels
        from roadmap import deliverables as kinds
        from roadmap import minimums

        finding.ready()
        register_owner(PHOTO_FILE, photo_seen)
        register_owner(grid_services.PHOTO_FILE, grid_services.photo_seen)
        kinds.register(deliverables.KIND)
        register_owner(MATRIX_FILE, matrix_file_seen)
        register_owner(PAPER_OWNER, paper_seen)
        register(Entry(_("Learning"), "learning:matrix", 40, shown=can_view_matrix, section="learning"))
        labels = {
            "learning_needs": _("Learning needs"),
            "grids_meeting": _("Learning grids, meetings"),
            "grids_horizontal": _("Learning grids, horizontal themes"),
        }
        minimums.register(labels, minimums_counted)
        panels.register(panels.Panel("learning/partials/_city.html", city_panel, order=40))
        panels.register(panels.Panel("learning/partials/_meeting_grid.html", grid_panel, order=40, page="meeting"))
        panels.register(panels.Panel("learning/partials/_meeting.html", meeting_panel, page="meeting"))
        for model in (
            WorkingGroup,
            WorkingGroupCity,
            PracticePhoto,
            PracticeRemark,
            KnowledgeNeed,
            PracticeContact,
            EntryReview,
            GridEntry,
            GridPhoto,
            LogColumn,
            SkillRound,
        ):
            auditlog.register(model)
        auditlog.register(LearningGrid, exclude_fields=["version", "updated_at"])
        auditlog.register(LogAction, exclude_fields=["version", "updated_at", "updated_by"])
        auditlog.register(GoodPractice, exclude_fields=["version", "updated_at", "updated_by", "published_text"])
