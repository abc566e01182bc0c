"""Routes of the customers' tickets and of the calendar feed, named `tickets:…`."""

from django.urls import include, path

from tickets.views import acts, attachments, detail, feed, listing, new

app_name = "tickets"
pages = [
    path("", listing.ticket_list, name="list"),
    path("new/", new.new_ticket, name="new"),
    path("new/promise/", new.promise, name="promise"),
    path("files/<str:key>/", attachments.download, name="attachment"),
    path("<str:number>/", detail.ticket_detail, name="detail"),
    path("<str:number>/receipt/", new.receipt, name="receipt"),
    path("<str:number>/why/", detail.why, name="why"),
    path("<str:number>/reply/", acts.reply, name="reply"),
    path("<str:number>/close/", acts.close, name="close"),
    path("<str:number>/reopen/", acts.reopen, name="reopen"),
    path("<str:number>/priority/", acts.priority, name="priority"),
    path("<str:number>/language/", acts.language, name="language"),
    path("<str:number>/follow/", acts.follow, name="follow"),
    path("<str:number>/followers/add/", acts.follower_add, name="follower_add"),
    path("<str:number>/followers/remove/", acts.follower_remove, name="follower_remove"),
]
urlpatterns = [
    path("tickets/", include(pages)),
    path("calendar/<str:token>.ics", feed.calendar_feed, name="feed"),
]
