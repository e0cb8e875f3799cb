"""Addresses that need no account: the action plans a network has published."""

from django.urls import path

from actionplans.views import public

app_name = "public_plans"
urlpatterns = [
    path("<slug:slug>/plans/", public.plans, name="list"),
    path("<slug:slug>/plans/<slug:city>/<int:number>/", public.plan, name="detail"),
    path("<slug:slug>/plans/<slug:city>/<int:number>.pdf", public.plan_file, name="file"),
    path("<slug:slug>/plans/<slug:city>/<int:number>/pictures/<uuid:uuid>/", public.picture, name="picture"),
]
