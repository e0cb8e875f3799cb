"""Addresses of roadmap within a network."""

from django.urls import URLPattern, path

from roadmap.views import board, calendar, hand_ins, home, obligations, plan, plan_edit, reminders

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
    path("roadmap/", plan.plan, name="plan"),
    path("roadmap/half-years/", plan_edit.periods, name="periods"),
    path("roadmap/half-years/new/", plan_edit.period_new, name="period_new"),
    path("roadmap/rows/<int:pk>/", plan_edit.track_edit, name="track_edit"),
    path("roadmap/tasks/<int:pk>/", plan.task, name="task"),
    path("roadmap/tasks/<int:pk>/edit/", plan_edit.task_edit, name="task_edit"),
    path("roadmap/tasks/<int:pk>/remove/", plan_edit.task_delete, name="task_delete"),
    path("roadmap/<slug:slug>/", plan.plan_period, name="plan_period"),
    path("roadmap/<slug:slug>/pdf/", plan.plan_pdf, name="plan_pdf"),
    path("roadmap/<slug:slug>/edit/", plan_edit.period_edit, name="period_edit"),
    path("roadmap/<slug:slug>/copy/", plan_edit.period_copy, name="period_copy"),
    path("roadmap/<slug:slug>/publish/", plan_edit.period_publish, name="period_publish"),
    path("roadmap/<slug:slug>/remove/", plan_edit.period_delete, name="period_delete"),
    path("roadmap/<slug:slug>/rows/new/", plan_edit.track_new, name="track_new"),
    path("roadmap/<slug:slug>/tasks/new/", plan_edit.task_new, name="task_new"),
]
