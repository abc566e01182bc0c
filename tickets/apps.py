from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("Tickets")

    def ready(self) -> None:
        from tickets import mails  # noqa: F401, PLC0415 - registers what each kind of notice says
        from tickets.domain import what_if  # noqa: F401, PLC0415 - registers what a contract would do
