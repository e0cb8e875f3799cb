"""Addresses of roadmap within a network."""

from django.urls import URLPattern

app_name = "roadmap"
urlpatterns: list[URLPattern] = []
