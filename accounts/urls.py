"""Routes about people and their account, named `accounts:…`.

The page of the account itself is in portal/account_page.py, because it also shows targets and opening hours.
"""

from django.urls import path

from accounts.contacts.pages import contact_import, contacts
from accounts.feeds import pages as feeds
from accounts.hours.pages import engagements, hours
from accounts.identity.pages import profile, tokens
from accounts.reachability import pages as reachability
from accounts.seats import pages as seats
from accounts.sponsorship import pages as meetings

app_name = "accounts"
urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("reachable/", reachability.reachable, name="reachable"),
    path("switch/", profile.switch, name="switch"),
    path("contacts/", contacts.contact_list, name="contacts"),
    path("contacts/invite/", contacts.contact_invite, name="contact_invite"),
    path("contacts/import/", contact_import.contact_import, name="contact_import"),
    path("contacts/<id:pk>/", contacts.contact_edit, name="contact_edit"),
    path("seats/nominate/", seats.seat_nominate, name="seat_nominate"),
    path("seats/<id:pk>/withdraw/", seats.seat_withdraw, name="seat_withdraw"),
    path("seats/<id:pk>/replace/", seats.seat_replace, name="seat_replace"),
    path("hours/", hours.hours_statement, name="hours"),
    path("hours/lines/<id:pk>/ask/", hours.hours_question, name="hours_question"),
    path("hours/engagements/new/", engagements.engagement_new, name="engagement_new"),
    path("hours/engagements/<id:pk>/", engagements.engagement_detail, name="engagement"),
    path("hours/engagements/<id:pk>/accept/", engagements.engagement_accept, name="engagement_accept"),
    path("hours/engagements/<id:pk>/send-back/", engagements.engagement_send_back, name="engagement_send_back"),
    path("hours/engagements/<id:pk>/cancel/", engagements.engagement_cancel, name="engagement_cancel"),
    path("seats/<id:pk>/region/", seats.seat_region, name="seat_region"),
    path("seats/history/", seats.seat_list_history, name="seat_history"),
    path("calendar/", feeds.calendar, name="calendar"),
    path("calendar/revoke/", feeds.calendar_revoke, name="calendar_revoke"),
    path("meetings/", meetings.meeting_list, name="meetings"),
    path("meetings/<id:pk>/agenda/", meetings.meeting_agenda, name="meeting_agenda"),
    path("meetings/<id:pk>/confirm/", meetings.meeting_confirm, name="meeting_confirm"),
    path("meetings/<id:pk>/other-times/", meetings.meeting_others, name="meeting_others"),
    path("meetings/<id:pk>/meeting.ics", meetings.meeting_ics, name="meeting_ics"),
    path("tokens/", tokens.token_list, name="tokens"),
    path("tokens/<id:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
]
