"""Addresses that belong to no network."""

from django.urls import path

from aoce.common.views import pages

app_name = "site"
urlpatterns = [
    path("healthz/", pages.healthz, name="healthz"),
    path("language/", pages.language, name="language"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("help/", pages.help_page, name="help"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("robots.txt", pages.robots, name="robots"),
]
