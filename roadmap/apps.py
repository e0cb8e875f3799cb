from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from partners.actors import Actor


class RoadmapConfig(AppConfig):
    name = "roadmap"
    verbose_name = _("Roadmap")

    def ready(self) -> None:
        from aoce.common import files
        from aoce.common.navigation import Entry, register
        from partners.enums import Role
        from roadmap import deliverables, finding
        from roadmap.paths import path_of
        from roadmap.policies import can_see_board

        finding.ready()

        def hand_in_url(slug: str, obligation_id: int) -> str:
            return path_of("roadmap:hand_in", slug, obligation_id)

        def hand_in_seen(actor: Actor, hand_in_id: int) -> bool:
            from roadmap.models import HandIn

            return HandIn.objects.visible_to(actor).filter(pk=hand_in_id).exists()

        deliverables.register(
            deliverables.DeliverableKind(
                code="document",
                label=_("Document: a text and files"),
                start_url=lambda slug, obligation: hand_in_url(slug, obligation.pk),
                detail_url=hand_in_url,
                checked_by=(Role.LEAD_PARTNER, Role.LEAD_EXPERT),
            )
        )

        def period_seen(actor: Actor, period_id: int) -> bool:
            from roadmap.models import Period

            return Period.objects.visible_to(actor).filter(pk=period_id).exists()

        files.register_owner("hand_in", hand_in_seen)
        files.register_owner("period", period_seen)
        register(Entry(label=_("Home"), url_name="roadmap:home", order=10))
        register(Entry(label=_("Board"), url_name="roadmap:board", order=15, shown=can_see_board))
        register(Entry(label=_("Roadmap"), url_name="roadmap:plan", order=20, section="roadmap/"))
