from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = _("Cities and people")

    def ready(self) -> None:
        """Add the menu's entry, and keep the history of fields."""
        from auditlog.registry import auditlog

        from aoce.common.navigation import Entry, register
        from partners import finding
        from partners.models import (
            Invitation,
            LocalGroupMember,
            Membership,
            Network,
            Partner,
            PartnerFact,
            Person,
            User,
        )

        finding.ready()
        register(Entry(_("Cities and people"), "partners:list", 70, section="partners"))
        for model in (Network, Partner, PartnerFact, Membership, LocalGroupMember, Person):
            auditlog.register(model)
        auditlog.register(Invitation, exclude_fields=["token"])
        auditlog.register(User, exclude_fields=["password", "last_login"])
