from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import mails  # noqa: PLC0415 - registers what mails need once models are loaded
        from portal.lib.modules import load_all  # noqa: PLC0415 - after the models, like all that is loaded here

        load_all(mails)
