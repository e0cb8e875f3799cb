"""The living style page; ``aoce.urls`` takes it in only in debug."""

from django.urls import path

from aoce.common.views import styleguide

app_name = "styleguide"
urlpatterns = [path("", styleguide.index, name="index")]
