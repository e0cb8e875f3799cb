"""Where surveys are answered, outside of networks."""

from django.urls import path

from learning.views import join

app_name = "join"
urlpatterns = [
    path("", join.code, name="code"),
    path("<str:code>/", join.survey, name="survey"),
]
