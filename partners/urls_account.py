"""Addresses: urls_account."""

from django.urls import URLPattern

app_name = "account_pages"
urlpatterns: list[URLPattern] = []
