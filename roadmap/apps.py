from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class RoadmapConfig(AppConfig):
    name = "roadmap"
    verbose_name = _("Roadmap")

    def ready(self) -> None:
        from aoce.common.navigation import Entry, register
        from partners.enums import Role
        from roadmap import deliverables
        from roadmap.policies import can_see_board

        def hand_in_url(slug: str, obligation_id: int) -> str:
            return reverse("roadmap:hand_in", kwargs={"network": slug, "pk": obligation_id})

        deliverables.register(
            deliverables.DeliverableKind(
                code="document",
                label=_("Document: a text and files"),
                start_url=lambda slug, obligation: hand_in_url(slug, obligation.pk),
                detail_url=hand_in_url,
                checked_by=(Role.LEAD_PARTNER, Role.LEAD_EXPERT),
            )
        )
        register(Entry(label=_("Home"), url_name="roadmap:home", order=10))
        register(Entry(label=_("Board"), url_name="roadmap:board", order=15, shown=can_see_board))
