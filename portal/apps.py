from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _

from portal.lib import logs


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("System")

    def ready(self) -> None:
        from portal import checks, unsent  # noqa: F401, PLC0415 - register themselves once apps are loaded
        from portal.features import FEATURES  # noqa: PLC0415
        from portal.lib.feature import plug_in  # noqa: PLC0415

        plug_in(FEATURES)

        logs.keep_secrets_from_servers()


class DeskConfig(AdminConfig):
    default_site = "portal.desk.Desk"
