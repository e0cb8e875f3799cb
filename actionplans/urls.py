"""Addresses of action plans within a network."""

from django.urls import path

from actionplans.views import checks, ideas, peer, plan_actions, plans, templates, testing

app_name = "actionplans"
urlpatterns = [
    path("", plans.overview, name="overview"),
    path("testing/", testing.overview, name="testing_list"),
    path("testing/start/", testing.testing_start, name="testing_start"),
    path("asked/<slug:what>/", templates.template, name="template"),
    path("asked/<slug:what>/<int:pk>/", templates.template_row, name="template_row"),
    path("asked/<slug:what>/<int:pk>/do/", templates.template_do, name="template_do"),
    path("checks/", checks.queue, name="queue"),
    path("checks/<slug:kind>/criteria/", checks.criteria, name="criteria"),
    path("checks/<slug:kind>/<int:pk>/", checks.check, name="check"),
    path("peer/", peer.rounds, name="rounds"),
    path("peer/<int:pk>/", peer.round_page, name="round"),
    path("peer/reviews/<int:pk>/", peer.review, name="review"),
    path("plans/", plans.plan_list, name="plan_list"),
    path("plans/sheet/", plans.plan_sheet, name="plan_sheet"),
    path("plans/start/", plans.plan_start, name="plan_start"),
    path("plans/of/<slug:city>/", plans.plan, name="plan"),
    path("plans/of/<slug:city>/chapters/<slug:code>/", plans.chapter, name="chapter"),
    path("plans/of/<slug:city>/chapters/<slug:code>/two/<int:pk>/", plans.chapter_conflict, name="chapter_conflict"),
    path("plans/of/<slug:city>/pictures/", plans.pictures, name="pictures"),
    path("plans/of/<slug:city>/versions/", plans.versions, name="versions"),
    path("plans/of/<slug:city>/actions/", plan_actions.plan_actions, name="plan_actions"),
    path("plans/of/<slug:city>/actions/<int:number>/", plan_actions.plan_action, name="plan_action"),
    path("plans/of/<slug:city>/integration/", plan_actions.integration, name="integration"),
    path("testing/ideas/<int:pk>/", ideas.idea, name="idea"),
    path("testing/ideas/<int:pk>/do/", ideas.idea_do, name="idea_do"),
    path("testing/<int:pk>/", testing.testing, name="testing"),
    path("testing/<int:pk>/edit/", testing.testing_edit, name="testing_edit"),
    path("testing/<int:pk>/present/", testing.testing_present, name="testing_present"),
    path("testing/of/<slug:city>/", ideas.ideas, name="ideas"),
    path("testing/of/<slug:city>/new/", testing.testing_new, name="testing_new"),
]
