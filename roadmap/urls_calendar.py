"""The calendar feed: outside of networks, its secret is its key."""

from django.urls import URLPattern, path

from roadmap.views import calendar

app_name = "calendar"
urlpatterns: list[URLPattern] = [
    path("<str:secret>.ics", calendar.feed, name="feed"),
]
