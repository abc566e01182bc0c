from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SlaConfig(AppConfig):
    name = "sla"
    verbose_name = _("Targets")

    def ready(self) -> None:
        import sla.core.domain.opening  # noqa: PLC0415 - answers for the opening hours of regions
        import sla.coverage.mails  # noqa: F401, PLC0415 - registers what its notices say
