from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("Tickets")

    def ready(self) -> None:
        from portal.lib.modules import load_all  # noqa: PLC0415
        from tickets import mails  # noqa: PLC0415 - registers what each kind of notice says

        load_all(mails)
        from tickets.channels.email import tasks, webhook  # noqa: F401, PLC0415 - a job of beat, a signal of anymail
        from tickets.domain import meetings_feed, what_if  # noqa: F401, PLC0415 - register calendar entries and outlooks
