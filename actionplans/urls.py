"""Addresses of action plans within a network."""

from django.urls import path

from actionplans.views import ideas, plans, testing

app_name = "actionplans"
urlpatterns = [
    path("", plans.overview, name="overview"),
    path("testing/", testing.overview, name="testing_list"),
    path("testing/start/", testing.testing_start, name="testing_start"),
    path("testing/form/", ideas.questions, name="questions"),
    path("testing/form/<int:pk>/", ideas.question, name="question"),
    path("testing/form/<int:pk>/do/", ideas.question_do, name="question_do"),
    path("testing/ideas/<int:pk>/", ideas.idea, name="idea"),
    path("testing/ideas/<int:pk>/do/", ideas.idea_do, name="idea_do"),
    path("testing/<int:pk>/", testing.testing, name="testing"),
    path("testing/<int:pk>/edit/", testing.testing_edit, name="testing_edit"),
    path("testing/<int:pk>/present/", testing.testing_present, name="testing_present"),
    path("testing/of/<slug:city>/", ideas.ideas, name="ideas"),
    path("testing/of/<slug:city>/new/", testing.testing_new, name="testing_new"),
]
