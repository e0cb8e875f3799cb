"""Addresses of learning within a network."""

from django.urls import path

from learning import views

app_name = "learning"
urlpatterns = [
    path("", views.matrix, name="matrix"),
    path("practices/<slug:slug>/", views.practice, name="practice"),
]
