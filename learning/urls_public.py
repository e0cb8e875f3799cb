"""Addresses that need no account: the practices a network has published."""

from django.urls import path

from learning.views import public

app_name = "public_practices"
urlpatterns = [
    path("<slug:slug>/practices/", public.practices, name="list"),
    path("<slug:slug>/practices/<slug:practice>/", public.practice, name="detail"),
    path("<slug:slug>/practices/<slug:practice>/photos/<int:pk>.jpg", public.photo, name="photo"),
]
