"""API tokens in the agent workspace."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts.identity.models import ApiToken
from portal.lib.desk import ReadOnlyAdmin


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Which programs may act for whom. The secret was shown once to its owner; its hash stays in the table."""

    list_display = ["name", "user", "hint", "created_at", "expires_at", "last_used_at", "revoked_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__name", "user__email"]
    sortable_by = ["created_at", "expires_at"]
    readonly_fields = ["said_scopes"]
    fields = [
        "name",
        "user",
        "contact",
        "hint",
        "said_scopes",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    ]

    @admin.display(description=gettext_lazy("permissions"))
    def said_scopes(self, token: ApiToken) -> str:
        return token.said_scopes
