from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    name = "learning"
    verbose_name = _("Learning")

    def ready(self) -> None:
        """Add the menu's entry and the panel on a city's page."""
        from auditlog.registry import auditlog

        from aoce.common.navigation import Entry, register
        from learning import finding
        from learning.analysis import needs_counted
        from learning.models import WorkingGroup, WorkingGroupCity
        from learning.panels import city_panel, meeting_panel
        from learning.policies import can_view_matrix
        from partners import panels
        from roadmap import minimums

        finding.ready()
        register(Entry(_("Learning"), "learning:matrix", 40, shown=can_view_matrix, section="learning"))
        minimums.register("learning_needs", _("Learning needs"), needs_counted)
        panels.register(panels.Panel("learning/partials/_city.html", city_panel, order=40))
        panels.register(panels.Panel("learning/partials/_meeting.html", meeting_panel, page="meeting"))
        for model in (WorkingGroup, WorkingGroupCity):
            auditlog.register(model)
