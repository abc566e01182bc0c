"""Routes of the customers' tickets and of the calendar feed, named `tickets:…`."""

from django.urls import include, path

from tickets.channels.email import webhook
from tickets.views import acts, analyses, attachments, chat, detail, feed, level_3, listing, new, phone, unfollow

app_name = "tickets"
pages = [
    path("", listing.ticket_list, name="list"),
    path("new/", new.new_ticket, name="new"),
    path("new/promise/", new.promise, name="promise"),
    path("files/<str:key>/", attachments.download, name="attachment"),
    path("unfollow/<str:token>/", unfollow.unfollow, name="unfollow"),
    path("<str:number>/", detail.ticket_detail, name="detail"),
    path("<str:number>/receipt/", new.receipt, name="receipt"),
    path("<str:number>/why/", detail.why, name="why"),
    path("<str:number>/reply/", acts.reply, name="reply"),
    path("<str:number>/close/", acts.close, name="close"),
    path("<str:number>/reopen/", acts.reopen, name="reopen"),
    path("<str:number>/priority/", acts.priority, name="priority"),
    path("<str:number>/level-3/", level_3.level_3, name="level_3"),
    path("<str:number>/language/", acts.language, name="language"),
    path("<str:number>/follow/", acts.follow, name="follow"),
    path("<str:number>/followers/add/", acts.follower_add, name="follower_add"),
    path("<str:number>/followers/remove/", acts.follower_remove, name="follower_remove"),
]
chats = [
    path("", chat.chat_start, name="chat"),
    path("<str:key>/", chat.room, name="chat_room"),
    path("<str:key>/lines/", chat.lines, name="chat_lines"),
    path("<str:key>/token/", chat.token, name="chat_token"),
    path("<str:key>/say/", chat.say, name="chat_say"),
    path("<str:key>/end/", chat.end, name="chat_end"),
    path("<str:key>/ticket/", chat.ticket, name="chat_ticket"),
    path("<str:key>/transcript/", chat.transcript, name="chat_transcript"),
]
urlpatterns = [
    path("chat/", include(chats)),
    path("tickets/", include(pages)),
    path("analyses/", analyses.analyses, name="analyses"),
    path("analyses/<str:number>/", analyses.analysis, name="analysis"),
    path("analyses/<str:number>/file/", analyses.analysis_file, name="analysis_file"),
    path("analyses/<str:number>/questions/", analyses.analysis_question, name="analysis_question"),
    path("mail/inbound/<slug:provider>/", webhook.inbound_mail, name="mail_inbound"),
    path("phone/", phone.phone, name="phone"),
    path("phone/calls/<int:pk>/move/", phone.call_move, name="call_move"),
    path("phone/calls/<int:pk>/cancel/", phone.call_cancel, name="call_cancel"),
    path("calendar/<str:token>.ics", feed.calendar_feed, name="feed"),
]
