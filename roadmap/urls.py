"""Addresses of roadmap within a network."""

from django.urls import URLPattern, path

from roadmap.views import board, calendar, hand_ins, home, obligations, reminders

app_name = "roadmap"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("board/", board.board, name="board"),
    path("board/spreadsheet/", board.board_sheet, name="board_sheet"),
    path("board/remind/", board.remind, name="remind"),
    path("obligations/<int:pk>/", obligations.obligation, name="obligation"),
    path("obligations/<int:pk>/hand-in/", hand_ins.hand_in, name="hand_in"),
    path("obligations/<int:pk>/hand-in/two-texts/", hand_ins.conflict, name="hand_in_conflict"),
    path("reminders/", reminders.overview, name="reminders"),
    path("reminders/new/", reminders.rule_edit, name="rule_new"),
    path("reminders/<int:pk>/", reminders.rule_edit, name="rule_edit"),
    path("reminders/<int:pk>/remove/", reminders.rule_delete, name="rule_delete"),
    path("reminders/mine/", reminders.preferences, name="preferences"),
    path("calendar/", calendar.calendar, name="calendar"),
]
