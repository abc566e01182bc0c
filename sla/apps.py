from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SlaConfig(AppConfig):
    name = "sla"
    verbose_name = _("Targets")

    def ready(self) -> None:
        from portal.lib.modules import load_all  # noqa: PLC0415
        from sla import mails  # noqa: PLC0415 - registers what each kind of notice says

        load_all(mails)
        from sla.domain import opening  # noqa: F401, PLC0415 - answers for the opening hours of regions
