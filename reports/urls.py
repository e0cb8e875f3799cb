"""Addresses of the reports within a network."""

from django.urls import path

from reports.views import quarterly

app_name = "reports"
QUARTER = "<int:year>/<int:quarter>/"
urlpatterns = [
    path("", quarterly.report_list, name="list"),
    path("new/", quarterly.report_new, name="new"),
    path(QUARTER, quarterly.detail, name="detail"),
    path(f"{QUARTER}preview/", quarterly.preview, name="preview"),
    path(f"{QUARTER}charts/<slug:name>.svg", quarterly.chart, name="chart"),
    path(f"{QUARTER}render/", quarterly.render_pdf, name="render"),
    path(f"{QUARTER}decide/", quarterly.decide, name="decide"),
    path(f"{QUARTER}sections/<slug:code>/", quarterly.section, name="section"),
    path(f"{QUARTER}sections/<slug:code>/two-texts/<int:pk>/", quarterly.section_conflict, name="section_conflict"),
]
