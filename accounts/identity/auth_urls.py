"""Sign-in, sign-out and passwords: the few of allauth's pages that exist here, under the names it gives them."""

from django.urls import path, re_path

from accounts.identity.pages import sign_in

urlpatterns = [
    path("sign-in/", sign_in.login, name="account_login"),
    path("sign-out/", sign_in.logout, name="account_logout"),
    path("sign-in/inactive/", sign_in.inactive, name="account_inactive"),
    path("password/change/", sign_in.change_password, name="account_change_password"),
    path("password/reset/", sign_in.reset, name="account_reset_password"),
    path("password/reset/sent/", sign_in.reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]{1,14})-(?P<key>[0-9A-Za-z-]{1,120})/$",
        sign_in.new_password,
        name="account_reset_password_from_key",
    ),
    path("password/new/done/", sign_in.new_password_done, name="account_reset_password_from_key_done"),
]
