"""Addresses of cities and people within a network."""

from django.urls import path

from partners.views import cities, people, persons, sub_groups

app_name = "partners"
urlpatterns = [
    path("", cities.city_list, name="list"),
    path("map-<slug:theme>-<slug:width>.svg", cities.map_picture, name="map"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/duplicates/", persons.duplicates, name="duplicates"),
    path("people/<int:pk>/", people.membership, name="membership"),
    path("people/invitations/<int:pk>/", people.invitation, name="invitation"),
    path("<slug:slug>/", cities.detail, name="detail"),
    path("<slug:slug>/edit/", cities.edit, name="edit"),
    path("<slug:slug>/facts/<slug:kind>/", cities.fact, name="fact"),
    path("<slug:slug>/group/", cities.group, name="group"),
    path("<slug:slug>/group/add/", cities.group_member, name="group_add"),
    path("<slug:slug>/group/sub-groups/add/", sub_groups.sub_group, name="sub_group_add"),
    path("<slug:slug>/group/sub-groups/<int:pk>/", sub_groups.sub_group, name="sub_group"),
    path("<slug:slug>/group/<int:pk>/", cities.group_member, name="group_member"),
]
