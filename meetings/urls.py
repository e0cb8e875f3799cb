"""Addresses of meetings within a network."""

from django.urls import path

from meetings.views import review, transnational, ulg, ulg_conflict, ulg_list

app_name = "meetings"
urlpatterns = [
    path("", transnational.meeting_list, name="list"),
    path("local/", ulg_list.report_list, name="ulg_list"),
    path("local/new/", ulg_list.new, name="ulg_new"),
    path("local/<int:pk>/", review.detail, name="ulg_detail"),
    path("local/<int:pk>/edit/", ulg.edit, name="ulg_edit"),
    path("local/<int:pk>/texts/", ulg_conflict.conflict, name="ulg_conflict"),
    path("local/<int:pk>/discard/", ulg.discard, name="ulg_discard"),
    path("<slug:slug>/", transnational.detail, name="detail"),
    path("<slug:slug>/edit/", transnational.edit, name="edit"),
]
