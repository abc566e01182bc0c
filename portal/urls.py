"""Table of contents of the site."""

from django.contrib import admin
from django.urls import include, path

from portal.lib import converters  # noqa: F401  (before any route that names one)

urlpatterns = [
    path("", include("portal.site_urls")),
    path("", include("accounts.identity.auth_urls")),
    path("", include("tickets.urls")),
    path("account/", include(("portal.account_page", "accounts"))),
    path("api/v1/", include("portal.api")),
    path("desk/", admin.site.urls),
]

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.permission_denied"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"
