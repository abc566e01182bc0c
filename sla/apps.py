from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SlaConfig(AppConfig):
    name = "sla"
    verbose_name = _("Promises")

    def ready(self) -> None:
        from sla.domain import opening  # noqa: F401, PLC0415 - answers for the opening hours of regions
