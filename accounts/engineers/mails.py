"""What the account's administrators read when their designated engineer changes."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from portal.lib import outbox
from portal.lib.outbox import Notice


@outbox.completes("engineer_changed")
def engineer_changed(notice: Notice) -> dict[str, Any]:
    names = notice.data["region"]
    return {
        "region_name": names.get(notice.recipient.language) or names["en"],
        "url": f"{settings.SITE_URL}{reverse('accounts:account')}#engineers",
    }
