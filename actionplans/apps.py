from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActionplansConfig(AppConfig):
    name = "actionplans"
    verbose_name = _("Action plans")

    def ready(self) -> None:
        """Add the menu's entry and the panel on a city's page."""
        from actionplans.panels import city_panel
        from actionplans.policies import can_view_overview
        from aoce.common.navigation import Entry, register
        from partners import panels

        register(Entry(_("Action plans"), "actionplans:overview", 50, shown=can_view_overview, section="actionplans"))
        panels.register(panels.Panel("actionplans/partials/_city.html", city_panel, order=50))
