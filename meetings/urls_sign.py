"""Where people sign in at a meeting: outside of networks, the wall's code is the key."""

from django.urls import path

from meetings.views import signing

app_name = "sign"
urlpatterns = [path("<str:code>/", signing.page, name="page")]
