"""Addresses within a network that every app uses: files, long work, mails."""

from django.urls import path

from aoce.common.views import files, jobs, mails, search

app_name = "common"
urlpatterns = [
    path("files/<uuid:uuid>/", files.download, name="file"),
    path("work/<uuid:uuid>/", jobs.detail, name="job"),
    path("search/", search.search, name="search"),
    path("mails/", mails.mail_list, name="mails"),
    path("mails/<int:pk>/", mails.mail_detail, name="mail"),
    path("mails/<int:pk>/again/", mails.mail_again, name="mail_again"),
]
