"""Routes of the site as a whole, named `portal:…`."""

from django.urls import path

from portal import drafts, health, home, mailbox, moving, views

app_name = "portal"
urlpatterns = [
    path("", views.start, name="start"),
    path("help/", views.help_page, name="help"),
    path("language", views.language, name="language"),
    path("drafts", drafts.draft, name="draft"),
    path("theme", views.theme, name="theme"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("demo/clock", moving.demo_clock_page, name="demo_clock"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("home/", home.home, name="home"),
    path("live", health.live, name="live"),
    path("ready", health.ready, name="ready"),
]
