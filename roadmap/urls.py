"""Addresses of roadmap within a network."""

from django.urls import URLPattern, path

from roadmap.views import board, calendar, home, obligations

app_name = "roadmap"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("board/", board.board, name="board"),
    path("board/spreadsheet/", board.board_sheet, name="board_sheet"),
    path("board/remind/", board.remind, name="remind"),
    path("obligations/<int:pk>/", obligations.obligation, name="obligation"),
    path("calendar/", calendar.calendar, name="calendar"),
]
