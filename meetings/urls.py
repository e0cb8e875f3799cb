"""Addresses of meetings within a network."""

from django.urls import path

from meetings.views import (
    agenda,
    cooperation,
    participation,
    review,
    transnational,
    ulg,
    ulg_conflict,
    ulg_coverage,
    ulg_list,
    ulg_planning,
    ulg_stream,
)

app_name = "meetings"
urlpatterns = [
    path("", transnational.meeting_list, name="list"),
    path("new/", transnational.new, name="new"),
    path("local/", ulg_list.report_list, name="ulg_list"),
    path("local/new/", ulg_list.new, name="ulg_new"),
    path("local/around/", ulg_coverage.coverage, name="coverage"),
    path("local/cities/<slug:slug>/", ulg_coverage.city, name="ulg_city"),
    path("local/stream/", ulg_stream.stream, name="stream"),
    path("local/stream/export/", ulg_stream.export, name="stream_export"),
    path("local/plan/", ulg_planning.plan, name="ulg_plan"),
    path("local/meetings/<int:pk>/", ulg_planning.meeting, name="ulg_meeting"),
    path("local/meetings/<int:pk>/change/", ulg_planning.change, name="ulg_change"),
    path("local/meetings/<int:pk>/present/", ulg_planning.present, name="ulg_present"),
    path("local/<int:pk>/", review.detail, name="ulg_detail"),
    path("local/<int:pk>/edit/", ulg.edit, name="ulg_edit"),
    path("local/<int:pk>/texts/", ulg_conflict.conflict, name="ulg_conflict"),
    path("local/<int:pk>/discard/", ulg.discard, name="ulg_discard"),
    path("other-networks/", cooperation.networks, name="networks"),
    path("<slug:slug>/guests/", cooperation.guests, name="guests"),
    path("<slug:slug>/", transnational.detail, name="detail"),
    path("<slug:slug>/edit/", transnational.edit, name="edit"),
    path("<slug:slug>/people/", participation.participants, name="participants"),
    path("<slug:slug>/people/new/", participation.participant, name="participant_new"),
    path("<slug:slug>/people/presence/", participation.presence, name="presence"),
    path("<slug:slug>/people/sheet/", participation.sheet, name="presence_sheet"),
    path("<slug:slug>/people/list.xlsx", participation.participants_sheet, name="participants_sheet"),
    path("<slug:slug>/people/sign/", participation.sign_wall, name="sign_wall"),
    path("<slug:slug>/people/<int:pk>/", participation.participant, name="participant"),
    path("<slug:slug>/agenda/", agenda.agenda, name="agenda"),
    path("<slug:slug>/agenda/do/", agenda.agenda_do, name="agenda_do"),
    path("<slug:slug>/agenda/calendar.ics", agenda.calendar, name="agenda_calendar"),
    path("<slug:slug>/agenda/new/", agenda.session_edit, name="session_new"),
    path("<slug:slug>/agenda/<int:pk>/", agenda.session_edit, name="session_edit"),
    path("<slug:slug>/agenda/<int:pk>/do/", agenda.session_do, name="session_do"),
]
