"""Addresses of partners within a network."""

from django.urls import URLPattern

app_name = "partners"
urlpatterns: list[URLPattern] = []
