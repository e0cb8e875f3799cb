"""Where invited people answer: outside of networks, the address is the key."""

from django.urls import path

from meetings.views import answers

app_name = "answers"
urlpatterns = [path("<str:token>/", answers.answer, name="answer")]
