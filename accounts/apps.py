from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        # Each room registers what its notices say, once the models are loaded.
        import accounts.core.mails  # noqa: PLC0415
        import accounts.engineers.mails  # noqa: PLC0415
        import accounts.hours.mails  # noqa: PLC0415
        import accounts.reachability.mails  # noqa: PLC0415
        import accounts.sponsorship.mails  # noqa: F401, PLC0415
