"""Addresses of a person's own pages, outside of networks."""

from django.urls import path

from partners.views import account

app_name = "account_pages"
urlpatterns = [
    path("", account.root, name="root"),
    path("networks/", account.networks, name="networks"),
    path("profile/", account.profile, name="profile"),
    path("invitation/<str:token>/", account.invitation, name="invitation"),
]
