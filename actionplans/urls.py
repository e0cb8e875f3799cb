"""Addresses of actionplans within a network."""

from django.urls import URLPattern

app_name = "actionplans"
urlpatterns: list[URLPattern] = []
