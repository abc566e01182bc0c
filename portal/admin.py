"""The outbox on the desk: what was told to whom, and what did not leave."""

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib import notice_kinds
from portal.lib.desk import GivenFilter, ReadOnlyAdmin
from portal.lib.notice import Delivery, Notice


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["kind_name", "recipient", "state", "created_at", "attempts", "last_error"]
    list_filter = [
        ("sent_at", GivenFilter),
        ("dead_at", GivenFilter),
        ("bounced_at", GivenFilter),
    ]
    list_select_related = ["recipient"]
    search_fields = ["recipient__email", "kind"]
    ordering = ["-pk"]
    sortable_by: list[str] = []
    fields = [
        "kind_name",
        "recipient",
        "state",
        "created_at",
        "not_before",
        "attempts",
        "sent_at",
        "address",
        "bounced_at",
        "dead_at",
        "status",
        "last_error",
    ]
    readonly_fields = ["kind_name", "state"]

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_name(self, notice: Notice) -> str:
        return notice_kinds.said(notice.kind)

    @admin.display(description=gettext_lazy("status"))
    def state(self, notice: Notice) -> str:
        if notice.delivery == Delivery.WAITING and notice.attempts:
            return _("will be sent again")
        return str(notice.delivery.label)
