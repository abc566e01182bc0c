"""Routes of the customers' tickets and of the calendar feed, named `tickets:…`."""

from django.urls import include, path

from tickets.agenda.pages import feed
from tickets.analyses import pages as analyses
from tickets.calls import pages as phone
from tickets.chat import pages as chat
from tickets.core.pages import acts, attachments, detail, listing, new, unfollow
from tickets.level_3 import pages as level_3
from tickets.mail import webhook
from tickets.workarounds import pages as workaround

app_name = "tickets"
pages = [
    path("", listing.ticket_list, name="list"),
    path("new/", new.new_ticket, name="new"),
    path("new/promise/", new.promise, name="promise"),
    path("files/<key:key>/", attachments.download, name="attachment"),
    path("unfollow/<token:token>/", unfollow.unfollow, name="unfollow"),
    path("<number:number>/", detail.ticket_detail, name="detail"),
    path("<number:number>/receipt/", new.receipt, name="receipt"),
    path("<number:number>/why/", detail.why, name="why"),
    path("<number:number>/reply/", acts.reply, name="reply"),
    path("<number:number>/close/", acts.close, name="close"),
    path("<number:number>/reopen/", acts.reopen, name="reopen"),
    path("<number:number>/priority/", acts.priority, name="priority"),
    path("<number:number>/level-3/", level_3.level_3, name="level_3"),
    path("<number:number>/workaround/", workaround.reject, name="workaround"),
    path("<number:number>/language/", acts.language, name="language"),
    path("<number:number>/follow/", acts.follow, name="follow"),
    path("<number:number>/followers/add/", acts.follower_add, name="follower_add"),
    path("<number:number>/followers/remove/", acts.follower_remove, name="follower_remove"),
]
chats = [
    path("", chat.chat_start, name="chat"),
    path("<key:key>/", chat.room, name="chat_room"),
    path("<key:key>/lines/", chat.lines, name="chat_lines"),
    path("<key:key>/token/", chat.token, name="chat_token"),
    path("<key:key>/say/", chat.say, name="chat_say"),
    path("<key:key>/end/", chat.end, name="chat_end"),
    path("<key:key>/ticket/", chat.ticket, name="chat_ticket"),
    path("<key:key>/transcript/", chat.transcript, name="chat_transcript"),
]
urlpatterns = [
    path("chat/", include(chats)),
    path("tickets/", include(pages)),
    path("analyses/", analyses.analyses, name="analyses"),
    path("analyses/<number:number>/", analyses.analysis, name="analysis"),
    path("analyses/<number:number>/file/", analyses.analysis_file, name="analysis_file"),
    path("analyses/<number:number>/questions/", analyses.analysis_question, name="analysis_question"),
    path("analyses/<number:number>/accept/", analyses.analysis_accept, name="analysis_accept"),
    path("analyses/<number:number>/dispute/", analyses.analysis_dispute, name="analysis_dispute"),
    path("mail/inbound/<name:provider>/", webhook.inbound_mail, name="mail_inbound"),
    path("phone/", phone.phone, name="phone"),
    path("phone/calls/<id:pk>/move/", phone.call_move, name="call_move"),
    path("phone/calls/<id:pk>/cancel/", phone.call_cancel, name="call_cancel"),
    path("calendar/<token:token>.ics", feed.calendar_feed, name="feed"),
]
