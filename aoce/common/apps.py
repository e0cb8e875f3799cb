from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    name = "aoce.common"
    label = "common"
    verbose_name = _("Ground floor")

    def ready(self) -> None:
        """Let SQLite compare text without accents."""
        from django.db.backends.signals import connection_created

        from aoce.common.folding import teach_sqlite

        connection_created.connect(teach_sqlite, dispatch_uid="aoce_plain")
