"""Addresses of learning within a network."""

from django.urls import path

from learning import groups_views, views

app_name = "learning"
urlpatterns = [
    path("", views.matrix, name="matrix"),
    path("groups/", groups_views.groups, name="groups"),
    path("groups/proposal/", groups_views.proposal, name="groups_proposal"),
    path("groups/new/", groups_views.group, name="group_new"),
    path("groups/<int:pk>/", groups_views.group, name="group"),
    path("practices/<slug:slug>/", views.practice, name="practice"),
]
