"""Addresses of action plans within a network."""

from django.urls import path

from actionplans import views

app_name = "actionplans"
urlpatterns = [path("", views.overview, name="overview")]
