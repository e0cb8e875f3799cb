"""Addresses of learning within a network."""

from django.urls import URLPattern

app_name = "learning"
urlpatterns: list[URLPattern] = []
