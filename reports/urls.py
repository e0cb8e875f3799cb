"""Addresses of reports within a network."""

from django.urls import URLPattern

app_name = "reports"
urlpatterns: list[URLPattern] = []
