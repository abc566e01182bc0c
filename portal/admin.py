"""The outbox on the desk: what was told to whom, and what did not leave."""

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib.desk import ReadOnlyAdmin
from portal.lib.outbox import Notice


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["kind", "recipient", "state", "created_at", "attempts", "last_error"]
    list_filter = [("sent_at", admin.EmptyFieldListFilter), ("dead_at", admin.EmptyFieldListFilter)]
    list_select_related = ["recipient"]
    search_fields = ["recipient__email", "kind"]
    ordering = ["-pk"]
    sortable_by: list[str] = []
    fields = ["kind", "recipient", "state", "created_at", "not_before", "attempts", "sent_at", "dead_at", "last_error"]
    readonly_fields = ["state"]

    @admin.display(description=gettext_lazy("state"))
    def state(self, notice: Notice) -> str:
        if notice.sent_at:
            return _("sent")
        if notice.dead_at:
            return _("given up")
        return _("tries again") if notice.attempts else _("waiting")
