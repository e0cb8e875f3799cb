"""Addresses that need no account: what a network has published."""

from django.urls import path

from reports.views import public

app_name = "public"
urlpatterns = [
    path("<slug:slug>/", public.network_page, name="network"),
    path("<slug:slug>/reports/<int:year>-<int:quarter>/", public.report_page, name="report"),
    path("<slug:slug>/reports/<int:year>-<int:quarter>.pdf", public.report_file, name="report_file"),
]
