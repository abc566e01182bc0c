"""Routes about people and their account, named `accounts:…`.

The page of the account itself is in portal/account_page.py, because it also shows targets and opening hours.
"""

from django.urls import path

from accounts.views import contacts, feeds, profile, seats, tokens

app_name = "accounts"
urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("switch/", profile.switch, name="switch"),
    path("contacts/", contacts.contact_list, name="contacts"),
    path("contacts/invite/", contacts.contact_invite, name="contact_invite"),
    path("contacts/<int:pk>/", contacts.contact_edit, name="contact_edit"),
    path("seats/nominate/", seats.seat_nominate, name="seat_nominate"),
    path("seats/<int:pk>/withdraw/", seats.seat_withdraw, name="seat_withdraw"),
    path("seats/<int:pk>/replace/", seats.seat_replace, name="seat_replace"),
    path("calendar/", feeds.calendar, name="calendar"),
    path("calendar/revoke/", feeds.calendar_revoke, name="calendar_revoke"),
    path("tokens/", tokens.token_list, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
]
