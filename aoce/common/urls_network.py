"""Addresses: urls_network."""

from django.urls import URLPattern

app_name = "common"
urlpatterns: list[URLPattern] = []
