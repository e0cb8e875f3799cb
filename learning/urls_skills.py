"""Where civil servants say their skills, outside of networks."""

from django.urls import path

from learning.views import skills

app_name = "skills"
urlpatterns = [path("<str:code>/", skills.answer, name="answer")]
