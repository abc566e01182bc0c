from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("Tickets")

    def ready(self) -> None:
        # Each room registers what its notices say, once the models are loaded.
        import tickets.agenda.domain  # noqa: PLC0415 - registers calendar entries
        import tickets.analyses.mails  # noqa: PLC0415
        import tickets.calls.mails  # noqa: PLC0415
        import tickets.chat.mails  # noqa: PLC0415
        import tickets.core.mails.changes  # noqa: PLC0415
        import tickets.core.mails.kinds  # noqa: PLC0415
        import tickets.level_3.mails  # noqa: PLC0415
        import tickets.mail.tasks  # noqa: PLC0415 - a job of beat
        import tickets.mail.webhook  # noqa: PLC0415 - receives a signal of anymail
        import tickets.simulation.domain.what_if  # noqa: PLC0415 - registers outlooks
        import tickets.workarounds.mails  # noqa: F401, PLC0415
